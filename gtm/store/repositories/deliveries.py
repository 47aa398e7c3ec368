"""What the guards at dispatch ask: pauses, audiences, caps, reached goals, and the day's counters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, update
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func

from gtm.domain.vocabulary import Audience, audience_of
from gtm.store.models.automation import AutomationWorkflow, LeadRow
from gtm.store.models.deliveries import DeliveryCount
from gtm.store.models.enrolments import FINISHED, Enrolment
from gtm.store.models.ventures import Venture
from gtm.store.repositories.among import among
from gtm.store.repositories.statements import insert_missing


@dataclass(frozen=True)
class Standing:
    """Whether a workflow's mail may go out as far as pauses are concerned.

    Attributes:
        status: of the workflow; `gone` when there is none.
        venture_paused: why its venture is paused, or None.
        audience: of its venture; None when the venture is not known here.
    """

    status: str
    venture_paused: str | None = None
    audience: Audience | None = None


GONE = Standing("gone")


@dataclass(frozen=True, slots=True)
class Count:
    """What was sent and put off in a scope on a day, before the group that is judged."""

    scope: str
    sent: int
    deferred: int


_COUNTS = (
    columns(col(DeliveryCount.scope), col(DeliveryCount.sent), col(DeliveryCount.deferred))
    .where(among(col(DeliveryCount.scope), "scopes"), col(DeliveryCount.day) == bindparam("day"))
    .order_by(col(DeliveryCount.scope))
    .with_for_update()
)
_ADD = (
    update(DeliveryCount)
    .where(col(DeliveryCount.scope) == bindparam("its_scope"), col(DeliveryCount.day) == bindparam("its_day"))
    .values(sent=col(DeliveryCount.sent) + bindparam("more"), deferred=col(DeliveryCount.deferred) + bindparam("later"))
)


_STANDING = columns(
    col(AutomationWorkflow.workflow_id),
    col(AutomationWorkflow.status),
    col(Venture.paused_at),
    col(Venture.paused_reason),
    col(Venture.segment_type),
).join(Venture, col(Venture.venture_id) == col(AutomationWorkflow.venture_id), isouter=True)
_STANDINGS = _STANDING.where(among(col(AutomationWorkflow.workflow_id), "workflow_ids")).with_for_update(
    read=True, of=AutomationWorkflow
)
_STANDING_OF_ONE = _STANDING.where(col(AutomationWorkflow.workflow_id) == bindparam("workflow_id"))


def standings(session: Session, workflow_ids: Collection[str]) -> dict[str, Standing]:
    """How workflows and their ventures stand, locked against a pause for the rest of this transaction, where the
    database can.

    Args:
        workflow_ids: those of a group.
    """
    rows = session.connection().execute(_STANDINGS, {"workflow_ids": workflow_ids})
    return {row.workflow_id: _standing(*row) for row in rows}


def standing_now(connection: Connection, workflow_id: str) -> Standing:
    """How a workflow and its venture stand at this moment; a pause may follow at once.

    Asked of the driver itself, as it is asked before each mail: SQLAlchemy takes ten times as long over it.
    """
    driver = connection.dialect.loaded_dbapi
    statement, by_name = _standing_as_text(connection.dialect)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, {"workflow_id": workflow_id} if by_name else (workflow_id,))
        row = cursor.fetchone()
    except driver.Error:
        # Asked once more, for an error that everybody knows.
        row = connection.execute(_STANDING_OF_ONE, {"workflow_id": workflow_id}).one_or_none()
    finally:
        cursor.close()
    return _standing(*row) if row is not None else GONE


@cache
def _standing_as_text(dialect: Dialect) -> tuple[str, bool]:
    """The statement as a driver takes it, and whether it takes parameters by name."""
    compiled = _STANDING_OF_ONE.compile(dialect=dialect)
    return str(compiled), not compiled.positional


def _standing(
    _workflow_id: str, status: str, paused_at: object, paused_reason: str | None, segment_type: Any
) -> Standing:
    return Standing(
        status=status,
        venture_paused=(paused_reason or "no reason given") if paused_at is not None else None,
        audience=audience_of(segment_type) if segment_type is not None else None,
    )


_PEOPLE = (
    columns(col(LeadRow.lead_no))
    .where(among(col(LeadRow.lead_id), "people"))
    .order_by(col(LeadRow.lead_no))
    .with_for_update(key_share=True)
)


def lock_people(session: Session, lead_ids: Collection[str]) -> None:
    """Hold these leads for the rest of the transaction, so that no other worker counts their mails at the same time."""
    session.connection().execute(_PEOPLE, {"people": lead_ids}).all()


_mine, _other = aliased(Enrolment), aliased(Enrolment)
_GOALS_SINCE_ENTRY = (
    columns(col(_mine.enrolment_no), col(_other.context))
    .join(
        _other,
        (col(_other.lead_no) == col(_mine.lead_no))
        & (col(_other.workflow_no) == col(_mine.workflow_no))
        & (col(_other.enrolment_no) != col(_mine.enrolment_no)),
    )
    .where(
        among(col(_mine.enrolment_no), "numbers"),
        col(_other.status) == FINISHED,
        col(_other.finished_at) >= col(_mine.entered_at),
        col(_other.context).is_not(None),
    )
)


def goals_since_entry(session: Session, enrolment_nos: Collection[int]) -> dict[int, str]:
    """Of these enrolments, those whose lead has reached the workflow's goal by another entry since; the goal's name."""
    rows = session.connection().execute(_GOALS_SINCE_ENTRY, {"numbers": enrolment_nos})
    reached = ((int(number or 0), (context or {}).get("goal", "")) for number, context in rows)
    return {number: str(goal) for number, goal in reached if goal}


def counts(session: Session, scopes: Collection[str], day: date) -> dict[str, Count]:
    """The counters of a day, made when missing, locked for the rest of the transaction where the database can."""
    found = _counts(session, scopes, day)
    missing = sorted(set(scopes) - found.keys())
    for scope in missing:
        insert_missing(session, DeliveryCount, {"scope": scope, "day": day, "sent": 0, "deferred": 0}, ["scope", "day"])
    return found | _counts(session, missing, day) if missing else found


def _counts(session: Session, scopes: Collection[str], day: date) -> dict[str, Count]:
    rows = session.connection().execute(_COUNTS, {"scopes": scopes, "day": day})
    return {row.scope: Count(row.scope, row.sent, row.deferred) for row in rows}


_FIRST_DAYS = (
    columns(col(DeliveryCount.scope), func.min(col(DeliveryCount.day)).label("first"))
    .where(among(col(DeliveryCount.scope), "scopes"), col(DeliveryCount.sent) > 0)
    .group_by(col(DeliveryCount.scope))
)


def first_days(session: Session, scopes: Collection[str]) -> Mapping[str, date]:
    """The first day on which each of these sent anything."""
    rows = session.connection().execute(_FIRST_DAYS, {"scopes": scopes})
    return {row.scope: row.first for row in rows}


def add_counts(session: Session, day: date, changes: Mapping[str, tuple[int, int]]) -> None:
    """Add (sent, deferred) to the day's counters, which stand and are locked."""
    rows = [
        {"its_scope": scope, "its_day": day, "more": sent, "later": deferred}
        for scope, (sent, deferred) in sorted(changes.items())
        if sent or deferred
    ]
    if rows:
        session.connection().execute(_ADD, rows)
