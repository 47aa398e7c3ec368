"""Queries on the attempts at pieces of copy."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from gtm.store.models.content_reviews import ContentAttempt
from gtm.store.repositories.statements import insert_all


def add(
    session: Session, *, run_id: str, revision: int, by_piece: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime
) -> None:
    """Note attempts, numbered on from those that stand already.

    Args:
        revision: of step 2.2.
        by_piece: piece id → its attempts in order: findings (none where it was taken), model, tokens, and cost in
            dollars or None.
    """
    before = _counts(session, run_id, revision)
    rows = [
        {
            "run_id": run_id,
            "revision": revision,
            "piece_id": piece_id,
            "attempt": before.get(piece_id, 0) + number,
            "at": now,
            **attempt,
        }
        for piece_id, attempts in by_piece.items()
        for number, attempt in enumerate(attempts, 1)
    ]
    insert_all(session, ContentAttempt, rows)


def of_run(session: Session, run_id: str, revision: int | None = None) -> list[ContentAttempt]:
    """A run's attempts by revision, piece and number, or those of one revision."""
    query = select(ContentAttempt).where(ContentAttempt.run_id == run_id)
    if revision is not None:
        query = query.where(ContentAttempt.revision == revision)
    order = (ContentAttempt.revision, ContentAttempt.piece_id, ContentAttempt.attempt)
    return list(session.exec(query.order_by(*(col(column) for column in order))))


def _counts(session: Session, run_id: str, revision: int) -> dict[str, int]:
    query = select(ContentAttempt.piece_id, func.max(ContentAttempt.attempt)).where(
        ContentAttempt.run_id == run_id, ContentAttempt.revision == revision
    )
    return dict(session.exec(query.group_by(col(ContentAttempt.piece_id))).all())
