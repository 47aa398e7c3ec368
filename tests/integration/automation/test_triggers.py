"""Triggers fire once, for the right leads, in the lead's own transaction."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gtm.automation.triggers.conditional import change_lead
from gtm.automation.triggers.database_insert import insert_lead
from gtm.automation.triggers.manual import receive_webhook, start_manually
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import Conflict, InvalidInput
from gtm.domain.workflow import TriggerDefinition
from gtm.store.models.automation import LeadRow
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.executions import WorkflowExecution
from tests.integration.automation.surroundings import Stage, drip, signup


def test_a_lead_and_its_execution_stand_or_fall_together(stage: Stage) -> None:
    stage.configure(drip(), signup())
    with pytest.raises(RuntimeError), stage.database.write() as session:
        insert_lead(
            session, NewLead(venture_id="acme", email="a@example.test", lead_source="website"), stage.clock.now()
        )
        raise RuntimeError("the caller failed")
    assert stage.rows(LeadRow) == [] and stage.rows(WorkflowExecution) == [] and stage.rows(Enrolment) == []


def test_duplicates_other_sources_and_test_data_do_not_enrol(stage: Stage) -> None:
    stage.configure(drip(), signup())
    first = stage.lead(1, email=" Lead1@Example.TEST ")
    again = stage.lead(1)
    other = stage.lead(2, lead_source="import")
    test = stage.lead(3, is_test=True)
    assert first.created and first.executions
    assert not again.created and again.lead == first.lead
    assert [one.fired[0].skipped for one in (again, other, test)] == [
        "duplicate",
        "condition not met: lead_source = 'website'",
        "test data",
    ]
    assert len(stage.rows(WorkflowExecution)) == 1


def test_only_enabled_triggers_of_active_workflows_fire(stage: Stage) -> None:
    stage.configure(drip(), signup(), active=False)
    assert stage.lead(1).fired == ()
    stage.configure(drip(), active=True)
    assert stage.lead(2).executions
    assert stage.lead(3, venture_id="other").fired == ()


def test_one_per_lead_holds_under_eight_inserters_at_once(stage: Stage) -> None:
    stage.configure(drip(), signup())

    def sign_up(_number: int) -> int:
        return len(stage.lead(1).executions)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(sign_up, range(24))) == 1
    assert len(stage.rows(LeadRow)) == len(stage.rows(Enrolment)) == len(stage.rows(WorkflowExecution)) == 1


def test_two_per_lead_and_limits_per_hour(stage: Stage) -> None:
    twice = TriggerDefinition(trigger_id="again", type="manual", workflow_id="acme-drip", rate_limit="2 per lead")
    hourly = TriggerDefinition(
        trigger_id="hourly",
        type="manual",
        workflow_id="other-drip",
        rate_limit="2 per hour",
        conditions=(Predicate(field="status", value="new"),),
    )
    stage.configure(drip(), twice)
    stage.configure(drip("other-drip"), hourly)
    people = [stage.lead(n).lead.lead_id for n in range(3)]

    def start(trigger: str, lead: str) -> str:
        with stage.database.write() as session:
            return start_manually(session, trigger, lead, stage.clock.now()).skipped

    assert [start("again", people[0]) for _ in range(3)] == ["", "", "rate limit 2 per lead"]
    assert [start("hourly", person) for person in people] == ["", "", "rate limit 2 per hour"]
    stage.advance(minutes=61)
    assert start("hourly", people[2]) == ""
    assert start("hourly", people[2]).startswith("entered before")


def test_a_limit_per_hour_holds_under_eight_starters_at_once(stage: Stage) -> None:
    hourly = TriggerDefinition(trigger_id="hourly", type="manual", workflow_id="acme-drip", rate_limit="2 per hour")
    stage.configure(drip(), hourly)
    people = [stage.lead(number).lead.lead_id for number in range(16)]

    def start(lead_id: str) -> bool:
        with stage.database.write() as session:
            return bool(start_manually(session, "hourly", lead_id, stage.clock.now()).enrolment_no)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(start, people)) == 2
    assert len(stage.rows(Enrolment)) == 2


def test_a_score_fires_when_it_crosses_and_not_while_it_stays(stage: Stage) -> None:
    hot = TriggerDefinition(
        trigger_id="hot",
        type="conditional",
        workflow_id="acme-drip",
        conditions=(Predicate(field="score", operator="greater_than", value=80),),
        rate_limit="5 per lead",
    )
    stage.configure(drip(), hot)
    lead = stage.lead(1).lead.lead_id

    def score(value: int) -> int:
        with stage.database.write() as session:
            return len(change_lead(session, lead, {"score": value}, stage.clock.now()))

    assert [score(n) for n in (70, 80, 81, 90, 60, 85)] == [0, 0, 1, 0, 0, 1]
    with pytest.raises(InvalidInput), stage.database.write() as session:
        change_lead(session, lead, {"score": "many"}, stage.clock.now())


def test_a_webhook_brings_the_person_along_and_manual_needs_one(stage: Stage) -> None:
    form = TriggerDefinition(trigger_id="form", type="webhook", workflow_id="acme-drip")
    stage.configure(drip(), form, active=False)
    person = NewLead(venture_id="acme", email="ada@example.test")
    with pytest.raises(Conflict, match="not enabled"), stage.database.write() as session:
        receive_webhook(session, "form", person, stage.clock.now())
    stage.configure(drip(), active=True)
    with stage.database.write() as session:
        assert receive_webhook(session, "form", person, stage.clock.now()).execution_id
        assert receive_webhook(session, "form", person, stage.clock.now()).skipped == "duplicate"
    with pytest.raises(InvalidInput), stage.database.write() as session:
        start_manually(session, "form", "lead-x", stage.clock.now())


def test_delays_count_from_the_moment_of_entry(stage: Stage) -> None:
    late = tuple(s.model_copy(update={"delay_hours": 5}) if s.id == "send_email_1" else s for s in drip().steps)
    stage.configure(drip().model_copy(update={"steps": late}), signup())
    stage.lead(1)
    assert stage.rows(Enrolment)[0].due_at == stage.clock.now() + timedelta(hours=5)


def test_entering_a_segment_fires_and_staying_in_it_does_not(stage: Stage) -> None:
    it = TriggerDefinition(
        trigger_id="it-entered",
        type="segment_entered",
        workflow_id="acme-drip",
        conditions=(
            Predicate(field="segment_id", value="it"),
            Predicate(field="score", operator="less_than", value=90),
        ),
        rate_limit="5 per lead",
    )
    stage.configure(drip(), it)
    born_in_it = stage.lead(1, segment_id="it")
    assert len(born_in_it.executions) == 1
    lead = stage.lead(2, segment_id="sales").lead.lead_id

    def change(**values: str | int) -> int:
        with stage.database.write() as session:
            return len(change_lead(session, lead, values, stage.clock.now()))

    assert [change(segment_id="it"), change(score=5), change(segment_id="it")] == [1, 0, 0]
    assert [change(segment_id="ops"), change(segment_id="it")] == [0, 1]
    change(segment_id="ops")
    change(score=95)
    assert change(segment_id="it") == 0, "its other conditions have to hold as well"
    assert change(score=10) == 0, "the segment was entered before they did"


def test_of_two_changes_at_once_one_crosses(stage: Stage) -> None:
    hot = TriggerDefinition(
        trigger_id="hot",
        type="conditional",
        workflow_id="acme-drip",
        conditions=(Predicate(field="score", operator="greater_than", value=80),),
        rate_limit="9 per lead",
    )
    stage.configure(drip(), hot)
    lead = stage.lead(1).lead.lead_id

    def score(value: int) -> int:
        with stage.database.write() as session:
            return len(change_lead(session, lead, {"score": value}, stage.clock.now()))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(score, range(81, 105))) == 1
