"""Whose turn an upkeep task is: conditional updates on its row, so that of several workers one does it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from gtm.store.models.enrolments import RUNNING, Enrolment
from gtm.store.models.running import UpkeepTask
from gtm.store.repositories.statements import change, insert_missing


def list_tasks(session: Session) -> Sequence[UpkeepTask]:
    """Every task that was ever done, by name."""
    return session.exec(select(UpkeepTask).order_by(col(UpkeepTask.task))).all()


def is_free(row: UpkeepTask | None, now: datetime, *, early: bool = False) -> bool:
    """Whether a task may be taken: due (or wanted early), and nobody is at it."""
    if row is None:
        return True
    return (early or row.next_at <= now) and (row.lease_until is None or row.lease_until <= now)


def take(session: Session, task: str, owner: str, now: datetime, until: datetime, *, early: bool = False) -> bool:
    """Take a task that is due and that nobody is at; whether it is ours.

    Args:
        session: the transaction.
        task: its name.
        owner: who takes it.
        now: the aware moment.
        until: when somebody else may take it, should this owner not report.
        early: take it although its interval has not passed: there is work for it.
    """
    insert_missing(session, UpkeepTask, {"task": task, "next_at": now}, ["task"])
    free = [or_(col(UpkeepTask.lease_until).is_(None), col(UpkeepTask.lease_until) <= now)]
    if not early:
        free.append(col(UpkeepTask.next_at) <= now)
    statement = update(UpkeepTask).where(col(UpkeepTask.task) == task, *free)
    return change(session, statement.values(owner=owner, lease_until=until)) == 1


def settle(
    session: Session,
    task: str,
    owner: str,
    now: datetime,
    next_at: datetime,
    *,
    report: Mapping[str, Any] | None = None,
    error: str | None = None,
) -> bool:
    """Write what a task reported and let it go; False when somebody else has taken it over."""
    statement = update(UpkeepTask).where(col(UpkeepTask.task) == task, col(UpkeepTask.owner) == owner)
    values = {"owner": None, "lease_until": None, "ran_at": now, "next_at": next_at, "error": error}
    return change(session, statement.values(**values, **({"report": dict(report)} if report is not None else {}))) == 1


def release(session: Session, owners: Collection[str]) -> int:
    """Let go what workers that are gone were at, so that it is done anew at once; how many tasks."""
    statement = update(UpkeepTask).where(col(UpkeepTask.owner).in_(owners))
    return change(session, statement.values(owner=None, lease_until=None))


def running_past(session: Session, moment: datetime) -> int:
    """How many enrolments are claimed under a lease that ran out before a moment."""
    statement = select(func.count()).select_from(Enrolment)
    return session.exec(statement.where(col(Enrolment.status) == RUNNING, col(Enrolment.lease_until) < moment)).one()
