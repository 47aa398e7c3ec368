"""Faults that other systems had in the open, each named after its public report: none of them happens here."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from gtm.automation.migrating import migrate_all, preview
from gtm.automation.triggers.bulk import enrol_all
from gtm.automation.triggers.conditional import change_lead
from gtm.automation.triggers.database_insert import insert_lead
from gtm.automation.triggers.enrol import Fired, fire
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import TransientFailure
from gtm.domain.reentry import Reentry
from gtm.domain.workflow import Exit, SendEmail, TriggerDefinition, Wait, WorkflowDefinition
from gtm.store.models.enrolments import FINISHED, Enrolment, StepLog
from gtm.store.repositories import claims, leads
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup


def scored(rate_limit: str = "1 per lead") -> TriggerDefinition:
    return TriggerDefinition(
        trigger_id="acme-drip-signup",
        type="conditional",
        conditions=(Predicate(field="score", operator="greater_than", value=80),),
        workflow_id="acme-drip",
        rate_limit=rate_limit,
    )


def short(**values: Any) -> WorkflowDefinition:
    """One mail, and out."""
    steps = (
        SendEmail(id="mail", content_ref="acme/it/1", on_success="done", on_failure="done"),
        Exit(id="done"),
    )
    return drip().model_copy(update={"entry": "mail", "steps": steps, **values})


def cross(stage: Stage, lead_id: str) -> Fired:
    """The score falls and passes 80 once more."""
    with stage.database.write() as session:
        change_lead(session, lead_id, {"score": 10}, stage.clock.now())
        (fired,) = change_lead(session, lead_id, {"score": 90}, stage.clock.now())
    return fired


def outsider(stage: Stage) -> str:
    """A lead who has met no trigger yet."""
    with stage.database.write() as session:
        person = NewLead(venture_id="acme", email="ada@example.test", first_name="Ada")
        return insert_lead(session, person, stage.clock.now()).lead.lead_id


@pytest.mark.parametrize(
    ("reentry", "limit"),
    [
        (None, "1 per lead"),
        (Reentry(policy="never"), "1000 per day"),
        (Reentry(policy="after_exit"), "1 per lead"),
    ],
)
def test_mautic_7881_no_restart_although_told_not_to(stage: Stage, reentry: Reentry | None, limit: str) -> None:
    """Told by the workflow's rule or by `1 per lead`, the stricter holds: after exit, republished, years later."""
    stage.configure(short(reentry=reentry), scored(limit))
    lead_id = outsider(stage)
    assert cross(stage, lead_id).enrolment_no
    for version in range(3):
        stage.worker().run_until_idle()
        assert cross(stage, lead_id).skipped
        stage.advance(hours=24 * 400)
        stage.configure(short(reentry=reentry, name=f"Version {version + 2}"), scored(limit))
        assert cross(stage, lead_id).skipped
    stage.worker().run_until_idle()
    assert len(stage.sink.received) == len(stage.rows(Enrolment)) == 1


def test_a_lead_who_may_come_back_does_so_after_exit_and_not_before(stage: Stage) -> None:
    stage.configure(short(reentry=Reentry(policy="after_exit")), scored("1000 per day"))
    lead_id = outsider(stage)
    assert cross(stage, lead_id).enrolment_no
    assert cross(stage, lead_id).skipped == "still in the workflow"
    stage.worker().run_until_idle()
    assert cross(stage, lead_id).enrolment_no
    stage.worker().run_until_idle()
    assert [row.entry for row in stage.rows(Enrolment)] == ["", "2"]
    assert len(stage.sink.received) == 2


def test_a_lead_comes_back_after_so_many_days(stage: Stage) -> None:
    stage.configure(short(reentry=Reentry(policy="after_days", days=30)), scored("1000 per day"))
    lead_id = outsider(stage)
    assert cross(stage, lead_id).enrolment_no
    stage.worker().run_until_idle()
    stage.advance(hours=24 * 30 - 1)
    assert cross(stage, lead_id).skipped == "entered within the last 30 days"
    stage.advance(hours=1)
    assert cross(stage, lead_id).enrolment_no


def test_an_event_key_enters_once_and_side_by_side_with_others(stage: Stage) -> None:
    stage.configure(short(reentry=Reentry(policy="by_event_key")), scored("1000 per day"))
    lead_id = outsider(stage)
    with stage.database.write() as session:
        change_lead(session, lead_id, {"score": 90}, stage.clock.now())
        lead = leads.get_lead(session, lead_id)
        fired = [
            fire(session, scored("1000 per day"), lead, stage.clock.now(), occasion=key)
            for key in ("order-1", "order-2", "order-1")
        ]
    assert [bool(one.enrolment_no) for one in fired] == [True, True, False]
    assert fired[2].skipped == "entered before for this event"


