"""From the entry gates on a run rests on its own brief, whatever is loaded for the venture later."""

import json
from collections.abc import Callable
from typing import Any

from gtm.store.models.runs import Artifact, Run
from gtm.store.models.ventures import MarketStrategyRow, Venture
from tests.integration.crews.scenes import VENTURE, Scene

At = Callable[[str], Scene]
WORD = "Zeppelin"


def other(brief: dict[str, Any]) -> None:
    """A brief that must not be taken up: other words, no approved strategy, a contradiction more."""
    brief["name"] = WORD
    brief["market_strategy"]["status"] = "draft"
    brief["financial_model"]["annual_total"] = 1
    for fact in brief["facts"]:
        fact["text"] = fact["text"].replace("pull request", WORD)


def named(brief: dict[str, Any]) -> None:
    """A brief of another name."""
    brief["name"] = WORD


def test_a_brief_that_is_loaded_meanwhile_does_not_change_the_run(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    before = scene.dossier()
    scene.load(other)
    (venture,) = scene.rows(Venture)
    assert venture.name == WORD and scene.rows(MarketStrategyRow)[0].strategy_status == "draft"
    assert scene.dossier() == before
    scene.approve()
    assert scene.advance().checkpoint == "content"
    after = scene.dossier()
    assert (after.brief, after.findings, after.strategy) == (before.brief, before.findings, before.strategy)
    stored = json.dumps([row.body for row in scene.rows(Artifact)])
    assert WORD not in stored and "Fleet" in stored


def test_the_frozen_brief_and_its_findings_are_artifacts_of_their_own(at: At) -> None:
    scene = at("gates")
    brief, findings = scene.artifacts("brief")
    assert (brief.name, findings.name) == ("brief", "findings")
    assert {(row.produced_by, row.generated_by) for row in (brief, findings)} == {("stage:16", "venture brief")}
    (venture,) = scene.rows(Venture)
    assert brief.body == venture.brief and brief.sha256 == venture.brief_sha256
    assert findings.body["findings"] == [finding.model_dump() for finding in scene.dossier().findings]
    (run,) = scene.rows(Run)
    assert run.brief_sha256 == venture.brief_sha256


def test_another_run_takes_the_new_brief(sqlite_at: At) -> None:
    from crews.runner import start_run

    scene = sqlite_at("completed")
    scene.load(named)
    assert scene.dossier().brief.name == "Fleet"
    scene.run_id = start_run(scene.services, VENTURE)
    assert scene.dossier().brief.name == WORD


def test_a_newer_brief_is_a_risk_in_the_final_review(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:automation")
    scene.load(named)
    scene.approve(role="EXEC")
    assert scene.advance().checkpoint == "final"
    review = scene.dossier().approvals[-1].review
    assert review is not None and review.checkpoint == "final"
    (told,) = [risk for risk in review.risks if "another brief was loaded" in risk]
    assert told.startswith("Risk in the brief, Loaded later") and "counts from the next run on" in told


def test_the_same_brief_loaded_again_is_none(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:automation")
    scene.load(lambda _brief: None)
    scene.approve(role="EXEC")
    scene.advance()
    review = scene.dossier().approvals[-1].review
    assert review is not None and not any("another brief" in risk for risk in review.risks)
