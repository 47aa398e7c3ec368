"""Approvals: asked once, decided once, void when what they show has changed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import AlreadyDecided, NotFound, NotWaiting
from gtm.store.database import Database
from gtm.store.models.runs import Approval
from gtm.store.repositories import approvals


def ask(database: Database, clock: VirtualClock, checkpoint: str = "strategy", number: int = 1, **of: str) -> Approval:
    with database.write() as session:
        return approvals.request(
            session,
            approval_id=f"apr-{checkpoint}-{number}",
            run_id=of.get("run_id", "run-1"),
            venture_id=of.get("venture_id", "acme"),
            checkpoint=checkpoint,
            role="LEAD",
            round=number,
            artifact_sha256="ab" * 32,
            review={"reason": "fits"},
            now=clock.now(),
        )


def decide(database: Database, clock: VirtualClock, approval_id: str, **changes: Any) -> Approval:
    words = {"status": "approved", "by": "person:ann", "via": "cli", "comment": ""} | changes
    with database.write() as session:
        return approvals.decide(session, approval_id, **words, now=clock.now())


@pytest.fixture
def asked(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> str:
    open_run()
    return ask(database, clock).approval_id


def test_the_same_round_asked_again_is_the_one_that_stands(database: Database, clock: VirtualClock, asked: str) -> None:
    with database.write() as session:
        again = approvals.request(
            session,
            approval_id="apr-other",
            run_id="run-1",
            venture_id="acme",
            checkpoint="strategy",
            role="LEAD",
            round=1,
            artifact_sha256="cd" * 32,
            review=None,
            now=clock.now(),
        )
    assert (again.approval_id, again.artifact_sha256) == (asked, "ab" * 32)


def test_a_decision_is_written_down_and_stays_readable(database: Database, clock: VirtualClock, asked: str) -> None:
    row = decide(database, clock, asked, status="rejected", comment="more detail", steps=("1.2",))
    assert (row.status, row.decided_by, row.decided_via) == ("rejected", "person:ann", "cli")
    assert (row.comment, row.steps, row.decided_at) == ("more detail", ["1.2"], clock.now())
    with database.read() as session:
        assert approvals.pending(session) == []


def test_a_second_decision_is_told_of_the_first(database: Database, clock: VirtualClock, asked: str) -> None:
    decide(database, clock, asked)
    with pytest.raises(AlreadyDecided, match=r"approved by person:ann \(via cli\) at 2026-01-05T09:00:00"):
        decide(database, clock, asked, status="rejected", by="person:bob")


def test_a_void_one_cannot_be_decided(database: Database, clock: VirtualClock, asked: str) -> None:
    with database.write() as session:
        assert approvals.void(session, asked, now=clock.now())
        assert not approvals.void(session, asked, now=clock.now())
    with pytest.raises(NotWaiting):
        decide(database, clock, asked)


def test_unknown_approvals_and_other_words_are_refused(database: Database, clock: VirtualClock, asked: str) -> None:
    with pytest.raises(NotFound):
        decide(database, clock, "apr-nothing")
    with pytest.raises(ValueError, match="approved or rejected"):
        decide(database, clock, asked, status="void")


def test_pending_is_oldest_first_and_by_run_or_venture(
    database: Database, clock: VirtualClock, asked: str, open_run: Callable[..., str]
) -> None:
    open_run("other", "run-2")
    ask(database, clock, "content", run_id="run-2", venture_id="other")
    with database.read() as session:
        everywhere = [row.approval_id for row in approvals.pending(session)]
        assert sorted(everywhere) == ["apr-content-1", "apr-strategy-1"]
        assert [row.approval_id for row in approvals.pending(session, run_id="run-1")] == [asked]
        assert [row.approval_id for row in approvals.pending(session, venture_id="other")] == ["apr-content-1"]


def test_newest_counts_rounds_and_void_approved_spares_rejections(
    database: Database, clock: VirtualClock, asked: str
) -> None:
    decide(database, clock, asked, status="rejected", comment="no")
    ask(database, clock, number=2)
    decide(database, clock, "apr-strategy-2")
    with database.write() as session:
        assert approvals.void_approved(session, "run-1", "strategy", now=clock.now()) == 1
        newest = approvals.newest(session, "run-1", "strategy")
        statuses = [row.status for row in approvals.of_run(session, "run-1")]
    assert newest is not None
    assert (newest.round, newest.status, newest.decided_by) == (2, "void", "person:ann")
    assert statuses == ["rejected", "void"]


def test_what_is_approved_is_carried_out_once(database: Database, clock: VirtualClock, asked: str) -> None:
    with database.write() as session:
        assert approvals.unapplied(session, "run-1") == []
    decide(database, clock, asked)
    with database.write() as session:
        assert [row.approval_id for row in approvals.unapplied(session, "run-1")] == [asked]
        assert approvals.mark_applied(session, asked, clock.now())
        assert not approvals.mark_applied(session, asked, clock.now())
        assert approvals.unapplied(session, "run-1") == []


def test_of_two_decisions_at_once_exactly_one_wins(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    for number in range(1, 6):
        approval_id = ask(database, clock, number=number).approval_id
        start, won, lost = threading.Barrier(2), [], []

        def race(
            by: str,
            status: str,
            approval_id: str = approval_id,
            start: threading.Barrier = start,
            won: list[str] = won,
            lost: list[str] = lost,
        ) -> None:
            start.wait()
            try:
                decide(database, clock, approval_id, by=by, status=status)
                won.append(by)
            except AlreadyDecided as told:
                lost.append(told.detail)

        threads = [
            threading.Thread(target=race, args=("ann", "approved")),
            threading.Thread(target=race, args=("bob", "rejected")),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == len(lost) == 1
        assert f"by {won[0]}" in lost[0]
        with database.read() as session:
            row = approvals.find(session, approval_id)
        assert row is not None and row.decided_by == won[0]
