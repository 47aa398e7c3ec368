"""The brief that a run froze at its entry gates, against what has been loaded for its venture since."""

from sqlmodel import Session

from gtm.domain.verdict import Finding
from gtm.store.repositories import artifacts, runs, ventures


def since_frozen(session: Session, run_id: str) -> tuple[Finding, ...]:
    """A risk for whoever approves, when the newest brief of the venture is not the one that this run rests on."""
    run = runs.require(session, run_id)
    venture = ventures.require(session, run.venture_id)
    frozen = artifacts.get(session, run_id, "brief", 1, "brief")
    if frozen is None or frozen.sha256 == venture.brief_sha256:
        return ()
    return (
        Finding(
            code="newer-brief",
            kind="risk",
            field="loaded later",
            detail=(
                f"another brief was loaded on {venture.updated_at:%d %b %Y, %H:%M} UTC, after this run had begun with "
                "its own; nothing of it is in this plan. It counts from the next run on."
            ),
            ask="Hand this plan over, or run the venture again on the newer brief?",
        ),
    )
