"""Waking an idle worker when something was committed: NOTIFY on PostgreSQL, the file's change counter on SQLite."""

import logging
import threading
import time
from typing import Any

from sqlmodel import Session

from gtm.store.database import Database
from gtm.store.models.running import WAKE_CHANNEL

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.1
_AGAIN_SECONDS = 2.0


def announce(session: Session) -> None:
    """Wake idle workers once this transaction is committed; on SQLite they see the commit itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"NOTIFY {WAKE_CHANNEL}")


class Wake:
    """A sleep that ends early when somebody commits something for a worker. For one thread; `set` is for any.

    On PostgreSQL a connection of its own listens; where it breaks, sleeping goes on undisturbed and it is made anew.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._event = threading.Event()
        self._closed = False
        self._seen: int | None = None
        self._connection: Any = None
        if not database.is_sqlite:
            threading.Thread(target=self._listen, name="wake", daemon=True).start()

    def set(self) -> None:
        """End the present sleep, or the next one at once."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Sleep at most that long."""
        if self._database.is_sqlite:
            self._watch(seconds)
        else:
            self._event.wait(seconds)
        self._event.clear()

    def close(self) -> None:
        """Sleep no more, and listen no more."""
        self._closed = True
        self._event.set()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._event.wait(max(0.0, min(_LOOK_SECONDS, until - time.monotonic()))):
            if self._changed() or time.monotonic() >= until:
                return

    def _changed(self) -> bool:
        """Whether another connection has committed since the last look; no lock is taken for it."""
        if self._connection is None:
            self._connection = self._database.engine.raw_connection()
        number = int(self._connection.cursor().execute("PRAGMA data_version").fetchone()[0])
        seen, self._seen = self._seen, number
        return seen != number

    def _listen(self) -> None:
        import psycopg

        url = self._database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._closed:
            try:
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {WAKE_CHANNEL}")
                    while not self._closed:
                        if any(True for _ in connection.notifies(timeout=_AGAIN_SECONDS, stop_after=1)):
                            self._event.set()
            except psycopg.Error as error:
                _LOG.warning("listening for new work broke off: %s", " ".join(str(error).split()))
                self._event.wait(_AGAIN_SECONDS)
