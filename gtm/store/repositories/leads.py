"""Queries on leads and the suppression list."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from gtm.domain.enrolment import Lead
from gtm.domain.errors import NotFound
from gtm.store.models.automation import LeadRow, Suppression


def add_lead(session: Session, lead: Lead, now: datetime) -> tuple[Lead, bool]:
    """Insert a lead; an address the venture has already gives the lead that has it.

    Returns:
        The lead as stored, and whether it is new. Of several inserters at once exactly one is told so.
    """
    found = find_by_email(session, lead.venture_id, lead.email, is_test=lead.is_test)
    if found is not None:
        return found, False
    try:
        with session.begin_nested():
            session.add(LeadRow(**lead.model_dump(mode="json"), created_at=now))
    except IntegrityError:
        found = find_by_email(session, lead.venture_id, lead.email, is_test=lead.is_test)
        if found is None:
            raise
        return found, False
    return lead, True


def find_by_email(session: Session, venture_id: str, email: str, *, is_test: bool) -> Lead | None:
    """The venture's lead of that address."""
    statement = select(LeadRow).where(
        col(LeadRow.venture_id) == venture_id, col(LeadRow.email) == email, col(LeadRow.is_test) == is_test
    )
    row = session.exec(statement).first()
    return _lead(row) if row else None


def get_lead(session: Session, lead_id: str) -> Lead:
    """A lead.

    Raises:
        NotFound: there is none.
    """
    row = session.exec(select(LeadRow).where(col(LeadRow.lead_id) == lead_id)).first()
    if row is None:
        raise NotFound("there is no such lead", field="lead_id", value=lead_id)
    return _lead(row)


def lead_number(session: Session, lead_id: str) -> int:
    """A lead's number, which rows of enrolments hold.

    Raises:
        NotFound: there is none.
    """
    number = session.exec(select(LeadRow.lead_no).where(col(LeadRow.lead_id) == lead_id)).first()
    if number is None:
        raise NotFound("there is no such lead", field="lead_id", value=lead_id)
    return number


def by_number(session: Session, numbers: Collection[int]) -> dict[int, Lead]:
    """Leads by their numbers."""
    rows = session.exec(select(LeadRow).where(col(LeadRow.lead_no).in_(numbers)))
    return {int(row.lead_no or 0): _lead(row) for row in rows}


def save_lead(session: Session, lead: Lead) -> None:
    """Write a lead's present values.

    Raises:
        NotFound: there is no such lead.
    """
    row = session.exec(select(LeadRow).where(col(LeadRow.lead_id) == lead.lead_id).with_for_update()).first()
    if row is None:
        raise NotFound("there is no such lead", field="lead_id", value=lead.lead_id)
    for name, value in lead.model_dump(mode="json", exclude={"lead_id", "venture_id"}).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def suppress(session: Session, venture_id: str, email: str, reason: str, now: datetime) -> None:
    """Put an address on the venture's suppression list; one that is there stays with its first reason."""
    if session.get(Suppression, (venture_id, email)) is None:
        session.add(Suppression(venture_id=venture_id, email=email, reason=reason, created_at=now))
        session.flush()


def suppressed(session: Session, venture_id: str, emails: Collection[str]) -> dict[str, str]:
    """The addresses among these that the venture must not write to, with the reason of each."""
    statement = select(Suppression).where(col(Suppression.venture_id) == venture_id, col(Suppression.email).in_(emails))
    return {row.email: row.reason for row in session.exec(statement)}


def _lead(row: LeadRow) -> Lead:
    return Lead.model_validate({name: getattr(row, name) for name in Lead.model_fields})


def list_leads(session: Session, venture_id: str, *, is_test: bool) -> list[Lead]:
    """A venture's leads in order of id."""
    statement = select(LeadRow).where(col(LeadRow.venture_id) == venture_id, col(LeadRow.is_test) == is_test)
    return [_lead(row) for row in session.exec(statement.order_by(col(LeadRow.lead_id)))]
