"""Queries on the workflow of stages: tracking, rollbacks, handoffs, the crew registry."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text, update
from sqlmodel import Session, col, func, select

from gtm.domain.base import sha256_of
from gtm.domain.errors import AlreadyDecided, NotFound, VenturePaused
from gtm.domain.spec import StageSpec
from gtm.store.models.stages import CrewConfig, CrewRegistration, Handoff, StageRollback, StageTracking
from gtm.store.models.ventures import Venture
from gtm.store.repositories.statements import change, insert_missing, upsert
from gtm.store.status_sql import RECURSION_OF


def track(session: Session, venture_id: str, stage: int, status: str, *, run_id: str | None, now: datetime) -> None:
    """Say where a venture stands in a stage.

    Args:
        status: pending, in_progress, blocked, review_requested, completed or rolled_back.
        run_id: the run that brought it there.
        now: counts as the start the first time it is in progress, and as the end when it is completed.
    """
    known = session.get(StageTracking, (venture_id, stage))
    started = known.started_at if known and known.status != "completed" else None
    row = {
        "venture_id": venture_id,
        "stage": stage,
        "status": status,
        "started_at": started or (now if status in ("in_progress", "completed") else None),
        "completed_at": now if status == "completed" else None,
        "run_id": run_id,
    }
    upsert(session, StageTracking, [row], ["venture_id", "stage"])


def stage_of(session: Session, venture_id: str, stage: int) -> StageTracking | None:
    """Where a venture stands in a stage."""
    return session.get(StageTracking, (venture_id, stage))


def is_completed(session: Session, run_id: str, stage: int) -> bool:
    """Whether a run has completed the stage."""
    query = select(StageTracking).where(
        StageTracking.run_id == run_id, StageTracking.stage == stage, StageTracking.status == "completed"
    )
    return session.exec(query).first() is not None


def request_review(session: Session, venture_id: str, stage: int, *, run_id: str | None, now: datetime) -> None:
    """Ask an earlier stage to look again: the failure action of an entry gate."""
    track(session, venture_id, stage, "review_requested", run_id=run_id, now=now)


def refuse_when_paused(session: Session, venture_id: str) -> None:
    """Let nothing go on for a venture that a rollback has stopped.

    On PostgreSQL the venture's row stays locked against a pause until the end of the transaction.

    Raises:
        VenturePaused: says since when, why, and what to do.
    """
    query = select(Venture).where(Venture.venture_id == venture_id).with_for_update(read=True)
    venture = session.exec(query, execution_options={"populate_existing": True}).first()
    if venture is not None and venture.paused_at is not None:
        raise VenturePaused(
            f"{venture_id} is paused since {venture.paused_at.isoformat(timespec='seconds')}: {venture.paused_reason}",
            field="venture_id",
            value=venture_id,
            hint=f"LEAD decides the rollback: gtm rollback {venture_id} --decide fix_and_retry --as LEAD, or recurse",
        )


def open_rollback(
    session: Session,
    *,
    rollback_id: str,
    venture_id: str,
    run_id: str | None,
    reason: str,
    triggered_by: str,
    facts: Mapping[str, Any],
    workflows_paused: int,
    now: datetime,
) -> StageRollback:
    """Document a rollback (SOP rollback step 3); LEAD decides it later.

    Args:
        triggered_by: the person or the rule.
        facts: what LEAD is shown.
        workflows_paused: how many the rollback query hit.
    """
    row = StageRollback(
        rollback_id=rollback_id,
        venture_id=venture_id,
        run_id=run_id,
        reason=reason,
        triggered_by=triggered_by,
        facts=dict(facts),
        workflows_paused=workflows_paused,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def decide_rollback(
    session: Session, rollback_id: str, *, decision: str, target_stage: int | None, by: str, now: datetime
) -> StageRollback:
    """Decide a rollback once (SOP rollback step 5).

    Args:
        decision: `fix_and_retry`, or `recurse` with the stage to go back to.

    Raises:
        NotFound: there is no such rollback.
        AlreadyDecided: somebody decided before.
    """
    statement = update(StageRollback).where(
        col(StageRollback.rollback_id) == rollback_id, col(StageRollback.status) == "open"
    )
    values = {"status": "decided", "decision": decision, "target_stage": target_stage, "decided_by": by}
    decided = change(session, statement.values(**values, decided_at=now))
    row = session.get(StageRollback, rollback_id, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no rollback {rollback_id!r}", field="rollback", value=rollback_id)
    if not decided:
        raise AlreadyDecided(
            f"rollback {rollback_id} was decided by {row.decided_by}: {row.decision}",
            field="rollback",
            value=rollback_id,
        )
    return row


def rollbacks(session: Session, venture_id: str) -> list[StageRollback]:
    """A venture's rollbacks, oldest first."""
    query = select(StageRollback).where(StageRollback.venture_id == venture_id)
    return list(session.exec(query.order_by(col(StageRollback.created_at), col(StageRollback.rollback_id))))


