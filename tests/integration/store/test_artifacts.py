"""Artifacts: written once, found by revision, hashed together."""

import threading
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from gtm.domain.base import sha256_of
from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from gtm.store.repositories import artifacts, runs


def put(session: Session, clock: VirtualClock, step: str, name: str, body: dict[str, Any], revision: int = 1) -> bool:
    _, created = artifacts.put(
        session,
        run_id="run-1",
        step=step,
        revision=revision,
        name=name,
        body=body,
        sha256=sha256_of(body),
        produced_by=f"agent:{step}",
        generated_by="playbook",
        now=clock.now(),
    )
    return created


def test_the_first_of_a_key_stands(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    open_run()
    with database.write() as session:
        assert put(session, clock, "1.1", "strategy", {"a": 1})
        assert not put(session, clock, "1.1", "strategy", {"a": 2})
        stored = artifacts.get(session, "run-1", "1.1", 1, "strategy")
        assert stored is not None and stored.body == {"a": 1}
        assert artifacts.get(session, "run-1", "1.1", 2, "strategy") is None


def test_parts_come_back_in_the_order_of_storing(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    names = ["template-z", "template-a", "template-m"]
    with database.write() as session:
        for name in names:
            put(session, clock, "2.1", name, {"name": name})
    with database.read() as session:
        assert [row.name for row in artifacts.of_step(session, "run-1", "2.1", 1)] == names
        assert [row.name for row in artifacts.current(session, "run-1")] == names


def test_the_hash_covers_current_revisions_of_the_named_steps_alone(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        empty = artifacts.hash_of(session, "run-1", ["1.1", "1.2"])
        runs.mark_started(session, "run-1", "1.1", clock.now())
        put(session, clock, "1.1", "strategy", {"a": "ä"})
        first = artifacts.hash_of(session, "run-1", ["1.1", "1.2"])
        assert first == sha256_of({"1.1": {"strategy": {"a": "ä"}}, "1.2": {}})
        assert first == artifacts.hash_of(session, "run-1", ["1.2", "1.1"]) != empty
        put(session, clock, "2.1", "template", {})
        assert artifacts.hash_of(session, "run-1", ["1.1", "1.2"]) == first
        runs.open_revision(session, "run-1", "1.1", "again", clock.now())
        assert artifacts.hash_of(session, "run-1", ["1.1", "1.2"]) == empty
        put(session, clock, "1.1", "strategy", {"a": "b"}, revision=2)
        assert artifacts.hash_of(session, "run-1", ["1.1", "1.2"]) not in (first, empty)


def test_producers_are_those_of_what_stands(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        put(session, clock, "1.1", "strategy", {})
        put(session, clock, "1.2", "channels", {})
        put(session, clock, "review:strategy", "review", {}, revision=2)
        assert artifacts.producers(session, "run-1", ["1.1", "1.2"]) == {"agent:1.1", "agent:1.2"}
        assert [row.step for row in artifacts.current(session, "run-1")] == ["1.1", "1.2", "review:strategy"]


def test_two_writers_of_one_key_store_it_once(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    start, created = threading.Barrier(2), []

    def write(value: int) -> None:
        start.wait()
        with database.write() as session:
            created.append(put(session, clock, "1.1", "strategy", {"value": value}))

    threads = [threading.Thread(target=write, args=(value,)) for value in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(created) == [False, True]
