"""Enrolling many leads at once: one INSERT … SELECT a window of leads, which the unique entry keeps from doubling."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Insert, exists, func, insert, literal, null
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from gtm.domain.enrolment import EnrolmentState, Lead
from gtm.store.models.automation import AutomationWorkflow, LeadRow
from gtm.store.models.enrolments import WAITING, Enrolment, Instant, KeptExecution
from gtm.store.repositories.versions import Entrance

_COLUMNS = (
    "workflow_no", "version_no", "lead_no", "trigger_no", "entry", "is_test", "step", "status", "seq", "attempt",
    "due_at", "entered_at",
)  # fmt: skip


def window(session: Session, venture_id: str, after: int, through: int, size: int) -> tuple[int, int] | None:
    """The next window of lead numbers in which the venture has a lead: the first of them, and the window's last number.

    Args:
        session: the transaction.
        venture_id: whose leads.
        after: the last number of the window before.
        through: the last number that counts.
        size: numbers in a window.

    Returns:
        None when no lead is left.
    """
    statement = select(LeadRow.lead_no).where(
        _of(venture_id), col(LeadRow.lead_no) > after, col(LeadRow.lead_no) <= through
    )
    first = session.exec(statement.order_by(col(LeadRow.lead_no)).limit(1)).first()
    return (first, min(through, first + size - 1)) if first is not None else None


def newest_lead(session: Session, venture_id: str) -> int:
    """The number of the venture's newest lead; 0 where it has none."""
    return session.exec(select(func.max(LeadRow.lead_no)).where(col(LeadRow.venture_id) == venture_id)).one() or 0


def lock_workflow(session: Session, workflow_no: int) -> str:
    """The workflow's status, which nobody changes before this transaction ends; '' when it is gone."""
    statement = select(AutomationWorkflow.status).where(col(AutomationWorkflow.workflow_no) == workflow_no)
    return session.exec(statement.with_for_update()).first() or ""


def zones_in(session: Session, venture_id: str, first: int, last: int) -> list[str]:
    """The zones of a venture's real leads in a window of numbers."""
    statement = select(LeadRow.time_zone).where(*_real(venture_id, first, last))
    return sorted(session.exec(statement.distinct()))


def enrol_window(
    session: Session,
    at: Entrance,
    state: EnrolmentState,
    *,
    first: int,
    last: int,
    conditions: Sequence[ColumnElement[bool]],
    now: datetime,
    zones: Sequence[str] | None = None,
    limit: int | None = None,
) -> int:
    """Enrol a venture's real leads of a window that meet the conditions and have not had this entry; how many did.

    Args:
        session: the transaction, which holds the workflow's row.
        at: where they enter.
        state: the state of everybody who enters, but for the lead.
        first: the window's first lead number.
        last: its last.
        conditions: over columns of `leads`.
        now: the aware moment of entry.
        zones: only leads of these zones; None for all.
        limit: how many at most, in order of number.
    """
    pinned = at.pinned
    if pinned.definition.venture_id != state.venture_id:
        raise ValueError("the state is of another venture")
    kept = exists().where(
        col(KeptExecution.lead_id) == col(LeadRow.lead_id),
        col(KeptExecution.workflow_id) == state.workflow_id,
        col(KeptExecution.entry) == state.entry,
    )
    wanted = [*_real(state.venture_id, first, last), *conditions]
    if _any_kept(session, state.workflow_id):
        wanted.append(~kept)
    if zones is not None:
        wanted.append(col(LeadRow.time_zone).in_(zones))
    values: tuple[Any, ...] = (
        literal(pinned.workflow_no),
        literal(pinned.version_no),
        col(LeadRow.lead_no),
        literal(at.trigger_no),
        literal(state.entry),
        col(LeadRow.is_test),
        literal(pinned.positions[state.step]),
        literal(WAITING),
        literal(state.seq),
        literal(state.attempt),
        null() if state.due_at is None else literal(state.due_at, Instant()),
        literal(now, Instant()),
    )
    rows: Any = select(*values).where(*wanted)
    if limit is not None:
        entered = exists().where(
            col(Enrolment.lead_no) == col(LeadRow.lead_no),
            col(Enrolment.workflow_no) == pinned.workflow_no,
            col(Enrolment.entry) == state.entry,
        )
        rows = rows.where(~entered).order_by(col(LeadRow.lead_no)).limit(limit)
    if not _any_entered(session, pinned.workflow_no, first, last):
        # To insert without an eye on what stands already takes half the time.
        try:
            with session.begin_nested():
                return _insert(session, insert(Enrolment).from_select(_COLUMNS, rows, include_defaults=False))
        except IntegrityError:
            # Somebody else let one of them in meanwhile.
            pass
    careful = (sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert)(Enrolment)
    return _insert(session, careful.from_select(_COLUMNS, rows, include_defaults=False).on_conflict_do_nothing())


def _insert(session: Session, statement: Insert) -> int:
    result: CursorResult[Any] = session.connection().execute(
        statement.inline(), execution_options={"preserve_rowcount": True}
    )
    return result.rowcount


def never_entered(at: Entrance) -> ColumnElement[bool]:
    """Whether a lead has never been in the workflow, by any entry; those past their retention have been."""
    workflow_id = at.pinned.definition.workflow_id
    live = exists().where(
        col(Enrolment.lead_no) == col(LeadRow.lead_no), col(Enrolment.workflow_no) == at.pinned.workflow_no
    )
    kept = exists().where(
        col(KeptExecution.lead_id) == col(LeadRow.lead_id), col(KeptExecution.workflow_id) == workflow_id
    )
    return ~live & ~kept


def entered(session: Session, at: Entrance, first: int, last: int) -> frozenset[str]:
    """The leads of a window of numbers that have been in the workflow."""
    statement = select(LeadRow.lead_id).where(
        col(LeadRow.lead_no) >= first, col(LeadRow.lead_no) <= last, ~never_entered(at)
    )
    return frozenset(session.exec(statement))


def _any_entered(session: Session, workflow_no: int, first: int, last: int) -> bool:
    """Whether a lead of these numbers has ever entered the workflow."""
    statement = select(Enrolment.enrolment_no).where(
        col(Enrolment.lead_no) >= first, col(Enrolment.lead_no) <= last, col(Enrolment.workflow_no) == workflow_no
    )
    return session.exec(statement.limit(1)).first() is not None


def _any_kept(session: Session, workflow_id: str) -> bool:
    statement = select(KeptExecution.execution_id).where(
        col(KeptExecution.workflow_id) == workflow_id, col(KeptExecution.is_test).is_(False)
    )
    return session.exec(statement.limit(1)).first() is not None


def leads_in(session: Session, venture_id: str, first: int, last: int) -> list[Lead]:
    """A venture's real leads of a window of numbers, in order."""
    rows = session.exec(select(LeadRow).where(*_real(venture_id, first, last)).order_by(col(LeadRow.lead_no)))
    return [Lead.model_validate({name: getattr(row, name) for name in Lead.model_fields}) for row in rows]


def _real(venture_id: str, first: int, last: int) -> list[ColumnElement[bool]]:
    """Nobody's test data, and nobody who has not confirmed their consent yet."""
    return [
        col(LeadRow.lead_no) >= first,
        col(LeadRow.lead_no) <= last,
        _of(venture_id),
        col(LeadRow.is_test).is_(False),
        col(LeadRow.consent) != "pending",
    ]


def _of(venture_id: str) -> ColumnElement[bool]:
    """A lead of the venture, so written that the index on ventures is left alone: leads are walked by number."""
    return col(LeadRow.venture_id).concat("") == venture_id
