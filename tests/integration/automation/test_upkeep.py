"""Upkeep: each task once, by whoever is first; what dies is given back, what stands is told, what is old goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from gtm.automation.maintenance.base import Report, Task
from gtm.automation.maintenance.leases import rescue_leases
from gtm.automation.maintenance.retention import clear_ended, clear_messages
from gtm.automation.maintenance.runner import LEASE, Upkeep, standard_tasks
from gtm.automation.maintenance.stuck import find_stuck
from gtm.automation.triggers.bulk import enrol_all
from gtm.domain.errors import StoreError
from gtm.domain.limits import RetentionDays
from gtm.domain.workflow import Exit, TriggerDefinition, Wait
from gtm.store.database import Database
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import Enrolment, KeptExecution, StepLog
from gtm.store.models.executions import WorkflowExecution
from gtm.store.models.running import UpkeepTask, WorkerRow
from gtm.store.models.tracking import TrackingEvent
from gtm.store.repositories import workers
from gtm.store.repositories.workers import WorkerInfo
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage, drip, signup


def counting(runs: list[datetime]) -> Task:
    def run(_database: Database, now: datetime) -> Report:
        runs.append(now)
        return Report(done=1)

    return Task("counting", timedelta(minutes=1), run)


def test_of_eight_workers_one_does_a_task(stage: Stage) -> None:
    runs: list[datetime] = []
    crews = [Upkeep(stage.database, stage.clock, f"w{n}", [counting(runs)]) for n in range(8)]
    for round_ in range(1, 4):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda crew: crew.run_due(), crews))
        assert len(runs) == round_
        stage.advance(seconds=61)


def test_a_task_whose_worker_died_is_taken_over_when_its_lease_ends(stage: Stage) -> None:
    def die(_database: Database, _now: datetime) -> Report:
        raise KilledHere

    with pytest.raises(KilledHere):
        Upkeep(stage.database, stage.clock, "doomed", [Task("counting", timedelta(minutes=1), die)]).run_due()
    runs: list[datetime] = []
    survivor = Upkeep(stage.database, stage.clock, "survivor", [counting(runs)])
    stage.advance(minutes=2)
    assert survivor.run_due() == {}
    stage.clock.advance(LEASE)
    assert survivor.run_due() == {"counting": Report(done=1)}


def test_a_task_that_fails_is_told_and_comes_again(stage: Stage) -> None:
    def fail(_database: Database, _now: datetime) -> Report:
        raise StoreError("the disk is full")

    upkeep = Upkeep(stage.database, stage.clock, "w", [Task("failing", timedelta(minutes=1), fail)])
    assert "the disk is full" in upkeep.run_due()["failing"].warning
    (row,) = stage.rows(UpkeepTask)
    assert row.error and row.owner is None and row.next_at == stage.clock.now() + timedelta(minutes=1)
    stage.advance(seconds=61)
    assert "failing" in upkeep.run_due()


def test_a_clock_set_back_does_not_put_upkeep_off(stage: Stage) -> None:
    from gtm.domain.clock import VirtualClock

    runs: list[datetime] = []
    Upkeep(stage.database, stage.clock, "w", [counting(runs)]).run_due()
    earlier = VirtualClock(stage.clock.now() - timedelta(hours=1))
    Upkeep(stage.database, earlier, "w", [counting(runs)]).run_due()
    assert len(runs) == 2


def test_what_a_dead_worker_held_is_given_back_and_the_worker_told(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    with stage.database.write() as session:
        info = WorkerInfo(name="doomed", host="here", pid=1)
        workers.beat(session, info, stage.clock.now(), timedelta(seconds=20), 0)

    def die(_email: object) -> None:
        raise KilledHere

    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, die), lease=timedelta(seconds=30)).tick()
    assert rescue_leases(stage.database, stage.advance(seconds=10)).figures == {"given_back": 0, "dead_workers": 0}
    report = rescue_leases(stage.database, stage.advance(seconds=21))
    assert report.figures == {"given_back": 1, "dead_workers": 1} and "doomed" in report.warning
    rescue_leases(stage.database, stage.advance(days=8))
    assert stage.rows(WorkerRow) == []


def test_what_a_silent_worker_was_at_is_done_anew_before_its_lease_is_over(stage: Stage) -> None:
    runs: list[datetime] = []

    def killed(_database: Database, _now: datetime) -> Report:
        raise KilledHere

    with stage.database.write() as session:
        info = WorkerInfo(name="doomed", host="here", pid=1)
        workers.beat(session, info, stage.clock.now(), timedelta(seconds=20), 0)
    with pytest.raises(KilledHere):
        Upkeep(stage.database, stage.clock, "doomed", [Task("counting", timedelta(minutes=1), killed)]).run_due()
    survivor = Upkeep(stage.database, stage.clock, "survivor", [counting(runs)])
    stage.advance(seconds=61)
    assert survivor.run_due() == {} and runs == []
    rescue_leases(stage.database, stage.clock.now())
    assert stage.clock.now() - stage.rows(WorkerRow)[0].seen_at < LEASE
    assert set(survivor.run_due()) == {"counting"} and len(runs) == 1


def test_many_silent_workers_are_counted_and_told_once(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with stage.database.write() as session:
        for number in range(9):
            info = WorkerInfo(name=f"gone-{number}", host="here", pid=number)
            workers.beat(session, info, stage.clock.now(), timedelta(seconds=20), 0)
    upkeep = Upkeep(stage.database, stage.clock, "one", [Task("lease_rescuer", timedelta(seconds=30), rescue_leases)])
    stage.advance(seconds=31)
    warning = upkeep.run_due()["lease_rescuer"].warning
    assert warning == "workers that went silent: gone-0, gone-1, gone-2, gone-3, gone-4 and 4 more"
    stage.advance(seconds=31)
    assert upkeep.run_due()["lease_rescuer"].warning == warning
    assert sum(warning in record.getMessage() for record in caplog.records) == 1


def test_work_that_stands_still_is_told(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    assert find_stuck(stage.database, stage.advance(minutes=10)).warning == ""
    told = find_stuck(stage.database, stage.advance(minutes=10))
    assert "due since 2026-01-05T09:00:00+00:00, with 0 workers alive" in told.warning

    def die(_email: object) -> None:
        raise KilledHere

    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, die), lease=timedelta(seconds=30)).tick()
    told = find_stuck(stage.database, stage.advance(minutes=10))
    assert told.figures["past_lease"] == 1


def short(**values: Any) -> TriggerDefinition:
    return TriggerDefinition(trigger_id="short", type="manual", workflow_id="acme-drip", **values)


def test_what_ended_long_ago_keeps_its_line_and_nobody_enters_again(stage: Stage) -> None:
    steps = (Wait(id="send_email_1", hours=1, next="done"), Exit(id="done"))
    stage.configure(drip().model_copy(update={"steps": steps}), signup(), short())
    lead = stage.lead(1)
    stage.advance(hours=2)
    stage.worker().run_until_idle()
    stage.lead(2)
    assert clear_ended(stage.database, stage.advance(days=179)).done == 0
    before = {row.execution_id: row for row in stage.rows(WorkflowExecution)}
    report = clear_ended(stage.database, stage.advance(days=2))
    assert report.figures["enrolments"] == 1
    assert len(stage.rows(Enrolment)) == len(stage.rows(KeptExecution)) == 1 and stage.rows(StepLog) == []
    assert {row.execution_id: row for row in stage.rows(WorkflowExecution)} == before
    from gtm.automation.triggers.manual import start_manually

    with stage.database.write() as session:
        assert start_manually(session, "short", lead.lead.lead_id, stage.clock.now()).skipped.startswith("rate limit")
    assert enrol_all(stage.database, "short", stage.clock.now()).enrolled == 0
    assert len(stage.rows(Enrolment)) == 1


def test_the_standard_tasks_run_on_an_empty_store(stage: Stage) -> None:
    reports = Upkeep(stage.database, stage.clock, "w", standard_tasks()).run_due()
    messages = "message_retention"
    own = {"outbox_drain", "scheduler", "lease_rescuer", "stuck_detector", "retention", "unconfirmed", messages}
    assert set(reports) == own
    assert all(not report.done and not report.warning for report in reports.values())
    assert all(row.error is None and row.owner is None for row in stage.rows(UpkeepTask))


def test_old_messages_go_and_what_is_evidence_or_open_stays(stage: Stage) -> None:
    steps = (drip().steps[0].model_copy(update={"on_success": "done"}), *drip().steps[-2:])
    stage.configure(drip().model_copy(update={"steps": steps}), signup())
    for number in range(4):
        stage.lead(number)
    stage.worker().run_until_idle()
    stay = {"bounced": 0, "complained": 1}
    with stage.database.write() as session:
        sends = session.exec(select(EmailSend).order_by(col(EmailSend.enrolment_no))).all()
        for status, number in stay.items():
            sends[number].delivery_status = status
        for send, kind in zip(sends, ("open", "click", "unsubscribe", "open"), strict=True):
            session.add(TrackingEvent(send_id=send.send_id, kind=kind, at=stage.clock.now()))
    days = RetentionDays(enrolment_days=10, message_days=30, event_days=20)
    now = stage.advance(days=31)
    assert clear_messages(stage.database, now, days=days).figures == {"mails": 0, "events": 3}
    clear_ended(stage.database, now, days=days.enrolment_days)
    assert clear_messages(stage.database, now, days=days).figures == {"mails": 2, "events": 0}
    assert sorted(send.delivery_status for send in stage.rows(EmailSend)) == ["bounced", "complained"]
    assert [event.kind for event in stage.rows(TrackingEvent)] == ["unsubscribe"]
    stage.lead(9)
    stage.worker().run_until_idle()
    assert clear_messages(stage.database, stage.advance(days=29), days=days).done == 0
