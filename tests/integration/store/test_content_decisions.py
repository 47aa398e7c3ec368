"""Decisions on single pieces: the first one in a round stands, on both databases, also of two at one moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import Session

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import AlreadyDecided
from gtm.domain.piece_decisions import PieceDecision
from gtm.store.database import Database
from gtm.store.models.runs import Approval
from gtm.store.repositories import approvals, content_decisions


def ask(session: Session, run_id: str, clock: VirtualClock, round: int = 1) -> Approval:
    return approvals.request(
        session, approval_id=f"apr-{round}", run_id=run_id, venture_id="acme", checkpoint="content", role="LEAD",
        round=round, artifact_sha256="a" * 64, review=None, now=clock.now(),
    )  # fmt: skip


def write(session: Session, approval: Approval, clock: VirtualClock, **changes: Any) -> PieceDecision:
    given: dict[str, Any] = {
        "piece_id": "drip/depots/1-problem", "revision": 1, "sha256": "b" * 64, "context_sha256": "c" * 64,
        "decision": "approved", "comment": "", "by": "person:ann", "via": "cli", "now": clock.now(),
    }  # fmt: skip
    return content_decisions.record(session, approval, **given | changes)


def test_decisions_are_read_in_the_order_in_which_they_were_made(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    run_id = open_run()
    with database.write() as session:
        one = ask(session, run_id, clock)
        write(session, one, clock)
        write(session, one, clock, piece_id="drip/depots/2-proof", decision="rejected", comment="Too long.")
        approvals.decide(session, "apr-1", status="rejected", by="person:ann", via="cli", comment="x", now=clock.now())
        write(session, ask(session, run_id, clock, 2), clock, piece_id="drip/depots/2-proof", revision=2)
    with database.read() as session:
        found = content_decisions.of_run(session, run_id)
    assert [(d.round, d.revision, d.piece_id[-7:], d.decision, d.comment) for d in found] == [
        (1, 1, "problem", "approved", ""),
        (1, 1, "2-proof", "rejected", "Too long."),
        (2, 2, "2-proof", "approved", ""),
    ]  # fmt: skip
    assert (found[0].decided_by, found[0].decided_via, found[0].decided_at) == ("person:ann", "cli", clock.now())


def test_the_second_decision_on_a_piece_in_a_round_is_told_who_was_faster(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    run_id = open_run()
    with database.write() as session:
        approval = ask(session, run_id, clock)
        write(session, approval, clock)
        with pytest.raises(AlreadyDecided, match=r"drip/depots/1-problem was approved by person:ann \(via cli\) at"):
            write(session, approval, clock, decision="rejected", by="person:bob")
        assert len(content_decisions.of_run(session, run_id)) == 1


def test_of_many_at_one_moment_one_wins(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    run_id = open_run()
    with database.write() as session:
        ask(session, run_id, clock)
    start = threading.Barrier(4)

    def decide(number: int) -> str:
        start.wait()
        with database.write() as session:
            approval = approvals.locked(session, "apr-1")
            assert approval is not None
            try:
                return write(session, approval, clock, by=f"person:{number}").decided_by
            except AlreadyDecided as error:
                return error.code

    with ThreadPoolExecutor(4) as pool:
        ends = sorted(pool.map(decide, range(4)))
    assert ends[:3] == ["already-decided"] * 3
    assert ends[3].startswith("person:")
