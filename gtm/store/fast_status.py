"""Where ventures stand, read from a SQLite store with the standard library alone.

`gtm status` must not wait for SQLAlchemy to be imported, and the agent endpoint answers from here within its event
loop: about 30 microseconds a question over a connection that stays open, and 5 as long as nobody has written.
"""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from gtm.domain.errors import NotFound, StoreError
from gtm.store.status_sql import ALL, ONE, WORKERS, StatusSnapshot, snapshot_of

__all__ = ["FastStatus", "StatusSnapshot", "read_overview", "read_status", "sqlite_path"]

BUSY_SECONDS = 5.0
REMEMBERED = 1000
"""Answers that a thread keeps until the store is written to."""


def sqlite_path(url: str) -> Path | None:
    """The file of a `sqlite:///FILE` URL; None for another database."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix).split("?", 1)[0]) if url.startswith(prefix) else None


class FastStatus:
    """A read-only view of a SQLite store; one connection a thread, kept open. A context manager.

    Args:
        path: the store's file; it need not exist before the first question.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "FastStatus":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def snapshot(self, venture_id: str) -> StatusSnapshot:
        """Where a venture stands.

        Raises:
            NotFound: there is no such venture.
            StoreError: the store does not exist or cannot be read.
        """
        remembered = self._remembered()
        known = remembered.get(venture_id)
        if known is not None:
            return known
        rows = self._rows(ONE, {"venture_id": venture_id})
        if not rows:
            raise NotFound(
                f"there is no venture {venture_id!r}",
                field="venture_id",
                value=venture_id,
                hint="gtm venture list shows them",
            )
        found = snapshot_of(rows[0])
        if len(remembered) < REMEMBERED:
            remembered[venture_id] = found
        return found

    def overview(self) -> list[StatusSnapshot]:
        """Where every venture stands, by id.

        Raises:
            StoreError: the store does not exist or cannot be read.
        """
        return [snapshot_of(row) for row in self._rows(ALL, {})]

    def workers(self, now: datetime) -> tuple[int, int]:
        """How many workers live, and how many workflows are active.

        Raises:
            StoreError: the store does not exist or cannot be read.
        """
        moment = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        ((living, active),) = self._rows(WORKERS, {"now": moment})
        return int(str(living)), int(str(active))

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            opened, self._opened = self._opened, []
            self._local = threading.local()
        for connection in opened:
            connection.close()

    def _remembered(self) -> dict[str, StatusSnapshot]:
        """What this thread has read since the store was last written to, by whatever process."""
        # Asked before the rows are read: a write in between makes what is remembered older, never newer, than its mark.
        ((version,),) = self._rows("PRAGMA data_version", {})
        kept: tuple[object, dict[str, StatusSnapshot]] | None = getattr(self._local, "kept", None)
        if kept is None or kept[0] != version:
            kept = (version, {})
            self._local.kept = kept
        return kept[1]

    def _rows(self, query: str, parameters: dict[str, str]) -> list[tuple[object, ...]]:
        try:
            return self._connection().execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            if not self.path.is_file():
                raise StoreError(
                    f"there is no store at {self.path}",
                    field="GTM_DATABASE_URL",
                    hint="gtm venture load FILE",
                ) from error
            raise StoreError(f"the store {self.path} cannot be read: {error}", hint="gtm doctor") from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # Autocommit: a reader between questions must not hold an old snapshot of the WAL.
            uri = f"file:{quote(str(self.path.absolute()))}?mode=ro"
            connection = sqlite3.connect(
                uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection


def read_status(path: Path, venture_id: str) -> StatusSnapshot:
    """Where a venture stands, asked once.

    Raises:
        NotFound: there is no such venture.
        StoreError: the store does not exist or cannot be read.
    """
    with FastStatus(path) as status:
        return status.snapshot(venture_id)


def read_overview(path: Path) -> list[StatusSnapshot]:
    """Where every venture stands, asked once.

    Raises:
        StoreError: the store does not exist or cannot be read.
    """
    with FastStatus(path) as status:
        return status.overview()
