"""Stores for the benchmarks of the workflow engine: many leads of one venture, and a workflow that waits."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from gtm.domain.clock import VirtualClock
from gtm.domain.workflow import Exit, TriggerDefinition, UpdateLead, Wait, WorkflowDefinition
from gtm.store import schema
from gtm.store.database import Database, sqlite_url
from gtm.store.repositories import automation
from gtm.store.testing import PrivatePostgres

VENTURE = "bench"
WORKFLOW = "bench-drip"
TRIGGER = "bench-drip-start"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WAITS = 4
"""Waits of 48 hours one after another: each is one transition, an update and a line of log, without any effect."""

_LEADS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, :count)) ",
}
_INSERT = """
INSERT INTO leads (lead_id, venture_id, email, first_name, last_name, company, role, segment_id, lead_source, status,
                   score, time_zone, country, consent, is_test, created_at, attributes)
SELECT 'lead-' || i, 'bench', 'person' || i || '@example.com', 'Ada', 'Lovelace', 'Acme', 'Head of IT', 'it-teams',
       'website', 'new', i % 100, 'UTC', 'US', 'granted', {false}, :now, '{{}}'
FROM n
"""
INSERT_ONE = """
INSERT INTO leads (lead_id, venture_id, email, first_name, last_name, company, role, segment_id, lead_source, status,
                   score, time_zone, country, consent, is_test, created_at, attributes, own_writes)
VALUES (:id, 'bench', :email, 'Ada', '', '', '', '', 'import', 'new', 0, 'UTC', 'US', 'granted', :no, :now, '{}', 0)
"""


def definition() -> WorkflowDefinition:
    """A chain of waits of 48 hours."""
    waits = tuple(
        Wait(id=f"wait_{n}", hours=48, next=f"wait_{n + 1}" if n < WAITS else "end") for n in range(1, WAITS + 1)
    )
    return WorkflowDefinition(
        workflow_id=WORKFLOW,
        venture_id=VENTURE,
        name="Waits",
        campaign_id="bench-campaign",
        triggers=(TRIGGER,),
        entry="wait_1",
        steps=(*waits, Exit(id="end")),
    )


def one_field(workflow_id: str, trigger_id: str) -> WorkflowDefinition:
    """One field of the lead is written, and out."""
    return WorkflowDefinition(
        workflow_id=workflow_id,
        venture_id=VENTURE,
        name="One field",
        campaign_id="bench-campaign",
        triggers=(trigger_id,),
        entry="mark",
        steps=(
            UpdateLead(id="mark", field="status", value="contacted", on_success="end", on_failure="lost"),
            Exit(id="end"),
            Exit(id="lost", outcome="failed", reason="not written"),
        ),
    )


@contextmanager
def store(kind: str) -> Iterator[Database]:
    """An empty store of that kind, `sqlite` or `postgres`, gone afterwards."""
    clock = VirtualClock(START)
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
            database = Database(sqlite_url(Path(folder) / "store.db"), clock)
            schema.upgrade(database)
            yield database
            database.close()
        return
    with PrivatePostgres() as server:
        database = Database(server.url(), clock)
        schema.upgrade(database)
        yield database
        database.close()


def fill(database: Database, leads: int) -> None:
    """So many leads, the workflow, active, and its trigger."""
    with database.write() as session:
        now = START
        automation.save_workflow(session, definition(), run_id="bench", revision=1, now=now)
        trigger = TriggerDefinition(trigger_id=TRIGGER, type="manual", workflow_id=WORKFLOW)
        automation.save_trigger(session, trigger, venture_id=VENTURE, run_id="bench", revision=1, now=now)
        automation.activate_workflow(session, WORKFLOW, now)
        dialect = "sqlite" if database.is_sqlite else "postgresql"
        statement = _LEADS[dialect] + _INSERT.format(false="0" if database.is_sqlite else "false")
        if database.is_sqlite:
            # SQLite takes the common table expression after INSERT INTO … only.
            head, _, tail = statement.partition("INSERT INTO")
            insert, _, select = tail.partition("SELECT")
            statement = f"INSERT INTO{insert}{head} SELECT{select}"
        moment = "2026-03-02 09:00:00.000000" if database.is_sqlite else now
        session.connection().execute(text(statement), {"count": leads, "now": moment})
    settle(database)


def settle(database: Database) -> None:
    """Let the database put its house in order, so that what follows is measured on a store at rest."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if database.is_sqlite else "VACUUM ANALYZE")


def enrolment_bytes(database: Database) -> int:
    """Bytes of the enrolments with their indexes."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            return int(connection.execute(text("SELECT pg_total_relation_size('enrolments')")).scalar_one())
        names = "SELECT name FROM sqlite_master WHERE tbl_name = 'enrolments'"
        return int(connection.execute(text(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({names})")).scalar_one())


def store_bytes(database: Database) -> int:
    """Bytes of everything; of a SQLite file, without the pages that are free."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        size, used, free = (
            int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
            for name in ("page_size", "page_count", "freelist_count")
        )
        return size * (used - free)
