"""One unit of work at a time on SQLite: threads queue for it, and nobody waits for themselves."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import StoreError
from gtm.store.database import Database, Looks
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.repositories import deliveries, leads
from gtm.store.trouble import trouble_of


def test_a_write_inside_a_write_is_told_at_once_instead_of_waiting_for_itself(sqlite_database: Database) -> None:
    started = time.monotonic()
    with sqlite_database.write(), pytest.raises(StoreError, match="inside another"), sqlite_database.write():
        pass
    assert time.monotonic() - started < 5
    with sqlite_database.write() as session:
        assert session.connection().execute(text("SELECT 1")).scalar_one() == 1


def test_a_write_that_fails_lets_the_next_one_in(sqlite_database: Database) -> None:
    with pytest.raises(ZeroDivisionError), sqlite_database.write():
        raise ZeroDivisionError
    with sqlite_database.write():
        pass


def test_threads_write_one_after_the_other(database: Database, clock: VirtualClock) -> None:
    inside = threading.Semaphore(1)

    def add_one(number: int) -> bool:
        with database.write() as session:
            alone = inside.acquire(blocking=False)
            leads.suppress(session, "acme", f"lead{number}@example.test", "unsubscribed", clock.now())
            if alone:
                inside.release()
            return alone

    with ThreadPoolExecutor(8) as pool:
        alone = list(pool.map(add_one, range(80)))
    if database.is_sqlite:
        assert all(alone)
    with database.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM suppression_list")).scalar_one() == 80


def test_a_durable_write_waits_for_the_disk_and_the_next_one_does_not(sqlite_database: Database) -> None:
    def synchronous(*, durable: bool) -> int:
        with sqlite_database.write(durable=durable) as session:
            return int(session.connection().execute(text("PRAGMA synchronous")).scalar_one())

    full, normal = 2, 1
    assert [synchronous(durable=durable) for durable in (False, True, True, False)] == [normal, full, full, normal]


def _status(looks: Looks) -> str:
    with looks.one() as connection:
        return deliveries.standing_now(connection, "w").status


def _workflow(now: datetime) -> AutomationWorkflow:
    made = {"created_at": now, "updated_at": now, "definition": {}, "status": "active"}
    return AutomationWorkflow(workflow_id="w", venture_id="v", campaign_id="c", name="w", **made)


def test_each_look_on_a_kept_connection_sees_what_was_committed_before_it(database: Database) -> None:
    """A pause is looked at right before each mail: a look that went on in an old snapshot would miss it."""
    with database.looks() as looks:
        assert _status(looks) == "gone"
        with database.write() as session:
            session.add(_workflow(database.clock.now()))
        assert _status(looks) == "active"
        with database.write() as session:
            session.connection().execute(text("UPDATE automation_workflows SET status = 'paused'"))
            session.flush()
            # Not committed yet, and waited for by nobody.
            assert _status(looks) == "active"
        assert _status(looks) == "paused"
        assert len(looks._idle) == 1


def test_a_look_that_breaks_leaves_its_connection_and_the_next_one_works(database: Database) -> None:
    with database.looks() as looks:
        assert _status(looks) == "gone"
        with pytest.raises(ZeroDivisionError), looks.one():
            raise ZeroDivisionError
        assert looks._idle == []
        assert _status(looks) == "gone"
        assert len(looks._idle) == 1
    # Given back as it was: a write on the same connection is a transaction again.
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.connection().execute(text("CREATE TABLE odd (n INTEGER)"))
        raise ZeroDivisionError
    with database.read() as session, pytest.raises(DBAPIError, match="odd"):
        session.connection().execute(text("SELECT n FROM odd"))


def test_a_full_disk_is_told_as_one(sqlite_database: Database) -> None:
    with pytest.raises(OperationalError) as raised, sqlite_database.write() as session:
        pages = session.connection().execute(text("PRAGMA page_count")).scalar_one()
        session.connection().execute(text(f"PRAGMA max_page_count={pages}"))
        session.connection().execute(text("CREATE TABLE more AS SELECT zeroblob(100000)"))
    assert trouble_of(raised.value) == "the disk is full (database or disk is full)"


def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2")
    with pytest.raises(OperationalError) as raised, gone.read() as session:
        session.connection()
    assert trouble_of(raised.value).startswith("the database cannot be reached (")
    gone.close()


def test_trouble_is_named_by_what_the_server_says() -> None:
    class Full(Exception):
        sqlstate = "53100"

    error = OperationalError("UPDATE", {}, Full("could not extend file: No space left on device"))
    assert trouble_of(error).startswith("the disk of the database's server is full (could not extend")