def test_listmonk_2278_nothing_is_finished_before_its_last_step(stage: Stage) -> None:
    """More people than a batch, tries that fail, a wait in between: `finished` is said of nobody too early."""
    stage.configure(drip(), signup())
    people = [stage.lead(number) for number in range(12)]
    turned_away = {person.lead.email for person in people[:3]}

    def busy(email: Any) -> None:
        if email.to in turned_away:
            turned_away.discard(email.to)
            raise TransientFailure("451 try later")

    worker = stage.worker(mailer=Scripted(stage.mailer, busy), batch=5)
    worker.tick()
    assert FINISHED not in {row.status for row in stage.rows(Enrolment)}
    worker.run_until_idle()
    stage.advance(seconds=60)
    worker.run_until_idle()
    assert {row.status for row in stage.rows(Enrolment)} == {0}
    with stage.database.read() as session:
        # What waits has a moment, so an idle worker knows that the work is not over.
        assert claims.next_due(session, claims.Scope()) == stage.clock.now() + timedelta(hours=48, seconds=-60)
    stage.advance(hours=48)
    worker.run_until_idle()
    stage.advance(seconds=60)
    worker.run_until_idle()
    lines = stage.rows(StepLog)
    for row in stage.rows(Enrolment):
        mine = sorted((line for line in lines if line.enrolment_no == row.enrolment_no), key=lambda line: line.seq)
        assert row.status == FINISHED and mine[-1].outcome == "exited"
        assert [line.outcome for line in mine if line.outcome == "done"] == ["done", "done"]
    assert len(stage.sink.received) == 24


def second_version() -> WorkflowDefinition:
    """Other mails, and a step put in front: every position moves by one."""
    steps = (
        Wait(id="breath", hours=1, next="send_email_1"),
        SendEmail(id="send_email_1", content_ref="acme/it/7", on_success="wait_1", on_failure="gave_up"),
        Wait(id="wait_1", hours=24, next="send_email_2"),
        SendEmail(id="send_email_2", content_ref="acme/it/8", on_success="done", on_failure="gave_up"),
        Exit(id="done"),
        Exit(id="gave_up", outcome="failed"),
    )
    return drip().model_copy(update={"entry": "breath", "steps": steps})


def subjects(stage: Stage, address: str) -> list[str]:
    return [str(one.message["Subject"]).split(" ")[0] for one in stage.sink.received_by(address)]


@pytest.mark.parametrize("moved", [False, True])
def test_n8n_30607_old_and_new_version_never_both_fire(stage: Stage, moved: bool) -> None:
    stage.configure(drip(), signup())
    early = stage.lead(1)
    stage.worker().run_until_idle()
    stage.configure(second_version(), signup())
    late = stage.lead(2)
    # The early one comes again: the new version does not take them a second time.
    assert stage.lead(1).fired[0].skipped
    if moved:
        with stage.database.read() as session:
            plan = preview(session, "acme-drip", 1, 2)
        assert migrate_all(stage.database, stage.clock, plan, who="olivia").moved == 1
    for _ in range(4):
        stage.advance(hours=24)
        stage.worker().run_until_idle()
    first, then = ("acme/it/1", "acme/it/8") if moved else ("acme/it/1", "acme/sec/2")
    assert subjects(stage, early.lead.email) == [first, then]
    assert subjects(stage, late.lead.email) == ["acme/it/7", "acme/it/8"]
    assert len(stage.rows(Enrolment)) == 2


def test_activepieces_13311_publishing_again_resets_nobodys_place(stage: Stage) -> None:
    """Neither the same definition nor another one sends people who are on their way back to a start."""
    stage.configure(drip(), signup())
    person = stage.lead(1)
    stage.worker().run_until_idle()
    for definition in (drip(), second_version(), second_version()):
        before = [row.model_dump() for row in stage.rows(Enrolment)]
        stage.configure(definition, signup())
        stage.worker().run_until_idle()
        assert [row.model_dump() for row in stage.rows(Enrolment)] == before
    assert stage.lead(1).fired[0].skipped
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    assert stage.outcomes(person) == [
        ("send_email_1", "done"),
        ("wait_1", "waited"),
        ("opened", "false"),
        ("send_email_2b", "done"),
        ("done", "exited"),
    ]
    assert len(stage.sink.received) == 2


def test_of_eight_who_let_a_lead_back_in_at_once_one_does(stage: Stage) -> None:
    trigger = scored("1000 per day")
    stage.configure(short(reentry=Reentry(policy="after_exit")), trigger)
    lead_id = outsider(stage)
    assert cross(stage, lead_id).enrolment_no
    stage.worker().run_until_idle()
    barrier = threading.Barrier(8)

    def let_in(_number: int) -> bool:
        barrier.wait()
        with stage.database.write() as session:
            return bool(fire(session, trigger, leads.get_lead(session, lead_id), stage.clock.now()).enrolment_no)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(let_in, range(8))) == 1
    assert sorted(row.entry for row in stage.rows(Enrolment)) == ["", "2"]


def test_a_bulk_enrolment_keeps_the_workflows_rule(stage: Stage) -> None:
    trigger = scored("1000 per day")
    stage.configure(short(reentry=Reentry(policy="after_exit")), trigger)
    with stage.database.write() as session:
        for number in range(4):
            person = NewLead(venture_id="acme", email=f"lead{number}@example.test", first_name="Ada", score=90)
            insert_lead(session, person, stage.clock.now())
    enrolled = [enrol_all(stage.database, trigger.trigger_id, stage.clock.now()).enrolled for _ in range(2)]
    stage.worker().run_until_idle()
    enrolled.append(enrol_all(stage.database, trigger.trigger_id, stage.clock.now()).enrolled)
    assert enrolled == [4, 0, 4]
