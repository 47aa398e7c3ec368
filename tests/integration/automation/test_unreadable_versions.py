"""A stored version that cannot be read holds up those who are in it, and nobody else; a person is told."""

from collections import Counter

import pytest
from sqlalchemy import text

from gtm.automation import operations
from gtm.automation.maintenance.stuck import find_stuck
from gtm.automation.triggers.enrol import fire_fresh
from gtm.domain.enrolment import Lead
from gtm.domain.errors import VersionUnreadable
from gtm.domain.workflow import WorkflowDefinition
from gtm.store.models.enrolments import FAILED, WAITING, Enrolment
from gtm.store.models.rates import VentureRate
from gtm.store.repositories import leads, rates, versions
from tests.integration.automation.surroundings import Stage, drip, signup
from tests.integration.automation.test_moving_at_once import waits

NO_DEFINITION = '{"no": "definition"}'


def spoil(stage: Stage, workflow_id: str = "acme-drip", definition: str = NO_DEFINITION) -> str:
    """Put something else in the place of the workflow's definitions; what stood there."""
    with stage.database.engine.begin() as connection:
        values = {"id": workflow_id, "new": definition}
        wanted = "FROM workflow_versions WHERE workflow_id = :id"
        before = connection.execute(text(f"SELECT CAST(definition AS TEXT) {wanted}"), values).scalar_one()
        connection.execute(text("UPDATE workflow_versions SET definition = :new WHERE workflow_id = :id"), values)
    return str(before)


def two(stage: Stage, second: WorkflowDefinition | None = None) -> None:
    """Three leads, each in two workflows, of which the first cannot be read."""
    stage.configure(drip(), signup())
    stage.configure(second or drip("beta"), signup("beta"))
    for number in range(3):
        stage.lead(number)


def seen(stage: Stage) -> Counter[tuple[int, int, int]]:
    return Counter((row.workflow_no, row.status, row.seq) for row in stage.rows(Enrolment))


@pytest.mark.parametrize("second", [drip("beta"), waits().model_copy(update={"workflow_id": "beta"})])
def test_the_others_go_on_and_its_people_wait_unclaimed(stage: Stage, second: WorkflowDefinition) -> None:
    two(stage, second.model_copy(update={"triggers": ("beta-signup",)}))
    spoil(stage)
    stage.advance(hours=1)
    worker = stage.worker()
    assert worker.run_until_idle() == 3
    assert seen(stage) == {(1, WAITING, 0): 3, (2, WAITING, 1): 3}
    assert {row.owner for row in stage.rows(Enrolment)} == {None}
    # A look that finds nothing else to do ends, too.
    assert worker.tick().claimed == 0


def test_text_that_is_no_json_is_passed_over_likewise(sqlite_stage: Stage) -> None:
    two(sqlite_stage)
    spoil(sqlite_stage, definition="{broken")
    assert sqlite_stage.worker().run_until_idle() == 3
    assert seen(sqlite_stage) == {(1, WAITING, 0): 3, (2, WAITING, 1): 3}


def test_several_that_cannot_be_read_are_passed_over_by_one_look(stage: Stage) -> None:
    two(stage)
    stage.configure(drip("gamma"), signup("gamma"))
    stage.lead(9)
    spoil(stage)
    spoil(stage, "beta", "[]")
    assert stage.worker().tick().moved == 1
    assert len(stage.sink.received) == 1


def test_people_who_cannot_be_moved_spend_nothing_of_a_limit(stage: Stage) -> None:
    two(stage)
    with stage.database.write() as session:
        rates.set_rate(session, "acme", 3, stage.clock.now())
    spoil(stage)
    assert stage.worker().tick().moved == 3
    assert [row.credit for row in stage.rows(VentureRate)] == [0]


