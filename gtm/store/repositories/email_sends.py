"""Queries on email_sends: reserved before a send, settled after it, read by conditions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Update, and_, bindparam, exists, insert, literal_column, or_, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import MANUAL, RUNNING, Enrolment
from gtm.store.repositories.among import among

_NO_SYNC = {"synchronize_session": False}
_INSERT = insert(EmailSend)
_FIND = columns(col(EmailSend.send_id)).where(among(col(EmailSend.idempotency_key), "keys")).with_for_update()
# Put together once, as it is asked for each group of mails.
_MARKETING_SINCE = (
    columns(col(EmailSend.lead_id), col(EmailSend.reserved_at))
    .where(
        among(col(EmailSend.lead_id), "people"),
        col(EmailSend.reserved_at) > bindparam("since"),
        col(EmailSend.state).in_(("reserved", "sent", "unknown")),
        col(EmailSend.purpose) == "marketing",
    )
    .order_by(col(EmailSend.reserved_at).desc())
)
# In the words of the index ix_email_sends_doubt: bound parameters would keep the planner from it.
_IN_DOUBT = or_(
    col(EmailSend.state) == literal_column("'unknown'"),
    and_(col(EmailSend.state) == literal_column("'sent'"), col(EmailSend.refusal_reason) != literal_column("''")),
)
# By the clock at which somebody first wondered: what an older reservation says may be of before the clock was set.
_in_doubt_since = func.coalesce(col(EmailSend.doubted_at), col(EmailSend.reserved_at))


def find_sends(session: Session, keys: Collection[str]) -> dict[str, EmailSend]:
    """The sends of idempotency keys, by key, locked for the rest of the transaction where the database can."""
    found = session.connection().execute(_FIND, {"keys": keys}).scalars().all()
    # Most are new. Rows of the session are worth their time where there is one to be changed.
    rows = session.exec(select(EmailSend).where(col(EmailSend.send_id).in_(found))) if found else ()
    return {send.idempotency_key: send for send in rows}


@dataclass(frozen=True, slots=True)
class Reservation:
    """A send that is reserved, as much of it as handing it over takes.

    Attributes:
        attempts: how often it was reserved to be handed over, this time included.
    """

    send_id: str
    purpose: str
    attempts: int


def reserve(session: Session, fresh: Sequence[Mapping[str, object]], known: Collection[EmailSend]) -> None:
    """Write reservations; a second row under one key is refused by the database.

    Args:
        fresh: the columns of new ones, the same of each.
        known: what stands already, changed.
    """
    session.add_all(known)
    session.flush()
    if fresh:
        session.connection().execute(_INSERT, fresh)


@dataclass(frozen=True)
class Settlement:
    """What became of a reservation, as its owner knows it: the columns to write. Written when it is called."""

    send_id: str
    owner: str
    values: Mapping[str, object]

    def __call__(self, session: Session) -> None:
        settle(session, [self])


def settle(session: Session, settlements: Iterable[Settlement]) -> None:
    """Write what became of reservations, each as its owner; one that was found `unknown` may still be settled."""
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for one in settlements:
        named = {f"new_{name}": value for name, value in one.values.items()}
        alike.setdefault(tuple(one.values), []).append({"its_id": one.send_id, "its_owner": one.owner, **named})
    for names, rows in alike.items():
        session.connection().execute(_settlement(names), rows)


@lru_cache(maxsize=32)
def _settlement(names: tuple[str, ...]) -> Update:
    """The statement of a settlement, once for each set of columns: to put it together takes longer than to run it."""
    return (
        update(EmailSend)
        .where(
            col(EmailSend.send_id) == bindparam("its_id"),
            col(EmailSend.owner) == bindparam("its_owner"),
            # No list of states: a statement for many rows takes none.
            or_(col(EmailSend.state) == "reserved", col(EmailSend.state) == "unknown"),
        )
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def renew(session: Session, send_ids: Collection[str], owner: str, now: datetime) -> frozenset[str]:
    """Those of an owner's reservations that still stand, with their enrolments in its claim; as if reserved now."""
    held = exists().where(
        col(Enrolment.enrolment_no) == col(EmailSend.enrolment_no),
        col(Enrolment.owner) == owner,
        col(Enrolment.status) == RUNNING,
    )
    statement = (
        update(EmailSend)
        .where(
            col(EmailSend.send_id).in_(send_ids),
            col(EmailSend.owner) == owner,
            col(EmailSend.state) == "reserved",
            held,
        )
        .values(reserved_at=now)
        .returning(col(EmailSend.send_id))
    )
    return frozenset(session.exec(statement, execution_options=_NO_SYNC).scalars())


