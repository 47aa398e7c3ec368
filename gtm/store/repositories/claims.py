"""Claims: taking what is due, holding it, and fenced moves of a whole batch with their log."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, CursorResult, bindparam, exists, or_, update
from sqlalchemy import select as columns
from sqlalchemy.sql.dml import Update
from sqlmodel import Session, col, func, select

from gtm.domain.base import Model
from gtm.domain.enrolment import EnrolmentState, Record
from gtm.store.models.automation import AutomationWorkflow, WorkflowVersion
from gtm.store.models.enrolments import MANUAL, RUNNING, STATUSES, WAITING, Enrolment, Instant, StepLog
from gtm.store.repositories import enrolment_sql, rates
from gtm.store.repositories.among import among
from gtm.store.repositories.enrolment_sql import Claimed, Fence, Line, Runnable, Share, Turn
from gtm.store.repositories.enrolments import context_of
from gtm.store.repositories.versions import Pinned

LONGEST_LEASE = timedelta(minutes=5)
"""No claim is held longer without a word."""

_NO_SYNC = {"synchronize_session": False}
_CODES = {name: code for code, name in enumerate(STATUSES)}


class Scope(Model):
    """Which enrolments a worker looks at: those of real leads, or one workflow's test leads.

    Test enrolments live on a virtual clock of their own, so an ordinary worker never touches them.
    """

    test_workflow_id: str | None = None
    venture_id: str | None = None


@dataclass(frozen=True)
class Move:
    """What a claimed enrolment came to: the next state, and the lines of its log in order."""

    pinned: Pinned
    before: EnrolmentState
    after: EnrolmentState
    records: tuple[Record, ...]


def expire_leases(session: Session, scope: Scope, now: datetime) -> int:
    """Give enrolments back whose owner has not reported in time; how many there were.

    A lease that ends later than any lease can was taken before the clock was set back: nobody knows what is left of it.
    """
    values = {"now": now, "latest": now + LONGEST_LEASE, **_named(scope)}
    return session.connection().execute(_expiring(*_kind(scope)), values).rowcount


@cache
def _expiring(is_test: bool, of_venture: bool) -> Update:
    """The statement, put together once: that takes longer than the database needs for it."""
    silent = (
        select(Enrolment.enrolment_no)
        .where(col(Enrolment.status) == RUNNING, _silent(), *_scoped(is_test, of_venture))
        .with_for_update(skip_locked=True)
    )
    return (
        update(Enrolment)
        .where(col(Enrolment.enrolment_no).in_(silent), col(Enrolment.status) == RUNNING)
        .values(status=WAITING, owner=None, lease_until=None)
    )


def _silent() -> ColumnElement[bool]:
    until = col(Enrolment.lease_until)
    return or_(until < bindparam("now", type_=Instant()), until > bindparam("latest", type_=Instant()))


def claim_due(
    session: Session, scope: Scope, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Claimed]:
    """Claim what `look` finds, all of it, under a lease that outlasts the transaction.

    Args:
        scope: which enrolments to look at.
        owner: a name that no other claim has; every later write of this claim is fenced by it.
        now: the aware moment.
        lease: how long the claim holds, at most LONGEST_LEASE.
        limit: how many to claim at most.

    Returns:
        The claimed rows, in the order in which they are to be moved.
    """
    rows = look(session, scope, now=now, limit=limit)
    hold(session, rows, owner=owner, now=now, lease=lease)
    return rows


def look(session: Session, scope: Scope, *, now: datetime, limit: int, without: Collection[int] = ()) -> list[Claimed]:
    """Find enrolments that are due, of workflows that are not paused: by priority, then soonest first.

    They are this transaction's to move: on PostgreSQL their rows are locked, and those that another worker has locked
    are skipped; on SQLite the transaction is the only writer. Ventures share a batch fairly, however many workflows
    each has: none gets more than its part while another has something due. None gets more than its limit a minute
    leaves, which is spent in this transaction.

    Args:
        session: a write transaction.
        scope: which enrolments to look at.
        now: the aware moment.
        limit: how many to find at most.
        without: versions whose people are left where they are.

    Returns:
        The rows, in the order in which they are to be moved.
    """
    runnable = {one.version_no: one for one in _runnable(session, scope) if one.version_no not in without}
    is_test = scope.test_workflow_id is not None
    ventures = {one.venture_id for one in runnable.values()}
    # Tests run on a clock of their own, which earns and spends nothing.
    allowed = rates.allowances(session, ventures, now) if ventures and not is_test else {}
    room = {venture: min(limit, allowed.get(venture, limit)) for venture in sorted(ventures)}
    found: list[Claimed] = []
    while (hungry := {venture for venture, left in room.items() if left > 0}) and len(found) < limit:
        part = -(-(limit - len(found)) // len(hungry))
        shares = [Share(one, min(part, room[one.venture_id])) for one in runnable.values() if one.venture_id in hungry]
        rows = enrolment_sql.due(
            session,
            shares,
            is_test=is_test,
            now=now,
            limit=limit - len(found),
            taken=[row.enrolment_no for row in found],
        )
        found += rows
        taken = Counter(runnable[row.version_no].venture_id for row in rows)
        # Who did not fill its part has nothing more that is due.
        room = {
            venture: room[venture] - taken[venture] for venture in hungry if taken[venture] >= min(part, room[venture])
        }
    spent = Counter(runnable[row.version_no].venture_id for row in found)
    rates.spend(session, {venture: count for venture, count in spent.items() if venture in allowed}, now)
    return sorted(found, key=lambda row: (runnable[row.version_no].rank, row.due_at, row.enrolment_no))


def hold(session: Session, rows: Sequence[Claimed], *, owner: str, now: datetime, lease: timedelta) -> None:
    """Put what `look` has found in this transaction under a lease, so that it is the owner's beyond it."""
    if rows:
        enrolment_sql.hold(session, [row.enrolment_no for row in rows], owner=owner, now=now, until=now + lease)


