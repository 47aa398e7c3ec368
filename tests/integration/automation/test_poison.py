"""One row that cannot be read, moved or written is set aside; the batch it came with and those after it go on."""

from collections import Counter
from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy import text

from gtm.automation.reconciling import reconcile
from gtm.domain.clock import VirtualClock
from gtm.domain.errors import InvalidInput, PermanentFailure, printable, shorten
from gtm.domain.workflow import Exit, HttpRequest, UpdateLead, Wait, WorkflowDefinition
from gtm.domain.workflow_checks import require_sound
from gtm.domain.workflow_waits import UntilDate, UntilWeekday
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import FINISHED, MANUAL, WAITING, Enrolment, StepLog
from gtm.store.repositories import automation
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup


def change(stage: Stage, statement: str, **values: Any) -> None:
    with stage.database.engine.begin() as connection:
        connection.execute(text(statement), values)


def until(at: datetime, zone: str = "America/New_York") -> WorkflowDefinition:
    """A lead's score is set, then they wait until a date."""
    return WorkflowDefinition(
        workflow_id="far",
        venture_id="acme",
        name="far",
        campaign_id="c",
        triggers=("far-signup",),
        entry="mark",
        steps=(
            UpdateLead(id="mark", field="score", value=1, on_success="wait", on_failure="end"),
            Wait(id="wait", until=UntilDate(at=at, zone=zone), next="end"),
            Exit(id="end"),
        ),
    )


def calls() -> WorkflowDefinition:
    """One call, then the end."""
    steps = (HttpRequest(id="call", connector="crm", on_success="end", on_failure="end"), Exit(id="end"))
    return drip().model_copy(update={"entry": "call", "steps": steps})


def statuses(stage: Stage) -> list[int]:
    """Where each enrolment stands, in the order in which they were made; a database gives rows in any."""
    return [row.status for row in sorted(stage.rows(Enrolment), key=lambda row: row.enrolment_no or 0)]


def test_what_a_server_says_is_recorded_without_what_a_database_refuses(stage: Stage) -> None:
    stage.configure(drip(strategy="fail_fast"), signup())
    for number in range(3):
        stage.lead(number)
    asked: list[object] = []

    def odd(email: object) -> None:
        asked.append(email)
        if len(asked) == 2:
            raise PermanentFailure("the mail server answered 550: 5.1.1 \x00 \x1b[31m no \ud800")

    stage.worker(mailer=Scripted(stage.mailer, odd)).tick()
    assert Counter(send.state for send in stage.rows(EmailSend)) == {"sent": 2, "failed": 1}
    (said,) = {send.refusal_reason for send in stage.rows(EmailSend)} - {""}
    assert printable(said) == said
    assert "550: 5.1.1" in said
    assert [line.detail for line in stage.rows(StepLog) if line.outcome == "failed"] == [said]


def test_a_shortened_answer_is_one_printable_line() -> None:
    assert shorten("5.1.1 \x00\x1b[31m gone\r\nforever\x7f") == "5.1.1 [31m gone forever"


