"""The statements of the worker's loop, written out for each database: look, hold and move, each of a whole batch."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, bindparam, text
from sqlmodel import Session, col, select

from gtm.store.models.automation import AutomationWorkflow, WorkflowVersion
from gtm.store.models.enrolments import micros, moment
from gtm.store.models.ventures import Venture

_RANKS = {"high": 0, "normal": 1, "low": 2}


@dataclass(frozen=True)
class Runnable:
    """A version of a workflow that is not paused; a smaller rank goes first."""

    version_no: int
    venture_id: str
    rank: int


def runnable(session: Session, test_workflow_id: str | None, venture_id: str | None) -> list[Runnable]:
    """The versions whose enrolments may move: a pause is one row looked at here, however many leads it holds."""
    named = {"workflow_id": test_workflow_id, "venture_id": venture_id}
    statement = _running(test_workflow_id is not None, venture_id is not None)
    rows = session.connection().execute(statement, {name: value for name, value in named.items() if value is not None})
    return [Runnable(version_no, venture, _RANKS.get(priority, 1)) for version_no, venture, priority in rows]


@cache
def _running(is_test: bool, of_venture: bool) -> Executable:
    """The statement, put together once: that takes longer than the database needs for it."""
    statement = (
        select(WorkflowVersion.version_no, AutomationWorkflow.venture_id, AutomationWorkflow.priority)
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(WorkflowVersion.workflow_id))
        .where(col(AutomationWorkflow.status).in_(("draft", "active") if is_test else ("active",)))
        .order_by(col(WorkflowVersion.version_no))
    )
    if is_test:
        statement = statement.where(col(AutomationWorkflow.workflow_id) == bindparam("workflow_id"))
    else:
        paused = select(Venture.venture_id).where(col(Venture.paused_at).is_not(None))
        statement = statement.where(col(AutomationWorkflow.venture_id).not_in(paused))
    if of_venture:
        statement = statement.where(col(AutomationWorkflow.venture_id) == bindparam("venture_id"))
    return statement


class Claimed(NamedTuple):
    """A claimed row, as much of it as moving it takes."""

    enrolment_no: int
    version_no: int
    lead_no: int
    entry: str
    is_test: bool
    step: int
    status: int
    seq: int
    attempt: int
    due_at: datetime
    context: dict[str, Any] | None


@dataclass(frozen=True)
class Share:
    """How much of a version may be claimed: `quota` is what its venture may have of all its versions together."""

    version: Runnable
    quota: int


_DUE_SQLITE = text("""
WITH r AS MATERIALIZED (
    SELECT json_extract(value, '$[0]') AS version_no, json_extract(value, '$[1]') AS rank,
           json_extract(value, '$[2]') AS venture, json_extract(value, '$[3]') AS quota FROM json_each(:shares)),
found AS (
    SELECT e.*, r.rank, r.quota,
           ROW_NUMBER() OVER (PARTITION BY r.venture ORDER BY r.rank, e.due_at, e.enrolment_no) AS place
    FROM r JOIN enrolments e ON e.enrolment_no IN (
        SELECT enrolment_no FROM enrolments
        WHERE version_no = r.version_no AND status = 0 AND due_at <= :now AND is_test = :is_test
          AND enrolment_no NOT IN (SELECT value FROM json_each(:taken))
        ORDER BY due_at LIMIT :most))
SELECT enrolment_no, version_no, lead_no, entry, is_test, step, status, seq, attempt, due_at, context
FROM found WHERE place <= quota ORDER BY rank, due_at, enrolment_no LIMIT :limit
""")
# What it is for a single version, which is most stores' case: a third of the work.
_DUE_OF_ONE_SQLITE = text("""
SELECT enrolment_no, version_no, lead_no, entry, is_test, step, status, seq, attempt, due_at, context FROM enrolments
WHERE version_no = :version_no AND status = 0 AND due_at <= :now AND is_test = :is_test
  AND enrolment_no NOT IN (SELECT value FROM json_each(:taken))
ORDER BY due_at, enrolment_no LIMIT :limit
""")
_DUE_POSTGRES = text("""
WITH found AS MATERIALIZED (
    SELECT d.*, r.rank, r.quota,
           ROW_NUMBER() OVER (PARTITION BY r.venture ORDER BY r.rank, d.due_at, d.enrolment_no) AS place
    FROM unnest(CAST(:versions AS int[]), CAST(:ranks AS int[]), CAST(:ventures AS int[]), CAST(:quotas AS int[]))
        AS r(version_no, rank, venture, quota)
    CROSS JOIN LATERAL (
        SELECT enrolment_no, version_no, lead_no, entry, is_test, step, status, seq, attempt, due_at, context
        FROM enrolments
        WHERE version_no = r.version_no AND status = 0 AND due_at <= :now AND is_test = :is_test
          AND enrolment_no <> ALL (CAST(:taken AS int[]))
        ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED) d)
