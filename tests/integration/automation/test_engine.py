"""Leads go their way: on both databases, over real SMTP, on a virtual clock."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from gtm.automation.resolving import resolve
from gtm.domain.clock import VirtualClock
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import Conflict
from gtm.domain.workflow import (
    AddToSegment,
    Exit,
    Goal,
    HttpRequest,
    Notify,
    SendEmail,
    TriggerDefinition,
    UpdateLead,
    Wait,
    WorkflowDefinition,
)
from gtm.store.models.automation import AutomationWorkflow, EmailSend
from gtm.store.models.enrolments import MANUAL, Enrolment, StepLog
from gtm.store.models.executions import WorkflowExecution
from gtm.store.repositories import automation, email_sends, leads
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup


def test_a_drip_sends_the_second_email_48_hours_later_by_what_was_opened(stage: Stage) -> None:
    stage.configure(drip(), signup())
    reader, sleeper = stage.lead(1), stage.lead(2)
    worker = stage.worker()
    started = stage.clock.now()
    assert worker.run_until_idle() == 2
    with stage.database.write() as session:
        message = stage.sink.received_by(reader.lead.email)[0]
        assert email_sends.record_open(session, message.message_id, stage.advance(hours=3))
        assert not email_sends.record_open(session, message.message_id, stage.clock.now())
        assert not email_sends.record_open(session, "<nobody@acme.test>", stage.clock.now())
    stage.clock.advance_to(started + timedelta(hours=48) - timedelta(milliseconds=1))
    assert worker.tick().claimed == 0
    stage.advance(seconds=0)
    stage.clock.advance(timedelta(milliseconds=1))
    worker.run_until_idle()

    assert stage.outcomes(reader) == [
        ("send_email_1", "done"),
        ("wait_1", "waited"),
        ("opened", "true"),
        ("send_email_2a", "done"),
        ("done", "exited"),
    ]
    assert [step for step, _ in stage.outcomes(sleeper)] == [
        "send_email_1",
        "wait_1",
        "opened",
        "send_email_2b",
        "done",
    ]
    for lead, second in ((reader, "acme/it/2"), (sleeper, "acme/sec/2")):
        first_mail, second_mail = stage.sink.received_by(lead.lead.email)
        assert second_mail.received_at - first_mail.received_at == timedelta(hours=48)
        assert str(second_mail.message["Subject"]).startswith(second)
    assert {(e.status, e.finished_at) for e in stage.rows(WorkflowExecution)} == {("completed", stage.clock.now())}
    assert {(s.state, s.attempts, s.delivery_status) for s in stage.rows(EmailSend)} == {("sent", 1, "accepted")}
    assert stage.rows(AutomationWorkflow)[0].execution_count == 2


def test_a_failure_that_passes_is_retried_with_its_delays_and_then_taken(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    stage.sink.answer(lead.lead.email, 451, times=2)
    worker = stage.worker()
    worker.run_until_idle()
    assert stage.rows(Enrolment)[0].due_at == stage.clock.now() + timedelta(seconds=60)
    stage.advance(seconds=60)
    worker.run_until_idle()
    stage.advance(seconds=120)
    worker.run_until_idle()
    assert stage.outcomes(lead) == [("send_email_1", "retry"), ("send_email_1", "retry"), ("send_email_1", "done")]
    assert stage.sink.attempts(lead.lead.email) == 3
    assert len(stage.sink.received) == 1
    assert [s.attempts for s in stage.rows(EmailSend)] == [3]


def test_a_failure_that_stays_takes_the_failure_path_after_one_and_three_attempts(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    stage.sink.answer(lead.lead.email, 451)
    worker = stage.worker()
    for _ in range(8):
        worker.run_until_idle()
        stage.advance(seconds=300)
    assert stage.sink.attempts(lead.lead.email) == 4
    assert stage.outcomes(lead) == [("send_email_1", "retry")] * 3 + [("send_email_1", "failed"), ("gave_up", "exited")]
    assert [e.status for e in stage.rows(WorkflowExecution)] == ["failed"]


def test_a_refusal_for_good_is_not_retried(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    stage.sink.answer(lead.lead.email, 550)
    stage.worker().run_until_idle()
    assert stage.sink.attempts(lead.lead.email) == 1
    assert stage.outcomes(lead) == [("send_email_1", "failed"), ("gave_up", "exited")]
    assert "550" in stage.rows(EmailSend)[0].refusal_reason


def test_who_unsubscribed_or_withdrew_consent_meanwhile_gets_nothing(stage: Stage) -> None:
    stage.configure(drip(), signup())
    gone, withdrawn = stage.lead(1), stage.lead(2)
    worker = stage.worker()
    worker.run_until_idle()
    stage.suppress(gone.lead.email)
    with stage.database.write() as session:
        leads.save_lead(session, withdrawn.lead.model_copy(update={"consent": "withdrawn"}))
    stage.advance(hours=48)
    worker.run_until_idle()
    assert len(stage.sink.received) == 2
    for lead, why in ((gone, "on the suppression list (unsubscribed)"), (withdrawn, "consent withdrawn")):
        assert stage.outcomes(lead)[-2:] == [("send_email_2b", "refused"), ("gave_up", "exited")]
        refused = [s for s in stage.rows(EmailSend) if s.lead_id == lead.lead.lead_id and s.state == "failed"]
        assert [(s.refusal_reason, s.attempts) for s in refused] == [(why, 0)]


def test_every_other_action_does_what_it_says(stage: Stage) -> None:
    ways = {"on_failure": "gave_up"}
    stage.configure(
        WorkflowDefinition(
            workflow_id="to-sales",
            venture_id="acme",
            name="To sales",
            campaign_id="acme-email-drip",
            triggers=("hot",),
            entry="score",
            steps=(
                UpdateLead(id="score", field="score", value=85, on_success="tag", **ways),
                UpdateLead(id="tag", field="attributes.plan", value="pro", on_success="move", **ways),
                AddToSegment(id="move", segment_id="enterprise", on_success="hook", **ways),
                HttpRequest(id="hook", connector="crm", on_success="tell", **ways),
                Notify(
                    id="tell", to="sales@acme.test", message="Call {{ email }}: {{ score }}", on_success="won", **ways
                ),
                Goal(id="won", name="handed-over"),
                Exit(id="gave_up", outcome="failed", reason="an action failed"),
            ),
        ),
        TriggerDefinition(
            trigger_id="hot", workflow_id="to-sales", conditions=(Predicate(field="lead_source", value="website"),)
        ),
    )
    lead = stage.lead(1)
    worker = stage.worker()
    worker.run_until_idle()
    assert [step for step, _ in stage.outcomes(lead)] == ["score", "tag", "move", "hook", "tell", "won"]
    with stage.database.read() as session:
        changed = leads.get_lead(session, lead.lead.lead_id)
    assert (changed.score, changed.attributes, changed.segment_id) == (85, {"plan": "pro"}, "enterprise")
    (call,) = stage.http.calls
    assert call["connector"] == "crm" and call["body"]["lead_id"] == lead.lead.lead_id
    assert "email" not in call["body"]
    (mail,) = stage.sink.received_by("sales@acme.test")
    assert "Call lead1@example.test: 85" in mail.message.get_content()
    assert mail.message["List-Unsubscribe"] is None
    assert stage.rows(EmailSend) == []
    assert stage.rows(Enrolment)[0].context["goal"] == "handed-over"


def test_a_message_that_cannot_be_filled_fails_with_the_variables_name(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    steps = (
        Notify(id="tell", to="sales@acme.test", message="{{ company }}", on_success="end", on_failure="end"),
        Exit(id="end"),
    )
    stage.configure(drip().model_copy(update={"entry": "tell", "steps": steps}), signup())
    lead = stage.lead(1)
    stage.worker().run_until_idle()
    assert stage.outcomes(lead)[0] == ("tell", "failed")
    assert "company" in stage.rows(StepLog)[0].detail
    assert stage.sink.received == ()


def test_a_bug_in_one_row_goes_to_a_person_and_the_others_go_on(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup())
    bad, good = stage.lead(1), stage.lead(2)

    def trip(email: object) -> None:
        if getattr(email, "to", "") == bad.lead.email:
            raise ZeroDivisionError("a bug")

    stage.worker(mailer=Scripted(stage.mailer, trip)).run_until_idle()
    assert stage.outcomes(bad) == [("send_email_1", "unknown")]
    assert stage.outcomes(good) == [("send_email_1", "done")]
    states = {e.enrolment_no: e.status for e in stage.rows(Enrolment)}
    assert states[bad.fired[0].enrolment_no] == MANUAL


def test_a_person_resolves_what_is_unknown_once(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)

    def trip(_email: object) -> None:
        raise ZeroDivisionError("a bug")

    stage.worker(mailer=Scripted(stage.mailer, trip)).run_until_idle()
    enrolment = lead.fired[0].enrolment_no
    with stage.database.write() as session:
        after = resolve(session, enrolment, "happened", "LEAD", stage.clock.now())
    assert (after.step, after.status) == ("wait_1", "waiting")
    with pytest.raises(Conflict), stage.database.write() as session:
        resolve(session, enrolment, "did_not_happen", "LEAD", stage.clock.now())
    assert stage.outcomes(lead) == [("send_email_1", "unknown"), ("send_email_1", "done")]
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    assert stage.outcomes(lead)[-1] == ("done", "exited")


def test_leads_stay_on_the_version_they_entered(stage: Stage) -> None:
    stage.configure(drip(), signup())
    old = stage.lead(1)
    stage.worker().run_until_idle()
    shorter = drip()
    steps = tuple(s.model_copy(update={"hours": 24}) if s.id == "wait_1" else s for s in shorter.steps)
    with stage.database.write() as session:
        row = automation.save_workflow(
            session, shorter.model_copy(update={"steps": steps}), run_id="run-2", revision=1, now=stage.clock.now()
        )
        assert (row.version, row.status, row.test_execution_count) == (2, "draft", 0)
        automation.activate_workflow(session, "acme-drip", stage.clock.now())
    new = stage.lead(2)
    worker = stage.worker()
    worker.run_until_idle()
    stage.advance(hours=24)
    worker.run_until_idle()
    assert stage.outcomes(new)[-1] == ("done", "exited")
    assert stage.outcomes(old) == [("send_email_1", "done")]
    stage.advance(hours=24)
    worker.run_until_idle()
    assert stage.outcomes(old)[-1] == ("done", "exited")


def test_saving_the_same_workflow_again_changes_nothing(stage: Stage) -> None:
    stage.configure(drip(), signup())
    with stage.database.write() as session:
        row = automation.save_workflow(session, drip(), run_id="run-2", revision=3, now=stage.clock.now())
        trigger = automation.save_trigger(
            session, signup(), venture_id="acme", run_id="run-2", revision=3, now=stage.clock.now()
        )
    assert (row.version, row.status, row.run_id, row.revision) == (1, "active", "run-2", 3)
    assert trigger.enabled
    assert "s_send_email_2a" in row.diagram_mermaid


def test_a_content_that_is_gone_fails_without_a_send(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    steps = (
        SendEmail(id="mail", content_ref="acme/it/9", on_success="end", on_failure="end"),
        Exit(id="end"),
    )
    stage.configure(drip().model_copy(update={"entry": "mail", "steps": steps}), signup())
    from gtm.automation.engine import Worker
    from gtm.automation.fake import FakeEmailSource
    from gtm.automation.ports import Services

    lead = stage.lead(1)
    services = Services(FakeEmailSource({"acme/it/1": ("s", "t")}), stage.mailer)
    Worker(stage.database, stage.clock, services).run_until_idle()
    assert stage.outcomes(lead)[0] == ("mail", "failed")
    assert stage.rows(EmailSend) == []


def test_an_address_with_a_line_break_never_becomes_a_lead() -> None:
    with pytest.raises(ValueError, match="no email address"):
        NewLead(venture_id="acme", email="ada@example.test\r\nBcc: all@example.test")


def test_a_lead_whose_row_somebody_else_broke_is_set_aside_and_the_others_go_on(stage: Stage) -> None:
    stage.configure(drip(), signup())
    bad, good = stage.lead(1), stage.lead(2)
    with stage.database.write() as session:
        session.connection().execute(
            text("UPDATE leads SET email = 'no address', time_zone = 'Mars/Base' WHERE lead_id = :lead"),
            {"lead": bad.lead.lead_id},
        )
    stage.worker().run_until_idle()
    assert stage.outcomes(good) == [("send_email_1", "done")]
    assert stage.outcomes(bad) == [("send_email_1", "manual")]
    (line,) = [line for line in stage.rows(StepLog) if line.outcome == "manual"]
    assert "email" in line.detail and "time_zone" in line.detail


def test_a_lead_that_was_set_aside_at_a_condition_goes_on_once_its_row_is_mended(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    worker = stage.worker()
    worker.run_until_idle()
    broken = text("UPDATE leads SET time_zone = :zone WHERE lead_id = :lead")
    with stage.database.write() as session:
        session.connection().execute(broken, {"zone": "Mars/Base", "lead": lead.lead.lead_id})
    stage.advance(hours=48)
    worker.run_until_idle()
    assert stage.outcomes(lead)[-1] == ("wait_1", "manual")
    with stage.database.write() as session:
        session.connection().execute(broken, {"zone": "UTC", "lead": lead.lead.lead_id})
        resolve(session, lead.fired[0].enrolment_no, "did_not_happen", "person:ann", stage.clock.now())
    worker.run_until_idle()
    taken = [("wait_1", "retry"), ("wait_1", "waited"), ("opened", "false"), ("send_email_2b", "done")]
    assert stage.outcomes(lead)[-5:-1] == taken
    assert len({mail.message_id for mail in stage.sink.received}) == len(stage.sink.received) == 2


class Running(VirtualClock):
    """A clock that goes on by a millisecond whenever it is asked, as a machine's does."""

    def now(self) -> datetime:
        return self.advance(timedelta(milliseconds=1))


def test_whatever_follows_at_once_is_done_before_a_worker_is_idle_though_time_goes_on(stage: Stage) -> None:
    given_up = {"on_failure": "gave_up"}
    steps = (
        HttpRequest(id="first", connector="crm", on_success="second", **given_up),
        UpdateLead(id="second", field="status", value="hot", on_success="third", **given_up),
        HttpRequest(id="third", connector="crm", on_success="rest", **given_up),
        Wait(id="rest", hours=1, next="fourth"),
        HttpRequest(id="fourth", connector="crm", on_success="done", **given_up),
        Exit(id="done"),
        Exit(id="gave_up", outcome="failed"),
    )
    stage.configure(drip().model_copy(update={"entry": "first", "steps": steps}), signup())
    lead = stage.lead(1)
    at_work = replace(stage, clock=Running(stage.clock.now()))
    assert at_work.worker().run_until_idle() == 3
    assert stage.outcomes(lead) == [("first", "done"), ("second", "done"), ("third", "done")]
    at_work.advance(hours=1)
    at_work.worker().run_until_idle()
    assert stage.outcomes(lead)[-1] == ("done", "exited")
