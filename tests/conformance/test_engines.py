"""One suite for all engines: the same leads, the same clock, the same mail, whoever hands the work out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gtm.automation import operations
from gtm.automation.migrating import migrate_all, preview
from gtm.automation.reconciling import reconcile
from gtm.domain.conditions import Predicate
from gtm.domain.workflow import (
    Arm,
    Condition,
    Exit,
    Goal,
    SendEmail,
    Split,
    TriggerDefinition,
    UpdateLead,
    Wait,
    WorkflowDefinition,
)
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import MANUAL, Enrolment, StepLog
from gtm.store.models.executions import WorkflowExecution
from gtm.store.repositories import email_sends
from tests.conformance.conftest import Floor
from tests.integration.automation.surroundings import KilledHere, Scripted, drip, signup

LEASE = timedelta(seconds=30)


def each_transition_once(floor: Floor) -> None:
    """No gap and no double in anybody's log."""
    lines = floor.stage.rows(StepLog)
    by_lead: dict[int, list[int]] = {}
    for line in lines:
        by_lead.setdefault(line.enrolment_no, []).append(line.seq)
    for seqs in by_lead.values():
        assert sorted(seqs) == list(range(min(seqs), min(seqs) + len(seqs)))


def test_a_drip_branches_on_what_was_opened_after_exactly_48_hours(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    reader, sleeper = stage.lead(1), stage.lead(2)
    began = stage.clock.now()
    assert floor.work() == 2
    with stage.database.write() as session:
        message = stage.sink.received_by(reader.lead.email)[0]
        assert email_sends.record_open(session, message.message_id, stage.advance(hours=3))
    stage.clock.advance_to(began + timedelta(hours=48) - timedelta(milliseconds=1))
    assert floor.work() == 0
    stage.clock.advance(timedelta(milliseconds=1))
    floor.work()
    assert [step for step, _ in stage.outcomes(reader)][2:] == ["opened", "send_email_2a", "done"]
    assert [step for step, _ in stage.outcomes(sleeper)][2:] == ["opened", "send_email_2b", "done"]
    for lead in (reader, sleeper):
        first, second = stage.sink.received_by(lead.lead.email)
        assert second.received_at - first.received_at == timedelta(hours=48)
    each_transition_once(floor)


def test_a_failure_that_passes_is_retried_with_its_delays(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    stage.sink.answer(lead.lead.email, 451, times=2)
    floor.work()
    stage.advance(seconds=59)
    assert floor.work() == 0
    stage.advance(seconds=1)
    floor.work()
    stage.advance(seconds=120)
    floor.work()
    assert stage.outcomes(lead) == [("send_email_1", "retry"), ("send_email_1", "retry"), ("send_email_1", "done")]
    assert stage.sink.attempts(lead.lead.email) == 3
    assert len(stage.sink.received) == 1


@pytest.mark.parametrize(("code", "attempts"), [(451, 4), (550, 1)])
def test_a_failure_that_stays_takes_the_failure_path(floor: Floor, code: int, attempts: int) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    stage.sink.answer(lead.lead.email, code)
    for _ in range(attempts):
        floor.work()
        stage.advance(seconds=300)
    floor.work()
    assert stage.sink.attempts(lead.lead.email) == attempts
    assert stage.outcomes(lead)[-2:] == [("send_email_1", "failed"), ("gave_up", "exited")]
    assert [e.status for e in stage.rows(WorkflowExecution)] == ["failed"]


def test_a_split_gives_everybody_the_arm_that_is_theirs(floor: Floor) -> None:
    stage = floor.stage
    split = Split(
        id="draw", arms=(Arm(name="mailed", weight=70, next="mail"), Arm(name="held_out", weight=30, next="none"))
    )
    stage.configure(
        WorkflowDefinition(
            workflow_id="acme-split",
            venture_id="acme",
            name="Split",
            campaign_id="acme-email-drip",
            triggers=("acme-split-signup",),
            entry="draw",
            steps=(
                split,
                SendEmail(id="mail", content_ref="acme/it/1", on_success="done", on_failure="none"),
                Exit(id="done"),
                Exit(id="none", reason="holdout"),
            ),
        ),
        signup("acme-split"),
    )
    people = [stage.lead(number) for number in range(20)]
    floor.work()
    mailed = {one.lead.email for one in people if split.arm_of("acme-split", one.lead.lead_id).name == "mailed"}
    assert 0 < len(mailed) < 20
    assert {mail.recipient for mail in stage.sink.received} == mailed
    assert len(stage.sink.received) == len(mailed)


def test_a_goal_that_is_met_ends_the_way(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(
        WorkflowDefinition(
            workflow_id="acme-goal",
            venture_id="acme",
            name="Goal",
            campaign_id="acme-email-drip",
            triggers=("acme-goal-signup",),
            entry="warm",
            steps=(
                UpdateLead(id="warm", field="score", value=85, on_success="ask", on_failure="lost"),
                Condition(
                    id="ask",
                    when=Predicate(field="score", operator="greater_than", value=80),
                    if_true="won",
                    if_false="pause",
                ),
                Wait(id="pause", hours=1, next="lost"),
                Goal(id="won", name="handed-over"),
                Exit(id="lost", outcome="failed", reason="not warm"),
            ),
        ),
        TriggerDefinition(
            trigger_id="acme-goal-signup",
            workflow_id="acme-goal",
            conditions=(Predicate(field="lead_source", value="website"),),
        ),
    )
    lead = stage.lead(1)
    floor.work()
    assert [step for step, _ in stage.outcomes(lead)] == ["warm", "ask", "won"]
    assert [e.status for e in stage.rows(WorkflowExecution)] == ["completed"]


def test_nothing_goes_out_while_a_workflow_is_paused(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    stage.lead(1)
    floor.work()
    with stage.database.write() as session:
        operations.pause(session, "acme-drip", "numbers look wrong", "ada", stage.clock.now())
    stage.advance(hours=49)
    assert floor.work() == 0
    assert len(stage.sink.received) == 1
    with stage.database.write() as session:
        operations.resume(session, "acme-drip", "ada", stage.clock.now())
    floor.work()
    assert len(stage.sink.received) == 2
    each_transition_once(floor)


def test_a_lead_that_comes_again_is_not_taken_in_twice(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    first, again = stage.lead(1), stage.lead(1)
    floor.work()
    assert first.fired[0].enrolment_no
    assert not again.fired or not again.fired[0].enrolment_no
    assert len(stage.sink.received) == 1


def test_who_is_cancelled_gets_nothing_more(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    floor.work()
    operations.cancel(stage.database, stage.clock, "acme-drip", "campaign withdrawn", "ada")
    stage.advance(hours=49)
    assert floor.work() == 0
    assert len(stage.sink.received) == 1
    assert stage.outcomes(lead)[-1] == ("wait_1", "cancelled")


def test_people_in_flight_stay_on_their_version_until_they_are_moved(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    floor.work()
    shorter = tuple(
        step.model_copy(update={"hours": 24}) if step.id == "wait_1" else step
        for step in drip().steps
        if step.id != "send_email_2a"
    )
    shorter = tuple(
        step.model_copy(update={"if_true": "send_email_2b"}) if step.id == "opened" else step for step in shorter
    )
    stage.configure(drip().model_copy(update={"steps": shorter}))
    stage.advance(hours=25)
    assert floor.work() == 0
    with stage.database.read() as session:
        plan = preview(session, "acme-drip", 1, 2, {"send_email_2a": "send_email_2b"})
    assert migrate_all(stage.database, stage.clock, plan, who="ada").moved == 1
    stage.advance(hours=24)
    floor.work()
    assert [step for step, _ in stage.outcomes(lead)][-2:] == ["send_email_2b", "done"]
    assert len(stage.sink.received) == 2


def test_a_send_in_doubt_is_asked_about_and_never_repeated(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    lead = stage.lead(1)

    def dies(email: object) -> None:
        stage.mailer.send(email)  # type: ignore[arg-type]
        raise KilledHere

    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, dies), lease=LEASE).tick()
    stage.advance(seconds=31)
    floor.work()
    assert [e.status for e in stage.rows(Enrolment)] == [MANUAL]
    stage.advance(minutes=10)

    class Asked(Scripted):
        was_accepted = staticmethod(stage.sink.was_accepted)

    assert reconcile(stage.database, Asked(stage.mailer), stage.clock.now()).accepted == 1
    stage.advance(hours=48)
    floor.work()
    assert [step for step, _ in stage.outcomes(lead)][-1] == "done"
    assert len(stage.sink.received) == len({mail.message_id for mail in stage.sink.received}) == 2


def test_two_engines_share_the_work_and_double_nothing(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    people = [stage.lead(number).lead.email for number in range(24)]
    with ThreadPoolExecutor(2) as pool:
        moved = list(pool.map(lambda work: work(), (floor.work, floor.by_rows)))
    assert sum(moved) == 24
    assert sorted(mail.recipient for mail in stage.sink.received) == sorted(people)
    assert {send.state for send in stage.rows(EmailSend)} == {"sent"}
    each_transition_once(floor)


def test_an_engine_can_be_changed_with_work_in_flight(floor: Floor) -> None:
    stage = floor.stage
    stage.configure(drip(), signup())
    people = [stage.lead(number) for number in range(6)]
    assert floor.work() == 6
    stage.advance(hours=48)
    floor.by_rows()
    late = stage.lead(9)
    floor.work()
    stage.advance(hours=48)
    floor.work()
    for lead in (*people, late):
        assert [step for step, _ in stage.outcomes(lead)] == [
            "send_email_1",
            "wait_1",
            "opened",
            "send_email_2b",
            "done",
        ]
        assert len(stage.sink.received_by(lead.lead.email)) == 2
    each_transition_once(floor)