SELECT enrolment_no, version_no, lead_no, entry, is_test, step, status, seq, attempt, due_at, context
FROM found WHERE place <= quota ORDER BY rank, due_at, enrolment_no LIMIT :limit
""")


def due(
    session: Session,
    shares: Sequence[Share],
    *,
    is_test: bool,
    now: datetime,
    limit: int,
    taken: Collection[int] = (),
) -> list[Claimed]:
    """What is due of these versions, at most its quota of each venture and `limit` of all, locked by the transaction.

    Looks at no more rows of a version than the largest quota: what it costs does not grow with what is due.

    Args:
        taken: numbers that this transaction has already.

    Returns:
        By priority, then soonest first.
    """
    is_sqlite = _is_sqlite(session)
    ventures = {one: number for number, one in enumerate(dict.fromkeys(share.version.venture_id for share in shares))}
    told = [(s.version.version_no, s.version.rank, ventures[s.version.venture_id], s.quota) for s in shares]
    # One number for all: at a limit from each row the planner would guess, and might sort everything that is due.
    most = max(share.quota for share in shares)
    values: dict[str, Any] = {"is_test": is_test, "most": most, "limit": limit, "taken": _numbers(session, taken)}
    if is_sqlite and len(shares) == 1:
        values |= {"version_no": told[0][0], "now": micros(now), "limit": min(most, limit)}
        return _of_sqlite(session.connection().execute(_DUE_OF_ONE_SQLITE, values).all())
    if is_sqlite:
        values |= {"shares": json.dumps(told), "now": micros(now)}
        return _of_sqlite(session.connection().execute(_DUE_SQLITE, values).all())
    columns = zip(("versions", "ranks", "ventures", "quotas"), map(list, zip(*told, strict=True)), strict=True)
    rows = session.connection().execute(_DUE_POSTGRES, values | {**dict(columns), "now": now}).all()
    return [Claimed._make((*plain, due_at.astimezone(UTC), context)) for *plain, due_at, context in rows]


def _of_sqlite(rows: Sequence[Any]) -> list[Claimed]:
    # Who entered together is due together: most rows of a batch share their moment.
    moments = {due_at: moment(due_at) for due_at in {row[9] for row in rows}}
    return [
        Claimed(
            number,
            version_no,
            lead_no,
            entry,
            bool(is_test),
            step,
            status,
            seq,
            attempt,
            moments[due_at],
            None if context is None else _context(context),
        )
        for number, version_no, lead_no, entry, is_test, step, status, seq, attempt, due_at, context in rows
    ]


def _context(told: str) -> Any:
    """What a row remembers; a text that is no JSON comes as what no enrolment can be read from."""
    try:
        return json.loads(told)
    except ValueError:
        return {"unreadable": told}


_HOLD = """
UPDATE enrolments SET status = 1, owner = :owner, lease_until = :until, started_at = COALESCE(started_at, :now)
WHERE enrolment_no {among} AND status = 0
"""
_HOLD_SQLITE = text(_HOLD.format(among="IN (SELECT value FROM json_each(:numbers))"))
_HOLD_POSTGRES = text(_HOLD.format(among="= ANY (CAST(:numbers AS int[]))"))


def hold(session: Session, numbers: Collection[int], *, owner: str, now: datetime, until: datetime) -> None:
    """Put rows that this transaction has found due under their owner's lease."""
    is_sqlite = _is_sqlite(session)
    values: dict[str, Any] = {"owner": owner, "numbers": _numbers(session, numbers)}
    values |= {"now": micros(now), "until": micros(until)} if is_sqlite else {"now": now, "until": until}
    session.connection().execute(_HOLD_SQLITE if is_sqlite else _HOLD_POSTGRES, values)


class Line(NamedTuple):
    """One line of step_log, without whom it is of."""

    seq: int
    workflow_no: int
    step: int
    outcome: str
    attempt: int
    detail: str | None


class Turn(NamedTuple):
    """What a row comes to from the `seq` it was at, and its lines of log; many rows may come to the same."""

    was: int
    step: int
    status: int
    seq: int
    attempt: int
    due_at: datetime | None
    finished_at: datetime | None
    context: str | None
    lines: tuple[Line, ...]


class Fence(NamedTuple):
    """What rows must still be for a turn to be written: of this status, and of this owner or of nobody."""

    status: int
    owner: str | None