def _runnable(session: Session, scope: Scope) -> list[Runnable]:
    return enrolment_sql.runnable(session, scope.test_workflow_id, scope.venture_id)


_STILL_HELD = (
    columns(col(Enrolment.enrolment_no))
    .where(
        among(col(Enrolment.enrolment_no), "numbers"),
        col(Enrolment.owner) == bindparam("owner"),
        col(Enrolment.status) == RUNNING,
    )
    .with_for_update()
)
"""Put together once: that takes longer than the database needs for it."""


def still_held(session: Session, numbers: Collection[int], owner: str) -> set[int]:
    """Which of these claims still stand; locks their rows for the rest of the transaction where the database can."""
    rows = session.connection().execute(_STILL_HELD, {"numbers": numbers, "owner": owner})
    return {int(number or 0) for (number,) in rows.all()}


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
    statement = update(Enrolment).where(*_fence(state, owner)).values(context=context_of(state))
    return _rowcount(session, statement) == 1


def write_moves(session: Session, moves: Mapping[int, Move], owner: str | None, now: datetime) -> set[int]:
    """Write the next states of a batch and let its claims go, with one line of log a record.

    Only what still is in this claim, unmoved, is written, and only for that are lines logged.

    Args:
        session: the transaction.
        moves: by the number of the enrolment; those that come to the same may share one.
        owner: the claim's name; None for what `look` has found in this transaction.
        now: the aware moment, for the log and for what ended.

    Returns:
        Numbers of the enrolments that were moved; the others are somebody else's now.
    """
    if not moves:
        return set()
    turns: dict[Turn, int] = {}
    known: dict[int, int] = {}
    for move in moves.values():
        if id(move) not in known:
            known[id(move)] = turns.setdefault(_turn(move, now), len(turns))
    of = {number: known[id(move)] for number, move in moves.items()}
    return enrolment_sql.move(session, list(turns), of, Fence(WAITING if owner is None else RUNNING, owner), now)


def _turn(move: Move, now: datetime) -> Turn:
    after, positions, context = move.after, move.pinned.positions, context_of(move.after)
    return Turn(
        was=move.before.seq,
        step=positions[after.step],
        status=_CODES[after.status],
        seq=after.seq,
        attempt=after.attempt,
        due_at=after.due_at,
        finished_at=now if after.status in ("finished", "failed") else None,
        context=None if context is None else json.dumps(context),
        lines=tuple(
            Line(
                seq=record.seq,
                workflow_no=move.pinned.workflow_no,
                step=positions[record.step],
                outcome=record.outcome,
                attempt=record.attempt,
                detail=record.detail or None,
            )
            for record in move.records
        ),
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
            context=context_of(after),
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


def ventures_due(session: Session, now: datetime) -> list[str]:
    """The ventures of which real leads are due in workflows that are not paused, in order of their ids.

    A lead whose worker has not reported in time is due to be given back.
    """
    runnable = {one.version_no: one.venture_id for one in enrolment_sql.runnable(session, None, None)}
    mine = (col(Enrolment.version_no) == col(WorkflowVersion.version_no), col(Enrolment.is_test).is_(False))
    due = exists().where(*mine, col(Enrolment.status) == WAITING, col(Enrolment.due_at) <= now)
    silent = exists().where(*mine, col(Enrolment.status) == RUNNING, _silent())
    numbers = col(WorkflowVersion.version_no)
    statement = select(WorkflowVersion.version_no).where(numbers.in_(runnable), due | silent)
    values = {"now": now, "latest": now + LONGEST_LEASE}
    return sorted({runnable[int(number)] for number in session.exec(statement, params=values) if number is not None})


def next_due(session: Session, scope: Scope) -> datetime | None:
    """The earliest moment at which something in scope is due, paused or not."""
    mine = _scoped(*_kind(scope))
    statement = select(func.min(Enrolment.due_at)).where(col(Enrolment.status) == WAITING, *mine)
    return session.exec(statement, params=_named(scope)).one()


def _fence(state: EnrolmentState, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Enrolment.enrolment_no) == state.enrolment_no,
        col(Enrolment.seq) == state.seq,
        col(Enrolment.owner) == owner,
        col(Enrolment.status) == RUNNING,
    )


def _kind(scope: Scope) -> tuple[bool, bool]:
    """Whether a scope is of test leads, and if not, whether it is of one venture."""
    is_test = scope.test_workflow_id is not None
    return is_test, scope.venture_id is not None and not is_test


def _named(scope: Scope) -> dict[str, str]:
    """What the conditions of `_scoped` name."""
    named = {"workflow_id": scope.test_workflow_id, "venture_id": scope.venture_id}
    return {name: value for name, value in named.items() if value is not None}


def _scoped(is_test: bool, of_venture: bool) -> list[ColumnElement[bool]]:
    workflows = select(AutomationWorkflow.workflow_no)
    if is_test:
        mine = workflows.where(col(AutomationWorkflow.workflow_id) == bindparam("workflow_id"))
        return [col(Enrolment.is_test).is_(True), col(Enrolment.workflow_no).in_(mine)]
    real: list[ColumnElement[bool]] = [col(Enrolment.is_test).is_(False)]
    if of_venture:
        mine = workflows.where(col(AutomationWorkflow.venture_id) == bindparam("venture_id"))
        real.append(col(Enrolment.workflow_no).in_(mine))
    return real


def _rowcount(session: Session, statement: Update) -> int:
    result: CursorResult[object] = session.exec(statement, execution_options=_NO_SYNC)
    return result.rowcount