def give_back(session: Session, send_id: str, owner: str, attempts: int, why: str) -> bool:
    """A reservation was certainly not used, as its owner knows; one that somebody else found in doubt stays so."""
    result = session.exec(
        update(EmailSend)
        .where(col(EmailSend.send_id) == send_id, col(EmailSend.owner) == owner, col(EmailSend.state) == "reserved")
        .values(state="failed", refusal_reason=why, attempts=attempts),
        execution_options=_NO_SYNC,
    )
    return result.rowcount == 1


def doubt(session: Session, enrolment_no: int, owner: str, why: str, now: datetime) -> None:
    """What an owner reserved for an enrolment, and could not settle, is unknown from now on."""
    session.exec(
        update(EmailSend)
        .where(
            col(EmailSend.enrolment_no) == enrolment_no,
            col(EmailSend.owner) == owner,
            col(EmailSend.state) == "reserved",
        )
        .values(state="unknown", delivery_status="unknown", refusal_reason=why, doubted_at=now),
        execution_options=_NO_SYNC,
    )


def sends_of(session: Session, enrolment_nos: Collection[int]) -> dict[int, list[EmailSend]]:
    """The sends of enrolments, by enrolment, in the order they were reserved."""
    statement = select(EmailSend).where(col(EmailSend.enrolment_no).in_(enrolment_nos))
    found: dict[int, list[EmailSend]] = {}
    for send in session.exec(statement.order_by(col(EmailSend.reserved_at), col(EmailSend.email_number))):
        found.setdefault(send.enrolment_no, []).append(send)
    return found


def unopened(session: Session, enrolment_nos: Collection[int]) -> Sequence[EmailSend]:
    """The sends of these enrolments that reached their person and were not opened, in the order they were sent."""
    statement = select(EmailSend).where(
        col(EmailSend.enrolment_no).in_(enrolment_nos),
        col(EmailSend.sent_at).is_not(None),
        col(EmailSend.opened_at).is_(None),
    )
    return session.exec(statement.order_by(col(EmailSend.sent_at), col(EmailSend.send_id))).all()


def record_open(session: Session, message_id: str, at: datetime) -> bool:
    """Note the first open of a sent message; False when there is no such message or it was open before."""
    return _record_first(session, message_id, "opened_at", at)


def record_click(session: Session, message_id: str, at: datetime) -> bool:
    """Note the first click in a sent message; False when there is no such message or it was clicked before."""
    return _record_first(session, message_id, "clicked_at", at)


def _record_first(session: Session, message_id: str, column: str, at: datetime) -> bool:
    result = session.exec(
        update(EmailSend)
        .where(
            col(EmailSend.message_id) == message_id,
            col(EmailSend.state) == "sent",
            col(getattr(EmailSend, column)).is_(None),
        )
        .values({column: at}),
        execution_options=_NO_SYNC,
    )
    return result.rowcount > 0


def in_flight(session: Session, venture_id: str, workflow_id: str | None = None) -> int:
    """How many sends of a venture, or of one workflow of it, are reserved and not settled."""
    statement = select(func.count()).select_from(EmailSend)
    statement = statement.where(col(EmailSend.venture_id) == venture_id, col(EmailSend.state) == "reserved")
    if workflow_id is not None:
        statement = statement.where(col(EmailSend.workflow_id) == workflow_id)
    return session.exec(statement).one()


def get_send(session: Session, send_id: str) -> EmailSend | None:
    """A send."""
    return session.get(EmailSend, send_id)


def by_message(session: Session, message_id: str) -> EmailSend | None:
    """The send that carries a Message-ID (with angle brackets)."""
    return session.exec(select(EmailSend).where(col(EmailSend.message_id) == message_id)).first()


def in_doubt(session: Session, before: datetime, limit: int) -> Sequence[EmailSend]:
    """Sends of enrolments that wait for a person, whose fate is unknown or was found out late; oldest first.

    Args:
        before: those reserved, and found in doubt, before this moment; a younger one may still be on its way.
        limit: how many at most.
    """
    statement = (
        select(EmailSend)
        .join(Enrolment, col(Enrolment.enrolment_no) == col(EmailSend.enrolment_no))
        .where(_IN_DOUBT, col(Enrolment.status) == MANUAL, _in_doubt_since < before)
        .order_by(col(EmailSend.reserved_at), col(EmailSend.send_id))
    )
    return session.exec(statement.limit(limit)).all()


def marketing_since(session: Session, lead_ids: Collection[str], since: datetime) -> dict[str, list[datetime]]:
    """When each of these people was last sent marketing mail, latest first; sends that may have gone out count."""
    found: dict[str, list[datetime]] = {}
    rows = session.connection().execute(_MARKETING_SINCE, {"people": lead_ids, "since": since})
    for lead_id, at in rows:
        found.setdefault(lead_id, []).append(at)
    return found
