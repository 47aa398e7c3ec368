"""Holding what a worker has claimed: how long ago that was made sure, and making it sure again in time.

A worker that is late must find out before its next effect, not after it: what it holds is only ever as good as the
last transaction in which it held it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlmodel import Session

from gtm.domain.clock import Clock
from gtm.store.database import Database
from gtm.store.repositories import claims


class Stopwatch:
    """Tells how long ago it was made, by the clock or by the machine's own count, whichever is more.

    Attributes:
        moment: when, by the clock.
        count: when, by `time.monotonic`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.moment: datetime = clock.now()
        self.count = time.monotonic()

    def passed(self) -> timedelta:
        """How long ago; a clock that was set back says nothing about that, so then it counts as long ago."""
        by_clock = self._clock.now() - self.moment
        return timedelta.max if by_clock < timedelta(0) else max(by_clock, timedelta(seconds=self._counted()))

    def _counted(self) -> float:
        return time.monotonic() - self.count


class Hold:
    """One claim of a worker, of a batch of enrolments.

    Args:
        database: the store.
        clock: tells the moments.
        owner: the claim's name.
        lease: how long it holds without a word.
        since: taken before the claim was written.
        real: whether its leads are; what is done for real ones is on the disk before anything outside hears of it.
    """

    def __init__(
        self, database: Database, clock: Clock, owner: str, lease: timedelta, since: Stopwatch, *, real: bool = True
    ) -> None:
        self.owner = owner
        self.lease = lease
        self.real = real
        self._database = database
        self._clock = clock
        self._since = since
        self._one = threading.Lock()

    @property
    def is_aging(self) -> bool:
        """Whether a quarter of the lease is over."""
        return self._since.passed() >= self.lease / 4

    @property
    def is_over(self) -> bool:
        """Whether the lease has run out since the store was last told that the owner lives."""
        return self._since.passed() >= self.lease

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Session]:
        """A transaction about what is held, one of this claim at a time: two would wait for each other's rows.

        Args:
            durable: see `Database.write`.
        """
        with self._one, self._database.write(durable=durable) as session:
            yield session

    def keep(self) -> None:
        """Say that the owner lives, where a quarter of the lease is over: whatever it still holds, it holds on."""
        if self.is_aging:
            since = Stopwatch(self._clock)
            with self.writing() as session:
                claims.extend_lease(session, self.owner, since.moment + self.lease)
            self.held_since(since)

    def held_since(self, since: Stopwatch) -> None:
        """A transaction that is committed has extended the lease, counted from this moment."""
        self._since = since
