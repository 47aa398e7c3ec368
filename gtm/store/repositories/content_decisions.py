"""Queries on decisions that people made piece by piece: the first one on a piece in a round stands."""

from datetime import datetime

from sqlmodel import Session, col, select

from gtm.domain.errors import AlreadyDecided
from gtm.domain.piece_decisions import PieceDecision
from gtm.store.models.content_reviews import ContentDecision
from gtm.store.models.runs import Approval
from gtm.store.repositories.statements import insert_missing

KEY = ("approval_id", "piece_id")


def record(
    session: Session,
    approval: Approval,
    *,
    piece_id: str,
    revision: int,
    sha256: str,
    context_sha256: str,
    decision: str,
    comment: str,
    by: str,
    via: str,
    now: datetime,
) -> PieceDecision:
    """Note a decision on a piece.

    Args:
        approval: the round that it belongs to.
        revision: of the step that made the piece.
        sha256: hash of the piece.
        context_sha256: hash of everything else that the approval rests on.
        decision: `approved` or `rejected`.
        comment: what a rejection asks for.
        by: who decides.
        via: the door it came through.

    Raises:
        AlreadyDecided: somebody decided on this piece in this round before; says who, how and when.
    """
    row = {
        "approval_id": approval.approval_id,
        "run_id": approval.run_id,
        "round": approval.round,
        "revision": revision,
        "piece_id": piece_id,
        "sha256": sha256,
        "context_sha256": context_sha256,
        "decision": decision,
        "comment": comment or None,
        "decided_by": by,
        "decided_via": via,
        "decided_at": now,
    }
    created = insert_missing(session, ContentDecision, row, KEY)
    stands = session.exec(
        select(ContentDecision).where(
            ContentDecision.approval_id == approval.approval_id, ContentDecision.piece_id == piece_id
        )
    ).one()
    if not created:
        raise AlreadyDecided(
            f"piece {piece_id} was {stands.decision} by {stands.decided_by} (via {stands.decided_via}) at "
            f"{stands.decided_at.isoformat(timespec='seconds')}",
            field="piece",
            value=piece_id,
        )
    return as_record(stands)


def of_run(session: Session, run_id: str) -> tuple[PieceDecision, ...]:
    """Every decision on a piece of a run, in the order in which they were made."""
    query = select(ContentDecision).where(ContentDecision.run_id == run_id)
    return tuple(as_record(row) for row in session.exec(query.order_by(col(ContentDecision.decision_id))))


def as_record(row: ContentDecision) -> PieceDecision:
    """A decision's row as the domain knows it."""
    return PieceDecision.model_validate(
        row.model_dump(exclude={"decision_id", "run_id"}) | {"comment": row.comment or ""}
    )
