"""The SOP's five rollback steps in rows, LEAD's decision, and that nothing goes on in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import delete

from crews.approvals import pending
from crews.rollback import RollbackRecord, decide_rollback, roll_back
from crews.runner import start_run
from gtm.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, NotWaiting, VenturePaused
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.models.campaigns import CampaignRow
from gtm.store.models.logs import AuditEntry, ModelCall
from gtm.store.models.runs import Approval, Run
from gtm.store.models.stages import StageRollback, StageTracking
from gtm.store.models.ventures import Venture
from gtm.store.repositories import runs
from gtm.store.status import status_snapshot
from tests.integration.crews.scenes import VENTURE, Scene

At = Callable[[str], Scene]
REASON = "more than 5 consecutive errors in fleet-email-drip-security"


def back(scene: Scene, **changes: Any) -> RollbackRecord:
    """Roll Fleet back."""
    asked: dict[str, Any] = {"venture_id": VENTURE, "reason": REASON, "by": "ann"}
    return roll_back(scene.database, scene.clock, scene.services.stage, **asked | changes)


def decided(scene: Scene, decision: Any = "fix_and_retry", to: int | None = None, **changes: Any) -> RollbackRecord:
    """LEAD decides."""
    asked: dict[str, Any] = {"venture_id": VENTURE, "by": "lea", "role": "LEAD"}
    return decide_rollback(scene.database, scene.clock, decision=decision, target_stage=to, **asked | changes)


def test_the_five_steps_in_rows(at: At) -> None:
    scene = at("completed")
    active = [row for row in scene.rows(AutomationWorkflow) if row.status == "active"]
    record = back(scene)
    # 1. pause all active workflows, by the SOP's query
    paused = scene.rows(AutomationWorkflow)
    assert {row.status for row in paused} == {"paused"} and record.workflows_paused == len(active) == len(paused)
    assert {row.paused_reason for row in paused} == {REASON} and all(row.paused_at for row in paused)
    # 2. stop campaign spend
    assert {row.status for row in scene.rows(CampaignRow)} == {"paused"}
    (venture,) = scene.rows(Venture)
    assert (venture.paused_reason, venture.paused_at) == (REASON, scene.clock.now())
    # 3. document the reason
    (row,) = scene.rows(StageRollback)
    assert (row.rollback_id, row.reason, row.triggered_by) == (record.rollback_id, REASON, "person:ann")
    assert (row.status, row.decision, row.run_id, row.workflows_paused) == ("open", None, scene.run_id, len(active))
    # 4. escalate to LEAD, with the facts
    assert record.question == "Fix and retry, or recurse to stage 5, 11 or 15?"
    assert record.facts["active_workflows"] == len(active) and record.facts["run"] == f"{scene.run_id}: completed"
    assert (record.status, record.in_flight, row.facts) == ("open", 0, record.facts)
    # 5. the decision is open
    (run,) = scene.rows(Run)
    assert (run.status, run.detail) == ("rolled_back", REASON)
    assert [(row.stage, row.status) for row in scene.rows(StageTracking)] == [(17, "rolled_back")]
    (entry,) = scene.rows(AuditEntry, action="rollback.opened")
    assert (entry.actor, entry.subject) == ("person:ann", record.rollback_id)


def test_a_rolled_back_venture_does_not_go_on_in_any_way(at: At) -> None:
    scene = at("waiting:automation")
    approval = scene.waiting().approval_id
    back(scene)
    before = (len(scene.rows(ModelCall)), len(scene.artifacts("3.3")))
    with pytest.raises(VenturePaused, match="fleet is paused since"):
        scene.advance()
    with pytest.raises(VenturePaused):
        start_run(scene.services, VENTURE)
    with pytest.raises(VenturePaused):
        scene.approve(role="EXEC", ref=approval)
    assert (len(scene.rows(ModelCall)), len(scene.artifacts("3.3"))) == before
    assert scene.rows(Approval, approval_id=approval)[0].status == "void"
    assert pending(scene.database) == ()
    (run,) = scene.rows(Run)
    assert (run.status, run.lease_owner) == ("rolled_back", None)


def test_after_the_decision_the_old_run_is_over_and_a_new_one_begins(at: At) -> None:
    scene = at("waiting:automation")
    approval = scene.waiting().approval_id
    back(scene)
    record = decided(scene)
    assert (record.status, record.decision, record.target_stage) == ("decided", "fix_and_retry", None)
    outcome = scene.advance()
    assert outcome.status == "rolled_back" and REASON in outcome.detail and "gtm run fleet" in outcome.detail
    with pytest.raises(NotWaiting):
        scene.approve(role="EXEC", ref=approval)
    with pytest.raises(NotWaiting, match="it is rolled back"):
        scene.approve(role="EXEC")
    other = start_run(scene.services, VENTURE)
    assert {row.run_id: row.status for row in scene.rows(Run)} == {scene.run_id: "rolled_back", other: "created"}


def test_a_run_that_had_completed_is_not_completed_again_after_a_rollback(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    back(scene)
    decided(scene)
    assert scene.advance().status == "rolled_back"
    assert [(row.stage, row.status) for row in scene.rows(StageTracking)] == [(17, "rolled_back")]
    assert {row.status for row in scene.rows(AutomationWorkflow)} == {"paused"}


def test_fix_and_retry_lifts_the_pause_of_the_venture_and_not_of_its_workflows(at: At) -> None:
    scene = at("completed")
    back(scene)
    decided(scene)
    (venture,) = scene.rows(Venture)
    assert (venture.paused_at, venture.paused_reason) == (None, None)
    assert {row.status for row in scene.rows(AutomationWorkflow)} == {"paused"}
    assert {row.status for row in scene.rows(CampaignRow)} == {"paused"}
    (row,) = scene.rows(StageRollback)
    assert (row.status, row.decision, row.decided_by) == ("decided", "fix_and_retry", "person:lea")


@pytest.mark.parametrize("target", [5, 11, 15])
def test_recursion_asks_the_earlier_stage_to_look_again(sqlite_at: At, target: int) -> None:
    scene = sqlite_at("completed")
    back(scene)
    record = decided(scene, "recurse", target)
    assert (record.decision, record.target_stage) == ("recurse", target)
    assert {row.stage: row.status for row in scene.rows(StageTracking)} == {
        17: "rolled_back",
        target: "review_requested",
    }
    (entry,) = scene.rows(AuditEntry, action="rollback.recurse")
    assert entry.data["target_stage"] == target


def newer(body: dict[str, Any]) -> None:
    """What the earlier stage hands over: something else than before."""
    body["market_strategy"]["last_updated"] = "2026-02-02"


def test_after_a_recursion_no_run_begins_on_the_brief_that_was_rolled_back(at: At) -> None:
    scene = at("completed")
    back(scene)
    decided(scene, "recurse", 11)
    for loaded_again in (False, True):
        if loaded_again:
            # As it was: it is still the same brief.
            scene.load()
        with pytest.raises(Conflict, match="goes back to stage 11") as error:
            start_run(scene.services, VENTURE)
        assert "gtm venture load FILE" in error.value.hint
        assert status_snapshot(scene.database, VENTURE).recurse_to == 11
    assert [row.run_id for row in scene.rows(Run)] == [scene.run_id]
    scene.load(newer)
    assert status_snapshot(scene.database, VENTURE).recurse_to is None
    other = start_run(scene.services, VENTURE)
    assert {row.run_id for row in scene.rows(Run)} == {scene.run_id, other}


def test_a_recursion_is_over_with_the_run_that_followed_it(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    back(scene)
    decided(scene, "recurse", 5)
    scene.load(newer)
    other = start_run(scene.services, VENTURE)
    scene.write(lambda s: runs.set_status(s, other, "completed"))
    scene.load()
    assert status_snapshot(scene.database, VENTURE).recurse_to is None
    assert start_run(scene.services, VENTURE) not in (other, scene.run_id)


def test_fix_and_retry_and_an_open_rollback_send_nobody_back(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    back(scene)
    assert status_snapshot(scene.database, VENTURE).recurse_to is None
    decided(scene)
    assert status_snapshot(scene.database, VENTURE).recurse_to is None
    scene.clock.advance(timedelta(seconds=1))
    back(scene, reason="again")
    decided(scene, "recurse", 15)
    assert status_snapshot(scene.database, VENTURE).recurse_to == 15


def test_a_venture_that_never_ran_waits_for_a_newer_brief_too(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    scene.write(lambda s: (s.connection().execute(delete(StageTracking)), s.connection().execute(delete(Run))))
    back(scene)
    decided(scene, "recurse", 5)
    with pytest.raises(Conflict, match="goes back to stage 5"):
        start_run(scene.services, VENTURE)
    scene.load(newer)
    start_run(scene.services, VENTURE)


@pytest.mark.parametrize(
    ("decision", "target"),
    [("recurse", 16), ("recurse", 17), ("recurse", 0), ("recurse", None), ("fix_and_retry", 11)],
)
def test_another_target_is_refused(sqlite_at: At, decision: str, target: int | None) -> None:
    scene = sqlite_at("completed")
    back(scene)
    with pytest.raises(InvalidInput) as error:
        decided(scene, decision, target)
    assert error.value.allowed.startswith("5, 11 or 15")
    assert scene.rows(StageRollback)[0].status == "open"


@pytest.mark.parametrize("role", ["PLAN", "EXEC", "", "lead"])
def test_only_lead_decides(sqlite_at: At, role: str) -> None:
    scene = sqlite_at("completed")
    back(scene)
    with pytest.raises(Forbidden, match="only LEAD decides on a rollback"):
        decided(scene, role=role)
    (venture,) = scene.rows(Venture)
    assert venture.paused_at is not None


def test_a_rollback_is_opened_and_decided_once(at: At) -> None:
    scene = at("completed")
    with pytest.raises(Conflict, match="no rollback of fleet waits"):
        decided(scene)
    back(scene)
    with pytest.raises(Conflict, match="is not decided yet"):
        back(scene, reason="again")
    decided(scene)
    with pytest.raises(Conflict, match="no rollback of fleet waits"):
        decided(scene, "recurse", 5)
    assert len(scene.rows(StageRollback)) == 1


@pytest.mark.parametrize("reason", ["", " \n", "x" * 1001])
def test_a_rollback_names_its_reason(sqlite_at: At, reason: str) -> None:
    scene = sqlite_at("completed")
    with pytest.raises(InvalidInput, match="a rollback names its reason"):
        back(scene, reason=reason)
    assert {row.status for row in scene.rows(AutomationWorkflow)} == {"active"}


def test_only_a_known_venture_can_be_rolled_back_or_decided(sqlite_at: At) -> None:
    scene = sqlite_at("completed")
    with pytest.raises(NotFound):
        back(scene, venture_id="acme")
    with pytest.raises(NotFound):
        decided(scene, venture_id="acme")


def test_a_venture_that_never_ran_can_be_rolled_back(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    record = back(scene)
    assert (record.workflows_paused, record.facts["run"]) == (0, f"{scene.run_id}: created")
    decided(scene)
    assert scene.advance().status == "rolled_back"


@pytest.mark.slow
def test_the_next_run_makes_the_paused_workflows_anew(sqlite_at: At) -> None:
    """From the rollback of a finished run to the last approval of the next: the SOP's fix and retry."""
    scene = sqlite_at("completed")
    back(scene)
    decided(scene)
    scene.run_id = start_run(scene.services, VENTURE)
    outcome = scene.advance()
    while outcome.checkpoint != "final":
        scene.approve()
        outcome = scene.advance()
    assert outcome.status == "waiting_approval", outcome
    workflows = scene.rows(AutomationWorkflow)
    assert {(row.status, row.run_id, row.paused_reason) for row in workflows} == {("active", scene.run_id, None)}
    assert {row.status for row in scene.rows(CampaignRow)} == {"configured"}
