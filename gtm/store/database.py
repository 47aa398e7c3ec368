"""Opening the store: SQLite in WAL mode by default, PostgreSQL 15 by URL, and one unit of work for both."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from gtm.domain.clock import Clock, SystemClock
from gtm.domain.errors import ConfigError, StoreError

BUSY_SECONDS = 60
_LAZY, _DURABLE = "NORMAL", "FULL"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Database:
    """One store. `write()` is one transaction, `read()` a snapshot; both close what they open.

    Args:
        url: `sqlite:///path.db` or `postgresql+psycopg://user@host/name`.
        clock: what SQL's `NOW()` answers on SQLite, which has none of its own.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = url
        self.clock = clock or SystemClock()
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._queue = threading.Lock()
        self._writing = 0
        if self.is_sqlite:
            event.listen(self.engine, "connect", self._prepare_sqlite)
            event.listen(self.engine, "begin", _begin)

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back on any error.

        On SQLite it starts with BEGIN IMMEDIATE, so two writers queue instead of failing half-way. Threads of one
        process queue here already: SQLite itself would let them sleep up to 100 ms after the lock is free.

        Args:
            durable: whether it must outlast a power failure from its commit on, with everything that was committed
                before it (docs/decisions/0007). PostgreSQL holds that of every commit; SQLite waits for the disk.

        Raises:
            StoreError: this very thread has a write under way, or others did not end theirs within a minute.
        """
        with self._turn(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            session.connection(execution_options={"gtm_write": True, "gtm_durable": durable})
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only unit of work; nothing in it is committed."""
        with Session(self.engine, expire_on_commit=False) as session:
            # Closing rolls back without expiring what was read: rows stay usable after the block.
            yield session

    @contextmanager
    def looks(self) -> Iterator["Looks"]:
        """Connections that are kept for many looks at what is committed, for as long as the block lasts."""
        looks = Looks(self)
        try:
            yield looks
        finally:
            looks.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if self._writing == threading.get_ident():
            raise StoreError("a write was begun inside another one; SQLite would wait for itself")
        if not self._queue.acquire(timeout=BUSY_SECONDS):
            raise StoreError(f"the database was busy for {BUSY_SECONDS} s", hint="try again, or use PostgreSQL")
        self._writing = threading.get_ident()
        try:
            yield
        finally:
            self._writing = 0
            self._queue.release()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _prepare_sqlite(self, connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        _use_wal(connection)
        connection.execute(f"PRAGMA synchronous={_LAZY}")
        connection.execute("PRAGMA foreign_keys=ON")
        clock = self.clock
        connection.create_function(
            "now", 0, lambda: clock.now().astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        )


class Looks:
    """Looks at what is committed at their moment, in one statement each; by several threads at a time.

    A unit of work costs ten times as much: a look comes right before each mail. No transaction is begun or ended around
    the statement, which sees what any other has committed before it.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        own = {"gtm_look": True} if database.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._engine = database.engine.execution_options(**own)
        self._idle: list[Connection] = []

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """A connection for one statement, whose rows are all fetched in the block."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            yield connection
        except BaseException:
            # Whatever it died of, the next look is taken on another one.
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Give them back."""
        while self._idle:
            self._idle.pop().close()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL; SQLite does not wait by itself when another process switches at the same moment."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _engine(url: str) -> Engine:
    try:
        if url.startswith("sqlite"):
            return create_engine(url, pool_size=10, max_overflow=90, connect_args={"check_same_thread": False})
        if url.startswith("postgresql"):
            return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=40)
    except (ArgumentError, ImportError) as error:
        raise ConfigError(f"the database URL cannot be used: {error}", field="GTM_DATABASE_URL") from error
    raise ConfigError(
        "this kind of database is not supported",
        field="GTM_DATABASE_URL",
        value=url.split(":", 1)[0],
        allowed="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME",
    )


def _begin(connection: Any) -> None:
    options = connection.get_execution_options()
    if options.get("gtm_look"):
        return
    if options.get("gtm_write"):
        wanted = _DURABLE if options.get("gtm_durable") else _LAZY
        if connection.info.get("synchronous", _LAZY) != wanted:
            # Not to be changed within a transaction.
            connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
            connection.info["synchronous"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("gtm_write") else "BEGIN")


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"
