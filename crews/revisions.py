"""Making steps anew after a rejection: the steps it names, and those that rest on them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from crews.plan import with_dependants
from gtm.domain.names import listed
from gtm.domain.spec import CheckpointSpec, StageSpec
from gtm.store.models.runs import Approval
from gtm.store.repositories import approvals, artifacts, logs, runs

MADE: Mapping[str, str] = {
    "brief": "the brief",
    "1.1": "the strategy",
    "1.2": "the channels",
    "1.3": "the budget",
    "2.1": "the campaigns with their audience",
    "2.2": "the copy",
    "2.3": "the schedule",
    "3.1": "the workflows",
    "3.2": "the triggers",
    "3.3": "the tests",
}
"""What a step makes, as a person is told of it."""


def reopen(
    session: Session, stage: StageSpec, run_id: str, steps: Iterable[str], comment: str, now: datetime
) -> tuple[str, ...]:
    """Open the next revision of the steps and their dependants; approvals that cover one, or are bound to it, are void.

    Only steps that were begun get a new revision. The comment goes to the named steps.
    """
    named = set(steps)
    reopened = [s for s in with_dependants(stage, named) if runs.current_revision(session, run_id, s)]
    for step in reopened:
        runs.open_revision(session, run_id, step, comment if step in named else "", now)
    for checkpoint in stage.checkpoints:
        if set(checkpoint.hashed) & set(reopened):
            void(session, checkpoint, run_id, [s for s in checkpoint.hashed if s in reopened], now)
    return tuple(reopened)


def void(session: Session, checkpoint: CheckpointSpec, run_id: str, changed: Sequence[str], now: datetime) -> str:
    """Void the standing approvals of a checkpoint and write down why; the sentence, empty where none stood.

    Args:
        changed: the steps (or `brief`) whose artifacts are not what was shown.
    """
    newest = approvals.newest(session, run_id, checkpoint.id)
    if not approvals.void_approved(session, run_id, checkpoint.id, now=now) or newest is None:
        return ""
    why = f"{told(changed)} changed since {checkpoint.name} was shown to {checkpoint.role}; it is asked for again"
    logs.audit(
        session,
        actor="runner",
        action="approval.void",
        subject=newest.approval_id,
        venture_id=newest.venture_id,
        run_id=run_id,
        data={"checkpoint": checkpoint.id, "why": why},
        now=now,
    )
    return why


def changed_steps(session: Session, approval: Approval, checkpoint: CheckpointSpec) -> tuple[str, ...]:
    """The steps of a checkpoint whose artifacts were stored after its approval was asked for, or are gone."""
    rows = artifacts.current(session, approval.run_id, checkpoint.hashed)
    later = {row.step for row in rows if row.created_at > approval.requested_at}
    stored = {row.step for row in rows}
    return tuple(step for step in checkpoint.hashed if step in later or step not in stored)


def told(steps: Iterable[str]) -> str:
    """What steps made, in words: `audience and templates, and the budget`."""
    names = [MADE[step] for step in steps if step in MADE]
    return listed(names) or "the artifact"
