"""Entry gates 1 and 2: each line of the SOP's checklists blocks a run by itself, and a mended brief goes on."""

from collections.abc import Callable
from typing import Any

import pytest

from gtm.store.models.logs import AuditEntry, ModelCall
from gtm.store.models.runs import Artifact, GateResult, Run, RunStep
from gtm.store.models.stages import StageTracking
from gtm.store.models.ventures import Venture
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]
Change = Callable[[dict[str, Any]], object]


def first(brief: dict[str, Any]) -> dict[str, Any]:
    """The first segment."""
    segment: dict[str, Any] = brief["segments"][0]
    return segment


def undescribed(brief: dict[str, Any]) -> None:
    first(brief).pop("profile")
    first(brief).pop("roles")


LINES: list[tuple[str, Change]] = [
    ("entry.market_strategy.document_exists", lambda b: b["market_strategy"].update(status="draft")),
    ("entry.market_strategy.segments_described", undescribed),
    ("entry.market_strategy.positioning_documented", lambda b: b["market_strategy"].pop("positioning")),
    ("entry.market_strategy.value_proposition_per_segment", lambda b: first(b).pop("value_proposition")),
    ("entry.market_strategy.pricing_aligned", lambda b: b["pricing"].update(status="draft")),
    ("entry.segments.defined", lambda b: first(b).update(status="draft")),
    ("entry.segments.characteristics_documented", lambda b: first(b)["characteristics"].pop("growth")),
    ("entry.segments.characteristics_documented", lambda b: first(b)["characteristics"].pop("size")),
    ("entry.segments.characteristics_documented", lambda b: first(b)["characteristics"].pop("accessibility")),
    ("entry.segments.priorities_ranked", lambda b: first(b).update(priority=2)),
    ("entry.segments.channels_identified", lambda b: first(b).pop("channels")),
]

GATES = {
    "entry.market_strategy": ("market-strategy", 16, "gate.escalate", "escalate to LEAD agent for Stage 16 review"),
    "entry.segments": ("segments", 11, "gate.recurse", "recurse to Stage 11 (Naming/Branding)"),
}
DONE = {
    "entry.market_strategy": "It was escalated to LEAD, and stage 16 is asked to review",
    "entry.segments": "The venture went back to stage 11, which is asked to review",
}
"""What a person is told: what was done, not what the SOP says to do."""


def blocked(scene: Scene, check: str) -> None:
    """The run is blocked at this check's gate, and its failure action is recorded."""
    gate, stage, action, words = GATES[check.rsplit(".", 1)[0]]
    done = DONE[check.rsplit(".", 1)[0]]
    outcome = scene.advance()
    assert outcome.status == "blocked" and done in outcome.detail and "If gate" not in outcome.detail
    assert outcome.verdict is not None
    assert [c.name for c in outcome.verdict.failures if not c.name.endswith("validation_query")] == [check]
    failure = next(c for c in outcome.verdict.failures if c.name == check)
    assert failure.detail and failure.fix
    result = scene.rows(GateResult, gate=gate)[-1]
    assert not result.passed and words in result.failure_action
    requested = {row.stage: row.status for row in scene.rows(StageTracking)}
    assert requested == {17: "in_progress", stage: "review_requested"}
    (run,) = scene.rows(Run)
    assert (run.status, run.lease_owner) == ("blocked", None) and done in run.detail
    entry = scene.rows(AuditEntry, action=action)[-1]
    assert entry.subject == gate and check in entry.data["failures"] and entry.data["stage"] == stage
    assert (scene.events[-1].kind, scene.events[-1].subject) == ("gate_failed", gate)
    assert scene.rows(RunStep) == scene.rows(Artifact) == scene.rows(ModelCall) == []


@pytest.mark.parametrize(("check", "change"), LINES)
def test_each_line_of_the_checklists_blocks_by_itself(sqlite_at: At, check: str, change: Change) -> None:
    scene = sqlite_at("created")
    scene.load(change)
    blocked(scene, check)


def test_a_mended_brief_goes_on(at: At) -> None:
    scene = at("created")
    scene.load(lambda b: b["pricing"].update(status="draft"))
    blocked(scene, "entry.market_strategy.pricing_aligned")
    blocked(scene, "entry.market_strategy.pricing_aligned")
    scene.load(lambda b: first(b)["characteristics"].pop("growth"))
    assert scene.advance().detail.startswith("Segments Identified is not met")
    assert {row.stage: row.status for row in scene.rows(StageTracking)} == {
        11: "review_requested",
        16: "review_requested",
        17: "in_progress",
    }
    scene.load(lambda b: b.update(name="Fleet Two"))
    scene.events.clear()
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint) == ("waiting_approval", "strategy")
    assert [event.subject for event in scene.events if event.kind == "gate_passed"] == ["market-strategy", "segments"]
    with_verdict = {verdict.policy: verdict.passed for verdict in scene.dossier().verdicts}
    assert with_verdict["entry.market_strategy"] and with_verdict["entry.segments"]
    # From here on the run rests on the brief that passed, not on the one it began with.
    (venture,), (run,) = scene.rows(Venture), scene.rows(Run)
    assert scene.dossier().brief.name == "Fleet Two"
    assert run.brief_sha256 == venture.brief_sha256 == scene.artifacts("brief")[0].sha256


def test_a_gate_that_passed_for_another_brief_is_judged_again(at: At) -> None:
    """The first gate passed for a brief without growth; the next brief has growth, and no pricing any more."""
    scene = at("created")
    scene.load(lambda b: first(b)["characteristics"].pop("growth"))
    assert scene.advance().status == "blocked"
    assert scene.rows(GateResult, gate="market-strategy")[-1].passed
    scene.load(lambda b: b["pricing"].update(status="draft"))
    outcome = scene.advance()
    assert outcome.status == "blocked" and outcome.verdict is not None
    assert [c.name for c in outcome.verdict.failures] == ["entry.market_strategy.pricing_aligned"]
    assert scene.rows(Artifact) == []


def test_what_is_assumed_or_contradicts_itself_is_told_and_does_not_block(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    scene.load(lambda b: b["financial_model"].update(annual_total=1))
    outcome = scene.advance()
    assert outcome.checkpoint == "strategy"
    verdict = next(v for v in scene.dossier().verdicts if v.policy == "entry.market_strategy")
    kinds = {finding.kind for finding in verdict.findings}
    assert {"assumption", "contradiction"} <= kinds
    told = next(event for event in scene.events if event.subject == "market-strategy")
    assert f"{len(verdict.findings)} findings for LEAD (1 contradiction, " in told.detail
    assert told.detail.endswith(" assumptions)")


def test_the_sops_own_query_must_agree(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    scene.load(lambda b: b["market_strategy"].update(status="draft"))
    outcome = scene.advance()
    assert outcome.verdict is not None
    query = next(c for c in outcome.verdict.checks if c.name == "entry.market_strategy.validation_query")
    assert (query.passed, query.detail) == (False, "The SOP's query returns 0 rows.")
