"""What an operator may do, and what is refused: pause, cancel, retry, resolve, and looking at who is where."""

from datetime import timedelta
from typing import Any

import pytest

from gtm.automation import operations, tracing
from gtm.domain.enrolment import EnrolmentState
from gtm.domain.errors import Conflict, InvalidInput, NotFound, OutcomeUnknown, VenturePaused
from gtm.domain.workflow import ErrorPolicy
from gtm.store.models.automation import AutomationWorkflow, EmailSend
from gtm.store.models.enrolments import Enrolment, StepLog
from gtm.store.models.logs import AuditEntry
from gtm.store.repositories import ventures
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup
from tests.integration.store.conftest import brief_of


def operate(stage: Stage, deed: Any, *arguments: Any) -> Any:
    with stage.database.write() as session:
        return deed(session, *arguments, "ada", stage.clock.now())


def steps(stage: Stage) -> dict[str, tracing.StepCount]:
    with stage.database.read() as session:
        return {one.step: one for one in tracing.step_table(session, "acme-drip")}


def way(stage: Stage, inserted: Any) -> tracing.Trace:
    with stage.database.read() as session:
        (found,) = tracing.trace(session, inserted.lead)
    return found


def letters(stage: Stage) -> tuple[operations.DeadLetter, ...]:
    with stage.database.read() as session:
        return operations.list_dead_letters(session, "acme-drip")


def audited(stage: Stage) -> list[str]:
    return [row.action for row in stage.rows(AuditEntry) if row.action.startswith("workflow.")]


def refusing(stage: Stage) -> Any:
    """A lead whose mail was refused for now, in a workflow that does not try again by itself."""
    stage.configure(drip(strategy="fail_fast"), signup())
    stage.sink.answer("lead1@example.test", 451, times=1)
    inserted = stage.lead(1)
    stage.worker().run_until_idle()
    return inserted


def unknown(stage: Stage) -> Any:
    """A lead whose mail may or may not have gone out."""
    stage.configure(drip(), signup())

    def breaks(_email: Any) -> None:
        raise OutcomeUnknown("the connection broke after DATA")

    inserted = stage.lead(1)
    stage.worker(mailer=Scripted(stage.mailer, before=breaks)).run_until_idle()
    return inserted


