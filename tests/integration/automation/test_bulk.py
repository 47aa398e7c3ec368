"""Bulk enrolment: everybody who meets the conditions, once, in windows, with the right moment."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from gtm.automation.triggers.bulk import enrol_all
from gtm.domain.conditions import Predicate
from gtm.domain.workflow import TriggerDefinition, Wait
from gtm.store.models.automation import AutomationWorkflow, LeadRow
from gtm.store.models.enrolments import Enrolment
from gtm.store.repositories import automation, bulk_enrolment, leads
from gtm.store.repositories.lead_conditions import as_sql
from tests.integration.automation.surroundings import Stage, drip


def letter(**values: Any) -> TriggerDefinition:
    return TriggerDefinition(trigger_id="letter", type="manual", workflow_id="acme-drip", **values)


def people(stage: Stage, *values: dict[str, Any]) -> None:
    with stage.database.write() as session:
        for number, one in enumerate(values):
            row = {
                "lead_id": f"lead-{number:03}",
                "venture_id": "acme",
                "email": f"p{number}@example.test",
                "first_name": "Ada",
            }
            session.add(LeadRow(**{**row, "attributes": {}, "created_at": stage.clock.now(), **one}))


def entered(stage: Stage) -> list[int]:
    return sorted(row.lead_no for row in stage.rows(Enrolment))


def count(stage: Stage) -> int:
    (row,) = stage.rows(AutomationWorkflow)
    return int(row.execution_count)


def test_everybody_who_meets_the_conditions_enters_once(stage: Stage) -> None:
    stage.configure(drip(), letter(conditions=(Predicate(field="score", operator="greater_than", value=50),)))
    people(
        stage,
        *({"score": 10 * n} for n in range(10)),
        {"score": 90, "is_test": True},
        {"score": 90, "venture_id": "other"},
    )
    done = enrol_all(stage.database, "letter", stage.clock.now(), window=3, pause_seconds=0)
    assert (done.enrolled, done.done, done.windows) == (4, True, 4)
    assert entered(stage) == [7, 8, 9, 10] and count(stage) == 4
    again = enrol_all(stage.database, "letter", stage.clock.now(), pause_seconds=0)
    assert again.enrolled == 0 and count(stage) == 4
    stage.worker().run_until_idle()
    assert len(stage.sink.received) == 4


def test_conditions_that_only_python_can_judge_give_the_same(stage: Stage) -> None:
    plan = Predicate(field="attributes.plan", value="pro")
    stage.configure(drip(), letter(conditions=(plan, Predicate(field="company", operator="contains", value="ÄG"))))
    people(
        stage,
        {"company": "Bahn äg", "attributes": {"plan": "pro"}},
        {"company": "Bahn äg", "attributes": {"plan": "free"}},
        {"company": "Bahn", "attributes": {"plan": "pro"}},
    )
    assert enrol_all(stage.database, "letter", stage.clock.now()).enrolled == 1
    assert entered(stage) == [1] and count(stage) == 1
    assert enrol_all(stage.database, "letter", stage.clock.now()).enrolled == 0


def test_a_paused_workflow_and_a_limit_an_hour_hold(stage: Stage) -> None:
    stage.configure(drip(), letter(rate_limit="3 per hour"))
    people(stage, *({"score": 1} for _ in range(8)))
    now = stage.clock.now()
    assert enrol_all(stage.database, "letter", now, window=2, pause_seconds=0).enrolled == 3
    later = stage.advance(minutes=61)
    assert enrol_all(stage.database, "letter", later, window=2, pause_seconds=0).enrolled == 3
    assert entered(stage) == [1, 2, 3, 4, 5, 6]
    with stage.database.write() as session:
        automation.pause_active(session, "acme", "rollback")
    stopped = enrol_all(stage.database, "letter", stage.advance(minutes=61))
    assert (stopped.enrolled, stopped.stopped) == (0, "the workflow is paused")


def test_the_moment_is_each_zones_own_where_the_first_step_asks_for_it(stage: Stage) -> None:
    wait = Wait(id="first", hours=1, business_days_only=True, next="send_email_1")
    stage.configure(drip().model_copy(update={"entry": "first", "steps": (wait, *drip().steps)}), letter())
    zones = ["UTC", "Pacific/Kiritimati", "America/New_York", "UTC"]
    people(stage, *({"time_zone": zone} for zone in zones))
    # Friday 11:30 UTC: on Kiritimati it is Saturday already.
    now = stage.clock.advance(timedelta(days=4, hours=2, minutes=30))
    assert enrol_all(stage.database, "letter", now).enrolled == 4
    due = {row.lead_no: row.due_at for row in stage.rows(Enrolment)}
    assert due[1] == due[3] == due[4] == now + timedelta(hours=1)
    assert due[2] > now + timedelta(days=1)


VALUES = st.one_of(
    st.sampled_from(["", "it", "IT", "5", "80", "true", "UTC"]), st.integers(-3, 120), st.floats(-3, 120), st.booleans()
)
PREDICATES = st.builds(
    Predicate,
    field=st.sampled_from(["score", "segment_id", "status", "company", "email_1_opened"]),
    operator=st.sampled_from(["equals", "not_equals", "greater_than", "less_than", "contains", "in_list"]),
    value=VALUES,
    values=st.lists(VALUES, min_size=1, max_size=3).map(tuple),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(predicate=PREDICATES)
def test_sql_and_python_judge_alike(stage: Stage, predicate: Predicate) -> None:
    if not stage.rows(LeadRow):
        kinds = [("", ""), ("it", "new"), ("IT", "5"), ("80", "true"), ("true", "it")]
        scores = [-1, 0, 5, 50, 51, 80, 81]
        people(stage, *({"segment_id": a, "status": b, "company": a, "score": n} for a, b in kinds for n in scores))
    clauses = as_sql((predicate,))
    with stage.database.read() as session:
        everybody = leads.list_leads(session, "acme", is_test=False)
        wanted = {one.lead_id for one in everybody if predicate.holds(one.facts())}
        if clauses is not None:
            assert (
                set(session.exec(select(LeadRow.lead_id).where(*clauses, col(LeadRow.venture_id) == "acme"))) == wanted
            )


def test_a_disabled_trigger_enrols_nobody(stage: Stage) -> None:
    stage.configure(drip(), letter(), active=False)
    people(stage, {"score": 1})
    assert enrol_all(stage.database, "letter", stage.clock.now()).stopped == "the trigger is not enabled"


@pytest.mark.parametrize("predicate", [Predicate(field="company", operator="contains", value="x")])
def test_what_sql_cannot_say_exactly_is_not_said(predicate: Predicate) -> None:
    assert as_sql((predicate,)) is None


def test_who_enters_while_a_window_is_looked_at_enters_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.configure(drip(), letter())
    people(stage, *({"score": 1} for _ in range(6)))
    only = Predicate(field="email", value="p2@example.test")
    assert enrol_all(stage.database, "letter", stage.clock.now(), only=(only,)).enrolled == 1
    # As it is when somebody else lets that lead in just after the window was found empty.
    monkeypatch.setattr(bulk_enrolment, "_any_entered", lambda *_: False)
    assert enrol_all(stage.database, "letter", stage.clock.now()).enrolled == 5
    assert entered(stage) == [1, 2, 3, 4, 5, 6] and count(stage) == 6
