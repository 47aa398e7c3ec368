"""Enrolments: entering a workflow, claiming what is due, and fenced moves of a whole batch with their log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import Update
from sqlmodel import Session, col, func, select

from gtm.domain.base import Model
from gtm.domain.enrolment import EnrolmentContext, EnrolmentState, EnrolmentStatus, Record
from gtm.domain.errors import NotFound
from gtm.domain.workflow import ActionStep, Exit, Goal, Wait, WorkflowDefinition
from gtm.store.models.automation import AutomationWorkflow, LeadRow, WorkflowTrigger, WorkflowVersion
from gtm.store.models.enrolments import (
    MANUAL,
    RUNNING,
    STATUSES,
    WAITING,
    Enrolment,
    KeptExecution,
    StepLog,
    micros,
)
from gtm.store.repositories import enrolment_sql, version_changes
from gtm.store.repositories.enrolment_sql import Claimed

_NO_SYNC = {"synchronize_session": False}
_CODES = {name: code for code, name in enumerate(STATUSES)}


class Scope(Model):
    """Which enrolments a worker looks at: those of real leads, or one workflow's test leads.

    Test enrolments live on a virtual clock of their own, so an ordinary worker never touches them.
    """

    test_workflow_id: str | None = None
    venture_id: str | None = None


@dataclass(frozen=True)
class Pinned:
    """A version of a workflow with its numbers; immutable once leads are in it, so it may be remembered."""

    version_no: int
    workflow_no: int
    definition: WorkflowDefinition

    @cached_property
    def positions(self) -> dict[str, int]:
        """Step name → its position, which is what rows hold."""
        return {step.id: position for position, step in enumerate(self.definition.steps)}

    @cached_property
    def asks(self) -> bool:
        """Whether a lead is looked at between two actions: by a condition, a split, or a wait in their own zone."""
        return any(
            not (isinstance(step, ActionStep | Goal | Exit) or (isinstance(step, Wait) and step.same_for_all))
            for step in self.definition.steps
        )

    def name(self, position: int) -> str:
        """The step's name at a position."""
        return self.definition.steps[position].id


@dataclass(frozen=True)
class Entrance:
    """Where a trigger's leads enter: the workflow's newest version and its status."""

    trigger_no: int
    status: str
    pinned: Pinned


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


@dataclass(frozen=True)
class Move:
    """What a claimed enrolment came to: the next state, and the lines of its log in order."""

    pinned: Pinned
    before: EnrolmentState
    after: EnrolmentState
    records: tuple[Record, ...]


def pinned_version(session: Session, version_no: int) -> Pinned:
    """A version by its number.

    Raises:
        NotFound: there is none.
    """
    row = session.exec(
        select(WorkflowVersion, AutomationWorkflow.workflow_no)
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(WorkflowVersion.workflow_id))
        .where(col(WorkflowVersion.version_no) == version_no)
    ).first()
    if row is None:
        raise NotFound("there is no such workflow version", field="version_no", value=version_no)
    version, workflow_no = row
    return Pinned(version_no, int(workflow_no or 0), WorkflowDefinition.model_validate(version.definition))


def entrance(session: Session, trigger_id: str) -> Entrance:
    """Where a trigger's leads enter now.

    Raises:
        NotFound: there is no such trigger, or its workflow is gone.
    """
    row = session.exec(
        select(WorkflowTrigger.trigger_no, AutomationWorkflow.workflow_no, AutomationWorkflow.status, WorkflowVersion)
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(WorkflowTrigger.workflow_id))
        .join(
            WorkflowVersion,
            (col(WorkflowVersion.workflow_id) == col(AutomationWorkflow.workflow_id))
            & (col(WorkflowVersion.version) == col(AutomationWorkflow.version)),
        )
        .where(col(WorkflowTrigger.trigger_id) == trigger_id)
    ).first()
    if row is None:
        raise NotFound("there is no such trigger, or its workflow is gone", field="trigger_id", value=trigger_id)
    trigger_no, workflow_no, status, version = row
    definition = WorkflowDefinition.model_validate(version.definition)
    return Entrance(trigger_no or 0, status, Pinned(version.version_no or 0, workflow_no or 0, definition))


def pinned_version_of(session: Session, state: EnrolmentState) -> Pinned:
    """The version an enrolment is pinned to.

    Raises:
        NotFound: it is gone.
    """
    number = session.exec(
        select(WorkflowVersion.version_no).where(
            col(WorkflowVersion.workflow_id) == state.workflow_id, col(WorkflowVersion.version) == state.version
        )
    ).first()
    return pinned_version(session, number or 0)


