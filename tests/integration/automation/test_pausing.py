"""The SOP's rollback query, and not one send after it."""

import threading
from datetime import timedelta

import pytest

from gtm.automation.monitoring import monitor
from gtm.automation.pausing import drain, pause_venture
from gtm.store.models.automation import AutomationWorkflow, EmailSend
from gtm.store.models.enrolments import WAITING, Enrolment, StepLog
from gtm.store.repositories import automation
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup


def pause(stage: Stage, reason: str = "conversion below 1 %") -> int:
    with stage.database.write() as session:
        return pause_venture(session, "acme", reason, stage.clock.now()).workflows


def test_the_query_pauses_active_workflows_of_that_venture_alone(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.configure(drip("acme-draft"), active=False)
    stage.configure(drip("other-drip", "other"))
    assert pause(stage) == 1
    rows = {row.workflow_id: row for row in stage.rows(AutomationWorkflow)}
    assert {k: r.status for k, r in rows.items()} == {
        "acme-drip": "paused",
        "acme-draft": "draft",
        "other-drip": "active",
    }
    assert rows["acme-drip"].paused_reason == "conversion below 1 %"
    paused_at = rows["acme-drip"].paused_at
    assert paused_at is not None and paused_at.tzinfo is not None
    if stage.database.is_sqlite:
        assert paused_at == stage.clock.now()
    assert pause(stage) == 0


def test_not_one_send_follows_a_pause_and_everything_goes_on_after_it(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(12):
        stage.lead(number)
    worker = stage.worker(batch=4)
    worker.tick()
    assert len(stage.sink.received) == 4
    pause(stage)
    for _ in range(10):
        assert worker.run_until_idle() == 0
        stage.advance(hours=24)
    assert len(stage.sink.received) == 4
    assert stage.lead(99).fired[0].skipped == "the workflow is paused"
    assert monitor(stage.database, "acme")[0].waiting == 12
    with stage.database.write() as session:
        automation.activate_workflow(session, "acme-drip", stage.clock.now())
    worker.run_until_idle()
    assert len([s for s in stage.rows(EmailSend) if s.email_number == 1]) == 12
    assert len({m.message_id for m in stage.sink.received}) == len(stage.sink.received)


def test_a_pause_after_the_claim_stops_what_was_claimed(stage: Stage) -> None:
    """The second send of a claimed batch is not made: the pause is looked at again right before each send."""
    stage.configure(drip(), signup())
    for number in range(5):
        stage.lead(number)
    sent: list[object] = []

    def pause_at_the_first(email: object) -> None:
        sent.append(email)
        if len(sent) == 1:
            pause(stage)

    worker = stage.worker(mailer=Scripted(stage.mailer, pause_at_the_first))
    worker.run_until_idle()
    assert len(sent) == len(stage.sink.received) == 1
    given_back = [s for s in stage.rows(EmailSend) if s.state == "failed"]
    assert {(s.refusal_reason, s.attempts) for s in given_back} == {("the workflow is paused", 0)}
    assert (len(stage.rows(EmailSend)), len(given_back)) == (5, 4)
    assert len(stage.rows(StepLog)) == 1
    statuses = sorted((e.status, e.attempt) for e in stage.rows(Enrolment))
    assert statuses == [(WAITING, 0)] * 5
    with stage.database.write() as session:
        automation.activate_workflow(session, "acme-drip", stage.clock.now())
    worker.run_until_idle()
    assert len(stage.sink.received) == 5


def test_a_pause_between_reservation_and_send_gives_the_reservation_back(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)

    class PausesWhileReserving(Scripted):
        def message_id(self, key: str) -> str:
            return self.inner.message_id(key)

    worker = stage.worker(mailer=PausesWhileReserving(stage.mailer))
    import gtm.automation.actions.send_email as action

    plain = action._reserve_all

    def reserve_then_pause(*arguments: object) -> object:
        answer = plain(*arguments)  # type: ignore[arg-type]
        pause(stage)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(action, "_reserve_all", reserve_then_pause)
        worker.run_until_idle()
    assert stage.sink.attempts("lead1@example.test") == 0
    assert [(s.state, s.refusal_reason) for s in stage.rows(EmailSend)] == [("failed", "the workflow is paused")]
    with stage.database.write() as session:
        automation.activate_workflow(session, "acme-drip", stage.clock.now())
    worker.run_until_idle()
    assert len(stage.sink.received) == 1


def test_with_workers_running_nothing_is_sent_after_pause_and_drain(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(60):
        stage.lead(number)
    stop = threading.Event()
    workers = [stage.worker(f"w{n}", batch=3) for n in range(3)]
    threads = [threading.Thread(target=w.run, args=(stop, 0.005)) for w in workers]
    for thread in threads:
        thread.start()
    try:
        while len(stage.sink.received) < 5:
            stop.wait(0.005)
        pause(stage)
        assert drain(stage.database, "acme", seconds=20) == 0
        after = len(stage.sink.received)
        stop.wait(0.5)
        assert len(stage.sink.received) == after < 60
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    assert {s.state for s in stage.rows(EmailSend)} <= {"sent", "failed"}
    assert sum(s.state == "sent" for s in stage.rows(EmailSend)) == after


def test_consecutive_errors_are_counted_until_something_works(stage: Stage) -> None:
    stage.configure(drip(strategy="fail_fast"), signup())
    worker = stage.worker()
    for number in range(6):
        lead = stage.lead(number)
        stage.sink.answer(lead.lead.email, 550)
        worker.run_until_idle()
        stage.advance(seconds=1)
    (health,) = monitor(stage.database, "acme")
    assert (health.consecutive_errors, health.failed, health.emails_failed) == (6, 6, 6)
    assert "550" in health.last_error
    stage.lead(50)
    worker.run_until_idle()
    (health,) = monitor(stage.database, "acme")
    assert (health.consecutive_errors, health.emails_sent, health.waiting) == (0, 1, 1)
    assert health.next_due == stage.clock.now() + timedelta(hours=48)
    assert monitor(stage.database, "nobody") == ()


def test_a_drain_of_one_workflow_does_not_wait_for_another_ones_mail(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    with stage.database.write() as session:
        session.add(
            EmailSend(
                send_id="s-1",
                idempotency_key="k-1",
                venture_id="acme",
                campaign_id="c-1",
                workflow_id="acme-other",
                lead_id="lead1",
                reserved_at=stage.clock.now(),
            )
        )
    assert drain(stage.database, "acme", seconds=0, workflow_id="acme-drip") == 0
    assert drain(stage.database, "acme", seconds=0, workflow_id="acme-other") == 1 == drain(stage.database, "acme", 0)
