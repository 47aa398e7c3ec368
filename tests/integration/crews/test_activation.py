"""Exit gate 3 lets run what `gtm workflow activate` would let run; what needs more stays a draft, and that is told."""

from collections.abc import Callable
from typing import Any

from app.standing import state_of
from gtm.automation import operations
from gtm.automation.reach import Reach
from gtm.domain.workflow import HttpRequest, WorkflowDefinition
from gtm.store.models.automation import AutomationWorkflow, WorkflowTrigger, WorkflowVersion
from gtm.store.models.logs import AuditEntry
from gtm.store.models.runs import GateResult
from gtm.store.status import status_snapshot
from tests.integration.crews.scenes import Scene

At = Callable[..., Scene]
NEEDED = "tell: the HTTP endpoints names no endpoint 'crm'"
CRM = Reach(endpoints=frozenset({"crm"}))


def calling(scene: Scene, how_many: int = 1) -> list[str]:
    """Have some of the run's workflows call an endpoint first; their ids."""
    rows = scene.rows(AutomationWorkflow, run_id=scene.run_id)[:how_many]
    scene.write(lambda s: [_call(s.merge(row), scene, s) for row in rows])
    return [row.workflow_id for row in rows]


def _call(row: AutomationWorkflow, scene: Scene, session: Any) -> None:
    definition = WorkflowDefinition.model_validate(row.definition)
    tell = HttpRequest(id="tell", connector="crm", on_success=definition.entry, on_failure=definition.entry)
    changed = definition.model_copy(update={"entry": "tell", "steps": (tell, *definition.steps)})
    row.definition = changed.model_dump(mode="json")
    (version,) = scene.rows(WorkflowVersion, workflow_id=row.workflow_id)
    session.merge(version).definition = row.definition


def states(scene: Scene) -> dict[str, tuple[str, set[bool]]]:
    """Status of each workflow, and whether its triggers are enabled."""
    return {
        row.workflow_id: (row.status, {t.enabled for t in scene.rows(WorkflowTrigger, workflow_id=row.workflow_id)})
        for row in scene.rows(AutomationWorkflow, run_id=scene.run_id)
    }


def test_a_workflow_whose_connector_is_missing_stays_a_draft_and_gate_review_and_status_say_so(at: At) -> None:
    scene = at("approved:automation")
    (held,) = calling(scene)
    assert scene.advance().checkpoint == "final"
    found = states(scene)
    assert found.pop(held) == ("draft", {False})
    assert set(map(str, found.values())) == {str(("active", {True}))}
    (gate,) = scene.rows(GateResult, gate="workflows-active")
    (note,) = [check for check in gate.verdict["checks"] if check["name"] == "exits.workflows_active.drafts"]
    assert gate.passed and not note["passed"] and note["severity"] == "note"
    assert note["detail"] == f"{held} stays a draft: {NEEDED}."
    assert note["fix"].endswith(f"gtm workflow activate {held}")
    review = scene.waiting().review
    assert review is not None and NEEDED in review.model_dump_json()
    snapshot = status_snapshot(scene.database, "fleet")
    assert snapshot.drafts == 1 and "final" in state_of(snapshot, scene.clock.now())
    assert {row.actor for row in scene.rows(AuditEntry, action="workflow.activated")} == {"runner"}


def test_the_report_names_it_among_the_known_issues(sqlite_at: At) -> None:
    scene = sqlite_at("approved:automation", evidence=True)
    (held,) = calling(scene)
    scene.advance()
    scene.approve()
    outcome = scene.advance()
    assert outcome.status == "completed"
    told = (scene.services.out_dir / "fleet" / "report.html").read_text()
    assert "stays a draft" in told and f"gtm workflow activate {held}" in told


def test_with_no_workflow_that_can_run_the_gate_is_not_met_until_one_is_activated(sqlite_at: At) -> None:
    scene = sqlite_at("approved:automation")
    held = calling(scene, how_many=99)
    outcome = scene.advance()
    assert outcome.status == "blocked" and outcome.verdict is not None
    assert "activate one of those that stay drafts" in {check.fix for check in outcome.verdict.failures}
    with scene.database.write() as session:
        operations.activate(session, held[0], "ann", scene.clock.now(), CRM)
    assert scene.with_services(reach=CRM).advance().checkpoint == "final"
    assert states(scene)[held[0]] == ("active", {True})


def test_a_workflow_whose_connector_is_configured_becomes_active(sqlite_at: At) -> None:
    scene = sqlite_at("approved:automation").with_services(reach=CRM)
    calling(scene)
    assert scene.advance().checkpoint == "final"
    assert {status for status, _ in states(scene).values()} == {"active"}


def test_what_was_changed_since_its_tests_stays_a_draft(sqlite_at: At) -> None:
    scene = sqlite_at("approved:automation")
    (row, *_) = scene.rows(AutomationWorkflow, run_id=scene.run_id)
    scene.write(lambda s: setattr(s.merge(row), "test_execution_count", 0))
    assert scene.advance().checkpoint == "final"
    assert states(scene)[row.workflow_id] == ("draft", {False})
    (gate,) = scene.rows(GateResult, gate="workflows-active")
    assert "has not passed its tests since it was last changed" in str(gate.verdict)
