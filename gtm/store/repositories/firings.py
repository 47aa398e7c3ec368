"""Firings of schedules, and the signatures of webhooks: what has happened and must not happen again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from gtm.store.models.automation import AutomationWorkflow, LeadRow, WorkflowTrigger
from gtm.store.models.running import TriggerFiring, TriggerLook, WebhookReplay
from gtm.store.repositories.statements import change, insert_many, insert_missing


def schedules(session: Session) -> list[tuple[WorkflowTrigger, str, datetime]]:
    """Every schedule of every venture, its workflow's status, and since when it may fire; by trigger id."""
    statement = (
        select(WorkflowTrigger, AutomationWorkflow.status, AutomationWorkflow.activated_at)
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(WorkflowTrigger.workflow_id))
        .where(col(WorkflowTrigger.type) == "schedule", col(AutomationWorkflow.activated_at).is_not(None))
        .order_by(col(WorkflowTrigger.trigger_id))
    )
    return [
        (row, status, max(row.created_at, activated or row.created_at))
        for row, status, activated in session.exec(statement)
    ]


def last_look(session: Session, trigger_no: int) -> datetime | None:
    """The moment up to which a schedule has been looked at; None for one that nobody has looked at yet."""
    return session.exec(select(TriggerLook.looked_at).where(col(TriggerLook.trigger_no) == trigger_no)).first()


def looked_at(session: Session, trigger_no: int, begin: datetime) -> datetime:
    """The moment up to which a schedule has been looked at, locked for the rest of the transaction.

    Args:
        session: the transaction.
        trigger_no: the schedule.
        begin: where looking begins, for one that nobody has looked at yet.
    """
    insert_missing(session, TriggerLook, {"trigger_no": trigger_no, "looked_at": begin}, ["trigger_no"])
    statement = select(TriggerLook.looked_at).where(col(TriggerLook.trigger_no) == trigger_no)
    return session.exec(statement.with_for_update()).one()


def look(session: Session, trigger_no: int, moment: datetime) -> None:
    """Write up to which moment a schedule has been looked at now."""
    change(session, update(TriggerLook).where(col(TriggerLook.trigger_no) == trigger_no).values(looked_at=moment))


def add(session: Session, trigger: WorkflowTrigger, due: datetime, now: datetime) -> bool:
    """Note a firing, for every lead the venture has at this moment; False when it was noted before."""
    newest = session.exec(select(func.max(LeadRow.lead_no)).where(col(LeadRow.venture_id) == trigger.venture_id)).one()
    row = {"trigger_no": trigger.trigger_no, "due": due, "fired_at": now, "last_lead_no": newest or 0}
    fresh = {**row, "lead_no": 0, "enrolled": 0, "outcome": ""}
    return insert_missing(session, TriggerFiring, fresh, ["trigger_no", "due"])


def open_firings(session: Session) -> Sequence[TriggerFiring]:
    """Firings that have not passed all their leads, oldest first."""
    statement = select(TriggerFiring).where(col(TriggerFiring.finished_at).is_(None))
    return session.exec(statement.order_by(col(TriggerFiring.due), col(TriggerFiring.trigger_no))).all()


def hold(session: Session, trigger_no: int, due: datetime) -> TriggerFiring | None:
    """An open firing, locked; None when it is finished, or somebody is at it."""
    statement = select(TriggerFiring).where(
        col(TriggerFiring.trigger_no) == trigger_no,
        col(TriggerFiring.due) == due,
        col(TriggerFiring.finished_at).is_(None),
    )
    return session.exec(statement.with_for_update(skip_locked=True)).first()


def trigger_by_number(session: Session, trigger_no: int) -> WorkflowTrigger | None:
    """The trigger of a number."""
    return session.exec(select(WorkflowTrigger).where(col(WorkflowTrigger.trigger_no) == trigger_no)).first()


def first_uses(session: Session, trigger_no: int, signatures: Collection[str], now: datetime) -> set[str]:
    """Note the signatures that webhooks came with; those among them that have not come before."""
    rows = [{"trigger_no": trigger_no, "signature": one, "seen_at": now} for one in sorted(signatures)]
    inserted = insert_many(session, WebhookReplay, rows, ["trigger_no", "signature"])
    return {str(row.signature) for row in inserted}


def forget_signatures(session: Session, before: datetime) -> int:
    """Remove signatures seen before a moment, when their timestamps are long refused; how many there were."""
    return change(session, delete(WebhookReplay).where(col(WebhookReplay.seen_at) < before))


def forget_firings(session: Session, before: datetime) -> int:
    """Remove firings that finished before a moment; how many there were."""
    return change(session, delete(TriggerFiring).where(col(TriggerFiring.finished_at) < before))
