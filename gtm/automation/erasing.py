"""A person's rights: everything stored of them as JSON (GDPR, article 15 and 20), and erasure (article 17)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from gtm.domain.base import Model
from gtm.domain.enrolment import Lead
from gtm.store.repositories import leads, logs, personal


class Erased(Model):
    """What an erasure removed, by table, and as what the address stays suppressed; empty where it does not."""

    lead_id: str
    venture_id: str
    removed: dict[str, int]
    suppressed: str


def export_person(session: Session, lead: Lead, now: datetime) -> dict[str, Any]:
    """Everything the store holds of a person, as values that JSON can hold.

    Args:
        session: where to read.
        lead: the person.
        now: the aware moment of the export.
    """
    known = personal.identity(session, lead, leads.lead_number(session, lead.lead_id))
    rows = personal.rows_of(session, lead, known)
    return {
        "lead_id": lead.lead_id,
        "venture_id": lead.venture_id,
        "exported_at": now.isoformat(),
        "stored": {
            table: [{name: _plain(value) for name, value in row.items()} for row in found]
            for table, found in rows.items()
        },
    }


def erase_person(session: Session, lead: Lead, who: str, now: datetime) -> Erased:
    """Remove a person and what was written to them; their address stays suppressed, known by a salted hash alone.

    Their ways through workflows end with them: a worker that is at one finds its claim gone. The audit log keeps who
    erased whom by id, and counts, but nothing that tells who that was.

    Args:
        session: the transaction.
        lead: the person.
        who: who erases.
        now: the aware moment.
    """
    return _erase(session, lead, f"person:{who}", personal.keep_suppressed(session, lead, now), now)


def erase_unconfirmed(session: Session, lead: Lead, now: datetime) -> Erased:
    """Remove a person who never confirmed that the address is theirs, with all that was entered for it.

    A stranger may have entered it: its owner may come back, so it is suppressed only if it was before.

    Args:
        session: the transaction.
        lead: the person.
        now: the aware moment.
    """
    before = leads.suppressed(session, lead.venture_id, [lead.email])
    reason = personal.keep_suppressed(session, lead, now) if before else ""
    return _erase(session, lead, "upkeep:unconfirmed", reason, now)


def _erase(session: Session, lead: Lead, actor: str, suppressed: str, now: datetime) -> Erased:
    known = personal.identity(session, lead, leads.lead_number(session, lead.lead_id))
    removed = personal.remove(session, lead, known)
    logs.audit(
        session,
        actor=actor,
        action="lead.erased",
        subject=lead.lead_id,
        now=now,
        venture_id=lead.venture_id,
        data={"removed": removed},
    )
    return Erased(lead_id=lead.lead_id, venture_id=lead.venture_id, removed=removed, suppressed=suppressed)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
