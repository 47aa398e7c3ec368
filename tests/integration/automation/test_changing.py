"""Writing fields of a group of leads: together, by what each of them alone would come to."""

from typing import Any

import pytest
from sqlmodel import Session

from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import Lead
from gtm.domain.workflow import Exit, TriggerDefinition, UpdateLead, WorkflowDefinition
from gtm.store.models.automation import LeadRow
from gtm.store.models.enrolments import FINISHED, Enrolment, StepLog
from gtm.store.repositories import automation, leads
from tests.integration.automation.surroundings import Stage

PATHS: dict[str, Any] = {"on_success": "done", "on_failure": "lost"}
ENDS = (Exit(id="done"), Exit(id="lost", outcome="failed", reason="not written"))


def marking(workflow_id: str = "acme-mark", **step: Any) -> WorkflowDefinition:
    values: dict[str, Any] = {"field": "status", "value": "contacted"} | step
    return WorkflowDefinition(
        workflow_id=workflow_id,
        venture_id="acme",
        name="Mark",
        campaign_id="acme-campaign",
        triggers=(f"{workflow_id}-in",),
        entry="mark",
        steps=(UpdateLead(id="mark", **values, **PATHS), *ENDS),
    )


def start(workflow_id: str = "acme-mark", **values: Any) -> TriggerDefinition:
    return TriggerDefinition.model_validate({"trigger_id": f"{workflow_id}-in", "workflow_id": workflow_id, **values})


def test_a_group_is_written_and_ends_in_one_look(stage: Stage) -> None:
    stage.configure(marking(), start())
    for number in range(5):
        stage.lead(number)
    tick = stage.worker().tick()
    assert (tick.claimed, tick.moved, tick.due, tick.started) == (5, 5, 0, 5)
    assert {row.status for row in stage.rows(LeadRow)} == {"contacted"}
    assert {row.own_writes for row in stage.rows(LeadRow)} == {2}
    assert {row.status for row in stage.rows(Enrolment)} == {FINISHED}
    assert len(stage.rows(StepLog)) == 2 * 5 and stage.worker().tick().claimed == 0


def test_a_group_crosses_conditions_like_one(stage: Stage) -> None:
    contacted = (Predicate(field="status", value="contacted"),)
    stage.configure(
        marking("acme-next", field="score", value=7), start("acme-next", type="conditional", conditions=contacted)
    )
    stage.configure(marking(), start())
    stage.lead(1)
    stage.lead(2)
    stage.lead(3, status="contacted")
    stage.worker().run_until_idle()
    assert sorted((row.email[:5], row.score) for row in stage.rows(LeadRow)) == [
        ("lead1", 7),
        ("lead2", 7),
        ("lead3", 0),
    ]


def test_two_changes_of_one_lead_in_a_group_both_stand(stage: Stage) -> None:
    stage.configure(marking("acme-role", field="role", value="CTO"), start("acme-role"))
    stage.configure(marking(), start())
    stage.lead(1)
    stage.worker().run_until_idle()
    (lead,) = stage.rows(LeadRow)
    assert (lead.role, lead.status) == ("CTO", "contacted")


def test_a_lead_whose_row_is_not_sound_does_not_hold_up_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.configure(marking(), start())
    bad = stage.lead(1).lead.lead_id
    stage.lead(2)
    held = leads.lock_many

    def unsound(session: Session, lead_ids: Any) -> dict[str, Lead | str]:
        return {**held(session, lead_ids), bad: "not sound"}

    monkeypatch.setattr(leads, "lock_many", unsound)
    stage.worker().run_until_idle()
    assert [row.status for row in stage.rows(LeadRow)] == ["contacted"] * 2, "each by itself"


@pytest.mark.parametrize("paused", ["acme-mark", "acme-role"])
def test_a_pause_in_the_middle_holds_its_own_workflow_alone(
    stage: Stage, paused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.configure(marking("acme-role", field="role", value="CTO"), start("acme-role"))
    stage.configure(marking(), start())
    stage.lead(1)
    worker = stage.worker()
    read = worker._read

    def pause(rows: Any) -> Any:
        claimed = read(rows)
        with stage.database.write() as session:
            automation.get_workflow(session, paused).status = "paused"
        return claimed

    monkeypatch.setattr(worker, "_read", pause)
    worker.tick()
    (lead,) = stage.rows(LeadRow)
    assert (lead.role == "CTO", lead.status == "contacted") == (paused == "acme-mark", paused == "acme-role")
