"""The statements of the worker's loop, written out for each database: one claim, and one move, of a whole batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
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
    statuses = ("active",) if test_workflow_id is None else ("draft", "active")
    statement = (
        select(WorkflowVersion.version_no, AutomationWorkflow.venture_id, AutomationWorkflow.priority)
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(WorkflowVersion.workflow_id))
        .where(col(AutomationWorkflow.status).in_(statuses))
        .order_by(col(WorkflowVersion.version_no))
    )
    if test_workflow_id is not None:
        statement = statement.where(col(AutomationWorkflow.workflow_id) == test_workflow_id)
    else:
        paused = select(Venture.venture_id).where(col(Venture.paused_at).is_not(None))
        statement = statement.where(col(AutomationWorkflow.venture_id).not_in(paused))
    if venture_id is not None:
        statement = statement.where(col(AutomationWorkflow.venture_id) == venture_id)
    return [
        Runnable(int(no or 0), venture, _RANKS.get(priority, 1)) for no, venture, priority in session.exec(statement)
    ]


@dataclass(frozen=True, slots=True)
class Claimed:
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


_CLAIM_SQLITE = text("""
WITH found AS (
    SELECT e.enrolment_no, e.due_at, json_extract(r.value, '$[1]') AS rank, json_extract(r.value, '$[3]') AS quota,
           ROW_NUMBER() OVER (PARTITION BY json_extract(r.value, '$[2]')
                              ORDER BY json_extract(r.value, '$[1]'), e.due_at, e.enrolment_no) AS place
    FROM json_each(:shares) r
    JOIN enrolments e ON e.enrolment_no IN (
        SELECT enrolment_no FROM enrolments
        WHERE version_no = json_extract(r.value, '$[0]') AND status = 0 AND due_at <= :now AND is_test = :is_test
        ORDER BY due_at LIMIT :most))
UPDATE enrolments SET status = 1, owner = :owner, lease_until = :until, started_at = COALESCE(started_at, :now)
WHERE enrolment_no IN (
    SELECT enrolment_no FROM found WHERE place <= quota ORDER BY rank, due_at, enrolment_no LIMIT :limit)
RETURNING enrolment_no, version_no, lead_no, entry, is_test, step, status, seq, attempt, due_at, context
""")
_CLAIM_POSTGRES = text("""
WITH found AS MATERIALIZED (
    SELECT d.enrolment_no, d.due_at, r.rank, r.quota,
           ROW_NUMBER() OVER (PARTITION BY r.venture ORDER BY r.rank, d.due_at, d.enrolment_no) AS place
    FROM unnest(CAST(:versions AS int[]), CAST(:ranks AS int[]), CAST(:ventures AS int[]), CAST(:quotas AS int[]))
        AS r(version_no, rank, venture, quota)
    CROSS JOIN LATERAL (
        SELECT enrolment_no, due_at FROM enrolments
        WHERE version_no = r.version_no AND status = 0 AND due_at <= :now AND is_test = :is_test
        ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED) d),
due AS MATERIALIZED (
    SELECT enrolment_no FROM found WHERE place <= quota ORDER BY rank, due_at, enrolment_no LIMIT :limit)
UPDATE enrolments e SET status = 1, owner = :owner, lease_until = :until, started_at = COALESCE(e.started_at, :now)
FROM due WHERE e.enrolment_no = due.enrolment_no AND e.status = 0
RETURNING e.enrolment_no, e.version_no, e.lead_no, e.entry, e.is_test, e.step, e.status, e.seq, e.attempt,
    e.due_at, e.context
