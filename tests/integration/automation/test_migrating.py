"""Moving people between versions: previewed, only those who wait, fenced, logged, nothing done twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource, RecordingCrm, RecordingRuns
from gtm.automation.migrating import MigrationPlan, migrate, migrate_all, preview
from gtm.automation.ports import Services
from gtm.domain.errors import Conflict, InvalidInput, NotFound, PermanentFailure, TransientFailure
from gtm.domain.workflow import CrmSync, Exit, SendEmail, StartRun, Wait, WorkflowDefinition
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import Enrolment, StepLog
from gtm.store.repositories import automation, claims, enrolments, step_counts, versions
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage, drip, signup


def second(**changes: Any) -> WorkflowDefinition:
    """The drip with a shorter way: a greeting before the wait, one second mail for everybody."""
    steps = (
        SendEmail(id="hello", content_ref="acme/it/9", email=9, on_success="pace", on_failure="gave_up"),
        Wait(id="pace", hours=24, next="send_email_1"),
        SendEmail(id="send_email_1", content_ref="acme/it/1", on_success="wait_1", on_failure="gave_up"),
        Wait(id="wait_1", hours=24, next="send_email_2a"),
        SendEmail(id="send_email_2a", content_ref="acme/it/2", on_success="done", on_failure="gave_up"),
        Exit(id="done"),
        Exit(id="gave_up", outcome="failed", reason="mail could not be sent"),
    )
    return drip().model_copy(update={"entry": "hello", "steps": steps, **changes})


def plan_of(stage: Stage, **renamed: str) -> MigrationPlan:
    with stage.database.read() as session:
        return preview(session, "acme-drip", 1, 2, renamed)


def by_step(plan: MigrationPlan) -> dict[str, tuple[str | None, int]]:
    return {one.step: (one.to_step, one.waiting) for one in plan.steps}


def test_a_preview_counts_by_step_and_changes_nothing(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(3):
        stage.lead(number)
    stage.worker().run_until_idle()
    stage.lead(7)
    stage.configure(second())
    before = [row.model_dump() for row in stage.rows(Enrolment)]
    plan = plan_of(stage)
    assert by_step(plan) == {
        "send_email_1": ("send_email_1", 1),
        "wait_1": ("wait_1", 3),
        "opened": (None, 0),
        "send_email_2a": ("send_email_2a", 0),
        "send_email_2b": (None, 0),
        "done": ("done", 0),
        "gave_up": ("gave_up", 0),
    }
    assert (plan.movable, plan.staying) == (4, 0)
    assert {one.step: one.reason for one in plan.steps if one.reason} == {
        "opened": "version 2 has no step 'opened'",
        "send_email_2b": "version 2 has no step 'send_email_2b'",
    }
    assert [row.model_dump() for row in stage.rows(Enrolment)] == before


def test_those_who_wait_are_moved_once_with_their_moment_and_a_line(stage: Stage) -> None:
    stage.configure(drip(), signup())
    people = [stage.lead(number) for number in range(5)]
    stage.worker().run_until_idle()
    due = stage.rows(Enrolment)[0].due_at
    stage.configure(second())
    plan = plan_of(stage)
    done = migrate_all(stage.database, stage.clock, plan, who="olivia", batch=2)
    assert (done.moved, done.in_doubt, done.done) == (5, 0, True)
    assert migrate_all(stage.database, stage.clock, plan, who="olivia").moved == 0
    assert {row.due_at for row in stage.rows(Enrolment)} == {due}
    assert stage.outcomes(people[0]) == [("send_email_1", "done"), ("wait_1", "migrated")]
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    for person in people:
        # The names of the steps before the move are those of the version they were taken in.
        assert stage.outcomes(person) == [
            ("send_email_1", "done"),
            ("wait_1", "migrated"),
            ("wait_1", "waited"),
            ("send_email_2a", "done"),
            ("done", "exited"),
        ]
    assert len(stage.sink.received) == 10
    (line,) = [one for one in stage.rows(StepLog) if one.outcome == "migrated" and one.enrolment_no == 1]
    assert line.detail == "from version 1 to version 2 by olivia"


def test_counts_by_step_keep_the_version_a_step_was_taken_in(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    stage.worker().run_until_idle()
    stage.configure(second())
    migrate_all(stage.database, stage.clock, plan_of(stage), who="olivia")
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    with stage.database.read() as session:
        found = step_counts.outcomes(session, "acme-drip")
    assert {version: {step: dict(words) for step, words in steps.items()} for version, steps in found.items()} == {
        1: {0: {"done": 1}, 1: {"migrated": 1}},
        2: {3: {"waited": 1}, 4: {"done": 1}, 5: {"exited": 1}},
    }


def test_a_renamed_step_is_mapped_when_it_is_named_and_of_the_same_type(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    stage.worker().run_until_idle()
    stage.configure(second())
    assert by_step(plan_of(stage, wait_1="pace"))["wait_1"] == ("pace", 1)
    for renamed, words in (
        ({"wait_1": "ghost"}, "no step 'ghost'"),
        ({"wait_1": "hello"}, "is a send_email in version 2, not a wait"),
        ({"ghost": "pace"}, "version 1 has no step 'ghost'"),
    ):
        with pytest.raises(InvalidInput, match=words):
            plan_of(stage, **renamed)
    with stage.database.read() as session, pytest.raises(InvalidInput, match="the same"):
        preview(session, "acme-drip", 1, 1)
    with stage.database.read() as session, pytest.raises(NotFound):
        preview(session, "acme-drip", 1, 3)
    with stage.database.read() as session, pytest.raises(NotFound):
        preview(session, "ghost", 1, 2)


def test_whom_a_worker_has_and_who_waits_for_a_person_stay(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(4):
        stage.lead(number)
    with stage.database.write() as session:
        rows = {row.enrolment_no: row for row in session.query(Enrolment).all()}
        rows[2].status, rows[2].owner, rows[2].lease_until = 1, "w", stage.clock.now() + timedelta(hours=1)
        rows[3].status = 5
    stage.configure(second())
    plan = plan_of(stage)
    assert (plan.movable, plan.staying) == (2, 2)
    assert migrate_all(stage.database, stage.clock, plan, who="olivia").moved == 2
    versions = {row.enrolment_no: (row.version_no, row.seq) for row in stage.rows(Enrolment)}
    assert versions == {1: (2, 1), 2: (1, 0), 3: (1, 0), 4: (2, 1)}


def test_whose_effect_is_in_doubt_stays_and_is_not_sent_twice(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)

    def die(_email: object) -> None:
        raise KilledHere

    with pytest.raises(KilledHere):
        stage.worker(mailer=Scripted(stage.mailer, die), lease=timedelta(seconds=30)).tick()
    stage.advance(seconds=31)
    with stage.database.write() as session:
        claims.expire_leases(session, claims.Scope(), stage.clock.now())
    stage.configure(second())
    done = migrate_all(stage.database, stage.clock, plan_of(stage), who="olivia")
    assert (done.moved, done.in_doubt) == (0, 1)
    stage.worker().run_until_idle()
    assert stage.rows(Enrolment)[0].version_no == 1
    assert [send.state for send in stage.rows(EmailSend)] == ["unknown"]
    assert stage.sink.received == ()


def test_a_retry_goes_on_in_the_other_version(stage: Stage) -> None:
    stage.configure(drip(), signup())
    person = stage.lead(1)

    def busy(_email: object) -> None:
        raise TransientFailure("451 try later")

    stage.worker(mailer=Scripted(stage.mailer, busy)).tick()
    stage.configure(second())
    assert migrate_all(stage.database, stage.clock, plan_of(stage), who="olivia").moved == 1
    stage.advance(seconds=60)
    stage.worker().run_until_idle()
    assert stage.outcomes(person) == [("send_email_1", "retry"), ("send_email_1", "migrated"), ("send_email_1", "done")]
    assert len(stage.sink.received) == 1


def test_what_was_shown_is_what_is_done(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    stage.configure(second(), active=False)
    plan = plan_of(stage)
    with stage.database.write() as session, pytest.raises(Conflict, match="draft"):
        migrate(session, plan, who="olivia", now=stage.clock.now())
    stage.configure(second(name="Another"), active=False)
    with stage.database.write() as session:
        automation.activate_workflow(session, "acme-drip", stage.clock.now())
    # Version 2 was never active; nobody is moved into a draft that was passed over.
    with stage.database.write() as session, pytest.raises(Conflict, match="leads enter version 3 now"):
        migrate(session, plan, who="olivia", now=stage.clock.now())
    with stage.database.read() as session:
        third = preview(session, "acme-drip", 1, 3)
    other = third.model_copy(update={"target": "0" * 64})
    with stage.database.write() as session, pytest.raises(Conflict, match="not the one that was shown"):
        migrate(session, other, who="olivia", now=stage.clock.now())
    assert stage.rows(Enrolment)[0].version_no == 1


def test_a_claim_made_before_the_move_is_lost_not_doubled(stage: Stage) -> None:
    """A worker that was slow writes nothing over a lead who was moved meanwhile."""
    stage.configure(drip(), signup())
    person = stage.lead(1)
    stage.worker().run_until_idle()
    stage.advance(hours=48)
    with stage.database.write() as session:
        (row,) = claims.claim_due(
            session,
            claims.Scope(),
            owner="slow",
            now=stage.clock.now(),
            lease=timedelta(seconds=1),
            limit=10,
        )
        pinned = versions.pinned_version(session, row.version_no)
        state = enrolments.state_of(row, pinned, person.lead.lead_id, "UTC")
    stage.advance(seconds=2)
    with stage.database.write() as session:
        claims.expire_leases(session, claims.Scope(), stage.clock.now())
    stage.configure(second())
    assert migrate_all(stage.database, stage.clock, plan_of(stage), who="olivia").moved == 1
    late = claims.Move(pinned, state, state.model_copy(update={"step": "opened", "seq": state.seq + 1}), ())
    with stage.database.write() as session:
        assert claims.write_moves(session, {row.enrolment_no: late}, "slow", stage.clock.now()) == set()
    assert stage.outcomes(person)[-1] == ("wait_1", "migrated")


def test_crm_and_run_steps_are_asked_for_once_and_fail_clearly_without_a_connector(stage: Stage) -> None:
    steps = (
        CrmSync(id="crm", connector="hub", fields=("email", "company"), on_success="again", on_failure="again"),
        StartRun(id="again", reason="targets are out of reach", on_success="done", on_failure="done"),
        Exit(id="done"),
    )
    stage.configure(drip().model_copy(update={"entry": "crm", "steps": steps}), signup())
    bare = stage.lead(1)
    stage.worker().run_until_idle()
    assert stage.outcomes(bare) == [("crm", "failed"), ("again", "failed"), ("done", "exited")]
    assert {line.detail for line in stage.rows(StepLog) if line.outcome == "failed"} == {
        f"{PermanentFailure.title}: no CRM connector is configured",
        f"{PermanentFailure.title}: nobody takes wishes for a run here",
    }
    crm, runs = RecordingCrm(), RecordingRuns()
    equipped = stage.lead(2)
    Worker(
        stage.database, stage.clock, Services(FakeEmailSource(), stage.mailer, crm=crm, runs=runs), name="e"
    ).run_until_idle()
    assert stage.outcomes(equipped) == [("crm", "done"), ("again", "done"), ("done", "exited")]
    # Only the fields that are named, and of them only those with a value, leave the house.
    assert [call["fields"] for call in crm.calls] == [{"email": "lead2@example.test"}]
    assert [wish["reason"] for wish in runs.asked] == ["targets are out of reach"]
    assert runs.asked[0]["venture_id"] == "acme"


def test_people_are_moved_while_workers_work_and_nobody_is_lost_or_doubled(stage: Stage) -> None:
    stage.configure(drip(), signup())
    people = [stage.lead(number) for number in range(60)]
    stage.worker().run_until_idle()
    stage.advance(hours=48)
    stage.configure(second())
    plan = plan_of(stage)
    assert plan.movable == 60
    barrier = threading.Barrier(3)

    def work(name: str) -> int:
        barrier.wait()
        return sum(stage.worker(name, batch=7).tick().moved for _ in range(6))

    def shift() -> int:
        barrier.wait()
        return migrate_all(stage.database, stage.clock, plan, who="olivia", batch=5).moved

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(work, name) for name in ("one", "two")]
        moved = pool.submit(shift).result()
        assert sum(one.result() for one in workers) > 0
    for _ in range(3):
        stage.advance(hours=48)
        stage.worker().run_until_idle()
    told = [[outcome for _, outcome in stage.outcomes(person)] for person in people]
    assert sum("migrated" in one for one in told) == moved
    assert all(one.count("migrated") <= 1 and one.count("done") == 2 and one[-1] == "exited" for one in told)
    assert len(stage.sink.received) == 120
    assert len({one.message_id for one in stage.sink.received}) == 120
