"""Clearing enrolments that ended long ago."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, exists, select

from gtm.domain.enrolment import execution_id
from gtm.store.models.automation import AutomationWorkflow, EmailSend, LeadRow, WorkflowTrigger, WorkflowVersion
from gtm.store.models.enrolments import FAILED, FINISHED, Enrolment, KeptExecution, StepLog
from gtm.store.models.tracking import TrackingEvent
from gtm.store.repositories.statements import change, insert_all

_NO_SYNC = {"synchronize_session": False}
_TOLD = {FINISHED: "completed", FAILED: "failed"}


def move_ended(session: Session, before: datetime, limit: int) -> int:
    """Move enrolments that ended before a moment into `kept_executions` and drop their log; how many there were.

    Args:
        session: the transaction.
        before: the aware moment.
        limit: how many at most.
    """
    ended = (
        select(Enrolment.enrolment_no, Enrolment.workflow_no)
        .where(col(Enrolment.status).in_((FINISHED, FAILED)), col(Enrolment.finished_at) < before)
        .limit(limit)
    )
    found = session.exec(ended).all()
    numbers = [number for number, _ in found]
    if not numbers:
        return 0
    # A bulk enrolment holds these rows too: it must not pass between an entry's going from here and its coming there.
    workflows = sorted({workflow for _, workflow in found})
    locked = select(AutomationWorkflow.workflow_no).where(col(AutomationWorkflow.workflow_no).in_(workflows))
    session.exec(locked.order_by(col(AutomationWorkflow.workflow_no)).with_for_update()).all()
    rows = session.exec(
        select(Enrolment, WorkflowVersion, LeadRow, WorkflowTrigger.trigger_id)
        .join(WorkflowVersion, col(WorkflowVersion.version_no) == col(Enrolment.version_no))
        .join(LeadRow, col(LeadRow.lead_no) == col(Enrolment.lead_no))
        .join(WorkflowTrigger, col(WorkflowTrigger.trigger_no) == col(Enrolment.trigger_no))
        .where(col(Enrolment.enrolment_no).in_(numbers), col(Enrolment.status).in_((FINISHED, FAILED)))
    ).all()
    kept = [
        {
            "execution_id": execution_id(int(row.enrolment_no or 0)),
            "workflow_id": version.workflow_id,
            "version": version.version,
            "venture_id": lead.venture_id,
            "lead_id": lead.lead_id,
            "trigger_id": trigger_id,
            "entry": row.entry,
            "triggered_at": row.entered_at,
            "started_at": row.started_at,
            "finished_at": row.finished_at,
            "status": _TOLD[row.status],
            "is_test": row.is_test,
        }
        for row, version, lead, trigger_id in rows
    ]
    insert_all(session, KeptExecution, kept)
    session.exec(delete(StepLog).where(col(StepLog.enrolment_no).in_(numbers)), execution_options=_NO_SYNC)
    gone = delete(Enrolment).where(col(Enrolment.enrolment_no).in_(numbers))
    session.exec(gone, execution_options=_NO_SYNC)
    session.expunge_all()
    return len(numbers)


def forget_sends(session: Session, before: datetime, limit: int) -> int:
    """Remove mails reserved before a moment whose enrolment is cleared; how many there were.

    What bounced or was complained about stays, and whatever may still be on its way or in doubt.

    Args:
        session: the transaction.
        before: the aware moment.
        limit: how many at most.
    """
    old = select(EmailSend.send_id).where(
        col(EmailSend.reserved_at) < before,
        col(EmailSend.state).in_(("sent", "failed")),
        col(EmailSend.delivery_status).not_in(("bounced", "complained")),
        ~exists().where(col(Enrolment.enrolment_no) == col(EmailSend.enrolment_no)),
    )
    found = session.exec(old.limit(limit)).all()
    return change(session, delete(EmailSend).where(col(EmailSend.send_id).in_(found))) if found else 0


def forget_events(session: Session, before: datetime, limit: int) -> int:
    """Remove opens and clicks before a moment, oldest first; how many there were. Who unsubscribed stays.

    Args:
        session: the transaction.
        before: the aware moment.
        limit: how many at most.
    """
    old = select(TrackingEvent.event_no).where(col(TrackingEvent.at) < before, col(TrackingEvent.kind) != "unsubscribe")
    found = session.exec(old.order_by(col(TrackingEvent.event_no)).limit(limit)).all()
    return change(session, delete(TrackingEvent).where(col(TrackingEvent.event_no).in_(found))) if found else 0
