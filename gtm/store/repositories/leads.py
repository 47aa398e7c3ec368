"""Queries on leads and the suppression list."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import bindparam, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, func, select

from gtm.domain.enrolment import Lead
from gtm.domain.errors import InvalidInput, NotFound
from gtm.domain.faults import plainly
from gtm.store.models.automation import LeadRow, Suppression
from gtm.store.repositories import personal
from gtm.store.repositories.among import among

_FIELDS = tuple(Lead.model_fields)
_LEADS = SQLModel.metadata.tables["leads"].c
_BY_NUMBER = select_columns(_LEADS["lead_no"], *(_LEADS[name] for name in _FIELDS)).where(
    among(_LEADS["lead_no"], "numbers")
)
"""Plain rows: a worker reads hundreds at a time, and changes none of them."""


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


def add_many(session: Session, people: Sequence[Lead], now: datetime) -> dict[str, int]:
    """Insert leads in one statement, leaving out addresses that their venture has already.

    Args:
        session: the transaction.
        people: leads of different addresses.
        now: the aware moment.

    Returns:
        The numbers of those that are new, by address.
    """
    if not people:
        return {}
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    statement = insert(LeadRow).on_conflict_do_nothing().returning(col(LeadRow.email), col(LeadRow.lead_no))
    rows = [{**lead.model_dump(mode="json"), "created_at": now, "own_writes": 1} for lead in people]
    inserted = session.connection().execute(statement, rows)
    return {str(email): int(number or 0) for email, number in inserted}


def of_reference(session: Session, ref: str, venture_id: str | None) -> Lead:
    """The lead that a person means by an id, or by an address together with its venture.

    Raises:
        InvalidInput: an address without a venture.
        NotFound: there is no such lead, or it is another venture's.
    """
    if "@" not in ref:
        lead = get_lead(session, ref)
        if venture_id is not None and lead.venture_id != venture_id:
            raise NotFound("the lead belongs to another venture", field="LEAD", value=ref)
        return lead
    if venture_id is None:
        raise InvalidInput("an address is looked for in one venture", field="--venture", allowed="a venture's id")
    found = find_by_email(session, venture_id, ref.strip().lower(), is_test=False)
    if found is None:
        raise NotFound(f"{venture_id} has no lead of that address", field="LEAD", value=ref)
    return found


def count_between(session: Session, venture_id: str, first: int, last: int) -> int:
    """How many leads of a venture have a number from first to last."""
    return session.exec(
        select(func.count())
        .select_from(LeadRow)
        .where(col(LeadRow.venture_id) == venture_id, col(LeadRow.lead_no) >= first, col(LeadRow.lead_no) <= last)
    ).one()


def created_at(session: Session, lead_id: str) -> datetime:
    """When a lead was stored."""
    return session.exec(select(LeadRow.created_at).where(col(LeadRow.lead_id) == lead_id)).one()


def find_by_email(session: Session, venture_id: str, email: str, *, is_test: bool) -> Lead | None:
    """The venture's lead of that address."""
    statement = select(LeadRow).where(
        col(LeadRow.venture_id) == venture_id, col(LeadRow.email) == email, col(LeadRow.is_test) == is_test
    )
    row = session.exec(statement).first()
    return _lead(row) if row else None


def find_by_emails(session: Session, venture_id: str, emails: Collection[str]) -> dict[str, Lead]:
    """The venture's real leads of these addresses, by address."""
    statement = select(LeadRow).where(
        col(LeadRow.venture_id) == venture_id, col(LeadRow.email).in_(emails), col(LeadRow.is_test).is_(False)
    )
    return {row.email: _lead(row) for row in session.exec(statement)}


def lock_many(session: Session, lead_ids: Collection[str]) -> dict[str, Lead | str]:
    """Leads by their ids, whom nobody else changes before this transaction ends; see `by_number`."""
    statement = select(LeadRow).where(col(LeadRow.lead_id).in_(lead_ids)).order_by(col(LeadRow.lead_no))
    rows = session.exec(statement.with_for_update(), execution_options={"populate_existing": True})
    return {row.lead_id: _sound(_fields(row)) for row in rows}


