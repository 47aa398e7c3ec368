"""A substage is left when its exit criteria hold; the next does not begin before (SOP, substage exit criteria)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import delete

from gtm.domain.errors import GateFailed
from gtm.store.models.gtm import GtmConfig
from gtm.store.models.logs import AuditEntry, ModelCall
from gtm.store.models.runs import GateResult, Run, RunStep
from gtm.store.repositories import runs
from tests.integration.crews.scenes import Scene, Story

At = Callable[[str], Scene]


def forget_configuration(scene: Scene) -> list[dict[str, Any]]:
    """Take away what the exit of 17.1 demands: the stored configuration. Returns the rows."""
    kept = [row.model_dump() for row in scene.rows(GtmConfig)]
    scene.write(lambda s: s.connection().execute(delete(GtmConfig)))
    return kept


def test_each_exit_is_recorded_once_under_its_own_name_between_the_substages(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    rows = scene.rows(GateResult)
    assert [row.gate for row in rows if not row.gate.startswith("step-")] == [
        "market-strategy",
        "segments",
        "substage-17.1",
        "substage-17.2",
        "substage-17.3",
        "agent-deployed",
        "campaigns-configured",
        "workflows-active",
        "final",
    ]
    started = {row.step: row.started_at for row in scene.rows(RunStep)}
    for gate, before, after, named in (
        ("substage-17.1", "1.3", "2.1", "exits.strategy_configuration"),
        ("substage-17.2", "2.3", "3.1", "exits.campaign_development"),
    ):
        (row,) = [row for row in rows if row.gate == gate]
        assert row.passed and started[before] < row.created_at <= started[after]
        assert all(check["name"].startswith(named) for check in row.verdict["checks"])
        assert len(row.verdict["checks"]) == 3


@pytest.mark.slow
def test_the_next_substage_does_not_begin_before_the_criteria_hold(at: At) -> None:
    scene = at("approved:strategy")
    kept = forget_configuration(scene)
    calls = len(scene.rows(ModelCall))
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint) == ("blocked", "")
    assert outcome.verdict is not None
    assert [check.name for check in outcome.verdict.failures] == ["exits.strategy_configuration.configuration_stored"]
    (row,) = scene.rows(GateResult, gate="substage-17.1")
    assert not row.passed and "17.1 is not left" in (row.failure_action or "")
    (run,) = scene.rows(Run)
    assert run.status == "blocked" and "17.1" in (run.detail or "")
    (entry,) = scene.rows(AuditEntry, action="gate.retry")
    assert entry.data["failures"] == ["exits.strategy_configuration.configuration_stored"]
    assert scene.artifacts("2.1") == [] and len(scene.rows(ModelCall)) == calls
    tool = scene.bench().context()
    with scene.database.write() as session, pytest.raises(GateFailed, match=r"exit criteria of substage 17\.1"):
        tool.authorise(session, "2.1")
    scene.write(lambda s: s.add_all([GtmConfig(**values) for values in kept]))
    scene.clock.advance(timedelta(hours=1))
    assert scene.advance().checkpoint == "content"
    assert [row.passed for row in scene.rows(GateResult, gate="substage-17.1")] == [False, True]


@pytest.mark.slow
def test_an_exit_is_judged_anew_after_a_step_of_its_substage_was_revised(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:campaigns")
    scene.write(lambda s: runs.open_revision(s, scene.run_id, "1.3", "by hand", scene.clock.now()))
    scene.clock.advance(timedelta(hours=1))
    outcome = scene.advance()
    assert outcome.checkpoint == "strategy"
    assert len(scene.rows(GateResult, gate="substage-17.1")) == 1
    scene.approve(ref=outcome.approval_id, role="LEAD")
    # The approval of the copy was bound to the budget, too.
    outcome = scene.advance()
    assert outcome.checkpoint == "content"
    scene.approve(ref=outcome.approval_id, role="LEAD")
    assert scene.advance().checkpoint == "campaigns"
    assert [row.passed for row in scene.rows(GateResult, gate="substage-17.1")] == [True, True]


def test_judging_the_exits_asks_no_model(story: Story, sqlite_at: At) -> None:
    tasks = {call.step for call in sqlite_at("completed").rows(ModelCall)}
    reviews = {f"review:{checkpoint.id}" for checkpoint in sqlite_at("created").services.stage.checkpoints}
    assert {task for task in tasks if not task[0].isdigit()} <= reviews
    assert [event.usage.calls for event in story.events if event.subject == "substage-17.1"] == [
        next(e.usage.calls for e in reversed(story.events) if e.subject == "strategy")
    ]
