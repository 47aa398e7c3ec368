"""Leads that others wrote, as the database's triggers noted them."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from gtm.domain.enrolment import Lead
from gtm.store.models.running import LeadOutbox

_FIELDS = frozenset(Lead.model_fields)


@dataclass(frozen=True)
class LeadChange:
    """One write of somebody else: the row's values before (None when it is new) and after, not yet checked."""

    event_no: int
    lead_no: int
    was: dict[str, object] | None
    became: dict[str, object]


def waiting(session: Session) -> bool:
    """Whether there is anything to heed."""
    return session.exec(select(LeadOutbox.event_no).limit(1)).first() is not None


def take(session: Session, limit: int) -> list[LeadChange]:
    """Take the oldest changes out of the outbox: they are gone when this transaction commits, and back when it fails.

    Changes that another transaction is taking are left to it.

    Args:
        session: the transaction in which they are heeded.
        limit: how many at most.
    """
    statement = select(LeadOutbox).order_by(col(LeadOutbox.event_no)).limit(limit).with_for_update(skip_locked=True)
    rows = session.exec(statement).all()
    changes = [
        LeadChange(int(row.event_no or 0), row.lead_no, _fields(row.was) if row.was else None, _fields(row.became))
        for row in rows
    ]
    session.exec(
        delete(LeadOutbox).where(col(LeadOutbox.event_no).in_([change.event_no for change in changes])),
        execution_options={"synchronize_session": False},
    )
    session.expunge_all()
    return changes


def _fields(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name in _FIELDS}
