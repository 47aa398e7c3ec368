"""Making steps anew after a rejection: the steps it names, and those that rest on them."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from crews.plan import with_dependants
from gtm.domain.spec import StageSpec
from gtm.store.repositories import approvals, runs


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
            approvals.void_approved(session, run_id, checkpoint.id, now=now)
    return tuple(reopened)
