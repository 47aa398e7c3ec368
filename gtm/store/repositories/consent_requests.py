"""Queries on consents that wait for their confirmation."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from gtm.store.models.consent_requests import ConsentRequest


def add(session: Session, request: ConsentRequest) -> None:
    """Store a request, or what became of one."""
    session.add(request)
    session.flush()


def get(session: Session, send_id: str, *, lock: bool = False) -> ConsentRequest | None:
    """A request; with `lock`, as it is now, and nobody else changes it before this transaction ends.

    Whoever locks a request has locked its lead before, so that no two wait for each other.
    """
    return session.get(ConsentRequest, send_id, with_for_update=lock or None, populate_existing=lock)


def remove(session: Session, request: ConsentRequest) -> None:
    """Remove a request."""
    session.delete(request)
    session.flush()


def of_lead(session: Session, lead_id: str) -> Sequence[ConsentRequest]:
    """The requests of a lead, latest first."""
    statement = select(ConsentRequest).where(col(ConsentRequest.lead_id) == lead_id)
    return session.exec(statement.order_by(col(ConsentRequest.asked_at).desc())).all()


def mails_due(session: Session, now: datetime, limit: int) -> Sequence[str]:
    """The sends of requests whose mail is due, oldest first."""
    statement = select(ConsentRequest.send_id).where(
        col(ConsentRequest.mail_at) <= now, col(ConsentRequest.expires_at) > now
    )
    return session.exec(statement.order_by(col(ConsentRequest.mail_at), col(ConsentRequest.send_id)).limit(limit)).all()


def expired(session: Session, now: datetime, limit: int) -> Sequence[ConsentRequest]:
    """The requests whose link works no more, oldest first."""
    statement = select(ConsentRequest).where(col(ConsentRequest.expires_at) <= now)
    ordered = statement.order_by(col(ConsentRequest.expires_at), col(ConsentRequest.send_id))
    return session.exec(ordered.limit(limit)).all()
