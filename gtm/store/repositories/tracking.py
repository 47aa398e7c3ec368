"""Queries on tracked links and on what was opened and clicked."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from gtm.store.models.automation import EmailSend
from gtm.store.models.tracking import TrackedLink, TrackingEvent
from gtm.store.repositories.among import among
from gtm.store.repositories.statements import change, insert_missing


def link_numbers(session: Session, targets: Collection[str]) -> dict[str, int]:
    """The numbers of these targets; those not stored yet are stored."""
    by_digest = {_digest(target): target for target in targets}
    found = _numbers(session, by_digest)
    missing = [digest for digest in by_digest if by_digest[digest] not in found]
    for digest in sorted(missing):
        insert_missing(session, TrackedLink, {"digest": digest, "target": by_digest[digest]}, ["digest"])
    return found | _numbers(session, {digest: by_digest[digest] for digest in missing}) if missing else found


_NUMBERS = select(TrackedLink.digest, TrackedLink.link_no).where(among(col(TrackedLink.digest), "digests"))


def _numbers(session: Session, by_digest: dict[str, str]) -> dict[str, int]:
    rows = session.connection().execute(_NUMBERS, {"digests": by_digest})
    return {by_digest[digest]: int(number or 0) for digest, number in rows}


def _digest(target: str) -> str:
    return hashlib.sha256(target.encode()).hexdigest()


def target_of(session: Session, link_no: int) -> str | None:
    """Where a link leads."""
    return session.exec(select(TrackedLink.target).where(col(TrackedLink.link_no) == link_no)).first()


def add_event(session: Session, event: TrackingEvent) -> None:
    """Keep an event as it came in."""
    session.add(event)
    session.flush()


def events_of(session: Session, send_id: str) -> Sequence[TrackingEvent]:
    """Everything that came in for a send, in order."""
    statement = select(TrackingEvent).where(col(TrackingEvent.send_id) == send_id)
    return session.exec(statement.order_by(col(TrackingEvent.at), col(TrackingEvent.event_no))).all()


def mark_machine(session: Session, event_nos: Collection[int], why: str) -> None:
    """Say of events that no person was behind them."""
    change(session, update(TrackingEvent).where(col(TrackingEvent.event_no).in_(event_nos)).values(machine=why))


def set_first(session: Session, send_id: str, opened_at: datetime | None, clicked_at: datetime | None) -> None:
    """Write when a person first opened and first clicked a mail."""
    change(
        session,
        update(EmailSend).where(col(EmailSend.send_id) == send_id).values(opened_at=opened_at, clicked_at=clicked_at),
    )


def lock_send(session: Session, send_id: str) -> EmailSend | None:
    """A send, held for the rest of the transaction, so that its events are judged one after the other."""
    return session.exec(select(EmailSend).where(col(EmailSend.send_id) == send_id).with_for_update()).first()
