"""Where a venture stands, and what comes next, in words: for `gtm status`, the agent endpoint and the page.

Imports neither SQLAlchemy nor CrewAI.
"""

from datetime import datetime

from crews.processes import is_driven, told
from gtm.store.status_sql import StatusSnapshot

UNDER_WAY = ("created", "running")
"""What a run is called from its beginning, and again once a checkpoint is decided, whether or not it is driven."""

IDLE = "waits to be resumed, no process drives it"


def driven(found: StatusSnapshot, now: datetime) -> bool:
    """Whether a living process, or a workflow on a cluster, drives the venture's newest run."""
    return is_driven(found.lease_owner, found.lease_until, now)


def driven_by(found: StatusSnapshot, now: datetime) -> str | None:
    """Who drives the venture's newest run, in words; None when nobody does."""
    return told(found.lease_owner) if found.lease_owner and driven(found, now) else None


def idle(found: StatusSnapshot, now: datetime) -> bool:
    """Whether the run could go on, and nobody makes it: after a decision, or when its process was stopped."""
    return is_idle(found.run_status, found.lease_owner, found.lease_until, now)


def is_idle(run_status: str | None, owner: str | None, until: datetime | None, now: datetime) -> bool:
    """As `idle`, of a run's status and lease.

    Args:
        run_status: as the store calls it.
        owner: who holds the run's lease; None when nobody does.
        until: the aware moment at which the lease ends.
        now: the aware moment.
    """
    return run_status in UNDER_WAY and not is_driven(owner, until, now)


def state_of(found: StatusSnapshot, now: datetime) -> str:
    """The state in a few words."""
    if found.paused_since:
        return "paused by a rollback"
    if found.recurse_to:
        return f"goes back to stage {found.recurse_to}"
    return run_state(found.run_status, found.checkpoint, found.lease_owner, found.lease_until, now)


def run_state(
    run_status: str | None, checkpoint: str | None, owner: str | None, until: datetime | None, now: datetime
) -> str:
    """The state of a run in a few words.

    Args:
        run_status: as the store calls it; None where there is no run.
        checkpoint: where the run waits.
        owner: who holds the run's lease; None when nobody does.
        until: the aware moment at which the lease ends.
        now: the aware moment.
    """
    if run_status == "waiting_approval":
        return f"waits for a person at checkpoint {checkpoint}"
    if is_idle(run_status, owner, until, now):
        return IDLE
    if run_status in UNDER_WAY and owner is not None:
        return f"running, driven by {told(owner)}"
    return (run_status or "no run yet").replace("_", " ")


def next_of(found: StatusSnapshot, now: datetime) -> str:
    """What a person does next, as a command; for a run that goes on by itself, how to look on."""
    if found.open_rollbacks:
        return f"gtm rollback {found.venture_id} --decide fix_and_retry --as LEAD"
    if found.recurse_to:
        return f"gtm venture load FILE, with new results of stage {found.recurse_to}; then gtm run {found.venture_id}"
    if found.run_status == "waiting_approval":
        return f"gtm show {found.run_id} {found.checkpoint}; gtm pending {found.venture_id} tells how to answer"
    if found.run_status == "blocked":
        return f"gtm show {found.run_id} gates says what to mend; then gtm resume {found.run_id}"
    if found.run_status in UNDER_WAY and driven(found, now):
        return f"gtm status {found.venture_id}"
    if found.run_status in (*UNDER_WAY, "failed"):
        return f"gtm resume {found.run_id}"
    if found.run_status == "completed":
        return f"gtm show {found.venture_id}"
    return f"gtm run {found.venture_id}"