def test_steps_are_counted_by_who_stands_there_and_what_became_of_them(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.sink.answer("lead3@example.test", 550)
    for number in (1, 2, 3):
        stage.lead(number)
    stage.worker().run_until_idle()
    found = steps(stage)
    assert (found["send_email_1"].passed, found["send_email_1"].failed) == (2, 1)
    assert found["wait_1"].waiting == 2 and found["gave_up"].ended == 1
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    found = steps(stage)
    assert found["wait_1"].waiting == 0 and found["wait_1"].passed == found["opened"].passed == 2
    assert found["done"].ended == 2


def test_a_pause_holds_and_the_trace_says_why_and_what_comes_next(stage: Stage) -> None:
    stage.configure(drip(), signup())
    inserted = stage.lead(1)
    stage.worker().run_until_idle()
    before = way(stage, inserted)
    assert [(line.step, line.outcome) for line in before.lines] == [("send_email_1", "done")]
    assert (before.next_step, before.held) == ("wait_1", "")
    assert before.next_at is not None and (before.next_at - stage.clock.now()).total_seconds() == 48 * 3600
    assert before.then == ("then → opened",)
    operate(stage, operations.pause, "acme-drip", "typo in mail 2")
    stage.advance(hours=50)
    assert stage.worker().run_until_idle() == 0
    held = way(stage, inserted)
    assert "paused since 2026-01-05 09:00 UTC: typo in mail 2" in held.held
    assert held.do == "gtm workflow resume acme-drip"
    with pytest.raises(Conflict, match="paused, not active"):
        operate(stage, operations.pause, "acme-drip", "again")
    operate(stage, operations.resume, "acme-drip")
    assert stage.worker().run_until_idle() > 0
    with pytest.raises(Conflict, match="active, not paused"):
        operate(stage, operations.resume, "acme-drip")
    assert audited(stage) == ["workflow.paused", "workflow.resumed"]


def test_a_trace_says_why_somebody_was_put_off(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup())
    inserted = stage.lead(1)
    (row,) = stage.rows(Enrolment)
    with stage.database.write() as session:
        line = StepLog(
            enrolment_no=row.enrolment_no, seq=0, workflow_no=row.workflow_no, step=row.step, outcome="deferred",
            at=stage.clock.now(), detail="quiet hours in America/New_York",
        )  # fmt: skip
        row.seq, row.due_at, row.context = 1, stage.clock.now() + timedelta(hours=5), {"deferred": 1}
        session.add_all([line, row])
    found = way(stage, inserted)
    assert found.held == "put off: quiet hours in America/New_York"
    assert (found.next_step, found.next_at) == ("send_email_1", stage.clock.now() + timedelta(hours=5))
    assert steps(stage)["send_email_1"].deferred == 1
    stage.advance(hours=5)
    stage.worker().run_until_idle()
    assert stage.outcomes(inserted) == [("send_email_1", "deferred"), ("send_email_1", "done")]


def test_only_a_tested_workflow_of_a_venture_that_is_not_rolled_back_becomes_active(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup(), active=False)
    with pytest.raises(Conflict, match="has not passed its tests"):
        operate(stage, operations.activate, "acme-drip")
    with stage.database.write() as session:
        row = stage.rows(AutomationWorkflow)[0]
        row.test_execution_count = 1
        session.add(row)
    operate(stage, operations.activate, "acme-drip")
    with pytest.raises(Conflict, match="is active"):
        operate(stage, operations.activate, "acme-drip")
    assert [row.status for row in stage.rows(AutomationWorkflow)] == ["active"]
    with pytest.raises(NotFound):
        operate(stage, operations.activate, "nothing")


def test_a_rolled_back_ventures_workflows_stay_paused(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup())
    operate(stage, operations.pause, "acme-drip", "x")
    with stage.database.write() as session:
        ventures.save_brief(session, brief_of("acme"), (), stage.clock.now())
        ventures.set_paused(session, "acme", "conversion below 1 %", stage.clock.now())
    with pytest.raises(VenturePaused):
        operate(stage, operations.resume, "acme-drip")


def test_a_cancellation_ends_everybody_with_a_line_of_log(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "CANCEL_BATCH", 2)
    unknown(stage)
    for number in (2, 3, 4, 5):
        stage.lead(number)
    stage.worker().run_until_idle()
    done = operations.cancel(stage.database, stage.clock, "acme-drip", "wrong list", "ada")
    assert done.ended == 5
    rows = stage.rows(Enrolment)
    assert {row.status for row in rows} == {3} and all(row.finished_at and row.due_at is None for row in rows)
    lines = [line for line in stage.rows(StepLog) if line.outcome == "cancelled"]
    assert len(lines) == 5 and {line.detail for line in lines} == {"ada: wrong list"}
    assert [row.status for row in stage.rows(AutomationWorkflow)] == ["paused"]
    assert letters(stage) == ()
    with pytest.raises(Conflict, match="an operator ended it"):
        operate(stage, operations.retry, "exec-2")
    assert operations.cancel(stage.database, stage.clock, "acme-drip", "again", "ada").ended == 0
    operate(stage, operations.resume, "acme-drip")
    assert stage.worker().run_until_idle() == 0


def test_a_cancellation_while_a_worker_holds_somebody_lets_nothing_more_be_written(stage: Stage) -> None:
    stage.configure(drip(), signup())
    inserted = stage.lead(1)

    def cancels(_email: Any) -> None:
        operations.cancel(stage.database, stage.clock, "acme-drip", "now", "ada")

    stage.worker(mailer=Scripted(stage.mailer, before=cancels)).run_until_idle()
    assert stage.outcomes(inserted) == [("send_email_1", "cancelled")]
    assert [send.state for send in stage.rows(EmailSend)] == ["sent"]


def test_a_dead_letter_whose_mail_was_refused_is_done_again_under_the_same_key(stage: Stage) -> None:
    inserted = refusing(stage)
    (letter,) = letters(stage)
    assert (letter.email, letter.status, letter.step) == ("lead1@example.test", "failed", "gave_up")
    assert "451" in letter.error
    after: EnrolmentState = operate(stage, operations.retry, letter.execution_id)
    assert (after.step, after.status) == ("send_email_1", "waiting")
    stage.worker().run_until_idle()
    assert [outcome for _, outcome in stage.outcomes(inserted)] == ["failed", "exited", "retried", "done"]
    assert len(stage.sink.received_by("lead1@example.test")) == 1
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.attempts) == ("sent", 2)
    assert letters(stage) == () and audited(stage) == ["workflow.retried"]
    with pytest.raises(Conflict, match="nothing to retry"):
        operate(stage, operations.retry, letter.execution_id)


def test_a_retry_that_fails_may_be_retried_once_more_under_the_same_key(stage: Stage) -> None:
    refusing(stage)
    for _ in range(2):
        stage.sink.answer("lead1@example.test", 451, times=1)
        operate(stage, operations.retry, "exec-1")
        stage.worker().run_until_idle()
    operate(stage, operations.retry, "exec-1")
    stage.worker().run_until_idle()
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.attempts) == ("sent", 4)


