"""What happens around a send, whoever hands the work out: guards, doubts, crashes, schedules, many leads at once."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from gtm.automation.reconciling import reconcile
from gtm.automation.triggers.bulk import enrol_all
from gtm.automation.triggers.schedule import note_firings, run_schedules
from gtm.domain.delivery import DeliveryPolicy, FrequencyCap, QuietHours
from gtm.domain.reentry import Reentry
from gtm.domain.workflow import CronSchedule, Exit, SendEmail, TriggerDefinition, WorkflowDefinition
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import MANUAL, Enrolment
from tests.conformance.conftest import Floor
from tests.conformance.test_engines import LEASE, each_transition_once
from tests.integration.automation.surroundings import KilledHere, Scripted, drip, signup


def mails(count: int, **values: Any) -> WorkflowDefinition:
    """So many mails, an hour after each other, and out."""
    steps = [
        SendEmail(
            id=f"mail_{n}",
            content_ref=f"acme/it/{n}",
            delay_hours=0 if n == 1 else 1,
            on_success=f"mail_{n + 1}" if n < count else "done",
            on_failure="gave_up",
        )
        for n in range(1, count + 1)
    ]
    ends = (Exit(id="done"), Exit(id="gave_up", outcome="failed", reason="mail could not be sent"))
    return drip().model_copy(update={"entry": "mail_1", "steps": (*steps, *ends), **values})


def reasons(floor: Floor) -> list[str]:
    """Why sends did not go out, as it stands beside them."""
    return [send.refusal_reason for send in floor.stage.rows(EmailSend) if send.state == "failed"]


def test_who_is_on_the_suppression_list_is_refused_and_takes_the_failure_path(wide_floor: Floor) -> None:
    stage = wide_floor.stage
    stage.configure(mails(1), signup())
    gone, there = stage.lead(1), stage.lead(2)
    # Whoever leaves between entry and dispatch gets nothing more.
    stage.suppress(gone.lead.email)
    wide_floor.work()
    assert stage.outcomes(gone) == [("mail_1", "refused"), ("gave_up", "exited")]
    assert stage.outcomes(there) == [("mail_1", "done"), ("done", "exited")]
    assert [mail.recipient for mail in stage.sink.received] == [there.lead.email]
    assert reasons(wide_floor) == ["on the suppression list (unsubscribed)"]
    each_transition_once(wide_floor)


def test_the_frequency_cap_puts_a_second_mail_off_for_exactly_a_day(wide_floor: Floor) -> None:
    stage = wide_floor.stage
    wide_floor.delivery = DeliveryPolicy(cap=FrequencyCap(per_day=1, per_week=3))
    stage.configure(mails(2), signup())
    lead, began = stage.lead(1), stage.clock.now()
    wide_floor.work()
    stage.advance(hours=1)
    wide_floor.work()
    assert stage.outcomes(lead) == [("mail_1", "done"), ("mail_2", "deferred")]
    stage.clock.advance_to(began + timedelta(hours=24) - timedelta(milliseconds=1))
    assert wide_floor.work() == 0
    stage.clock.advance(timedelta(milliseconds=1))
    wide_floor.work()
    assert [mail.received_at - began for mail in stage.sink.received] == [timedelta(0), timedelta(hours=24)]
    assert stage.outcomes(lead)[-2:] == [("mail_2", "done"), ("done", "exited")]
    each_transition_once(wide_floor)


def test_quiet_hours_put_mail_off_until_morning_in_the_recipients_zone(wide_floor: Floor) -> None:
    stage = wide_floor.stage
    wide_floor.delivery = DeliveryPolicy(quiet=QuietHours(start=time(21), end=time(8)))
    stage.configure(mails(1), signup())
    stage.clock.advance_to(datetime(2026, 3, 6, 22, tzinfo=UTC))
    berlin, new_york = stage.lead(1, time_zone="Europe/Berlin"), stage.lead(2, time_zone="America/New_York")
    wide_floor.work()
    assert [mail.recipient for mail in stage.sink.received] == [new_york.lead.email]
    assert stage.outcomes(berlin) == [("mail_1", "deferred")]
    stage.clock.advance_to(datetime(2026, 3, 7, 6, 59, 59, tzinfo=UTC))
    assert wide_floor.work() == 0
    stage.advance(seconds=1)
    wide_floor.work()
    assert [mail.received_at for mail in stage.sink.received_by(berlin.lead.email)] == [stage.clock.now()]
    each_transition_once(wide_floor)


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
def test_a_crash_between_reservation_and_note_is_cleared_up_and_sends_once(wide_floor: Floor, taken: bool) -> None:
    stage = wide_floor.stage
    stage.configure(mails(1), signup())
    people = [stage.lead(number) for number in range(3)]

    def dies(email: Any) -> None:
        if email.to == people[1].lead.email:
            if taken:
                stage.mailer.send(email)
            raise KilledHere

    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, dies), lease=LEASE).tick()
    assert {send.state for send in stage.rows(EmailSend)} == {"reserved"}
    assert wide_floor.work() == 0
    stage.clock.advance(LEASE + timedelta(seconds=1))
    wide_floor.work()
    # The whole group is in doubt: nothing of it was noted. Nothing goes out again on a guess.
    assert {send.state for send in stage.rows(EmailSend)} == {"unknown"}
    assert [enrolment.status for enrolment in stage.rows(Enrolment)] == [MANUAL] * 3
    assert len(stage.sink.received) == 1 + taken
    stage.advance(minutes=10)

    class Asked(Scripted):
        was_accepted = staticmethod(stage.sink.was_accepted)

    found = reconcile(stage.database, Asked(stage.mailer), stage.clock.now())
    assert (found.accepted, found.not_accepted) == (1 + taken, 2 - taken)
    wide_floor.work()
    assert sorted(mail.recipient for mail in stage.sink.received) == sorted(one.lead.email for one in people)
    assert len({mail.message_id for mail in stage.sink.received}) == 3
    assert {send.state for send in stage.rows(EmailSend)} == {"sent"}
    assert all(stage.outcomes(one)[-1] == ("done", "exited") for one in people)
    each_transition_once(wide_floor)


@pytest.mark.parametrize(("missed", "firings"), [("skip", 0), ("once", 1), ("all", 5)])
def test_a_schedule_fires_what_was_missed_by_its_policy(wide_floor: Floor, missed: str, firings: int) -> None:
    stage = wide_floor.stage
    hourly = TriggerDefinition(
        trigger_id="acme-drip-hourly",
        type="schedule",
        workflow_id="acme-drip",
        rate_limit=None,
        schedule=CronSchedule.model_validate({"cron": "0 * * * *", "zone": "UTC", "missed": missed}),
    )
    stage.configure(mails(1), hourly)
    people = [stage.lead(number) for number in range(2)]
    note_firings(stage.database, stage.clock.now())
    # No worker lives for five hours and a half; then one does, and is there for the next firing.
    run_schedules(stage.database, stage.advance(hours=5, minutes=30))
    wide_floor.work()
    assert len(stage.sink.received) == firings * len(people)
    run_schedules(stage.database, stage.advance(minutes=31))
    run_schedules(stage.database, stage.clock.now())
    wide_floor.work()
    received = Counter(mail.recipient for mail in stage.sink.received)
    assert received == {one.lead.email: firings + 1 for one in people}
    each_transition_once(wide_floor)


def test_many_who_are_enrolled_at_once_get_their_mail_once(wide_floor: Floor) -> None:
    stage = wide_floor.stage
    by_hand = TriggerDefinition(trigger_id="acme-drip-all", type="manual", workflow_id="acme-drip", rate_limit=None)
    stage.configure(mails(1, reentry=Reentry(policy="after_exit")), by_hand)
    people = [stage.lead(number).lead.email for number in range(60)]
    enrolled = [enrol_all(stage.database, by_hand.trigger_id, stage.clock.now(), window=25).enrolled for _ in range(2)]
    assert enrolled == [60, 0]
    assert wide_floor.work() >= 60
    assert sorted(mail.recipient for mail in stage.sink.received) == sorted(people)
    # Whoever has left may come again, by the workflow's own rule.
    assert enrol_all(stage.database, by_hand.trigger_id, stage.clock.now(), window=25).enrolled == 60
    wide_floor.work()
    assert Counter(mail.recipient for mail in stage.sink.received) == dict.fromkeys(people, 2)
    each_transition_once(wide_floor)