def test_a_lead_may_take_more_than_32767_steps(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(3):
        stage.lead(number)
    stage.worker().run_until_idle()
    change(stage, "UPDATE enrolments SET seq = 32767 WHERE enrolment_no = 1")
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    assert {row.status for row in stage.rows(Enrolment)} == {FINISHED}
    assert max(line.seq for line in stage.rows(StepLog)) == 32770


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
def test_a_wait_for_the_end_of_the_calendar_is_refused(year: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_sound(until(datetime.fromisoformat(f"{year:04}-12-31T23:59")))
    assert f"the year {year}" in str((refused.value.detail, *refused.value.findings))
    require_sound(until(datetime.fromisoformat("2199-12-31T23:59")))


def test_a_wait_that_cannot_be_told_sets_aside_its_leads_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # As a store may hold it that was filled before such dates were refused.
    monkeypatch.setattr(automation, "require_sound", lambda _definition: None)
    stage.configure(until(datetime.fromisoformat("9999-12-31T23:59")), signup("far"))
    stage.configure(drip(), signup())
    stage.lead(1)
    stage.worker().run_until_idle()
    assert Counter(row.status for row in stage.rows(Enrolment)) == {MANUAL: 1, WAITING: 1}
    (line,) = [line for line in stage.rows(StepLog) if line.workflow_no == 1]
    assert (line.outcome, "OverflowError" in line.detail) == ("unknown", True)


def test_a_lead_whose_zone_is_none_is_set_aside_and_the_others_wait_on(stage: Stage) -> None:
    steps = (
        Wait(id="hour", hours=1, next="monday"),
        Wait(id="monday", until=UntilWeekday(weekday="mon", at=time(9)), next="end"),
        Exit(id="end"),
    )
    stage.configure(drip().model_copy(update={"entry": "hour", "steps": steps}), signup())
    stage.lead(1)
    stage.lead(2)
    change(stage, "UPDATE leads SET time_zone = 'Mars/Olympus' WHERE lead_no = 1")
    stage.advance(hours=1)
    stage.worker().tick()
    assert [(row.status, row.step) for row in stage.rows(Enrolment)] == [(MANUAL, 0), (WAITING, 1)]


def test_a_row_that_is_no_enrolment_of_its_workflow_is_set_aside(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(3):
        stage.lead(number)
    change(stage, "UPDATE enrolments SET step = 99 WHERE enrolment_no = 1")
    change(stage, "UPDATE enrolments SET context = :odd WHERE enrolment_no = 2", odd='{"no": "context"}')
    stage.worker().run_until_idle()
    assert statuses(stage) == [MANUAL, MANUAL, WAITING]
    assert Counter(line.outcome for line in stage.rows(StepLog)) == {"manual": 2, "done": 1}
    assert len(stage.sink.received) == 1


def test_a_move_that_the_database_refuses_is_set_aside_alone_and_its_mail_is_known(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(4):
        stage.lead(number)
    # A line of the log where the next one belongs: a second one is refused by its key.
    change(
        stage,
        "INSERT INTO step_log (enrolment_no, seq, workflow_no, step, outcome, attempt, at, detail) "
        "SELECT 2, 0, workflow_no, 0, 'done', 0, entered_at, 'odd' FROM enrolments WHERE enrolment_no = 2",
    )
    stage.worker().run_until_idle()
    assert statuses(stage) == [WAITING, MANUAL, WAITING, WAITING]
    assert {send.state for send in stage.rows(EmailSend)} == {"sent"}
    lines = [(line.seq, line.outcome) for line in stage.rows(StepLog) if line.enrolment_no == 2]
    assert lines == [(0, "done"), (1, "unknown")]
    assert len(stage.sink.received) == 4


def test_a_note_that_cannot_be_written_leaves_the_send_unknown_until_the_provider_tells(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gtm.store.repositories import email_sends

    stage.configure(drip(), signup())
    for number in range(3):
        stage.lead(number)
    settle, broken = email_sends.settle, "send"

    def refuses(session: Any, settlements: Any) -> None:
        noted = list(settlements)
        if broken in [one.send_id for one in noted]:
            raise ValueError("a string literal cannot contain NUL (0x00) characters.")
        settle(session, noted)

    monkeypatch.setattr(email_sends, "settle", refuses)

    def second(_email: object) -> None:
        nonlocal broken
        broken = next(send.send_id for send in stage.rows(EmailSend) if send.enrolment_no == 2)

    stage.worker(mailer=Scripted(stage.mailer, second)).run_until_idle()
    states = {send.enrolment_no: send.state for send in stage.rows(EmailSend)}
    assert states == {1: "sent", 2: "unknown", 3: "sent"}
    assert statuses(stage) == [WAITING, MANUAL, WAITING]

    class Asked(Scripted):
        was_accepted = staticmethod(stage.sink.was_accepted)

    stage.advance(minutes=6)
    assert reconcile(stage.database, Asked(stage.mailer), stage.clock.now()).accepted == 1
    assert {row.status for row in stage.rows(Enrolment)} == {WAITING}


def test_an_action_that_cannot_be_prepared_sets_its_lead_aside_and_no_other(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gtm.automation import engine

    stage = sqlite_stage
    stage.configure(calls(), signup())
    for number in range(3):
        stage.lead(number)
    prepare = engine.Worker._perform

    def perform(self: Any, claim: Any, hold: Any, lanes: Any) -> Any:
        if claim.state.enrolment_no == 2:
            raise RuntimeError("no such thing")
        return prepare(self, claim, hold, lanes)

    monkeypatch.setattr(engine.Worker, "_perform", perform)
    stage.worker().run_until_idle()
    assert statuses(stage) == [FINISHED, MANUAL, FINISHED]
    assert len(stage.http.calls) == 2


def test_poison_does_not_come_again(sqlite_stage: Stage, clock: VirtualClock) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup())
    stage.lead(1)
    change(stage, "UPDATE enrolments SET step = 99")
    stage.worker().run_until_idle()
    stage.advance(hours=1)
    assert stage.worker().tick().claimed == 0
