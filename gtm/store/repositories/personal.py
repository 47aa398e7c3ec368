"""Everything the store holds of one person: one list of tables for export and for erasure, so that they cannot differ.

The list is read from the models: a table that comes to speak of leads is exported and erased with the others.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, delete
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from gtm.domain.enrolment import Lead
from gtm.store.models.automation import EmailSend, Suppression
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.erasures import ErasedAddress, ErasureSalt
from gtm.store.repositories.among import among
from gtm.store.repositories.statements import insert_missing

KEYS = ("lead_id", "lead_no", "enrolment_no", "send_id", "idempotency_key", "message_id", "email")
"""The columns by which a row belongs to a person; of a table that has several, the first counts."""

_NO_PERSONS = frozenset({"trigger_firings"})
"""Tables with such a column that hold no rows of single people: a schedule's `lead_no` says how far it has come."""

Identity = Mapping[str, Collection[Any]]


def tables_of_people() -> dict[str, str]:
    """Every table that holds rows of single people, with the column by which they are found."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        key = next((name for name in KEYS if name in table.columns), None)
        if key is not None and table.name not in _NO_PERSONS:
            found[table.name] = key
    return found


def identity(session: Session, lead: Lead, lead_no: int) -> Identity:
    """Every value by which rows may belong to a lead."""
    enrolments = list(session.exec(select(Enrolment.enrolment_no).where(col(Enrolment.lead_no) == lead_no)))
    sends = session.exec(
        select(EmailSend.send_id, EmailSend.idempotency_key, EmailSend.message_id).where(
            col(EmailSend.lead_id) == lead.lead_id
        )
    ).all()
    return {
        "lead_id": [lead.lead_id],
        "lead_no": [lead_no],
        "enrolment_no": enrolments,
        "send_id": [send_id for send_id, _, _ in sends],
        "idempotency_key": [key for _, key, _ in sends],
        "message_id": [message_id for _, _, message_id in sends if message_id],
        "email": [lead.email],
    }


def rows_of(session: Session, lead: Lead, known: Identity) -> dict[str, list[dict[str, Any]]]:
    """Every row of a person by table; tables without any are left out."""
    found = {}
    for table, where in _places(lead, known):
        rows = [dict(row) for row in session.connection().execute(select_columns(table).where(*where)).mappings()]
        if rows:
            found[table.name] = rows
    return found


def remove(session: Session, lead: Lead, known: Identity) -> dict[str, int]:
    """Delete every row of a person; how many of each table."""
    removed = {}
    for table, where in reversed(list(_places(lead, known))):
        if count := session.connection().execute(delete(table).where(*where)).rowcount:
            removed[table.name] = count
    session.expire_all()
    return removed


def _places(lead: Lead, known: Identity) -> Iterator[tuple[Table, list[ColumnElement[bool]]]]:
    for name, key in tables_of_people().items():
        table = SQLModel.metadata.tables[name]
        values = list(known[key])
        if not values:
            continue
        where: list[ColumnElement[bool]] = [table.c[key].in_(values)]
        if key == "email" and "venture_id" in table.columns:
            where.append(table.c.venture_id == lead.venture_id)
        yield table, where


def keep_suppressed(session: Session, lead: Lead, now: datetime) -> str:
    """Note an address that is being erased as suppressed, by its hash alone; the reason that stands from now on."""
    before = session.get(Suppression, (lead.venture_id, lead.email))
    reason = f"erased ({before.reason})"[:40] if before else "erased"
    row = {
        "venture_id": lead.venture_id,
        "address_hash": _hash(_salt(session, lead.venture_id), lead.email),
        "reason": reason,
        "erased_at": now,
    }
    insert_missing(session, ErasedAddress, row, ["venture_id", "address_hash"])
    return reason


_KEPT_SALT = select(ErasureSalt.salt).where(col(ErasureSalt.venture_id) == bindparam("venture_id"))
_ERASED = select(ErasedAddress.address_hash, ErasedAddress.reason).where(
    col(ErasedAddress.venture_id) == bindparam("venture_id"), among(col(ErasedAddress.address_hash), "hashes")
)


def erased(session: Session, venture_id: str, emails: Iterable[str]) -> dict[str, str]:
    """The addresses among these that were erased and are to stay suppressed, each with its reason."""
    connection = session.connection()
    kept = connection.execute(_KEPT_SALT, {"venture_id": venture_id}).scalar()
    if kept is None:
        return {}
    hashes = {_hash(kept, email): email for email in emails}
    rows = connection.execute(_ERASED, {"venture_id": venture_id, "hashes": hashes})
    return {hashes[digest]: reason for digest, reason in rows}


def _salt(session: Session, venture_id: str) -> str:
    fresh = {"venture_id": venture_id, "salt": secrets.token_hex(32)}
    insert_missing(session, ErasureSalt, fresh, ["venture_id"])
    return session.exec(select(ErasureSalt.salt).where(col(ErasureSalt.venture_id) == venture_id)).one()


def _hash(salt: str, email: str) -> str:
    return hmac.new(bytes.fromhex(salt), email.encode(), hashlib.sha256).hexdigest()