""")


def claim(
    session: Session,
    shares: Sequence[Share],
    *,
    is_test: bool,
    owner: str,
    now: datetime,
    until: datetime,
    limit: int,
) -> list[Claimed]:
    """Claim what is due of these versions, at most its quota of each venture and `limit` of all; in no order.

    Looks at no more rows of a version than the largest quota: what it costs does not grow with what is due.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    numbers = {one: number for number, one in enumerate(dict.fromkeys(share.version.venture_id for share in shares))}
    told = [(s.version.version_no, s.version.rank, numbers[s.version.venture_id], s.quota) for s in shares]
    # One number for all: at a limit from each row the planner would guess, and might sort everything that is due.
    most = max(share.quota for share in shares)
    values: dict[str, Any] = {"is_test": is_test, "owner": owner, "most": most, "limit": limit}
    if is_sqlite:
        values |= {"shares": json.dumps(told), "now": micros(now), "until": micros(until)}
    else:
        columns = zip(("versions", "ranks", "ventures", "quotas"), map(list, zip(*told, strict=True)), strict=True)
        values |= {**dict(columns), "now": now, "until": until}
    rows = session.connection().execute(_CLAIM_SQLITE if is_sqlite else _CLAIM_POSTGRES, values)
    return [
        Claimed(
            enrolment_no=row.enrolment_no,
            version_no=row.version_no,
            lead_no=row.lead_no,
            entry=row.entry,
            is_test=bool(row.is_test),
            step=row.step,
            status=row.status,
            seq=row.seq,
            attempt=row.attempt,
            due_at=moment(row.due_at) if is_sqlite else row.due_at.astimezone(UTC),
            context=json.loads(row.context) if isinstance(row.context, str) else row.context,
        )
        for row in rows
    ]


_MOVE_SQLITE = text("""
UPDATE enrolments SET step = m.step, status = m.status, seq = m.seq, attempt = m.attempt, due_at = m.due_at,
    finished_at = m.finished_at, context = m.context, owner = NULL, lease_until = NULL
FROM (SELECT json_extract(value, '$.no') AS no, json_extract(value, '$.was') AS was,
             json_extract(value, '$.step') AS step, json_extract(value, '$.status') AS status,
             json_extract(value, '$.seq') AS seq, json_extract(value, '$.attempt') AS attempt,
             json_extract(value, '$.due_at') AS due_at, json_extract(value, '$.finished_at') AS finished_at,
             json_extract(value, '$.context') AS context
      FROM json_each(:moves)) AS m
WHERE enrolments.enrolment_no = m.no AND enrolments.seq = m.was AND enrolments.status = 1
  AND enrolments.owner = :owner
RETURNING enrolment_no
""")
_LOG_SQLITE = text("""
INSERT INTO step_log (enrolment_no, seq, workflow_no, step, outcome, attempt, at, detail)
VALUES (:no, :seq, :workflow_no, :step, :outcome, :attempt, :at, :detail)
""")
_MOVE_POSTGRES = text("""
WITH moved AS (
    UPDATE enrolments e SET step = m.step, status = m.status, seq = m.seq, attempt = m.attempt, due_at = m.due_at,
        finished_at = m.finished_at, context = m.context, owner = NULL, lease_until = NULL
    FROM json_to_recordset(CAST(:moves AS json)) AS m(no int, was int, step smallint, status smallint, seq int,
        attempt smallint, due_at timestamptz, finished_at timestamptz, context json)
    WHERE e.enrolment_no = m.no AND e.seq = m.was AND e.status = 1 AND e.owner = :owner
    RETURNING e.enrolment_no),
logged AS (
    INSERT INTO step_log (enrolment_no, seq, workflow_no, step, outcome, attempt, at, detail)
    SELECT l.no, l.seq, l.workflow_no, l.step, l.outcome, l.attempt, l.at, l.detail
    FROM json_to_recordset(CAST(:lines AS json)) AS l(no int, seq int, workflow_no int, step smallint,
        outcome text, attempt smallint, at timestamptz, detail text)
    JOIN moved ON moved.enrolment_no = l.no)
SELECT enrolment_no FROM moved
""")


def move(session: Session, moves: Sequence[dict[str, Any]], lines: Sequence[dict[str, Any]], owner: str) -> set[int]:
    """Write a batch of next states and their log, for just the rows that were still claimed; their numbers."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        values = {"moves": json.dumps(moves), "lines": json.dumps(lines), "owner": owner}
        return {row.enrolment_no for row in connection.execute(_MOVE_POSTGRES, values)}
    written = {
        row.enrolment_no for row in connection.execute(_MOVE_SQLITE, {"moves": json.dumps(moves), "owner": owner})
    }
    logged = [line for line in lines if line["no"] in written]
    if logged:
        connection.execute(_LOG_SQLITE, logged)
    return written