def get_lead(session: Session, lead_id: str, *, lock: bool = False) -> Lead:
    """A lead; with `lock`, nobody else changes it before this transaction ends.

    Raises:
        NotFound: there is none.
    """
    statement = select(LeadRow).where(col(LeadRow.lead_id) == lead_id)
    row = session.exec(
        statement.with_for_update() if lock else statement, execution_options={"populate_existing": lock}
    ).first()
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


def by_number(session: Session, numbers: Collection[int]) -> dict[int, Lead | str]:
    """Leads by their numbers; in place of one whose row, written by somebody else, is not sound, what is wrong."""
    try:
        rows = session.connection().execute(_BY_NUMBER, {"numbers": numbers})
        return {number: _sound(dict(zip(_FIELDS, row, strict=True))) for number, *row in rows}
    except ValueError as error:
        # On SQLite a text that is no JSON breaks the whole query: each is then read by itself.
        if len(numbers) == 1:
            return dict.fromkeys(numbers, f"the row of the lead cannot be read: {error}")
        return {number: lead for one in numbers for number, lead in by_number(session, [one]).items()}


def _sound(row: dict[str, Any]) -> Lead | str:
    try:
        return Lead.model_validate(row)
    except ValidationError as error:
        return f"the row of {row['lead_id']} is not sound: {'; '.join(plainly(error))}"


def save_lead(session: Session, lead: Lead) -> int:
    """Write a lead's present values; which change of theirs by this application it is, counted from their arrival.

    Raises:
        NotFound: there is no such lead.
    """
    row = session.exec(select(LeadRow).where(col(LeadRow.lead_id) == lead.lead_id).with_for_update()).first()
    if row is None:
        raise NotFound("there is no such lead", field="lead_id", value=lead.lead_id)
    for name, value in lead.model_dump(mode="json", exclude={"lead_id", "venture_id"}).items():
        setattr(row, name, value)
    row.own_writes += 1
    session.add(row)
    session.flush()
    return row.own_writes


def save_many(session: Session, people: Sequence[Lead]) -> None:
    """Write the present values of leads whom this transaction holds."""
    if not people:
        return
    table = SQLModel.metadata.tables["leads"]
    statement = update(table).where(table.c.lead_id == bindparam("of_lead")).values(own_writes=table.c.own_writes + 1)
    rows = [one.model_dump(mode="json", exclude={"lead_id", "venture_id"}) | {"of_lead": one.lead_id} for one in people]
    session.connection().execute(statement, rows)


def suppress(session: Session, venture_id: str, email: str, reason: str, now: datetime) -> None:
    """Put an address on the venture's suppression list; one that is there stays with its first reason."""
    if session.get(Suppression, (venture_id, email)) is None:
        session.add(Suppression(venture_id=venture_id, email=email, reason=reason, created_at=now))
        session.flush()


_SUPPRESSED = select_columns(col(Suppression.email), col(Suppression.reason)).where(
    col(Suppression.venture_id) == bindparam("venture_id"),
    among(col(Suppression.email), "emails"),
)


def suppressed(session: Session, venture_id: str, emails: Collection[str]) -> dict[str, str]:
    """The addresses among these that the venture must not write to, with the reason of each; of people who were erased
    the address is known by its hash alone."""
    rows = session.connection().execute(_SUPPRESSED, {"venture_id": venture_id, "emails": emails})
    listed = {row.email: row.reason for row in rows}
    return personal.erased(session, venture_id, emails) | listed


def suppressed_since(session: Session, venture_id: str, email: str) -> datetime | None:
    """When an address was put on the suppression list."""
    row = session.get(Suppression, (venture_id, email))
    return row.created_at if row else None


def _lead(row: LeadRow) -> Lead:
    return Lead.model_validate(_fields(row))


def _fields(row: LeadRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS}


def list_leads(session: Session, venture_id: str, *, is_test: bool) -> list[Lead]:
    """A venture's leads in order of id."""
    statement = select(LeadRow).where(col(LeadRow.venture_id) == venture_id, col(LeadRow.is_test) == is_test)
    return [_lead(row) for row in session.exec(statement.order_by(col(LeadRow.lead_id)))]
