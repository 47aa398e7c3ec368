"""Where a venture stands, and what comes next, in words: for `gtm status`, the agent endpoint and the page.

Imports neither SQLAlchemy nor CrewAI.
"""

from datetime import datetime

from crews.processes import is_driven
from gtm.store.status_sql import StatusSnapshot

UNDER_WAY = ("created", "running")
"""What a run is called from its beginning, and again once a checkpoint is decided, whether or not it is driven."""

IDLE = "waits to be resumed, no process drives it"


def driven(found: StatusSnapshot, now: datetime) -> bool:
    """Whether a living process drives the venture's newest run."""
    return is_driven(found.lease_owner, found.lease_until, now)


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
    return IDLE if idle(found, now) else (found.run_status or "no run yet").replace("_", " ")


def next_of(found: StatusSnapshot) -> str:
    """What a person does next, as a command."""
    if found.open_rollbacks:
        return f"gtm rollback {found.venture_id} --decide fix_and_retry --as LEAD"
    if found.recurse_to:
        return f"gtm venture load FILE, with new results of stage {found.recurse_to}; then gtm run {found.venture_id}"
    if found.run_status == "waiting_approval":
        return f"gtm show {found.run_id} {found.checkpoint}; gtm pending {found.venture_id} tells how to answer"
    if found.run_status == "blocked":
        return f"gtm show {found.run_id} gates says what to mend; then gtm resume {found.run_id}"
    if found.run_status in (*UNDER_WAY, "failed"):
        return f"gtm resume {found.run_id}"
    if found.run_status == "completed":
        return f"gtm show {found.venture_id}"
    return f"gtm run {found.venture_id}"
