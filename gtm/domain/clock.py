"""Time is injected: a system clock for life, a virtual one for tests and simulations."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment, always aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC, to the microsecond."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that moves only when told to; a wait of 48 hours takes no time and is exact.

    Args:
        start: the first moment, aware.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a virtual clock starts at an aware moment")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The present virtual moment in UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` (never backwards) and return the new moment."""
        if by < timedelta(0):
            raise ValueError("a virtual clock does not run backwards")
        self._now += by
        return self._now

    def advance_to(self, moment: datetime) -> datetime:
        """Move forward to `moment`; a moment in the past leaves the clock where it is."""
        self._now = max(self._now, moment.astimezone(UTC))
        return self._now
