"""A run from its brief to the handoff: what it tells, what it logs, and that going on twice does nothing twice."""

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from crews.runner import advance, start_run
from gtm.domain.clock import VirtualClock
from gtm.domain.errors import Conflict, NotFound, VenturePaused
from gtm.store.database import Database
from gtm.store.models.logs import AgentExecutionLog, AuditEntry, ModelCall
from gtm.store.models.runs import Approval, Artifact, GateResult, Run, RunStep
from gtm.store.models.stages import CrewConfig, CrewRegistration, Handoff, StageTracking
from gtm.store.repositories import runs, ventures
from tests.integration.crews.scenes import VENTURE, Scene, Story, services_on

At = Callable[[str], Scene]


def of_step(step: str) -> list[tuple[str, str]]:
    return [("step_started", step), ("step_done", step)]


def of_review(checkpoint: str) -> list[tuple[str, str]]:
    review = f"review:{checkpoint}"
    return [("step_started", review), ("review_written", review), ("approval_requested", checkpoint)]


def of_exit(substage: str) -> tuple[str, str]:
    return ("gate_passed", f"substage-{substage}")


def test_a_run_tells_every_gate_step_review_and_checkpoint_in_the_sops_order(story: Story) -> None:
    assert [(event.kind, event.subject) for event in story.events] == [
        ("gate_passed", "market-strategy"),
        ("gate_passed", "segments"),
        *of_step("1.1"),
        *of_step("1.2"),
        *of_step("1.3"),
        *of_review("strategy"),
        of_exit("17.1"),
        *of_step("2.1"),
        *of_step("2.2"),
        *of_review("content"),
        *of_step("2.3"),
        *of_review("campaigns"),
        of_exit("17.2"),
        *of_step("3.1"),
        *of_step("3.2"),
        *of_step("3.3"),
        *of_review("automation"),
        of_exit("17.3"),
        ("gate_passed", "agent-deployed"),
        ("gate_passed", "campaigns-configured"),
        ("gate_passed", "workflows-active"),
        *of_review("final"),
        ("completed", "stage"),
        ("handoff_written", "handoff"),
    ]
    assert all(event.title for event in story.events)
    assert all(one.at < other.at for one, other in pairwise(story.events))


def test_events_name_the_agent_of_their_task(story: Story, sqlite_at: At) -> None:
    tasks = sqlite_at("created").services.tasks
    for event in story.events:
        if event.kind in ("step_started", "step_done", "review_written"):
            assert event.agent == tasks.task(event.subject).agent


