"""Enrolments: entering a workflow, and reading where a lead stands and how it came there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, func, select

from gtm.domain.base import Model
from gtm.domain.enrolment import EnrolmentContext, EnrolmentState
from gtm.domain.errors import NotFound
from gtm.store.models.automation import AutomationWorkflow, LeadRow
from gtm.store.models.enrolments import STATUSES, WAITING, Enrolment, KeptExecution, StepLog
from gtm.store.repositories import version_changes
from gtm.store.repositories.enrolment_sql import Claimed
from gtm.store.repositories.versions import Entrance, Pinned, pinned_version

_NO_SYNC = {"synchronize_session": False}


class LogLine(Model):
    """One line of step_log, with names."""

    enrolment_no: int
    seq: int
    workflow_id: str
    step: str
    outcome: str
    attempt: int
    at: datetime
    detail: str = ""


def enrol(session: Session, at: Entrance, state: EnrolmentState, *, lead_no: int, now: datetime) -> int | None:
    """Write a new enrolment; its number, or None when that entry has been used (`1 per lead`)."""
    return enrol_many(session, at, {lead_no: state}, now).get(lead_no)


def enrol_many(session: Session, at: Entrance, states: Mapping[int, EnrolmentState], now: datetime) -> dict[int, int]:
    """Write new enrolments, one a lead, in one statement.

    Args:
        session: the transaction.
        at: where they enter.
        states: by the lead's number.
        now: the aware moment.

    Returns:
        The enrolments' numbers by the lead's; a lead whose entry has been used is not among them.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    numbers = (col(Enrolment.lead_no), col(Enrolment.enrolment_no))
    statement = insert(Enrolment).on_conflict_do_nothing().returning(*numbers)
    rows = [_row(at, lead_no, state, now) for lead_no, state in states.items()]
    return {int(lead_no): int(number or 0) for lead_no, number in session.connection().execute(statement, rows)}


def _row(at: Entrance, lead_no: int, state: EnrolmentState, now: datetime) -> dict[str, Any]:
    return {
        "workflow_no": at.pinned.workflow_no,
        "version_no": at.pinned.version_no,
        "lead_no": lead_no,
        "trigger_no": at.trigger_no,
        "entry": state.entry,
        "is_test": state.is_test,
        "step": at.pinned.positions[state.step],
        "status": WAITING,
        "seq": state.seq,
        "attempt": state.attempt,
        "due_at": state.due_at,
        "entered_at": now,
        "context": context_of(state),
    }


def count_started_since(session: Session, at: Entrance, since: datetime) -> int:
    """Enrolments of real leads that a trigger has started since a moment, for limits per hour, day and week."""
    statement = select(func.count()).select_from(Enrolment)
    return session.exec(
        statement.where(
            col(Enrolment.workflow_no) == at.pinned.workflow_no,
            col(Enrolment.trigger_no) == at.trigger_no,
            col(Enrolment.entered_at) > since,
            col(Enrolment.is_test).is_(False),
        )
    ).one()


def count_entries(session: Session, workflow_id: str, lead_id: str) -> int:
    """How often a lead has entered a workflow."""
    statement = (
        select(func.count())
        .select_from(Enrolment)
        .join(LeadRow, col(LeadRow.lead_no) == col(Enrolment.lead_no))
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_no) == col(Enrolment.workflow_no))
    )
    live = session.exec(
        statement.where(col(AutomationWorkflow.workflow_id) == workflow_id, col(LeadRow.lead_id) == lead_id)
    ).one()
    kept = select(func.count()).select_from(KeptExecution)
    return (
        live
        + session.exec(
            kept.where(col(KeptExecution.workflow_id) == workflow_id, col(KeptExecution.lead_id) == lead_id)
        ).one()
    )


def was_kept(session: Session, state: EnrolmentState) -> bool:
    """Whether this entry of a lead was made before and has passed its retention."""
    statement = select(KeptExecution.execution_id).where(
        col(KeptExecution.lead_id) == state.lead_id,
        col(KeptExecution.workflow_id) == state.workflow_id,
        col(KeptExecution.entry) == state.entry,
    )
    return session.exec(statement.limit(1)).first() is not None


def undo(session: Session, enrolment_no: int) -> None:
    """Remove an enrolment that this very transaction has written."""
    session.exec(
        delete(Enrolment).where(col(Enrolment.enrolment_no) == enrolment_no),
        execution_options={"synchronize_session": False},
    )


def get_state(session: Session, enrolment_no: int) -> EnrolmentState | None:
    """An enrolment's state."""
    row = session.get(Enrolment, enrolment_no, populate_existing=True)
    if row is None:
        return None
    lead = session.get(LeadRow, row.lead_no)
    if lead is None:
        raise NotFound("the enrolment's lead is gone", field="enrolment_no", value=enrolment_no)
    return state_of(row, pinned_version(session, row.version_no), lead.lead_id, lead.time_zone)


def log_of(session: Session, enrolment_no: int) -> list[LogLine]:
    """An enrolment's log in order; empty when there is no such enrolment."""
    row = session.get(Enrolment, enrolment_no, populate_existing=True)
    if row is None:
        return []
    pinned = pinned_version(session, row.version_no)
    lines = session.exec(
        select(StepLog).where(col(StepLog.enrolment_no) == enrolment_no).order_by(col(StepLog.seq))
    ).all()
    left = version_changes.versions_left(session, enrolment_no)
    pins = {number: pinned_version(session, number) for _, number in left} | {row.version_no: pinned}
    return [
        LogLine(
            enrolment_no=enrolment_no,
            seq=line.seq,
            workflow_id=pinned.definition.workflow_id,
            step=pins[version_changes.version_at(left, line.seq, row.version_no)].name(line.step),
            outcome=line.outcome,
            attempt=line.attempt,
            at=line.at,
            detail=line.detail or "",
        )
        for line in lines
    ]


def state_of(row: Enrolment | Claimed, pinned: Pinned, lead_id: str = "", zone: str = "UTC") -> EnrolmentState:
    """The state a row holds, with its names; what the store holds was validated when it was written."""
    definition = pinned.definition
    return EnrolmentState.model_construct(
        enrolment_no=int(row.enrolment_no or 0),
        venture_id=definition.venture_id,
        workflow_id=definition.workflow_id,
        version=definition.version,
        lead_id=lead_id,
        entry=row.entry,
        zone=zone,
        is_test=row.is_test,
        step=pinned.name(row.step),
        status=STATUSES[row.status],
        due_at=row.due_at,
        seq=row.seq,
        attempt=row.attempt,
        context=EnrolmentContext.model_validate(row.context) if row.context else _EMPTY,
    )


_EMPTY = EnrolmentContext()


def context_of(state: EnrolmentState) -> dict[str, object] | None:
    """What a row keeps of an enrolment's memory; None where there is nothing to keep."""
    if state.context == _EMPTY:
        return None
    kept: dict[str, object] = state.context.model_dump(mode="json", exclude_defaults=True)
    return kept or None