_HELD_SQLITE = text("""
SELECT enrolment_no, seq FROM enrolments
WHERE enrolment_no IN (SELECT value FROM json_each(:numbers)) AND status = :status AND owner = :owner
""")
_MOVE = """
UPDATE enrolments SET step = ?, status = ?, seq = ?, attempt = ?, due_at = ?, finished_at = ?, context = ?,
    started_at = COALESCE(started_at, ?), owner = NULL, lease_until = NULL
WHERE enrolment_no {among} AND seq = ? AND status = ? AND owner IS ?
"""
_LOG = """
INSERT INTO step_log (seq, workflow_no, step, outcome, attempt, detail, at, enrolment_no) {rows}
"""
_MOVE_SQLITE = _MOVE.format(among="IN (SELECT value FROM json_each(?))")
_LOG_SQLITE = _LOG.format(rows="SELECT ?, ?, ?, ?, ?, ?, ?, value FROM json_each(?)")
# What it is where nobody else comes to the same, as after a mail, of which the log tells its Message-ID: half the work.
_MOVE_ONE_SQLITE = _MOVE.format(among="= ?")
_LOG_ONE_SQLITE = _LOG.format(rows="VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
# The fence stands in a CASE, and the numbers in a query of their own, to keep them from the planner: it takes the
# fence's conditions to leave next to nothing of the table, and many numbers to be most of it, and then reads all of it
# instead of finding each row by its number.
_MOVE_POSTGRES = text("""
WITH turns AS MATERIALIZED (
    SELECT * FROM json_to_recordset(CAST(:turns AS json)) AS t(turn int, was int, step smallint, status smallint,
        seq int, attempt smallint, due_at timestamptz, finished_at timestamptz, context text)),
moved AS (
    UPDATE enrolments e SET step = t.step, status = t.status, seq = t.seq, attempt = t.attempt, due_at = t.due_at,
        finished_at = t.finished_at, context = CAST(t.context AS json),
        started_at = COALESCE(e.started_at, :now), owner = NULL, lease_until = NULL
    FROM unnest((SELECT CAST(:numbers AS int[])), (SELECT CAST(:of AS int[]))) AS m(no, turn)
        JOIN turns t ON t.turn = m.turn
    WHERE e.enrolment_no = m.no
        AND CASE WHEN e.seq = t.was AND e.status = :status AND e.owner IS NOT DISTINCT FROM :owner THEN true END
    RETURNING e.enrolment_no, t.turn),
logged AS (
    INSERT INTO step_log (enrolment_no, seq, workflow_no, step, outcome, attempt, at, detail)
    SELECT moved.enrolment_no, l.seq, l.workflow_no, l.step, l.outcome, l.attempt, :now, l.detail
    FROM json_to_recordset(CAST(:lines AS json)) AS l(turn int, seq int, workflow_no int, step smallint, outcome text,
        attempt smallint, detail text)
    JOIN moved ON moved.turn = l.turn)
SELECT enrolment_no FROM moved
""")


def move(session: Session, turns: Sequence[Turn], of: Mapping[int, int], fence: Fence, now: datetime) -> set[int]:
    """Write a batch of next states and their log, for just the rows that the fence lets through; their numbers.

    Args:
        session: the transaction.
        turns: what rows come to.
        of: number of an enrolment → position of its turn.
        fence: what the rows must still be.
        now: the aware moment, for the log and for rows that nobody had begun.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return _move_on_sqlite(connection, turns, of, fence, now)
    values = {
        "turns": json.dumps([{**_told(one), "turn": number} for number, one in enumerate(turns)]),
        "lines": json.dumps([{**line._asdict(), "turn": n} for n, one in enumerate(turns) for line in one.lines]),
        "numbers": _array(of.keys()),
        "of": _array(of.values()),
        "now": now,
        **fence._asdict(),
    }
    return set(connection.execute(_MOVE_POSTGRES, values).scalars())


def _told(turn: Turn) -> dict[str, Any]:
    told = turn._asdict()
    del told["lines"]
    for name in ("due_at", "finished_at"):
        told[name] = told[name] and told[name].isoformat()
    return told


def _move_on_sqlite(
    connection: Connection, turns: Sequence[Turn], of: Mapping[int, int], fence: Fence, now: datetime
) -> set[int]:
    """The transaction is the only writer, so that what it finds past the fence stays there."""
    written: Collection[int] = of.keys()
    if fence.owner is not None:
        values = {"numbers": json.dumps(list(of)), **fence._asdict()}
        found = connection.execute(_HELD_SQLITE, values).all()
        written = [number for number, seq in found if turns[of[number]].was == seq]
    groups: dict[int, list[int]] = {}
    for number in written:
        groups.setdefault(of[number], []).append(number)
    at = micros(now)
    changes: dict[str, list[tuple[Any, ...]]] = {}
    for place, numbers in groups.items():
        turn, alone = turns[place], len(numbers) == 1
        told = numbers[0] if alone else json.dumps(numbers)
        moved = changes.setdefault(_MOVE_ONE_SQLITE if alone else _MOVE_SQLITE, [])
        moved.append((*_row(turn), at, told, turn.was, *fence))
        logged = changes.setdefault(_LOG_ONE_SQLITE if alone else _LOG_SQLITE, [])
        logged += [(*line, at, told) for line in turn.lines]
    for statement, rows in changes.items():
        if rows:
            connection.exec_driver_sql(statement, rows)
    return set(written)


def _row(turn: Turn) -> tuple[Any, ...]:
    moments = (value and micros(value) for value in (turn.due_at, turn.finished_at))
    return (turn.step, turn.status, turn.seq, turn.attempt, *moments, turn.context)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _numbers(session: Session, numbers: Collection[int]) -> str:
    """Numbers as one value: for `json_each`, or as an array. Drivers take a list one number at a time."""
    return json.dumps(list(numbers)) if _is_sqlite(session) else _array(numbers)


def _array(numbers: Collection[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
