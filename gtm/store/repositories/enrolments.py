"""Queries on executions, enrolments and their log: claiming what is due, and fenced transitions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import Update
from sqlmodel import Session, col, func, select

from gtm.domain.base import Model
from gtm.domain.enrolment import EnrolmentState, Finish, Record
from gtm.store.models.automation import AutomationWorkflow, Enrolment, StepLog, WorkflowExecution

_NO_SYNC = {"synchronize_session": False}


class Scope(Model):
    """Which enrolments a worker looks at: those of real leads, or one workflow's test leads.

    Test enrolments live on a virtual clock of their own, so an ordinary worker never touches them.
    """

    test_workflow_id: str | None = None
    venture_id: str | None = None


def add_execution(session: Session, execution: WorkflowExecution, state: EnrolmentState) -> bool:
    """Start an execution with its enrolment; False when that entry key has been used (`1 per lead`)."""
    try:
        with session.begin_nested():
            session.add(execution)
            session.flush()
            session.add(Enrolment(**state.model_dump(mode="python", exclude={"context"}), context=_context(state)))
    except IntegrityError:
        return False
    return True


def count_executions_since(session: Session, workflow_id: str, trigger_id: str, since: datetime) -> int:
    """Executions of real leads that a trigger has started since a moment, for limits per hour, day and week."""
    statement = select(func.count()).select_from(WorkflowExecution)
    return session.exec(
        statement.where(
            col(WorkflowExecution.workflow_id) == workflow_id,
            col(WorkflowExecution.trigger_id) == trigger_id,
            col(WorkflowExecution.triggered_at) > since,
            col(WorkflowExecution.is_test).is_(False),
        )
    ).one()


def count_entries(session: Session, workflow_id: str, lead_id: str) -> int:
    """How often a lead has entered a workflow."""
    statement = select(func.count()).select_from(WorkflowExecution)
    return session.exec(
        statement.where(col(WorkflowExecution.workflow_id) == workflow_id, col(WorkflowExecution.lead_id) == lead_id)
    ).one()


def expire_leases(session: Session, scope: Scope, now: datetime) -> int:
    """Give enrolments back whose owner has not reported in time; how many there were."""
    statement = (
        update(Enrolment)
        .where(col(Enrolment.status) == "running", col(Enrolment.lease_until) < now, *_scoped(scope))
        .values(status="waiting", owner=None, lease_until=None)
    )
    return _rowcount(session, statement)


def claim_due(
    session: Session, scope: Scope, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[EnrolmentState]:
    """Claim enrolments that are due, of workflows that are not paused, soonest first.

    On PostgreSQL rows that another worker is claiming are skipped; on SQLite the transaction is the only writer.

    Args:
        scope: which enrolments to look at.
        owner: a name that no other claim has; every later write of this claim is fenced by it.
        now: the aware moment.
        lease: how long the claim holds.
        limit: how many to claim at most.
    """
    runnable = ("active",) if scope.test_workflow_id is None else ("draft", "active")
    due = (
        select(Enrolment.enrolment_id)
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(Enrolment.workflow_id))
        .where(
            col(Enrolment.status) == "waiting",
            col(Enrolment.due_at) <= now,
            col(AutomationWorkflow.status).in_(runnable),
            *_scoped(scope),
        )
        .order_by(col(Enrolment.due_at), col(Enrolment.enrolment_id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Enrolment)
        .cte("due")
    )
    # A CTE that locks is evaluated once; as a plain subquery PostgreSQL may run it again and claim more than `limit`.
    claimed = session.exec(
        update(Enrolment)
        .where(col(Enrolment.enrolment_id).in_(select(due.c.enrolment_id)), col(Enrolment.status) == "waiting")
        .values(status="running", owner=owner, lease_until=now + lease)
        .returning(Enrolment),
        execution_options={**_NO_SYNC, "populate_existing": True},
    )
    rows = [row[0] for row in claimed]
    return [state_of(row) for row in sorted(rows, key=lambda r: (r.due_at, r.enrolment_id))]


def holds(session: Session, state: EnrolmentState, owner: str) -> bool:
    """Whether a claim still stands; locks the row for the rest of the transaction where the database can."""
    statement = select(Enrolment.enrolment_id).where(
        col(Enrolment.enrolment_id) == state.enrolment_id,
        col(Enrolment.owner) == owner,
        col(Enrolment.seq) == state.seq,
        col(Enrolment.status) == "running",
    )
    return session.exec(statement.with_for_update()).first() is not None


def announce(session: Session, state: EnrolmentState, owner: str) -> bool:
    """Write the context of a claimed enrolment (an effect is about to be dispatched); False when the claim is lost."""
    statement = update(Enrolment).where(*_fence(state.enrolment_id, state.seq, owner)).values(context=_context(state))
    return _rowcount(session, statement) == 1


def write_transition(session: Session, before: EnrolmentState, after: EnrolmentState, owner: str) -> bool:
    """Write the next state and let the claim go, if it still stands.

    Args:
        before: the state as claimed; its seq is the fence.
        after: the state to write.
        owner: the claim's name.

    Returns:
        False when somebody else has the enrolment now: then nothing may be logged either.
    """
    values = after.model_dump(include={"step", "status", "due_at", "seq", "attempt"})
    statement = (
        update(Enrolment)
        .where(*_fence(before.enrolment_id, before.seq, owner))
        .values(**values, context=_context(after), owner=None, lease_until=None)
    )
    return _rowcount(session, statement) == 1


def append_log(session: Session, state: EnrolmentState, record: Record, now: datetime) -> None:
    """Add a line to step_log; its key (enrolment, seq) refuses a second one."""
    session.add(
        StepLog(
            enrolment_id=state.enrolment_id,
            workflow_id=state.workflow_id,
            at=now,
            **record.model_dump(exclude={"kind"}),
        )
    )
    session.flush()


def mark_started(session: Session, execution_id: str, now: datetime) -> None:
    """Note the moment a worker first took an execution up."""
    session.exec(
        update(WorkflowExecution)
        .where(col(WorkflowExecution.execution_id) == execution_id, col(WorkflowExecution.started_at).is_(None))
        .values(started_at=now, status="running"),
        execution_options=_NO_SYNC,
    )


def finish_execution(session: Session, execution_id: str, effect: Finish, now: datetime) -> None:
    """Close an execution."""
    session.exec(
        update(WorkflowExecution)
        .where(col(WorkflowExecution.execution_id) == execution_id)
        .values(finished_at=now, status=effect.status),
        execution_options=_NO_SYNC,
    )


def next_due(session: Session, scope: Scope) -> datetime | None:
    """The earliest moment at which something in scope is due."""
    statement = select(Enrolment.due_at).where(col(Enrolment.status) == "waiting", *_scoped(scope))
    return session.exec(statement.order_by(col(Enrolment.due_at)).limit(1)).first()


def get_state(session: Session, enrolment_id: str) -> EnrolmentState | None:
    """An enrolment's state."""
    row = session.get(Enrolment, enrolment_id, populate_existing=True)
    return state_of(row) if row else None


