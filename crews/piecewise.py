"""Copy as its pieces: what stands at the checkpoint of content, who made it, and what of it is decided."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from gtm.domain.campaign import CampaignContent, ContentPiece
from gtm.domain.drafting import is_by_person
from gtm.domain.errors import Conflict, GateFailed
from gtm.domain.piece_decisions import PieceDecision, standing
from gtm.domain.spec import CheckpointSpec
from gtm.store.models.body import typed
from gtm.store.models.runs import Approval
from gtm.store.repositories import artifacts, content_decisions, runs

COPY = "2.2"
"""The step whose artifact is decided piece by piece."""

CHECKPOINT = "content"


@dataclass(frozen=True)
class Desk:
    """The copy that lies before LEAD.

    Attributes:
        revision: of the step that made it.
        pieces: as they stand.
        context_sha256: hash of everything else that the approval rests on.
        decided: the decisions that hold, by piece id.
    """

    revision: int
    pieces: tuple[ContentPiece, ...]
    context_sha256: str
    decided: Mapping[str, PieceDecision]

    @property
    def open(self) -> tuple[str, ...]:
        """Ids of the pieces that nobody has decided yet."""
        return tuple(piece.piece_id for piece in self.pieces if piece.piece_id not in self.decided)

    @property
    def rejected(self) -> tuple[PieceDecision, ...]:
        """The rejections, in the order of the pieces."""
        found = (self.decided.get(piece.piece_id) for piece in self.pieces)
        return tuple(one for one in found if one is not None and one.decision == "rejected")


def desk_at(session: Session, approval: Approval, checkpoint: CheckpointSpec) -> Desk:
    """The copy of an approval's run; empty where none is stored."""
    return desk_of(session, approval.run_id, approval.approval_id, checkpoint)


def desk_of(session: Session, run_id: str, approval_id: str, checkpoint: CheckpointSpec) -> Desk:
    """The copy of a run as it stands in a round; empty where none is stored."""
    revision = max(runs.current_revision(session, run_id, COPY), 1)
    row = artifacts.get(session, run_id, COPY, revision, "content")
    pieces = typed(row.body, CampaignContent).pieces if row is not None else ()
    context = artifacts.hash_of(session, run_id, [step for step in checkpoint.hashed if step != COPY])
    decisions = content_decisions.of_run(session, run_id)
    return Desk(revision, pieces, context, standing(pieces, decisions, approval_id, context))


def makers(
    session: Session, approval: Approval, checkpoint: CheckpointSpec, only: Collection[str] | None = None
) -> frozenset[str]:
    """Who made what an approval covers, and may not decide on it; people who edited a piece among them.

    Args:
        only: ids of the pieces that are decided; None for all that are not decided yet.
    """
    producers = artifacts.producers(session, approval.run_id, checkpoint.covers)
    if checkpoint.id != CHECKPOINT:
        return producers
    desk = desk_at(session, approval, checkpoint)
    meant = desk.open if only is None else only
    return producers | {p.generated_by for p in desk.pieces if p.piece_id in meant and is_by_person(p.generated_by)}


def refuse_unfit(
    session: Session, approval: Approval, checkpoint: CheckpointSpec, only: Collection[str] | None = None
) -> None:
    """Let nobody approve what does not pass its checks, nor all of the copy while a piece of it is rejected.

    Args:
        only: ids of the pieces that are approved; None for everything.

    Raises:
        GateFailed: a step that is covered is not done; names the pieces and what was found in them.
        Conflict: everything is to be approved, and a piece is rejected.
    """
    if approval.status != "pending" or checkpoint.id != CHECKPOINT:
        return
    if not runs.is_done(session, approval.run_id, COPY):
        failing = failing_pieces(approval)
        if only is None or set(failing) & set(only):
            raise GateFailed(
                f"{counted_pieces(failing)} of {checkpoint.name} cannot be approved: the checks refuse the text",
                field="piece",
                value=", ".join(failing),
                findings=[f"{piece_id}: {why}" for piece_id, why in failing.items()],
                hint=f"mend it: gtm content edit {approval.run_id} PIECE --file FILE; or reject it with a comment",
            )
    rejected = desk_at(session, approval, checkpoint).rejected if only is None else ()
    if rejected:
        raise Conflict(
            f"{', '.join(one.piece_id for one in rejected)} {'is' if len(rejected) == 1 else 'are'} rejected in this "
            "round, so not everything can be approved",
            field="piece",
            value=rejected[0].piece_id,
            hint=f"approve what is left: gtm approve {approval.run_id} --as {checkpoint.role} --rest",
        )


def failing_pieces(approval: Approval) -> dict[str, str]:
    """The pieces that the checks refuse, with what they found, as an escalation names them."""
    checked = (approval.review or {}).get("checked", ())
    return {
        item["subject"].removeprefix(FAILS): item["finding"] for item in checked if item["subject"].startswith(FAILS)
    }


FAILS = "Fails its checks: "
"""How the review of an escalation begins the subject of a piece that fails."""


def counted_pieces(ids: Collection[str]) -> str:
    """`piece a/b/1-c`, or how many there are."""
    return f"piece {next(iter(ids))}" if len(ids) == 1 else f"{len(ids)} pieces"
