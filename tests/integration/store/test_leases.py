"""A run's lease: one driver at a time, on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import LeaseHeld, NotFound
from gtm.store.database import Database
from gtm.store.repositories import runs


def claim(database: Database, clock: VirtualClock, owner: str, seconds: int = 60) -> None:
    with database.write() as session:
        runs.claim_lease(session, "run-1", owner, clock.now(), seconds)


def test_a_held_lease_names_its_holder_and_its_end(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    claim(database, clock, "ann")
    with pytest.raises(LeaseHeld, match="driven by ann until 2026-01-05T09:01:00") as held:
        claim(database, clock, "bob")
    assert held.value.value == "ann"


def test_an_expired_or_own_lease_can_be_claimed(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    claim(database, clock, "ann")
    claim(database, clock, "ann", seconds=90)
    clock.advance(timedelta(seconds=89))
    with pytest.raises(LeaseHeld):
        claim(database, clock, "bob")
    clock.advance(timedelta(seconds=1))
    claim(database, clock, "bob")
    with database.read() as session:
        assert runs.require(session, "run-1").lease_owner == "bob"


def test_renew_and_release_are_the_owners_alone(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    claim(database, clock, "ann")
    clock.advance(timedelta(seconds=50))
    with database.write() as session:
        assert runs.renew(session, "run-1", "ann", clock.now(), 60)
        assert not runs.renew(session, "run-1", "bob", clock.now(), 60)
        assert not runs.release(session, "run-1", "bob")
    with database.read() as session:
        assert runs.require(session, "run-1").lease_until == clock.now() + timedelta(seconds=60)
    with database.write() as session:
        assert runs.release(session, "run-1", "ann")
    claim(database, clock, "bob")


def test_a_dead_holder_is_taken_over_once(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    claim(database, clock, "dead")
    with database.write() as session:
        runs.take_over(session, "run-1", "dead", "bob", clock.now(), 60)
    with database.write() as session, pytest.raises(LeaseHeld, match="bob"):
        runs.take_over(session, "run-1", "dead", "cid", clock.now(), 60)


def test_the_fence_stops_who_has_lost_the_lease(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    claim(database, clock, "ann")
    with database.write() as session:
        runs.fence(session, "run-1", "ann", clock.now())
    clock.advance(timedelta(seconds=61))
    with database.write() as session:
        runs.fence(session, "run-1", "ann", clock.now())
    claim(database, clock, "bob")
    with database.write() as session, pytest.raises(LeaseHeld, match="now driven by bob"):
        runs.fence(session, "run-1", "ann", clock.now())


def test_no_such_run(database: Database, clock: VirtualClock) -> None:
    with pytest.raises(NotFound):
        claim(database, clock, "ann")
    with database.write() as session, pytest.raises(NotFound):
        runs.fence(session, "run-1", "ann", clock.now())


def test_of_two_claims_at_once_exactly_one_wins(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    for round_ in range(5):
        start, won, lost = threading.Barrier(2), [], []

        def race(owner: str, start: threading.Barrier = start, won: list[str] = won, lost: list[str] = lost) -> None:
            start.wait()
            try:
                claim(database, clock, owner)
                won.append(owner)
            except LeaseHeld as held:
                lost.append(str(held.value))

        threads = [threading.Thread(target=race, args=(f"{name}{round_}",)) for name in ("ann", "bob")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert lost == won
        with database.write() as session:
            runs.release(session, "run-1", won[0])
