"""Attempts at copy are numbered on, and keep what was found."""

from collections.abc import Callable
from decimal import Decimal

from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from gtm.store.repositories import content_attempts


def test_attempts_are_numbered_on_by_piece_and_revision(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    run_id = open_run()
    refused = {"findings": [{"code": "f", "detail": "no facts named"}], "model": "m", "tokens": 7, "cost": None}
    taken = {"findings": [], "model": "m", "tokens": 5, "cost": Decimal("0.00000012")}
    with database.write() as session:
        for revision, by_piece in (
            (1, {"a": [refused, taken], "b": []}),
            (1, {"a": [taken], "b": [taken]}),
            (2, {"a": [taken]}),
        ):
            content_attempts.add(session, run_id=run_id, revision=revision, by_piece=by_piece, now=clock.now())
    with database.read() as session:
        rows = content_attempts.of_run(session, run_id)
        assert [(r.revision, r.piece_id, r.attempt, len(r.findings)) for r in rows] == [
            (1, "a", 1, 1), (1, "a", 2, 0), (1, "a", 3, 0), (1, "b", 1, 0), (2, "a", 1, 0),
        ]  # fmt: skip
        assert (rows[0].findings[0]["detail"], rows[0].cost, rows[1].cost) == ("no facts named", None, taken["cost"])
        assert len(content_attempts.of_run(session, run_id, 2)) == 1
