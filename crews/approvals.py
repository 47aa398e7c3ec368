"""Decisions of people: written from any process, at any hour, and bound to what was shown.

Deciding only writes. The run goes on when `advance` is called the next time, by whoever calls it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from crews.piecewise import CHECKPOINT, COPY, desk_at, failing_pieces, makers, refuse_unfit
from crews.pilot_verdicts import decide_pilot
from crews.revisions import changed_steps, reopen, told
from gtm.domain.clock import Clock
from gtm.domain.dossier import ApprovalRecord
from gtm.domain.errors import ArtifactChanged, InvalidInput, NotFound, NotWaiting
from gtm.domain.spec import CheckpointSpec, Policies, StageSpec
from gtm.domain.vocabulary import PILOT_CHECKPOINT
from gtm.policies.approvals import may_decide
from gtm.store.database import Database
from gtm.store.dossier import approval_record
from gtm.store.models.runs import Approval, Run
from gtm.store.repositories import approvals, artifacts, logs, runs, stages

_SHA = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class PendingApproval:
    """An approval that waits for a person.

    Attributes:
        pieces: of copy; of them `pieces_open` are not decided yet.
        rejected: ids of the pieces that are rejected in this round.
        failing: ids of the pieces that the checks refuse, and that nobody may approve.
    """

    record: ApprovalRecord
    run_id: str
    venture_id: str
    waiting_since: datetime
    pieces: int = 0
    pieces_open: int = 0
    rejected: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


def pending(
    database: Database, venture_id: str | None = None, stage: StageSpec | None = None
) -> tuple[PendingApproval, ...]:
    """What waits for a person, oldest first; of one venture or of all.

    Args:
        stage: where it is given, pieces of copy are counted, too.
    """
    with database.read() as session:
        rows = approvals.pending(session, venture_id=venture_id)
        return tuple(
            PendingApproval(
                approval_record(row), row.run_id, row.venture_id, row.requested_at, *_pieces(session, row, stage)
            )
            for row in rows
        )


def _pieces(
    session: Session, row: Approval, stage: StageSpec | None
) -> tuple[int, int, tuple[str, ...], tuple[str, ...]]:
    """How many pieces of copy an approval has, how many of them are open, which are rejected and which fail."""
    if stage is None or row.checkpoint != CHECKPOINT:
        return 0, 0, (), ()
    desk = desk_at(session, row, checkpoint_of(stage, row.checkpoint))
    failing = () if runs.is_done(session, row.run_id, COPY) else tuple(failing_pieces(row))
    return len(desk.pieces), len(desk.open), tuple(one.piece_id for one in desk.rejected), failing


def decide(
    database: Database,
    clock: Clock,
    stage: StageSpec,
    *,
    ref: str,
    role: str,
    by: str,
    approve: bool,
    comment: str = "",
    steps: Sequence[str] = (),
    via: str = "cli",
    shown_sha256: str | None = None,
    actor_kind: str = "person",
    policies: Policies | None = None,
) -> ApprovalRecord:
    """Approve or reject what waits at a checkpoint, or a pilot's results.

    Args:
        ref: an approval's, run's or venture's id; of a run that waits itself, its own checkpoint comes before pilots.
        role: the role in which the person answers: LEAD, PLAN or EXEC.
        by: who answers.
        approve: True approves, False rejects.
        comment: for a rejection, what must change; the crew is shown it.
        steps: for a rejection, which steps are made anew; by default all that the checkpoint covers.
        via: the door it came through.
        shown_sha256: hash of what the person saw, or its first 8 hex digits or more; without it, the hash the approval
            was asked with.
        actor_kind: `person`, or `agent` where the policy lets the agent of that role decide.
        policies: the numbers that a pilot is judged by; without them no verdict on one is taken.

    Raises:
        NotFound: there is nothing of that name.
        NotWaiting: nothing waits there.
        Forbidden: not the role that the SOP names, or the maker decides on their own work.
        AlreadyDecided: somebody was faster.
        ArtifactChanged: what stands now is not what the hash names, and the approval waits on; or the artifact itself
            has changed since the approval was asked for, which voids it, and the run asks anew when it goes on.
        InvalidInput: nobody is named, a rejection without comment, an unknown step, or no hash.
        GateFailed: what would be approved does not pass its checks, or a piece of it was rejected in this round.
    """
    with database.read() as session:
        row = waiting_at(session, ref)
        stages.refuse_when_paused(session, row.venture_id)
    if not by.strip():
        raise InvalidInput("a decision needs somebody who makes it", field="by", hint="name yourself: --by NAME")
    shown = None if shown_sha256 is None else said_hash(shown_sha256)
    actor = f"{actor_kind}:{by}"
    if row.checkpoint == PILOT_CHECKPOINT:
        if policies is None:
            raise NotWaiting("a pilot is decided by gtm approve and gtm reject", field="ref", value=ref)
        _check_words((), approve, comment, steps)
        return decide_pilot(
            database, clock, policies, row, role=role, actor=actor, approve=approve, comment=comment, via=via,
            matches=lambda sha: _must_match(shown, sha, f"look at what stands: gtm pilot status {row.venture_id}"),
        )  # fmt: skip
    checkpoint = checkpoint_of(stage, row.checkpoint)
    _check_words(checkpoint.covers, approve, comment, steps)
    with database.write() as session:
        row = approvals.locked(session, row.approval_id) or row
        may_decide(checkpoint, role=role, actor=actor, actor_role=role, producers=makers(session, row, checkpoint))
        if approve:
            refuse_unfit(session, row, checkpoint)
        changed = changed_since(session, row.approval_id, checkpoint, shown)
        if not changed:
            decided = approvals.decide(
                session,
                row.approval_id,
                status="approved" if approve else "rejected",
                by=actor,
                via=via,
                comment=comment,
                steps=tuple(steps),
                now=clock.now(),
            )
            if not approve:
                reopen(session, stage, row.run_id, steps or checkpoint.covers, comment, clock.now())
        else:
            approvals.void(session, row.approval_id, now=clock.now())
        runs.set_status(session, row.run_id, "running", checkpoint="", detail=changed)
        logs.audit(
            session,
            actor=actor,
            action="approval.void" if changed else ("approval.approved" if approve else "approval.rejected"),
            subject=row.approval_id,
            venture_id=row.venture_id,
            data={"checkpoint": row.checkpoint, "role": role, "via": via, "sha256": row.artifact_sha256},
            now=clock.now(),
        )
    if changed:
        raise ArtifactChanged(changed, field="artifact", hint=f"let the run ask anew: gtm resume {row.run_id}")
    return approval_record(decided)


_GOES_ON = {
    "created": "gtm resume {run}",
    "running": "gtm resume {run} goes on, unless a process drives it already",
    "failed": "gtm resume {run}",
    "blocked": "gtm show {run} gates says what to mend",
    "completed": "nothing more is to be decided: gtm show {run}",
}
"""What to do with a run that waits for no approval, by its state."""


def waiting_at(session: Session, ref: str) -> Approval:
    """The approval that a reference means: the approval itself, or the oldest that waits in a run or a venture's run.

    Raises:
        NotFound: there is nothing of that name.
        NotWaiting: nothing waits there.
    """
    row = approvals.find(session, ref)
    if row is not None:
        return row
    run = runs.get(session, ref) or runs.latest_of(session, ref)
    if run is None:
        raise NotFound(
            f"there is no approval, run or venture {ref!r}", field="ref", value=ref, hint="gtm pending lists what waits"
        )
    waiting = approvals.pending(session, run_id=run.run_id)
    if not waiting:
        raise NotWaiting(
            f"run {run.run_id} of {run.venture_id} waits for no approval ({_state(run)}){_last(session, run.run_id)}",
            field="ref",
            value=ref,
            hint=_GOES_ON.get(run.status, "gtm status {venture}").format(run=run.run_id, venture=run.venture_id),
        )
    return next((one for one in waiting if one.checkpoint != PILOT_CHECKPOINT), waiting[0])


def _state(run: Run) -> str:
    driven = run.lease_owner is not None
    return (
        "it waits to be resumed" if run.status == "running" and not driven else f"it is {run.status.replace('_', ' ')}"
    )


def _last(session: Session, run_id: str) -> str:
    """Who decided last, for somebody who comes second."""
    decided = [row for row in approvals.of_run(session, run_id) if row.status in ("approved", "rejected")]
    last = max(decided, key=lambda row: row.decided_at or row.requested_at, default=None)
    return f"; {last.checkpoint} was {last.status} by {last.decided_by}" if last is not None else ""


def checkpoint_of(stage: StageSpec, checkpoint_id: str) -> CheckpointSpec:
    """The checkpoint of that id.

    Raises:
        InvalidInput: it is none of the stage's, as a pilot's approval is.
    """
    found = next((c for c in stage.checkpoints if c.id == checkpoint_id), None)
    if found is None:
        raise InvalidInput(
            f"{checkpoint_id} waits, and is decided as a whole",
            field="ref",
            value=checkpoint_id,
            allowed=", ".join(c.id for c in stage.checkpoints),
        )
    return found


def _check_words(covers: Sequence[str], approve: bool, comment: str, steps: Sequence[str]) -> None:
    if not approve and not comment.strip():
        raise InvalidInput("a rejection says what must change", field="comment", hint="add --comment TEXT")
    if len(comment) > 4000:
        raise InvalidInput("the comment is too long", field="comment", value=comment, allowed="at most 4000 characters")
    strangers = [step for step in steps if step not in covers]
    if strangers:
        raise InvalidInput(
            f"what is decided does not cover step {', '.join(strangers)}",
            field="step",
            value=", ".join(strangers),
            allowed=", ".join(covers) or "no step",
        )


def said_hash(shown: str) -> str:
    """What the person says they saw, in lower case.

    Raises:
        InvalidInput: it is no SHA-256 and no beginning of one that is long enough to tell two artifacts apart.
    """
    text = shown.strip().lower()
    if not _SHA.fullmatch(text):
        raise InvalidInput(
            "this is no SHA-256 of what you saw",
            field="sha256",
            value=shown,
            allowed="its 64 hex digits, or the first 8 or more of them",
            hint="gtm pending --json tells it",
        )
    return text


def changed_since(session: Session, approval_id: str, checkpoint: CheckpointSpec, shown: str | None) -> str:
    """Why the approval is void; an empty text when it is good.

    Raises:
        ArtifactChanged: it is good, and the hash that the person gives is another's.
    """
    row = session.get(Approval, approval_id)
    if row is None or row.status != "pending":
        # Somebody was faster, and what a rejection reopens has no artifact yet: `approvals.decide` tells them so.
        return ""
    if artifacts.hash_of(session, row.run_id, checkpoint.hashed) != row.artifact_sha256:
        what = told(changed_steps(session, row, checkpoint))
        return f"{what} changed since {checkpoint.name} was shown; this approval is void"
    _must_match(shown, row.artifact_sha256, f"look at what stands: gtm show {row.run_id} {checkpoint.id}")
    return ""


def _must_match(shown: str | None, stands: str, hint: str) -> None:
    """Refuse a hash that the person gives when it is another's.

    Raises:
        ArtifactChanged: it is.
    """
    if shown and not stands.startswith(shown):
        raise ArtifactChanged(
            f"what you saw ({shown[:16]}) is not what stands now ({stands[:16]}); nothing is decided",
            field="sha256",
            value=shown,
            allowed=stands,
            hint=hint,
        )
