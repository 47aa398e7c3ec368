"""What runs, gates and rollbacks ask of a venture's automation."""

from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from gtm.store.models.automation import (
    AutomationTestResult,
    AutomationWorkflow,
    EmailSend,
    WorkflowTrigger,
)
from gtm.store.models.enrolments import WAITING, Enrolment


def of_run(session: Session, run_id: str) -> list[AutomationWorkflow]:
    """The workflows a run configured, by id."""
    query = select(AutomationWorkflow).where(AutomationWorkflow.run_id == run_id)
    return list(session.exec(query.order_by(AutomationWorkflow.workflow_id)))


def exit_rows(session: Session, run_id: str) -> list[dict[str, Any]]:
    """What exit gate 3 looks at: a row a workflow with its successful test executions and its triggers."""
    rows = []
    for workflow in of_run(session, run_id):
        triggers = list(
            session.exec(select(WorkflowTrigger).where(WorkflowTrigger.workflow_id == workflow.workflow_id))
        )
        rows.append(
            {
                "workflow_id": workflow.workflow_id,
                "status": workflow.status,
                "test_executions": workflow.test_execution_count,
                "triggers": len(triggers),
                "triggers_enabled": sum(trigger.enabled for trigger in triggers),
            }
        )
    return rows


def rollback_facts(session: Session, venture_id: str) -> dict[str, int]:
    """Counts that LEAD is shown before deciding on a rollback."""
    return {
        "active_workflows": _count(session, AutomationWorkflow, venture_id, AutomationWorkflow.status == "active"),
        "waiting_enrolments": _waiting(session, venture_id),
        "sends_reserved": _count(session, EmailSend, venture_id, EmailSend.state == "reserved"),
        "sends_done": _count(session, EmailSend, venture_id, EmailSend.state == "sent"),
    }


def _waiting(session: Session, venture_id: str) -> int:
    mine = select(AutomationWorkflow.workflow_no).where(AutomationWorkflow.venture_id == venture_id)
    query = select(func.count()).select_from(Enrolment)
    return int(session.exec(query.where(Enrolment.status == WAITING, col(Enrolment.workflow_no).in_(mine))).one())


def _count(session: Session, model: Any, venture_id: str, condition: Any) -> int:
    query = select(func.count()).select_from(model).where(model.venture_id == venture_id, condition)
    return int(session.exec(query).one())


def tests_hold(session: Session, run_id: str, workflow_id: str) -> bool:
    """Whether the newest tests of a workflow in a run passed where they applied."""
    query = select(AutomationTestResult).where(
        AutomationTestResult.run_id == run_id, AutomationTestResult.workflow_id == workflow_id
    )
    rows = list(session.exec(query))
    newest = max((row.revision for row in rows), default=0)
    statuses = [row.status for row in rows if row.revision == newest]
    return "passed" in statuses and "failed" not in statuses
