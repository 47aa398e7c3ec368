"""Which mails of a group may be handed over at this moment, and by when the hand-over must have ended.

The guarantee: a hand-over begins only for a reservation that was this claim's own in a transaction that also left the
claim three quarters of its lease or more, and ends before half of a lease is over. Whoever takes the claim over waits
for its end, and the provider is asked later still (`reconciling.SETTLE`): by then the message has arrived, or never
will.
"""

import threading
from collections.abc import Collection
from datetime import timedelta

from sqlmodel import Session

from gtm.automation.holding import Hold, Stopwatch
from gtm.automation.reconciling import SETTLE
from gtm.domain.clock import Clock
from gtm.store.database import Looks
from gtm.store.repositories import claims, deliveries, email_sends
from gtm.store.repositories.deliveries import Standing

FRESH = timedelta(seconds=5)
"""How old the last look at claim and reservations may be when a mail is handed over, at most."""


class Handover:
    """The hand-over of one group, by several threads at a time.

    Args:
        looks: at it, one before each mail.
        clock: tells the moments.
        hold: the claim that the group is held under.
    """

    def __init__(self, looks: Looks, clock: Clock, hold: Hold) -> None:
        self._looks = looks
        self._clock = clock
        self._hold = hold
        self._lock = threading.Lock()
        self._mine: frozenset[str] = frozenset()
        self._renewed = False
        self._looked = Stopwatch(clock)
        self._longest = min(hold.lease, SETTLE) / 2
        self._fresh = min(FRESH, self._longest / 4)

    def renew(self, session: Session) -> None:
        """In the reservation's own transaction: hold the claim for a whole lease, where a quarter of it is over."""
        self._renewed = self._hold.is_aging
        if self._renewed:
            claims.extend_lease(session, self._hold.owner, self._looked.moment + self._hold.lease)

    def begin(self, send_ids: Collection[str]) -> None:
        """These are reserved, and committed."""
        self._mine = frozenset(send_ids)
        if self._renewed:
            self._hold.held_since(self._looked)

    def standing_now(self, workflow_id: str) -> Standing:
        """Whether anything is paused at this moment."""
        with self._looks.one() as connection:
            return deliveries.standing_now(connection, workflow_id)

    def ends_by(self, send_id: str) -> float | None:
        """By when (`time.monotonic`) this mail's hand-over must have ended; None when it must not begin.

        Looks at the store where the last look is too old, once for all mails of the group.
        """
        with self._lock:
            if self._looked.passed() >= self._fresh:
                self._look()
            return self._looked.count + self._longest.total_seconds() if send_id in self._mine else None

    def _look(self) -> None:
        looked = Stopwatch(self._clock)
        with self._hold.writing(durable=self._hold.real) as session:
            claims.extend_lease(session, self._hold.owner, looked.moment + self._hold.lease)
            mine = email_sends.renew(session, self._mine, self._hold.owner, looked.moment)
        self._mine, self._looked = mine, looked
        self._hold.held_since(looked)