def log_of(session: Session, enrolment_id: str) -> Sequence[StepLog]:
    """An enrolment's log in order."""
    return session.exec(
        select(StepLog).where(col(StepLog.enrolment_id) == enrolment_id).order_by(col(StepLog.seq))
    ).all()


def set_manual_outcome(session: Session, before: EnrolmentState, after: EnrolmentState) -> bool:
    """Move an enrolment that waits for a person; False when it does not wait any more."""
    values = after.model_dump(include={"step", "status", "due_at", "seq", "attempt"})
    statement = (
        update(Enrolment)
        .where(
            col(Enrolment.enrolment_id) == before.enrolment_id,
            col(Enrolment.seq) == before.seq,
            col(Enrolment.status) == "manual",
        )
        .values(**values, context=_context(after))
    )
    return _rowcount(session, statement) == 1


def state_of(row: Enrolment) -> EnrolmentState:
    """The state a row holds."""
    return EnrolmentState.model_validate({name: getattr(row, name) for name in EnrolmentState.model_fields})


def _context(state: EnrolmentState) -> dict[str, object]:
    return state.context.model_dump(mode="json")


def _fence(enrolment_id: str, seq: int, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Enrolment.enrolment_id) == enrolment_id,
        col(Enrolment.seq) == seq,
        col(Enrolment.owner) == owner,
        col(Enrolment.status) == "running",
    )


def _scoped(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.test_workflow_id is not None:
        return [col(Enrolment.is_test).is_(True), col(Enrolment.workflow_id) == scope.test_workflow_id]
    real: list[ColumnElement[bool]] = [col(Enrolment.is_test).is_(False)]
    if scope.venture_id is not None:
        real.append(col(Enrolment.venture_id) == scope.venture_id)
    return real


def _rowcount(session: Session, statement: Update) -> int:
    result: CursorResult[object] = session.exec(statement, execution_options=_NO_SYNC)
    return result.rowcount
