"""Counts over executions, enrolments, sends and their log."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from gtm.domain.workflow_report import RowCounts
from gtm.store.models.automation import AutomationWorkflow, EmailSend, LeadRow
from gtm.store.models.enrolments import STATUSES, WAITING, Enrolment, KeptExecution, StepLog
from gtm.store.models.executions import WorkflowExecution

_DECIDED = ("done", "failed", "unknown", "manual")


def number_of(workflow_id: str) -> Any:
    """The subquery of a workflow's number."""
    return (
        select(AutomationWorkflow.workflow_no)
        .where(col(AutomationWorkflow.workflow_id) == workflow_id)
        .scalar_subquery()
    )


def enrolments_by_status(session: Session, workflow_id: str) -> dict[str, int]:
    """Real leads in a workflow by status."""
    statement = (
        select(Enrolment.status, func.count())
        .where(col(Enrolment.workflow_no) == number_of(workflow_id), col(Enrolment.is_test).is_(False))
        .group_by(col(Enrolment.status))
    )
    return {STATUSES[code]: count for code, count in session.exec(statement)}


def sends_by_state(session: Session, workflow_id: str) -> dict[str, int]:
    """Emails to real leads of a workflow by state, and how many were `opened` and `clicked`."""
    mine = (col(EmailSend.workflow_id) == workflow_id, col(EmailSend.is_test).is_(False))
    by_state = select(EmailSend.state, func.count()).where(*mine).group_by(col(EmailSend.state))
    counts = dict(session.exec(by_state).all())
    opened, clicked = session.exec(
        select(func.count(col(EmailSend.opened_at)), func.count(col(EmailSend.clicked_at))).where(*mine)
    ).one()
    return counts | {"opened": opened, "clicked": clicked}


def executions(session: Session, workflow_id: str, *, is_test: bool) -> int:
    """How many executions a workflow has had."""
    live = (
        select(func.count())
        .select_from(Enrolment)
        .where(col(Enrolment.workflow_no) == number_of(workflow_id), col(Enrolment.is_test) == is_test)
    )
    kept = (
        select(func.count())
        .select_from(KeptExecution)
        .where(col(KeptExecution.workflow_id) == workflow_id, col(KeptExecution.is_test) == is_test)
    )
    return session.exec(live).one() + session.exec(kept).one()


def consecutive_errors(session: Session, workflow_id: str, look_back: int = 200) -> tuple[int, str]:
    """How many actions in a row have failed for good most recently, and the latest error; a retry that is still to
    come and a refusal (a person who must not get mail) are no errors.

    Args:
        session: where to read.
        workflow_id: the workflow.
        look_back: log lines looked at, newest first; the answer is never higher.
    """
    statement = (
        select(StepLog.outcome, StepLog.detail)
        .join(Enrolment, col(Enrolment.enrolment_no) == col(StepLog.enrolment_no))
        .where(
            col(StepLog.workflow_no) == number_of(workflow_id),
            col(StepLog.outcome).in_(_DECIDED),
            col(Enrolment.is_test).is_(False),
        )
        .order_by(col(StepLog.at).desc(), col(StepLog.enrolment_no), col(StepLog.seq).desc())
        .limit(look_back)
    )
    count, latest = 0, ""
    for outcome, detail in session.exec(statement):
        if outcome == "done":
            break
        count += 1
        latest = latest or detail or ""
    return count, latest


def next_due(session: Session, workflow_id: str) -> datetime | None:
    """When the next real lead of a workflow is due."""
    return session.exec(
        select(func.min(Enrolment.due_at)).where(
            col(Enrolment.workflow_no) == number_of(workflow_id),
            col(Enrolment.status) == WAITING,
            col(Enrolment.is_test).is_(False),
        )
    ).one()


def test_rows(session: Session, workflow_id: str, venture_id: str, address_pattern: str) -> RowCounts:
    """How many rows of a workflow's tests there are.

    Args:
        session: where to read.
        workflow_id: the workflow.
        venture_id: whose leads.
        address_pattern: LIKE pattern of the test leads' addresses.
    """

    def count(model: type, *where: ColumnElement[bool]) -> int:
        return session.exec(select(func.count()).select_from(model).where(*where)).one()

    mine = (col(Enrolment.workflow_no) == number_of(workflow_id), col(Enrolment.is_test).is_(True))
    tests = select(Enrolment.enrolment_no).where(*mine)
    workflow = session.exec(
        select(AutomationWorkflow.execution_count).where(col(AutomationWorkflow.workflow_id) == workflow_id)
    ).one()
    return RowCounts(
        test_leads=count(
            LeadRow,
            col(LeadRow.venture_id) == venture_id,
            col(LeadRow.is_test).is_(True),
            col(LeadRow.email).like(address_pattern),
        ),
        test_email_sends=count(EmailSend, col(EmailSend.workflow_id) == workflow_id, col(EmailSend.is_test).is_(True)),
        test_enrolments=count(Enrolment, *mine),
        test_step_log=count(StepLog, col(StepLog.enrolment_no).in_(tests)),
        test_executions_kept=executions(session, workflow_id, is_test=True),
        execution_count=workflow,
    )


def get_execution(session: Session, execution_id: str) -> WorkflowExecution | None:
    """An execution, as `workflow_executions` tells it."""
    return session.exec(select(WorkflowExecution).where(col(WorkflowExecution.execution_id) == execution_id)).first()
