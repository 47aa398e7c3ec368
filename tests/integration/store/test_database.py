"""One unit of work at a time on SQLite: threads queue for it, and nobody waits for themselves."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import StoreError
from gtm.store.database import Database
from gtm.store.repositories import leads


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
