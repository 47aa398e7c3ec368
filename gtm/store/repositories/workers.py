"""Worker processes: each tells every few seconds that it lives."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from gtm.domain.base import Model
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.models.running import WorkerRow
from gtm.store.repositories.statements import change, insert_missing


class WorkerInfo(Model):
    """A worker as it tells of itself.

    Attributes:
        name: unlike that of any other process.
        embedded: whether it runs inside `gtm serve`.
    """

    name: str
    host: str
    pid: int
    embedded: bool = False


def beat(session: Session, worker: WorkerInfo, now: datetime, lost_after: timedelta, moved: int) -> None:
    """Write that a worker lives; the first time, that it has begun.

    Args:
        session: the transaction.
        worker: which one.
        now: the aware moment.
        lost_after: how long without a further word it counts as living.
        moved: enrolments it has moved so far.
    """
    fresh = {"started_at": now, "seen_at": now, "lost_at": now + lost_after, "moved": moved}
    if not insert_missing(session, WorkerRow, {**worker.model_dump(), **fresh}, ["name"]):
        values = {"seen_at": now, "lost_at": now + lost_after, "moved": moved, "stopped_at": None}
        change(session, update(WorkerRow).where(col(WorkerRow.name) == worker.name).values(**values))


def stop(session: Session, name: str, now: datetime, moved: int) -> None:
    """Write that a worker has ended of its own will."""
    values = {"stopped_at": now, "seen_at": now, "moved": moved}
    change(session, update(WorkerRow).where(col(WorkerRow.name) == name).values(**values))


def living(session: Session, now: datetime) -> Sequence[WorkerRow]:
    """Workers that have been heard of lately and have not stopped, by name."""
    statement = select(WorkerRow).where(col(WorkerRow.stopped_at).is_(None), col(WorkerRow.lost_at) > now)
    return session.exec(statement.order_by(col(WorkerRow.name))).all()


def lost(session: Session, now: datetime) -> Sequence[WorkerRow]:
    """Workers that went silent without having stopped, by name."""
    statement = select(WorkerRow).where(col(WorkerRow.stopped_at).is_(None), col(WorkerRow.lost_at) <= now)
    return session.exec(statement.order_by(col(WorkerRow.name))).all()


def active_workflows(session: Session) -> int:
    """How many workflows are active, and so need a worker."""
    statement = select(func.count()).select_from(AutomationWorkflow)
    return session.exec(statement.where(col(AutomationWorkflow.status) == "active")).one()


def forget(session: Session, before: datetime) -> int:
    """Remove workers that were last seen before a moment; how many there were."""
    return change(session, delete(WorkerRow).where(col(WorkerRow.seen_at) < before))
