"""Who drives a run: a lease in the store, renewed while work goes on, taken over at once when its owner is dead."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from crews.processes import between_steps, is_between_steps, is_dead, new_owner
from gtm.domain.clock import Clock
from gtm.domain.errors import LeaseHeld
from gtm.store.database import Database
from gtm.store.repositories import runs


@contextmanager
def lease(database: Database, clock: Clock, run_id: str, seconds: int, cluster: str = "") -> Iterator[str]:
    """Hold the run's lease for the block; yields the owner's name.

    A workflow on a cluster keeps the run in its name afterwards, as long as it goes on with it: nobody is kept from
    taking it, but `gtm status` knows that it is driven.

    Args:
        database: the store.
        clock: tells when a lease ends.
        run_id: the run.
        seconds: how long the lease lasts without renewal; it is renewed three times as often.
        cluster: the workflow on a cluster in whose name this process works; empty for none.

    Raises:
        LeaseHeld: another living process drives the run; names it and until when.
    """
    owner = new_owner(cluster)
    _claim(database, clock, run_id, owner, seconds)
    done = threading.Event()
    beat = threading.Thread(target=_renew, args=(database, clock, run_id, owner, seconds, done), daemon=True)
    beat.start()
    try:
        yield owner
    finally:
        done.set()
        beat.join()
        with database.write() as session:
            parked = between_steps(cluster)
            if not cluster or not runs.leave_with(session, run_id, owner, parked, clock.now(), seconds):
                runs.release(session, run_id, owner)


def announce(database: Database, clock: Clock, run_id: str, seconds: int, cluster: str) -> None:
    """Say that a workflow on a cluster drives a run from now on, unless a process is at work on it."""
    with database.write() as session, suppress(LeaseHeld):
        runs.claim_lease(session, run_id, between_steps(cluster), clock.now(), seconds)


def _claim(database: Database, clock: Clock, run_id: str, owner: str, seconds: int) -> None:
    with database.write() as session:
        try:
            runs.claim_lease(session, run_id, owner, clock.now(), seconds)
        except LeaseHeld as held:
            holder = str(held.value)
            if not (is_between_steps(holder) or is_dead(holder)):
                raise
            runs.take_over(session, run_id, holder, owner, clock.now(), seconds)


def _renew(database: Database, clock: Clock, run_id: str, owner: str, seconds: int, done: threading.Event) -> None:
    while not done.wait(seconds / 3):
        with database.write() as session:
            if not runs.renew(session, run_id, owner, clock.now() + timedelta(seconds=0), seconds):
                return
