"""Decisions on single pieces of copy, and which of them still hold in a later round."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from gtm.domain.base import Model, sha256_of
from gtm.domain.campaign import ContentPiece


class PieceDecision(Model):
    """A person's decision on one piece.

    Attributes:
        round: of the approval.
        revision: of the step that made the piece.
        sha256: hash of the piece that was shown.
        context_sha256: hash of everything else that the approval rests on: audience, spend and the like.
        comment: what a rejection asks for.
    """

    approval_id: str
    round: int
    revision: int
    piece_id: str
    sha256: str
    context_sha256: str
    decision: Literal["approved", "rejected"]
    comment: str = ""
    decided_by: str
    decided_via: str
    decided_at: datetime


def standing(
    pieces: Iterable[ContentPiece], decisions: Iterable[PieceDecision], approval_id: str, context_sha256: str
) -> Mapping[str, PieceDecision]:
    """The decisions that hold in a round, by piece id: its own, and earlier approvals of what has not changed since.

    Args:
        pieces: as they stand.
        decisions: of the run, oldest first.
        approval_id: the round.
        context_sha256: hash of everything else that the approval rests on, as it stands.
    """
    newest = {decision.piece_id: decision for decision in decisions}
    found: dict[str, PieceDecision] = {}
    for piece in pieces:
        last = newest.get(piece.piece_id)
        if last is None:
            continue
        same = (last.sha256, last.context_sha256) == (sha256_of(piece), context_sha256)
        if last.approval_id == approval_id or (last.decision == "approved" and same):
            found[piece.piece_id] = last
    return found
