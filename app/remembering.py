"""Content that was read a moment ago, so that not every mail and every visit reads it again."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from gtm.domain.clock import Clock

V = TypeVar("V")

FRESH = timedelta(minutes=1)
"""How long a campaign's content is remembered; a revision of it is heeded after that."""
REMEMBERED = 200
"""Campaigns whose content is remembered at a time, those used last."""


class Remembered(Generic[V]):
    """What was read of each campaign, by venture and campaign.

    Args:
        clock: tells when what is remembered is to be read again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[datetime, V]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many campaigns are remembered."""
        return len(self._known)

    def get(self, key: tuple[str, str], read: Callable[[], V]) -> V:
        """What is remembered, or else what `read` answers; an error of its is not remembered."""
        now = self._clock.now()
        with self._lock:
            known = self._known.get(key)
            if known is None or not timedelta(0) <= now - known[0] < FRESH:
                known = self._known[key] = (now, read())
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return known[1]
