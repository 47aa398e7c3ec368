"""What of a run's copy is made anew: what a person rejected, or what the checks refused."""

from collections.abc import Mapping

from sqlmodel import Session

from crews.piecewise import CHECKPOINT, COPY
from gtm.domain.campaign import CampaignContent, ContentPiece
from gtm.domain.check import ContentReport
from gtm.domain.drafting import is_by_person, stood_in
from gtm.domain.rework import WHOLE, Rework, on_pieces
from gtm.domain.spec import StageSpec
from gtm.store.models.body import typed
from gtm.store.repositories import approvals, artifacts, content_decisions, runs


def rejected_pieces(session: Session, stage: StageSpec, run_id: str) -> Rework:
    """The rework that the newest decision on copy asks for; the whole where it was not made piece by piece.

    Everything is made anew, too, when what the decision rested on beside the copy is not what it was.
    """
    newest = approvals.newest(session, run_id, CHECKPOINT)
    if newest is None or newest.status != "rejected" or not on_pieces([newest.comment or ""]):
        return WHOLE
    decisions = [d for d in content_decisions.of_run(session, run_id) if d.approval_id == newest.approval_id]
    rejected = [d for d in decisions if d.decision == "rejected"]
    hashed = next(c.hashed for c in stage.checkpoints if c.id == CHECKPOINT)
    context = artifacts.hash_of(session, run_id, [step for step in hashed if step != COPY])
    shown = artifacts.get(session, run_id, COPY, rejected[0].revision, "content") if rejected else None
    if shown is None or any(d.context_sha256 != context for d in rejected):
        return WHOLE
    step = runs.current_step(session, run_id, COPY)
    asked = on_pieces(step.comments if step else ())
    anew = {d.piece_id for d in rejected}
    pieces = typed(shown.body, CampaignContent).pieces
    return Rework(
        before={p.piece_id: p for p in pieces if p.piece_id in anew},
        kept={p.piece_id: p for p in pieces if p.piece_id not in anew},
        comments={piece_id: asked.get(piece_id, ()) for piece_id in anew},
    )


def shown_before(session: Session, run_id: str) -> tuple[ContentPiece, ...]:
    """The copy as the round before showed it; empty in the first round."""
    now = runs.current_revision(session, run_id, COPY)
    newest = approvals.newest(session, run_id, CHECKPOINT)
    round_of = newest.approval_id if newest is not None else ""
    decided = [
        d.revision for d in content_decisions.of_run(session, run_id) if d.approval_id == round_of and d.revision < now
    ]
    shown = artifacts.get(session, run_id, COPY, max(decided, default=now - 1), "content")
    return typed(shown.body, CampaignContent).pieces if shown is not None else ()


def refused_pieces(
    content: CampaignContent, report: ContentReport, before: Rework, *, last: bool
) -> tuple[Rework, dict[str, str]]:
    """What goes back with its findings, and what nobody here can mend, with why.

    A piece that a person wrote is not overwritten, and what stands in for a model's in other words is not tried again.

    Args:
        content: the copy that the checks refused.
        report: what they found.
        before: the rework that it came from.
        last: whether everything went back as often as it may.
    """
    blocked = {one.piece_id: one for one in report.pieces if one.blocked}
    findings = {
        piece_id: tuple(fault.sentence() for fault in one.faults if fault.severity == "block")
        for piece_id, one in blocked.items()
    }
    hopeless = {
        piece.piece_id: "; ".join(findings[piece.piece_id])
        for piece in content.pieces
        if piece.piece_id in blocked and (last or is_by_person(piece.generated_by) or _given_up(piece, before.findings))
    }
    anew = blocked.keys() - hopeless.keys()
    return (
        Rework(
            before={p.piece_id: p for p in content.pieces if p.piece_id in anew},
            kept={p.piece_id: p for p in content.pieces if p.piece_id not in anew},
            comments={i: asked for i, asked in before.comments.items() if i in anew},
            findings={i: findings[i] for i in anew},
        ),
        hopeless,
    )


def _given_up(piece: ContentPiece, findings: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the playbook has said it in other words already, in place of a model."""
    return piece.piece_id in findings and stood_in(piece.generated_by)
