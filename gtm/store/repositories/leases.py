"""Who drives a run: conditional updates on the lease in the run's row, so that of several claims one wins."""

from datetime import datetime, timedelta

from sqlalchemy import Update, or_, update
from sqlmodel import Session, col, select

from gtm.domain.errors import LeaseHeld, NotFound
from gtm.store.models.runs import Run
from gtm.store.repositories.statements import change

GOING_ON = ("created", "running", "waiting_approval")
"""What a run is called that needs no person but for a decision."""


def claim_lease(session: Session, run_id: str, owner: str, now: datetime, seconds: int) -> None:
    """Take the run's lease when it is free, expired or one's own.

    Args:
        run_id: the run.
        owner: who claims; unique among living processes.
        now: the aware moment.
        seconds: how long the lease lasts without renewal.

    Raises:
        LeaseHeld: somebody else holds it; `value` is the holder.
        NotFound: there is no such run.
    """
    free = or_(col(Run.lease_owner).is_(None), col(Run.lease_until) <= now, col(Run.lease_owner) == owner)
    statement = update(Run).where(col(Run.run_id) == run_id, free)
    if not _take(session, statement, owner, now, seconds):
        _refuse(session, run_id)


def take_over(session: Session, run_id: str, holder: str, owner: str, now: datetime, seconds: int) -> None:
    """Take the lease from a holder that is known to be dead, unless somebody else was faster.

    Raises:
        LeaseHeld: `holder` does not hold it any more.
        NotFound: there is no such run.
    """
    statement = update(Run).where(col(Run.run_id) == run_id, col(Run.lease_owner) == holder)
    if not _take(session, statement, owner, now, seconds):
        _refuse(session, run_id)


def renew(session: Session, run_id: str, owner: str, now: datetime, seconds: int) -> bool:
    """Hold the lease `seconds` longer; False when it is not this owner's any more."""
    statement = update(Run).where(col(Run.run_id) == run_id, col(Run.lease_owner) == owner)
    return _take(session, statement, owner, now, seconds)


def release(session: Session, run_id: str, owner: str) -> bool:
    """Give the lease back; False when it is not this owner's any more."""
    statement = update(Run).where(col(Run.run_id) == run_id, col(Run.lease_owner) == owner)
    return change(session, statement.values(lease_owner=None, lease_until=None)) == 1


def leave_with(session: Session, run_id: str, owner: str, keeper: str, now: datetime, seconds: int) -> bool:
    """Pass the lease on to who goes on with the run; False when it is not this owner's, or nobody is to go on."""
    statement = update(Run).where(
        col(Run.run_id) == run_id, col(Run.lease_owner) == owner, col(Run.status).in_(GOING_ON)
    )
    return _take(session, statement, keeper, now, seconds)


def fence(session: Session, run_id: str, owner: str, now: datetime) -> None:
    """Make sure, until the end of this transaction, that the run is this owner's to write.

    On PostgreSQL the row stays locked (FOR NO KEY UPDATE, which lets rows that refer to the run be inserted), so
    nobody takes the lease over in between; on SQLite there is one writer. An owner whose lease ran out keeps the run
    for as long as nobody else has claimed it.

    Raises:
        LeaseHeld: somebody else drives the run, or nobody does.
        NotFound: there is no such run.
    """
    query = select(Run).where(Run.run_id == run_id).with_for_update(key_share=True)
    row = session.exec(query, execution_options={"populate_existing": True}).first()
    if row is None:
        raise _unknown(run_id)
    if row.lease_owner != owner:
        raise _held(row, lost=True, now=now)


def _take(session: Session, statement: Update, owner: str, now: datetime, seconds: int) -> bool:
    until = now + timedelta(seconds=seconds)
    return change(session, statement.values(lease_owner=owner, lease_until=until)) == 1


def _refuse(session: Session, run_id: str) -> None:
    row = session.get(Run, run_id, populate_existing=True)
    if row is None:
        raise _unknown(run_id)
    raise _held(row)


def _held(row: Run, *, lost: bool = False, now: datetime | None = None) -> LeaseHeld:
    if row.lease_owner is None or row.lease_until is None:
        return LeaseHeld(
            f"nobody holds the lease of run {row.run_id} any more", value="", hint=f"gtm resume {row.run_id}"
        )
    until = row.lease_until.isoformat(timespec="seconds")
    over = " (it has run out)" if now is not None and row.lease_until <= now else ""
    return LeaseHeld(
        f"run {row.run_id} is {'now ' if lost else ''}driven by {row.lease_owner} until {until}{over}",
        field="run",
        value=row.lease_owner,
        hint="wait for it, or look on: gtm status " + row.venture_id,
    )


def _unknown(run_id: str) -> NotFound:
    return NotFound(f"there is no run {run_id!r}", field="run", value=run_id, hint="gtm runs lists them")
