"""How often somebody may post: a count for each address within a span that slides, kept in memory."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic

MOST_KEYS = 10_000
"""Addresses that are remembered; the one that was quiet longest is forgotten first."""


class RateLimit:
    """Lets so many pass within a span.

    Args:
        count: how many.
        seconds: the span.
        now: tells seconds.
    """

    def __init__(self, count: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        self._count = count
        self._seconds = seconds
        self._now = now
        self._passed: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str) -> float:
        """Let one pass and answer 0, or answer for how many seconds nobody of this key may.

        Args:
            key: whose turn it is.
        """
        now = self._now()
        with self._lock:
            passed = self._passed.setdefault(key, deque())
            self._passed.move_to_end(key)
            while len(self._passed) > MOST_KEYS:
                self._passed.popitem(last=False)
            while passed and passed[0] <= now - self._seconds:
                passed.popleft()
            if len(passed) >= self._count:
                return passed[0] + self._seconds - now
            passed.append(now)
            return 0.0