def test_what_a_person_tries_again_has_all_its_tries_again_and_they_are_counted_from_the_first(stage: Stage) -> None:
    stage.configure(drip(strategy="retry_3x", delays_seconds=(1, 2, 3)), signup())
    inserted = stage.lead(1)
    worker = stage.worker()
    for _ in range(3):
        stage.sink.answer("lead1@example.test", 451, times=4)
        for _ in range(5):
            worker.run_until_idle()
            stage.advance(seconds=5)
        operate(stage, operations.retry, "exec-1")
    worker.run_until_idle()
    tries = ["retry", "retry", "retry", "failed", "exited", "retried"]
    assert [outcome for _, outcome in stage.outcomes(inserted)] == [*tries * 3, "done"]
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.attempts) == ("sent", 13)
    sent = [line.attempt for line in way(stage, inserted).lines if line.step == "send_email_1"]
    assert sent == [1, 2, 3, 4, 1] * 3 + [1], sent


def test_after_retries_that_ran_out_the_key_is_still_the_same(stage: Stage) -> None:
    stage.configure(drip(strategy="retry_3x", delays_seconds=(1, 2, 3)), signup())
    stage.sink.answer("lead1@example.test", 451, times=4)
    stage.lead(1)
    worker = stage.worker()
    for _ in range(5):
        worker.run_until_idle()
        stage.advance(seconds=5)
    operate(stage, operations.retry, "exec-1")
    worker.run_until_idle()
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.attempts) == ("sent", 5)


def test_what_may_have_happened_is_never_repeated_blindly(stage: Stage) -> None:
    inserted = unknown(stage)
    (letter,) = letters(stage)
    assert (letter.status, letter.outcome) == ("manual", "unknown")
    with pytest.raises(Conflict, match="may have happened") as refused:
        operate(stage, operations.retry, letter.execution_id)
    assert "gtm workflow resolve exec-1" in refused.value.hint
    assert "gtm workflow resolve exec-1" in way(stage, inserted).do
    operate(stage, operations.resolve, letter.execution_id, "happened")
    assert stage.outcomes(inserted)[-1] == ("send_email_1", "done")
    with pytest.raises(Conflict):
        operate(stage, operations.resolve, letter.execution_id, "happened")


def test_what_certainly_did_not_happen_may_be_retried_after_it_was_resolved(stage: Stage) -> None:
    unknown(stage)
    operate(stage, operations.resolve, "exec-1", "did_not_happen")
    stage.worker().run_until_idle()
    operate(stage, operations.retry, "exec-1")
    stage.worker().run_until_idle()
    assert [send.state for send in stage.rows(EmailSend)] == ["sent"]
    assert len(stage.sink.received) == 1


def test_an_action_that_asked_for_a_person_may_be_retried(stage: Stage) -> None:
    stage.configure(drip(**ErrorPolicy(strategy="manual_intervention").model_dump()), signup())
    stage.sink.answer("lead1@example.test", 451, times=1)
    inserted = stage.lead(1)
    stage.worker().run_until_idle()
    assert way(stage, inserted).do == "gtm workflow retry exec-1"
    operate(stage, operations.retry, "exec-1")
    stage.worker().run_until_idle()
    assert [send.state for send in stage.rows(EmailSend)] == ["sent"]


def test_somebody_who_is_fine_and_something_that_is_no_execution_are_refused(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup())
    stage.lead(1)
    with pytest.raises(Conflict, match="waiting: there is nothing to retry"):
        operate(stage, operations.retry, "exec-1")
    with pytest.raises(NotFound):
        operate(stage, operations.retry, "exec-99")
    for name in ("17", "exec-", "exec--1", "exec-1; DROP", "exec-" + "9" * 40):
        with pytest.raises(InvalidInput):
            operate(stage, operations.retry, name)


def test_a_timeline_tells_all_that_happened_in_order(stage: Stage) -> None:
    stage.configure(drip(), signup())
    inserted = stage.lead(1)
    stage.advance(minutes=1)
    stage.worker().run_until_idle()
    stage.advance(hours=1)
    stage.suppress("lead1@example.test")
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    with stage.database.read() as session:
        events = tracing.timeline(session, inserted.lead)
    assert [event.at for event in events] == sorted(event.at for event in events)
    told = [event.what for event in events]
    assert told[:2] == ["lead stored", "entered"]
    assert {"email sent", "suppressed", "refused", "exited"} <= set(told)
