"""What stands in a store after workers were killed: how enrolments and sends ended, and whether the log is whole."""

from dataclasses import dataclass

from sqlalchemy import text

from benchmarks.mail_venture import WORKFLOW
from gtm.store.database import Database
from gtm.store.models.enrolments import FAILED, FINISHED, STATUSES

_MINE = "(SELECT workflow_no FROM automation_workflows WHERE workflow_id = :workflow)"


@dataclass(frozen=True)
class Found:
    """The workflow's rows.

    Attributes:
        statuses: enrolments by status.
        states: sends by state.
        lines: of the log.
        torn: enrolments whose lines are not exactly the transitions 0, 1, 2, … up to where they stand.
        doubts: sends of which it was not known whether they had happened.
        again: sends that were handed over more than once, because the server had not taken them.
    """

    statuses: dict[str, int]
    states: dict[str, int]
    lines: int
    torn: int
    doubts: int
    again: int


def remaining(database: Database) -> int:
    """Enrolments that have not ended."""
    query = f"SELECT count(*) FROM enrolments WHERE workflow_no = {_MINE} AND status NOT IN ({FINISHED}, {FAILED})"
    return _number(database, query)


def look(database: Database) -> Found:
    """Everything about the workflow."""
    statuses = _pairs(database, f"SELECT status, count(*) FROM enrolments WHERE workflow_no = {_MINE} GROUP BY 1")
    states = _pairs(database, "SELECT state, count(*) FROM email_sends WHERE workflow_id = :workflow GROUP BY 1")
    lines = f"FROM step_log WHERE workflow_no = {_MINE}"
    whole = f"SELECT enrolment_no, count(DISTINCT seq) n, max(seq) last, count(*) every_line {lines} GROUP BY 1"
    torn = (
        f"SELECT count(*) FROM enrolments e LEFT JOIN ({whole}) l ON l.enrolment_no = e.enrolment_no"
        f" WHERE e.workflow_no = {_MINE}"
        " AND (l.n IS NULL OR l.n <> l.every_line OR l.n <> l.last + 1 OR l.n <> e.seq)"
    )
    return Found(
        statuses={STATUSES[int(str(code))]: count for code, count in statuses.items()},
        states={str(state): count for state, count in states.items()},
        lines=_number(database, f"SELECT count(*) {lines}"),
        torn=_number(database, torn),
        doubts=_number(database, f"SELECT count(*) {lines} AND outcome = 'unknown'"),
        again=_number(database, "SELECT count(*) FROM email_sends WHERE workflow_id = :workflow AND attempts > 1"),
    )


def _number(database: Database, query: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text(query), {"workflow": WORKFLOW}).scalar_one())


def _pairs(database: Database, query: str) -> dict[object, int]:
    with database.engine.connect() as connection:
        return {row[0]: int(row[1]) for row in connection.execute(text(query), {"workflow": WORKFLOW})}