def open_rollbacks(session: Session, venture_id: str | None = None) -> list[StageRollback]:
    """The rollbacks that LEAD has not decided, oldest first, of a venture or of all."""
    query = select(StageRollback).where(StageRollback.status == "open")
    if venture_id is not None:
        query = query.where(StageRollback.venture_id == venture_id)
    return list(session.exec(query.order_by(col(StageRollback.created_at), col(StageRollback.rollback_id))))


def recursing_to(session: Session, venture_id: str) -> int | None:
    """The earlier stage that LEAD sent a venture back to, while its brief is still the one that was rolled back."""
    found = session.connection().execute(text(RECURSION_OF), {"venture_id": venture_id}).first()
    return int(found[0]) if found is not None and found[0] is not None else None


def record_handoff(
    session: Session,
    *,
    handoff_id: str,
    venture_id: str,
    run_id: str,
    from_stage: int,
    to_stage: int,
    path: str,
    manifest_sha256: str,
    now: datetime,
) -> Handoff:
    """Record a package; an earlier one of the venture towards the same stage is superseded.

    The same package of the same run again is the row that stands.
    """
    standing = handoff_of(session, run_id)
    if standing is not None and (standing.path, standing.manifest_sha256) == (path, manifest_sha256):
        return standing
    earlier = update(Handoff).where(
        col(Handoff.venture_id) == venture_id, col(Handoff.to_stage) == to_stage, col(Handoff.status) == "created"
    )
    change(session, earlier.values(status="superseded"))
    row = Handoff(
        handoff_id=handoff_id,
        venture_id=venture_id,
        run_id=run_id,
        from_stage=from_stage,
        to_stage=to_stage,
        path=path,
        manifest_sha256=manifest_sha256,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def handoff_of(session: Session, run_id: str) -> Handoff | None:
    """The newest package of a run."""
    query = select(Handoff).where(Handoff.run_id == run_id, Handoff.status != "superseded")
    return session.exec(query.order_by(col(Handoff.created_at).desc())).first()


def handoffs(session: Session, venture_id: str) -> list[Handoff]:
    """A venture's packages, newest first."""
    query = select(Handoff).where(Handoff.venture_id == venture_id)
    return list(session.exec(query.order_by(col(Handoff.created_at).desc())))


def register_crew(session: Session, stage: StageSpec, *, now: datetime) -> None:
    """Enter the stage's crew in the registry, and its configuration as a version when it has changed."""
    agents: dict[str, None] = {}
    for substage in stage.substages:
        for name in (substage.owner, substage.support, *(step.agent for step in substage.steps)):
            if name:
                agents[name] = None
    tasks = [step.id for step in stage.steps] + [f"review:{checkpoint.id}" for checkpoint in stage.checkpoints]
    register(session, stage.crew_id, stage.stage, list(agents), tasks, now=now)
    save_crew_config(session, stage.crew_id, stage.model_dump(mode="json"), now=now)


def register(
    session: Session, crew_id: str, stage: int, agents: Sequence[str], tasks: Sequence[str], *, now: datetime
) -> None:
    """Enter a crew in the registry, or overwrite what stands there of it."""
    row = {
        "crew_id": crew_id,
        "stage": stage,
        "agents": list(agents),
        "tasks": list(tasks),
        "status": "active",
        "updated_at": now,
    }
    upsert(session, CrewRegistration, [row], ["crew_id"])


def save_crew_config(session: Session, crew_id: str, config: dict[str, Any], *, now: datetime) -> int:
    """Store a crew's configuration unless it is that of the newest version; the version that stands."""
    sha256 = sha256_of(config)
    newest = select(CrewConfig).where(CrewConfig.crew_id == crew_id).order_by(col(CrewConfig.version).desc())
    standing = session.exec(newest).first()
    if standing is not None and standing.sha256 == sha256:
        return standing.version
    version = standing.version + 1 if standing else 1
    row = {"crew_id": crew_id, "version": version, "config": config, "sha256": sha256, "created_at": now}
    if not insert_missing(session, CrewConfig, row, ["crew_id", "version"]):
        return save_crew_config(session, crew_id, config, now=now)
    return version


def crew(session: Session, crew_id: str) -> CrewRegistration | None:
    """The crew's entry in the registry."""
    return session.get(CrewRegistration, crew_id)


def crew_config_versions(session: Session, crew_id: str) -> int:
    """How many versions of a crew's configuration are stored."""
    return session.exec(select(func.count()).where(CrewConfig.crew_id == crew_id)).one()
