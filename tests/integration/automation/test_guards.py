"""What stops a mail at dispatch: each guard with its reason and what happens next, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.ports import RenderedEmail
from gtm.automation.triggers.database_insert import LeadInserted
from gtm.automation.triggers.enrol import Fired, fire
from gtm.domain.conditions import Predicate
from gtm.domain.delivery import DeliveryPolicy, FrequencyCap, QuietHours
from gtm.domain.enrolment import Lead
from gtm.domain.schedule import SendWindow, TimeRange
from gtm.domain.workflow import (
    Condition,
    ErrorPolicy,
    Exit,
    Goal,
    SendEmail,
    TriggerDefinition,
    WorkflowDefinition,
)
from gtm.store.models.automation import AutomationWorkflow, EmailSend
from gtm.store.models.deliveries import DeliveryCount
from gtm.store.models.enrolments import StepLog
from gtm.store.models.executions import WorkflowExecution
from gtm.store.models.ventures import Venture
from gtm.store.repositories import enrolments, leads, ventures
from tests.integration.automation.surroundings import QUICK, Stage, drip, signup

DAY = timedelta(days=1)
CAP = DeliveryPolicy(cap=FrequencyCap(per_day=1, per_week=3))


def worker(stage: Stage, policy: DeliveryPolicy, **options: Any) -> Worker:
    services = replace(stage.services(), delivery=policy)
    return Worker(stage.database, stage.clock, services, name="w", **options)


def mails(count: int = 2, goal: bool = False, **values: Any) -> WorkflowDefinition:
    """So many mails, an hour after each other."""
    last = "won" if goal else "done"
    steps = [
        SendEmail(
            id=f"mail_{n}",
            content_ref=f"acme/it/{n}",
            on_success=f"mail_{n + 1}" if n < count else last,
            on_failure="gave_up",
            **{"delay_hours": min(n - 1, 1)} | values,
        )
        for n in range(1, count + 1)
    ]
    ends = (Goal(id="won", name="bought"),) if goal else (Exit(id="done"),)
    gave_up = Exit(id="gave_up", outcome="failed", reason="mail could not be sent")
    return drip().model_copy(update={"entry": "mail_1", "steps": (*steps, *ends, gave_up)})


def venture(stage: Stage, venture_id: str = "acme") -> None:
    with stage.database.write() as session:
        session.add(
            Venture(
                venture_id=venture_id,
                name=venture_id,
                segment_type="B2B_SMB",
                brief={},
                brief_sha256="0" * 64,
                created_at=stage.clock.now(),
                updated_at=stage.clock.now(),
            )
        )


def detail(stage: Stage, inserted: LeadInserted) -> str:
    number = inserted.fired[0].enrolment_no
    return str([line for line in stage.rows(StepLog) if line.enrolment_no == number][-1].detail)


def change(stage: Stage, inserted: LeadInserted, **values: Any) -> None:
    with stage.database.write() as session:
        lead = leads.get_lead(session, inserted.lead.lead_id)
        leads.save_lead(session, lead.model_copy(update=values))


def test_a_venture_that_is_paused_sends_nothing_and_leaves_no_trace_in_the_log(stage: Stage) -> None:
    venture(stage)
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    with stage.database.write() as session:
        ventures.set_paused(session, "acme", "rollback", stage.clock.now())
    worker(stage, CAP).tick()
    assert stage.outcomes(lead) == [] and stage.rows(EmailSend) == [] and stage.sink.received == ()
    with stage.database.write() as session:
        ventures.clear_paused(session, "acme", stage.clock.now())
    worker(stage, CAP).run_until_idle()
    assert stage.outcomes(lead) == [("send_email_1", "done")]


def test_marketing_needs_a_ground_and_what_was_asked_for_needs_none(stage: Stage) -> None:
    strict = DeliveryPolicy(consents=frozenset({"granted", "legitimate_interest"}))
    stage.configure(mails(1), signup())
    unknown, granted = stage.lead(1), stage.lead(2, consent="granted")
    worker(stage, strict).run_until_idle()
    assert stage.outcomes(unknown) == [("mail_1", "refused"), ("gave_up", "exited")]
    assert stage.outcomes(granted) == [("mail_1", "done"), ("done", "exited")]
    refused = [send for send in stage.rows(EmailSend) if send.state == "failed"]
    assert [(send.refusal_reason, send.attempts) for send in refused] == [("consent for marketing is unknown", 0)]

    names = {"workflow_id": "receipt", "triggers": ("receipt-signup",)}
    other = mails(1, purpose="transactional").model_copy(update=names)
    stage.configure(other, signup("receipt"))
    third = stage.lead(3, consent="withdrawn")
    worker(stage, strict).run_until_idle()
    (receipt,) = stage.sink.received_by(third.lead.email)
    assert receipt.message["List-Unsubscribe"] is None


def test_a_goal_that_is_met_ends_the_way(stage: Stage) -> None:
    stage.configure(mails(2, goal=True, delay_hours=24), signup())
    bought, open_one = stage.lead(1), stage.lead(2)
    policy = DeliveryPolicy(goal_statuses=frozenset({"customer"}))
    change(stage, bought, status="customer")
    stage.advance(hours=24)
    worker(stage, policy).run_until_idle()
    assert stage.outcomes(bought) == [("mail_1", "goal")]
    assert stage.outcomes(open_one) == [("mail_1", "done")]
    assert "bought is met" in detail(stage, bought)
    assert {e.lead_id: e.status for e in stage.rows(WorkflowExecution)}[bought.lead.lead_id] == "completed"


def test_a_goal_that_a_later_entry_met_ends_the_first_one_too(stage: Stage) -> None:
    first, second, won, gave_up = mails(2, goal=True, delay_hours=24).steps
    has_it = Condition(
        id="has_it", when=Predicate(field="status", value="customer"), if_true="won", if_false="mail_1"
    )  # fmt: skip
    steps = (has_it, first, second, won, gave_up)
    twice = TriggerDefinition(
        trigger_id="acme-drip-signup", type="manual", workflow_id="acme-drip", rate_limit="2 per lead"
    )
    stage.configure(drip().model_copy(update={"entry": "has_it", "steps": steps}), twice)
    ada = stage.lead(1)

    def start() -> Fired:
        with stage.database.write() as session:
            return fire(session, twice, leads.get_lead(session, ada.lead.lead_id), stage.clock.now())

    entered = start()
    worker(stage, DeliveryPolicy()).run_until_idle()
    change(stage, ada, status="customer")
    stage.advance(hours=1)
    assert start().enrolment_no
    worker(stage, DeliveryPolicy()).run_until_idle()
    stage.advance(hours=24)
    worker(stage, DeliveryPolicy()).run_until_idle()
    assert stage.sink.received == ()
    with stage.database.read() as session:
        log = [(line.step, line.outcome) for line in enrolments.log_of(session, entered.enrolment_no)]
    assert log == [("has_it", "false"), ("mail_1", "goal")]


def test_the_holdout_leaves_without_a_mail(stage: Stage) -> None:
    policy = DeliveryPolicy(holdout_percent=Decimal(50))
    stage.configure(mails(1), signup())
    people = [stage.lead(n) for n in range(20)]
    worker(stage, policy).run_until_idle()
    held = [one for one in people if policy.held_out("acme", one.lead.lead_id)]
    assert 0 < len(held) < 20
    assert all(stage.outcomes(one) == [("mail_1", "exited")] for one in held)
    assert len(stage.sink.received) == 20 - len(held)
    assert "holdout of 50 %" in detail(stage, held[0])


def test_the_cap_holds_a_second_mail_back_for_a_day_and_a_fourth_for_a_week(stage: Stage) -> None:
    stage.configure(mails(4), signup())
    lead = stage.lead(1)
    one = worker(stage, CAP)
    started, seen = stage.clock.now(), []
    for _ in range(8 * 24):
        one.run_until_idle()
        seen = [m.received_at - started for m in stage.sink.received]
        stage.advance(hours=1)
    assert seen == [timedelta(0), DAY, 2 * DAY, 7 * DAY]
    assert [o for s, o in stage.outcomes(lead) if s == "mail_4"] == ["deferred", "done"]
    reasons = [line.detail for line in stage.rows(StepLog) if line.outcome == "deferred"]
    assert reasons[0] == "frequency cap: 1 of 1 in 24 hours" and reasons[-1] == "frequency cap: 3 of 3 in 7 days"
    # However often a mail was put off, it kept its key: one row and one Message-ID a mail.
    assert len(stage.rows(EmailSend)) == len({m.message_id for m in stage.sink.received}) == 4


def test_two_workflows_at_once_give_a_person_one_mail(stage: Stage) -> None:
    stage.configure(mails(1), signup())
    other = mails(1).model_copy(update={"workflow_id": "second", "triggers": ("second-signup",)})
    stage.configure(other, signup("second"))
    stage.lead(1)
    worker(stage, CAP).run_until_idle()
    assert len(stage.sink.received) == 1


def test_transactional_mail_is_under_no_cap_and_counts_in_none(stage: Stage) -> None:
    stage.configure(mails(3, purpose="transactional"), signup())
    quiet = replace(CAP, quiet=QuietHours(start=time(0), end=time(23, 59, 59)))
    lead = stage.lead(1)
    for _ in range(3):
        worker(stage, quiet).run_until_idle()
        stage.advance(hours=1)
    assert [outcome for _, outcome in stage.outcomes(lead)] == ["done"] * 3 + ["exited"]
    assert {send.purpose for send in stage.rows(EmailSend)} == {"transactional"}


def test_mail_waits_for_the_window_in_the_recipients_zone(stage: Stage) -> None:
    venture(stage)
    window = SendWindow(audience="b2b", weekdays=(1, 2, 3), ranges=(TimeRange(start=time(10), end=time(14)),))
    policy = DeliveryPolicy(windows={"b2b": window}, quiet=QuietHours(start=time(21), end=time(8)))
    stage.configure(mails(1), signup())
    stage.clock.advance_to(datetime(2026, 3, 6, 22, tzinfo=UTC))
    people = {zone: stage.lead(n, time_zone=zone) for n, zone in enumerate(("Europe/Berlin", "America/New_York"))}
    one = worker(stage, policy)
    one.run_until_idle()
    assert all(stage.outcomes(lead) == [("mail_1", "deferred")] for lead in people.values())
    assert detail(stage, people["Europe/Berlin"]) == "outside the send window in Europe/Berlin"
    for _ in range(24 * 7):
        stage.advance(hours=1)
        one.run_until_idle()
    when = {m.recipient: m.received_at for m in stage.sink.received}
    # New York has gone over to summer time on the Sunday in between: 10:00 there is 14:00 UTC, not 15:00.
    assert when[people["Europe/Berlin"].lead.email] == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert when[people["America/New_York"].lead.email] == datetime(2026, 3, 10, 14, tzinfo=UTC)


def test_no_mail_on_a_public_holiday_of_the_recipients_country(stage: Stage) -> None:
    venture(stage)
    stage.configure(mails(1), signup())
    # Friday, 1 May 2026: a holiday in Germany, none in the United States.
    stage.clock.advance_to(datetime(2026, 5, 1, 12, tzinfo=UTC))
    german = stage.lead(0, time_zone="Europe/Berlin", country="DE")
    american = stage.lead(1, time_zone="Europe/Berlin", country="US")
    worker(stage, DeliveryPolicy(holidays=True)).run_until_idle()
    assert stage.outcomes(german) == [("mail_1", "deferred")]
    assert detail(stage, german) == "outside the send window in Europe/Berlin (DE)"
    assert stage.outcomes(american)[0] != ("mail_1", "deferred")


def test_a_new_domain_is_warmed_up_and_everybody_is_put_off_once(stage: Stage) -> None:
    stage.configure(mails(1), signup())
    people = [stage.lead(n) for n in range(17)]
    one = worker(stage, DeliveryPolicy(warm_up=(2, 4, 8)))
    per_day: list[int] = []
    for _ in range(4):
        before = len(stage.sink.received)
        one.run_until_idle()
        per_day.append(len(stage.sink.received) - before)
        stage.advance(hours=24)
    assert per_day == [2, 4, 8, 3]
    assert all(len([o for _, o in stage.outcomes(lead) if o == "deferred"]) <= 1 for lead in people)
    counted = {row.day: row.sent for row in stage.rows(DeliveryCount) if row.scope == "domain:acme.test"}
    assert sorted(counted.values()) == [2, 3, 4, 8]


def test_a_ventures_day_has_a_budget(stage: Stage) -> None:
    stage.configure(mails(1), signup())
    for number in range(5):
        stage.lead(number)
    one = worker(stage, DeliveryPolicy(daily=3), batch=2)
    one.run_until_idle()
    assert len(stage.sink.received) == 3
    stage.advance(hours=24)
    one.run_until_idle()
    assert len(stage.sink.received) == 5
    mine = [row for row in stage.rows(DeliveryCount) if row.scope == "venture:acme"]
    assert {(row.sent, row.deferred) for row in mine} == {(3, 2), (2, 0)}


def test_a_mail_that_is_tried_again_counts_once_a_day(stage: Stage) -> None:
    stage.configure(mails(1, error=QUICK), signup())
    first, second = stage.lead(1), stage.lead(2)
    stage.sink.answer(first.lead.email, 451, times=2)
    one = worker(stage, DeliveryPolicy(daily=2, warm_up=(2, 2)))
    for _ in range(3):
        one.run_until_idle()
        stage.advance(seconds=10)
    assert stage.sink.attempts(first.lead.email) == 3
    assert sorted(mail.recipient for mail in stage.sink.received) == [first.lead.email, second.lead.email]
    assert {(row.scope, row.sent, row.deferred) for row in stage.rows(DeliveryCount)} == {
        ("domain:acme.test", 2, 0),
        ("venture:acme", 2, 0),
    }


def test_a_mail_that_is_tried_again_the_next_day_counts_there_too(stage: Stage) -> None:
    late = ErrorPolicy(strategy="retry_3x", delays_seconds=(86_400, 86_400, 86_400))
    stage.configure(mails(1, error=late), signup())
    lead = stage.lead(1)
    stage.sink.answer(lead.lead.email, 451, times=1)
    one = worker(stage, DeliveryPolicy(daily=2))
    one.run_until_idle()
    stage.advance(hours=24)
    one.run_until_idle()
    assert [row.sent for row in stage.rows(DeliveryCount) if row.scope == "venture:acme"] == [1, 1]


class WithoutAddress(FakeEmailSource):
    """Words of a venture whose postal address nobody knows."""

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        return super().email_for(content_ref, lead, assignment_key).model_copy(update={"addressed": False})


def test_marketing_mail_without_a_postal_address_waits_and_says_what_to_do(stage: Stage) -> None:
    stage.configure(mails(1), signup())
    lead = stage.lead(1)
    services = replace(stage.services(), email_source=WithoutAddress(), delivery=DeliveryPolicy(needs_address=True))
    one = Worker(stage.database, stage.clock, services, name="w")
    one.run_until_idle()
    assert not stage.sink.received and "add postal_address to the brief" in detail(stage, lead)
    one = worker(stage, DeliveryPolicy(needs_address=True))
    one.run_until_idle()
    assert not stage.sink.received
    stage.clock.advance(DAY)
    one.run_until_idle()
    assert len(stage.sink.received) == 1


def test_mail_that_was_asked_for_and_mail_to_a_sink_needs_no_postal_address(stage: Stage) -> None:
    stage.configure(mails(1, purpose="transactional"), signup())
    stage.lead(1)
    services = replace(stage.services(), email_source=WithoutAddress(), delivery=DeliveryPolicy(needs_address=True))
    Worker(stage.database, stage.clock, services, name="w").run_until_idle()
    assert len(stage.sink.received) == 1
    assert DeliveryPolicy().needs_address is False


def test_the_first_guard_that_says_no_gives_the_reason(stage: Stage) -> None:
    stage.configure(mails(1), signup())
    lead = stage.lead(1, consent="withdrawn")
    stage.suppress(lead.lead.email)
    worker(stage, replace(CAP, holdout_percent=Decimal(50), daily=1)).run_until_idle()
    assert [send.refusal_reason for send in stage.rows(EmailSend)] == ["on the suppression list (unsubscribed)"]
    assert stage.rows(DeliveryCount) == []


def test_a_group_asks_the_store_a_handful_of_times_however_many_it_holds(stage: Stage) -> None:
    everything = DeliveryPolicy(
        cap=FrequencyCap(per_day=1, per_week=3),
        quiet=QuietHours(start=time(3), end=time(3)),
        warm_up=(10**6,),
        daily=10**6,
    )
    stage.configure(mails(1), signup())

    def statements(people: int, start: int) -> int:
        for number in range(start, start + people):
            stage.lead(number)
        seen: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(stage.database.engine, "before_cursor_execute", note)
        worker(stage, everything).tick()
        event.remove(stage.database.engine, "before_cursor_execute", note)
        # What remains for each is the look at the pause flag right before its send.
        return len(seen) - people

    few, many = statements(2, 0), statements(25, 100)
    assert many <= few + 2
    assert many < 30


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_pause_between_two_sends_of_a_group_stops_the_rest(stage: Stage, when: str) -> None:
    from tests.integration.automation.surroundings import Scripted

    stage.configure(mails(1), signup())
    for number in range(5):
        stage.lead(number)
    sent: list[Any] = []

    def pause(email: Any) -> None:
        sent.append(email)
        if len(sent) == (1 if when == "before" else 3):
            with stage.database.write() as session:
                row = session.get(AutomationWorkflow, stage.rows(AutomationWorkflow)[0].workflow_no)
                assert row is not None
                row.status = "paused"
                session.add(row)

    services = replace(stage.services(Scripted(stage.mailer, pause)), delivery=CAP)
    Worker(stage.database, stage.clock, services, name="w").tick()
    assert len(stage.sink.received) == (1 if when == "before" else 3)
