"""Decisions of people on single pieces of copy: the checkpoint is decided when each piece is.

Deciding only writes, as in `crews.approvals`. Rejected pieces alone are made anew; approved ones stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from crews.approvals import changed_since, checkpoint_of, said_hash, waiting_at
from crews.piecewise import CHECKPOINT, COPY, Desk, desk_at, makers, refuse_unfit
from crews.revisions import reopen
from gtm.domain.base import sha256_of
from gtm.domain.clock import Clock
from gtm.domain.dossier import ApprovalRecord
from gtm.domain.errors import ArtifactChanged, InvalidInput, NotFound, shorten
from gtm.domain.piece_decisions import PieceDecision
from gtm.domain.rework import said_of
from gtm.domain.spec import CheckpointSpec, StageSpec
from gtm.policies.approvals import may_decide
from gtm.store.database import Database
from gtm.store.dossier import approval_record
from gtm.store.models.runs import Approval
from gtm.store.repositories import approvals, content_decisions, logs, runs, stages

PIECE_BY_PIECE = ", piece by piece"
"""How `decided_via` of an approval says that its pieces were decided one by one."""

LONGEST = 2000
"""Characters of a comment on a piece."""


@dataclass(frozen=True)
class PiecesDecided:
    """What came of deciding pieces.

    Attributes:
        record: the approval as it stands now; pending while a piece is open.
        run_id: its run.
        decisions: those that were written.
        open: ids of the pieces that are not decided yet.
    """

    record: ApprovalRecord
    run_id: str
    decisions: tuple[PieceDecision, ...]
    open: tuple[str, ...]


def decide_pieces(
    database: Database,
    clock: Clock,
    stage: StageSpec,
    *,
    ref: str,
    role: str,
    by: str,
    approve: bool,
    pieces: Sequence[str] = (),
    rest: bool = False,
    comment: str = "",
    via: str = "cli",
    shown_sha256: str | None = None,
) -> PiecesDecided:
    """Approve or reject pieces of the copy that waits at the checkpoint of content.

    Args:
        ref: an approval's, run's or venture's id.
        role: the role in which the person answers.
        by: who answers.
        approve: True approves, False rejects.
        pieces: ids of the pieces.
        rest: every piece that nobody has decided yet, besides.
        comment: for a rejection, what must change in these pieces.
        via: the door it came through.
        shown_sha256: hash of everything that the person saw, or its first 8 hex digits or more.

    Raises:
        NotFound, NotWaiting, Forbidden, ArtifactChanged: as `crews.approvals.decide`.
        AlreadyDecided: somebody decided on one of the pieces in this round before; nothing is written then.
        GateFailed: a piece that does not pass its checks would be approved.
        InvalidInput: nobody or no piece is named, another checkpoint waits, or a rejection has no comment.
    """
    with database.read() as session:
        found = waiting_at(session, ref)
        stages.refuse_when_paused(session, found.venture_id)
    checkpoint = checkpoint_of(stage, found.checkpoint)
    _check_words(checkpoint, by, approve, pieces, rest, comment)
    shown = None if shown_sha256 is None else said_hash(shown_sha256)
    actor = f"person:{by}"
    with database.write() as session:
        row = approvals.locked(session, found.approval_id)
        if row is None:
            raise NotFound(f"there is no approval {found.approval_id!r}", field="approval", value=found.approval_id)
        if row.status != "pending":
            raise approvals.too_late(row)
        changed = changed_since(session, row.approval_id, checkpoint, shown)
        if not changed:
            desk = desk_at(session, row, checkpoint)
            meant = _meant(desk, pieces, rest)
            producers = makers(session, row, checkpoint, meant)
            may_decide(checkpoint, role=role, actor=actor, actor_role=role, producers=producers)
            if approve:
                refuse_unfit(session, row, checkpoint, meant)
            written = _write(session, row, desk, meant, approve, comment, actor, via, clock)
            left = desk_at(session, row, checkpoint)
            if not left.open:
                _close(session, stage, row, left, actor, via, clock)
        else:
            approvals.void(session, row.approval_id, now=clock.now())
            runs.set_status(session, row.run_id, "running", checkpoint="", detail=changed)
    if changed:
        raise ArtifactChanged(changed, field="artifact", hint=f"let the run ask anew: gtm resume {row.run_id}")
    with database.read() as session:
        after = approvals.find(session, row.approval_id)
    return PiecesDecided(approval_record(after or row), row.run_id, written, left.open)


def _check_words(
    checkpoint: CheckpointSpec, by: str, approve: bool, pieces: Sequence[str], rest: bool, comment: str
) -> None:
    if checkpoint.id != CHECKPOINT:
        raise InvalidInput(
            f"{checkpoint.name} waits, and is decided as a whole; only copy is decided piece by piece",
            field="--piece",
            value=", ".join(pieces),
            hint="leave --piece out",
        )
    if not by.strip():
        raise InvalidInput("a decision needs somebody who makes it", field="by", hint="name yourself: --by NAME")
    if not pieces and not rest:
        raise InvalidInput("no piece is named", field="--piece", hint="name one: --piece ID, or --rest for all left")
    if not approve and not comment.strip():
        raise InvalidInput("a rejection says what must change", field="comment", hint="add --comment TEXT")
    if len(comment) > LONGEST:
        raise InvalidInput(
            "the comment is too long", field="comment", value=comment, allowed=f"at most {LONGEST} characters"
        )


def _meant(desk: Desk, pieces: Sequence[str], rest: bool) -> tuple[str, ...]:
    known = [piece.piece_id for piece in desk.pieces]
    strangers = [piece_id for piece_id in pieces if piece_id not in known]
    if strangers:
        raise InvalidInput(
            f"there is no piece {strangers[0]}",
            field="--piece",
            value=strangers[0],
            allowed=shorten(", ".join(known), 1000),
            hint="gtm show REF content --full names them",
        )
    meant = tuple(dict.fromkeys((*pieces, *(desk.open if rest else ()))))
    if not meant:
        raise InvalidInput("every piece is decided", field="--rest", hint="gtm show REF content")
    return meant


def _write(
    session: Session,
    row: Approval,
    desk: Desk,
    meant: Sequence[str],
    approve: bool,
    comment: str,
    actor: str,
    via: str,
    clock: Clock,
) -> tuple[PieceDecision, ...]:
    decision = "approved" if approve else "rejected"
    by_id = {piece.piece_id: piece for piece in desk.pieces}
    written = []
    for piece_id in meant:
        written.append(
            content_decisions.record(
                session,
                row,
                piece_id=piece_id,
                revision=desk.revision,
                sha256=sha256_of(by_id[piece_id]),
                context_sha256=desk.context_sha256,
                decision=decision,
                comment="" if approve else " ".join(comment.split()),
                by=actor,
                via=via,
                now=clock.now(),
            )
        )
    logs.audit(
        session,
        actor=actor,
        action=f"piece.{decision}",
        subject=row.approval_id,
        venture_id=row.venture_id,
        run_id=row.run_id,
        data={"checkpoint": row.checkpoint, "pieces": list(meant), "via": via, "sha256": row.artifact_sha256},
        now=clock.now(),
    )
    return tuple(written)


def _close(session: Session, stage: StageSpec, row: Approval, desk: Desk, actor: str, via: str, clock: Clock) -> None:
    """Decide the checkpoint by its pieces; a rejection of one is a rejection of the step that made it, in that part."""
    rejected = desk.rejected
    comment = said_of({one.piece_id: one.comment for one in rejected})
    status = "rejected" if rejected else "approved"
    approvals.decide(
        session,
        row.approval_id,
        status=status,
        by=actor,
        via=f"{via}{PIECE_BY_PIECE}",
        comment=comment,
        steps=(COPY,) if rejected else (),
        now=clock.now(),
    )
    if rejected:
        reopen(session, stage, row.run_id, (COPY,), comment, clock.now())
    runs.set_status(session, row.run_id, "running", checkpoint="", detail="")
    logs.audit(
        session,
        actor=actor,
        action=f"approval.{status}",
        subject=row.approval_id,
        venture_id=row.venture_id,
        data={"checkpoint": row.checkpoint, "via": f"{via}{PIECE_BY_PIECE}", "sha256": row.artifact_sha256},
        now=clock.now(),
    )


__all__ = ["LONGEST", "PIECE_BY_PIECE", "PiecesDecided", "decide_pieces"]
