"""Where ventures stand, for the web door and `gtm status`: SQLite is asked directly, others by SQLAlchemy."""

import threading
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.settings import Settings
from app.standing import driven, driven_by, next_of, state_of
from gtm.domain.clock import Clock, SystemClock
from gtm.domain.errors import NotFound, StoreError
from gtm.store.fast_status import FastStatus
from gtm.store.status_sql import StatusSnapshot, as_text

if TYPE_CHECKING:
    from gtm.store.database import Database

ANSWERED = ("venture_id", "run_id", "run_status", "checkpoint", "steps_done", "steps_total")
"""What the agent tells after `status` and `last_updated`."""


class StoreSource:
    """Reads the store.

    Args:
        settings: where the store is.
        clock: tells whether the lease of a run has ended.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        path = settings.sqlite_path
        self._fast = FastStatus(path) if path is not None else None
        self._lock = threading.Lock()

    @property
    def quick(self) -> bool:
        """Whether a status is answered in microseconds, without waiting for a network."""
        return self._fast is not None

    def prepare(self) -> None:
        """Make sure that the store stands and has the tables that are asked.

        Raises:
            StoreError: it cannot be opened or migrated.
        """
        if self._fast is None:
            _ = self._database
            return
        try:
            self._fast.overview()
        except StoreError:
            _ = self._database

    def snapshot(self, venture_id: str) -> StatusSnapshot:
        """Where a venture stands.

        Raises:
            NotFound: there is no such venture.
            StoreError: the store cannot be read.
        """
        if self._fast is not None:
            return self._fast.snapshot(venture_id)
        from gtm.store.status import status_snapshot

        return status_snapshot(self._database, venture_id)

    def snapshots(self) -> list[StatusSnapshot]:
        """Where every venture stands.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._fast is not None:
            return self._fast.overview()
        from gtm.store.status import status_overview

        return status_overview(self._database)

    def workers(self, now: datetime) -> tuple[int, int]:
        """How many workers live, and how many workflows are active and need one.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._fast is not None:
            return self._fast.workers(now)
        from gtm.store.status import worker_counts

        return worker_counts(self._database, now)

    def status(self, venture_id: str) -> dict[str, Any] | None:
        """What the agent answers to `status`; None when there is no such venture.

        A run that is `running` and not `driven` waits to be resumed, by the command that `next` names; `driven_by` says
        which process or workflow drives it.
        """
        try:
            found = self.snapshot(venture_id)
        except NotFound:
            return None
        told: dict[str, Any] = {"status": found.status, "last_updated": as_text(found.last_updated)}
        told |= {name: getattr(found, name) for name in ANSWERED}
        now = self._clock.now()
        return told | {"driven": driven(found, now), "driven_by": driven_by(found, now), "next": next_of(found, now)}

    def pending(self, venture_id: str | None) -> list[dict[str, Any]]:
        """What waits for a person, oldest first."""
        from crews.approvals import pending

        return [
            {
                "venture_id": row.venture_id,
                "run_id": row.run_id,
                "approval_id": row.record.approval_id,
                "checkpoint": row.record.checkpoint,
                "role": row.record.role,
                "since": as_text(row.waiting_since),
            }
            for row in pending(self._database, venture_id)
        ]

    def overview(self) -> list[dict[str, Any]]:
        """Every venture, for the page."""
        now = self._clock.now()
        return [
            {
                "venture_id": one.venture_id,
                "name": one.name,
                "state": state_of(one, now),
                "detail": one.paused_reason or one.detail or "",
                "checkpoint": one.checkpoint or "",
                "steps_done": one.steps_done,
                "steps_total": one.steps_total,
                "last_updated": as_text(one.last_updated),
            }
            for one in self.snapshots()
        ]

    def close(self) -> None:
        """Give connections back."""
        if self._fast is not None:
            self._fast.close()
        if "_opened" in self.__dict__:
            self._opened.close()

    @property
    def _database(self) -> "Database":
        with self._lock:
            return self._opened

    @cached_property
    def _opened(self) -> "Database":
        from app import bootstrap

        return bootstrap.open_store(self._settings)