def enrol(session: Session, at: Entrance, state: EnrolmentState, *, lead_no: int, now: datetime) -> int | None:
    """Write a new enrolment; its number, or None when that entry has been used (`1 per lead`)."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    row = insert(Enrolment).values(
        workflow_no=at.pinned.workflow_no,
        version_no=at.pinned.version_no,
        lead_no=lead_no,
        trigger_no=at.trigger_no,
        entry=state.entry,
        is_test=state.is_test,
        step=at.pinned.positions[state.step],
        status=WAITING,
        seq=state.seq,
        attempt=state.attempt,
        due_at=state.due_at,
        entered_at=now,
        context=_context(state),
    )
    statement = row.on_conflict_do_nothing().returning(col(Enrolment.enrolment_no))
    number: int | None = session.exec(statement).scalar()
    return number


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
    session.exec(delete(Enrolment).where(col(Enrolment.enrolment_no) == enrolment_no), execution_options=_NO_SYNC)


def expire_leases(session: Session, scope: Scope, now: datetime) -> int:
    """Give enrolments back whose owner has not reported in time; how many there were."""
    statement = (
        update(Enrolment)
        .where(col(Enrolment.status) == RUNNING, col(Enrolment.lease_until) < now, *_scoped(scope))
        .values(status=WAITING, owner=None, lease_until=None)
    )
    return _rowcount(session, statement)


def claim_due(
    session: Session, scope: Scope, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Claimed]:
    """Claim enrolments that are due, of workflows that are not paused: by priority, then soonest first.

    Ventures share a batch fairly: none gets more than its part while another has something due. On PostgreSQL rows
    that another worker is claiming are skipped; on SQLite the transaction is the only writer.

    Args:
        scope: which enrolments to look at.
        owner: a name that no other claim has; every later write of this claim is fenced by it.
        now: the aware moment.
        lease: how long the claim holds.
        limit: how many to claim at most.

    Returns:
        The claimed rows, in the order in which they are to be moved.
    """
    runnable = enrolment_sql.runnable(session, scope.test_workflow_id, scope.venture_id)
    if not runnable:
        return []
    ventures = len({one.venture_id for one in runnable})
    claimed: list[Claimed] = []
    for share in dict.fromkeys((max(1, -(-limit // ventures)), limit)):
        left = limit - len(claimed)
        if left <= 0:
            break
        rows = enrolment_sql.claim(
            session,
            versions=[one.version_no for one in runnable],
            ranks=[one.rank for one in runnable],
            is_test=scope.test_workflow_id is not None,
            owner=owner,
            now=now,
            until=now + lease,
            share=min(share, left),
            limit=left,
        )
        claimed += rows
        if not rows or ventures == 1:
            break
    return claimed


def still_held(session: Session, numbers: Collection[int], owner: str) -> set[int]:
    """Which of these claims still stand; locks their rows for the rest of the transaction where the database can."""
    statement = (
        select(Enrolment.enrolment_no)
        .where(
            col(Enrolment.enrolment_no).in_(numbers),
            col(Enrolment.owner) == owner,
            col(Enrolment.status) == RUNNING,
        )
        .with_for_update()
    )
    return {int(number) for number in session.exec(statement) if number is not None}


def extend_lease(session: Session, owner: str, until: datetime) -> None:
    """Hold what is left of a claim for longer: its owner lives."""
    session.exec(
        update(Enrolment)
        .where(col(Enrolment.owner) == owner, col(Enrolment.status) == RUNNING)
        .values(lease_until=until),
        execution_options=_NO_SYNC,
    )


def release(session: Session, owner: str) -> int:
    """Give back what is left of a claim, unmoved; how many there were."""
    return _rowcount(
        session,
        update(Enrolment)
        .where(col(Enrolment.owner) == owner, col(Enrolment.status) == RUNNING)
        .values(status=WAITING, owner=None, lease_until=None),
    )


def announce(session: Session, state: EnrolmentState, owner: str) -> bool:
    """Write the context of a claimed enrolment (an effect is about to be dispatched); False when the claim is lost."""
    statement = update(Enrolment).where(*_fence(state, owner)).values(context=_context(state))
    return _rowcount(session, statement) == 1


def write_moves(session: Session, moves: Sequence[Move], owner: str, now: datetime) -> set[int]:
    """Write the next states of a batch and let its claims go, with one line of log a record.

    Only what still is in this claim, unmoved, is written, and only for that are lines logged.

    Args:
        moves: at most one an enrolment.
        owner: the claim's name.
        now: the aware moment, for the log and for what ended.

    Returns:
        Numbers of the enrolments that were moved; the others are somebody else's now.
    """
    if not moves:
        return set()
    text_of = _moment_text(session)
    return enrolment_sql.move(
        session,
        [
            {
                "no": move.before.enrolment_no,
                "was": move.before.seq,
                "step": move.pinned.positions[move.after.step],
                "status": _CODES[move.after.status],
                "seq": move.after.seq,
                "attempt": move.after.attempt,
                "due_at": text_of(move.after.due_at),
                "finished_at": text_of(now) if move.after.status in ("finished", "failed") else None,
                "context": _context(move.after),
            }
            for move in moves
        ],
        [
            {
                "no": move.before.enrolment_no,
                "seq": record.seq,
                "workflow_no": move.pinned.workflow_no,
                "step": move.pinned.positions[record.step],
                "outcome": record.outcome,
                "attempt": record.attempt,
                "at": text_of(now),
                "detail": record.detail or None,
            }
            for move in moves
            for record in move.records
        ],
        owner,
    )


def write_manual(session: Session, move: Move, now: datetime) -> bool:
    """Move an enrolment that waits for a person, with its log; False when it does not wait any more."""
    after = move.after
    statement = (
        update(Enrolment)
        .where(
            col(Enrolment.enrolment_no) == move.before.enrolment_no,
            col(Enrolment.seq) == move.before.seq,
            col(Enrolment.status) == MANUAL,
        )
        .values(
            step=move.pinned.positions[after.step],
            status=_CODES[after.status],
            seq=after.seq,
            attempt=after.attempt,
            due_at=after.due_at,
            finished_at=now if after.status in ("finished", "failed") else None,
            context=_context(after),
        )
    )
    if _rowcount(session, statement) != 1:
        return False
    for record in move.records:
        session.add(
            StepLog(
                enrolment_no=after.enrolment_no,
                seq=record.seq,
                workflow_no=move.pinned.workflow_no,
                step=move.pinned.positions[record.step],
                outcome=record.outcome,
                attempt=record.attempt,
                at=now,
                detail=record.detail or None,
            )
        )
    session.flush()
    return True


def next_due(session: Session, scope: Scope) -> datetime | None:
    """The earliest moment at which something in scope is due, paused or not."""
    statement = select(func.min(Enrolment.due_at)).where(col(Enrolment.status) == WAITING, *_scoped(scope))
    return session.exec(statement).one()


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
        status=_NAMES[row.status],
        due_at=row.due_at,
        seq=row.seq,
        attempt=row.attempt,
        context=EnrolmentContext.model_validate(row.context) if row.context else _EMPTY,
    )


_EMPTY = EnrolmentContext()
_NAMES: tuple[EnrolmentStatus, ...] = ("waiting", "running", "finished", "failed", "paused", "manual")


def _context(state: EnrolmentState) -> dict[str, object] | None:
    if state.context == _EMPTY:
        return None
    kept: dict[str, object] = state.context.model_dump(mode="json", exclude_defaults=True)
    return kept or None


def _moment_text(session: Session) -> Any:
    if session.get_bind().dialect.name == "sqlite":
        return lambda value: None if value is None else micros(value)
    return lambda value: None if value is None else value.isoformat()


def _fence(state: EnrolmentState, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Enrolment.enrolment_no) == state.enrolment_no,
        col(Enrolment.seq) == state.seq,
        col(Enrolment.owner) == owner,
        col(Enrolment.status) == RUNNING,
    )


def _scoped(scope: Scope) -> list[ColumnElement[bool]]:
    workflows = select(AutomationWorkflow.workflow_no)
    if scope.test_workflow_id is not None:
        mine = workflows.where(col(AutomationWorkflow.workflow_id) == scope.test_workflow_id)
        return [col(Enrolment.is_test).is_(True), col(Enrolment.workflow_no).in_(mine)]
    real: list[ColumnElement[bool]] = [col(Enrolment.is_test).is_(False)]
    if scope.venture_id is not None:
        mine = workflows.where(col(AutomationWorkflow.venture_id) == scope.venture_id)
        real.append(col(Enrolment.workflow_no).in_(mine))
    return real


def _rowcount(session: Session, statement: Update) -> int:
    result: CursorResult[object] = session.exec(statement, execution_options=_NO_SYNC)
    return result.rowcount