def test_usage_grows_with_the_run_and_ends_at_the_sum_of_its_calls(story: Story, sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    calls = scene.rows(ModelCall, run_id=scene.run_id)
    usage = scene.dossier().usage
    assert usage.calls == len(calls) > 20
    assert (usage.attempts, usage.prompt_tokens, usage.completion_tokens) == (0, 0, 0)
    assert usage.cost == Decimal(0)
    assert {call.provider for call in calls} == {"playbook"} and all(call.ok for call in calls)
    assert {call.step for call in calls} >= {"1.1", "2.2", "3.3", "review:final"}
    counted = [event.usage.calls for event in story.events]
    assert counted == sorted(counted) and counted[-1] == usage.calls


def test_every_task_is_logged_as_started_and_completed_with_its_duration(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    lines = scene.rows(AgentExecutionLog, run_id=scene.run_id)
    assert [(line.status, line.task) for line in lines[:4]] == [
        ("started", "1.1"),
        ("completed", "1.1"),
        ("started", "1.2"),
        ("completed", "1.2"),
    ]
    tasks = [spec.id for spec in scene.services.tasks.tasks]
    assert sorted(line.task for line in lines if line.status == "completed") == sorted(tasks)
    assert len(lines) == 2 * len(tasks)
    for line in lines:
        assert line.agent == scene.services.tasks.task(line.task).agent
        assert (line.crew, line.venture_id, line.error) == ("gtm-strategist-crew", VENTURE, None)
        assert (line.duration_ms is None) == (line.status == "started")
        assert line.duration_ms is None or 0 <= line.duration_ms < 60_000


def test_what_a_finished_run_leaves(at: At) -> None:
    scene = at("completed")
    (run,) = scene.rows(Run)
    assert (run.status, run.lease_owner, run.checkpoint) == ("completed", None, None)
    assert run.finished_at is not None
    tracked = {row.stage: row.status for row in scene.rows(StageTracking)}
    assert tracked == {17: "completed"}
    (handoff,) = scene.rows(Handoff)
    assert (handoff.from_stage, handoff.to_stage, handoff.status) == (17, 18, "created")
    assert (Path(handoff.path) / "manifest.json").exists()
    (crew,) = scene.rows(CrewRegistration)
    assert (crew.crew_id, crew.status, len(crew.agents)) == ("gtm-strategist-crew", "active", 5)
    assert len(scene.rows(CrewConfig)) == 1
    steps = scene.rows(RunStep)
    assert {(row.revision, row.status, row.failures, row.attempts) for row in steps} == {(1, "done", 0, 1)}
    assert {row.status for row in scene.rows(Approval)} == {"approved"}
    # The handoff's checklist says what is missing; it stops nothing any more.
    assert {row.gate for row in scene.rows(GateResult) if not row.passed} <= {"handoff"}
    actions = [row.action for row in scene.rows(AuditEntry)]
    assert actions[:2] == ["venture.loaded", "run.created"] and "stage.completed" in actions


def test_going_on_with_a_finished_run_does_nothing(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    counted = {model: len(scene.rows(model)) for model in (Artifact, AuditEntry, ModelCall, Handoff, GateResult)}
    outcome = scene.advance()
    assert (outcome.status, scene.events) == ("completed", [])
    assert outcome.handoff == scene.rows(Handoff)[0].path
    assert {model: len(scene.rows(model)) for model in counted} == counted


@pytest.mark.parametrize("checkpoint", ["strategy", "final"])
def test_going_on_without_a_decision_waits_at_the_same_approval(sqlite_at: At, checkpoint: str) -> None:
    scene = sqlite_at(f"waiting:{checkpoint}")
    asked = scene.waiting()
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint, outcome.approval_id) == (
        "waiting_approval",
        checkpoint,
        asked.approval_id,
    )
    assert scene.events == [] and len(scene.rows(ModelCall, step=f"review:{checkpoint}")) == 2
    (run,) = scene.rows(Run)
    assert (run.status, run.checkpoint, run.lease_owner) == ("waiting_approval", checkpoint, None)


def test_what_a_killed_attempt_stored_is_found_and_the_rest_is_made(at: At) -> None:
    scene = at("started:2.1")
    bench = scene.bench()
    name, arguments = bench.drafts("2.1")[0]
    bench.call("2.1", name, arguments)
    (before,) = scene.artifacts("2.1")
    scene.write(lambda s: runs.release(s, scene.run_id, bench.owner))
    scene.events.clear()
    assert scene.advance().checkpoint == "content"
    stored = scene.artifacts("2.1")
    assert [row.revision for row in stored] == [1, 1, 1, 1]
    assert stored[0] == before and len({row.name for row in stored}) == 4
    subject = f"{scene.run_id}/2.1/1/{before.name}"
    assert len(scene.rows(AuditEntry, action="artifact.stored", subject=subject)) == 1
    (step,) = scene.rows(RunStep, step="2.1")
    assert (step.attempts, step.failures, step.status) == (2, 0, "done")


def test_a_run_needs_a_known_venture(sqlite_database: Database, clock: VirtualClock, tmp_path: Path) -> None:
    services = services_on(sqlite_database, clock, tmp_path)
    with pytest.raises(NotFound, match="there is no venture 'nobody'"):
        start_run(services, "nobody")
    with pytest.raises(NotFound, match="there is no run run-0"):
        advance(services, "run-0")


def test_a_venture_has_one_unfinished_run(at: At) -> None:
    scene = at("waiting:content")
    with pytest.raises(Conflict, match=f"run {scene.run_id} of fleet is not finished") as error:
        start_run(scene.services, VENTURE)
    assert error.value.hint == f"go on with it: gtm resume {scene.run_id}"
    assert len(scene.rows(Run)) == 1


def test_a_finished_run_lets_another_begin(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    other = start_run(scene.services, VENTURE)
    assert other != scene.run_id
    assert {row.run_id: row.status for row in scene.rows(Run)} == {scene.run_id: "completed", other: "created"}
    (tracked,) = scene.rows(StageTracking, stage=17)
    assert (tracked.status, tracked.run_id) == ("in_progress", other)


def test_a_paused_venture_begins_no_run(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    scene.write(lambda s: ventures.set_paused(s, VENTURE, "spam complaints", scene.clock.now()))
    with pytest.raises(VenturePaused, match="spam complaints"):
        start_run(scene.services, VENTURE)
    assert len(scene.rows(Run)) == 1


def test_an_event_can_be_told_to_a_machine(story: Story) -> None:
    body = asdict(story.events[0])
    assert set(body) == {"kind", "at", "subject", "title", "agent", "detail", "usage", "data"}