def test_once_it_can_be_read_again_its_people_go_on_where_they_stood(stage: Stage) -> None:
    two(stage)
    before = spoil(stage)
    worker = stage.worker()
    worker.run_until_idle()
    spoil(stage, definition=before)
    stage.advance(seconds=61)
    assert worker.run_until_idle() == 3
    assert seen(stage) == {(1, WAITING, 1): 3, (2, WAITING, 1): 3}


def test_upkeep_tells_a_person_which_version_and_how_many_wait(stage: Stage) -> None:
    two(stage)
    assert find_stuck(stage.database, stage.clock.now()).warning == ""
    spoil(stage)
    report = find_stuck(stage.database, stage.clock.now())
    assert report.figures["unreadable_versions"] == 1
    assert "3 people wait: version 1 of acme-drip cannot be read" in report.warning
    assert "beta" not in report.warning


def test_what_asks_for_its_definition_is_told_and_its_people_can_be_ended(stage: Stage) -> None:
    two(stage)
    spoil(stage)
    with stage.database.read() as session, pytest.raises(VersionUnreadable) as refused:
        versions.pinned_version(session, 1)
    assert (refused.value.field, refused.value.value) == ("definition", "acme-drip, version 1")
    assert refused.value.hint
    with stage.database.read() as session, pytest.raises(VersionUnreadable):
        versions.entrance(session, "acme-drip-signup")
    operations.cancel(stage.database, stage.clock, "acme-drip", "broken", "ann")
    assert Counter((row.workflow_no, row.status) for row in stage.rows(Enrolment)) == {(1, FAILED): 3, (2, WAITING): 3}
    assert find_stuck(stage.database, stage.clock.now()).warning == ""


def test_dead_letters_are_listed_although_the_definition_cannot_be_read(stage: Stage) -> None:
    two(stage)
    with stage.database.engine.begin() as connection:
        connection.execute(text("UPDATE enrolments SET status = :dead WHERE enrolment_no = 1"), {"dead": FAILED})
    spoil(stage)
    with stage.database.read() as session:
        (letter,) = operations.list_dead_letters(session, "acme-drip")
    assert (letter.version, letter.step, letter.status) == (1, "step 1", "failed")


def test_a_dead_letter_at_a_step_that_its_workflow_has_not_is_listed_by_its_place(stage: Stage) -> None:
    two(stage)
    with stage.database.engine.begin() as connection:
        connection.execute(text("UPDATE enrolments SET step = 98 WHERE enrolment_no = 1"))
    stage.worker().run_until_idle()
    with stage.database.read() as session:
        (letter,) = operations.list_dead_letters(session, "acme-drip")
    assert (letter.step, letter.status) == ("step 99", "manual")


def test_leads_that_come_in_are_stored_and_enter_the_others(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.configure(drip("beta"), signup("beta"))
    spoil(stage)
    fired = {one.workflow_id: one for one in stage.lead(1).fired}
    assert fired["beta"].enrolment_no
    assert not fired["acme-drip"].enrolment_no
    assert "version 1 of acme-drip cannot be read" in fired["acme-drip"].skipped
    # Nobody is in it, but somebody would be.
    assert "0 people wait: version 1 of acme-drip" in find_stuck(stage.database, stage.clock.now()).warning


def test_many_who_come_in_at_once_enter_the_others(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.configure(drip("beta"), signup("beta"))
    spoil(stage)
    people = [
        Lead(lead_id=f"l{n}", venture_id="acme", email=f"l{n}@example.test", lead_source="website") for n in range(3)
    ]
    trigger, beside = signup(), signup("beta")
    with stage.database.write() as session:
        numbers = leads.add_many(session, people, stage.clock.now())
        fresh = {numbers[one.email]: one for one in people}
        events = dict.fromkeys(fresh, "import")
        passed_over = fire_fresh(session, trigger, fresh, stage.clock.now(), events)
        entered = fire_fresh(session, beside, fresh, stage.clock.now(), events)
    assert all("cannot be read" in one.skipped for one in passed_over) and len(passed_over) == 3
    assert all(one.enrolment_no for one in entered) and not any(one.enrolment_no for one in passed_over)
