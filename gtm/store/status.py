"""Where ventures stand, on either database; `gtm.store.fast_status` answers the same from SQLite without SQLAlchemy."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gtm.domain.errors import NotFound, StoreError
from gtm.store.database import Database
from gtm.store.status_sql import ALL, ONE, WORKERS, StatusSnapshot, snapshot_of

__all__ = ["StatusSnapshot", "status_overview", "status_snapshot"]

_ONE, _ALL, _WORKERS = text(ONE), text(ALL), text(WORKERS)


def status_snapshot(database: Database, venture_id: str) -> StatusSnapshot:
    """Where a venture stands, in one query.

    Raises:
        NotFound: there is no such venture.
        StoreError: the store cannot be read.
    """
    rows = _rows(database, _ONE, venture_id=venture_id)
    if not rows:
        raise NotFound(
            f"there is no venture {venture_id!r}",
            field="venture_id",
            value=venture_id,
            hint="gtm venture list",
        )
    return snapshot_of(rows[0])


def status_overview(database: Database) -> list[StatusSnapshot]:
    """Where every venture stands, by id, in one query.

    Raises:
        StoreError: the store cannot be read.
    """
    return [snapshot_of(row) for row in _rows(database, _ALL)]


def worker_counts(database: Database, now: datetime) -> tuple[int, int]:
    """How many workers live, and how many workflows are active.

    Raises:
        StoreError: the store cannot be read.
    """
    ((living, active),) = _rows(database, _WORKERS, now=now)
    return living, active


def _rows(database: Database, statement: Any, **parameters: Any) -> list[Any]:
    try:
        with database.engine.connect() as connection:
            return list(connection.execute(statement, parameters))
    except SQLAlchemyError as error:
        raise StoreError(f"the store cannot be read: {getattr(error, 'orig', error)}", hint="gtm doctor") from error
