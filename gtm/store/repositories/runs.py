"""Queries on runs, their steps and their gates."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from gtm.domain.errors import Conflict, NotFound
from gtm.domain.verdict import Verdict
from gtm.store.models.logs import AgentExecutionLog
from gtm.store.models.runs import GateResult, Run, RunStep
from gtm.store.repositories import ventures
from gtm.store.repositories.leases import claim_lease, fence, leave_with, release, renew, take_over
from gtm.store.repositories.statements import change, insert_missing

__all__ = [
    "claim_lease",
    "count_failure",
    "create",
    "current_revision",
    "current_step",
    "fence",
    "finish",
    "get",
    "is_done",
    "latest_of",
    "leave_with",
    "list_runs",
    "mark_done",
    "mark_started",
    "newest_gate_results",
    "newest_steps",
    "note_failure",
    "open_revision",
    "record_gate",
    "release",
    "renew",
    "replace_revision",
    "require",
    "rest_on",
    "set_status",
    "steps",
    "take_over",
    "unfinished",
]

FINISHED = ("completed", "rolled_back")


def create(session: Session, *, run_id: str, venture_id: str, stage: int, provider: str, now: datetime) -> Run:
    """Open a run for a venture, with the hash of its brief.

    Raises:
        NotFound: there is no such venture.
        Conflict: a run of this venture and stage is not finished.
    """
    venture = ventures.require(session, venture_id)
    run = Run(
        run_id=run_id,
        venture_id=venture_id,
        stage=stage,
        provider=provider,
        brief_sha256=venture.brief_sha256,
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError as error:
        held = unfinished(session, venture_id)
        raise Conflict(
            f"run {held.run_id if held else run_id} of {venture_id} is not finished",
            field="venture_id",
            value=venture_id,
            hint=f"go on with it: gtm resume {held.run_id}" if held else "",
        ) from error
    return run


def get(session: Session, run_id: str) -> Run | None:
    """The run, if there is one of that id."""
    return session.get(Run, run_id)


def require(session: Session, run_id: str) -> Run:
    """The run.

    Raises:
        NotFound: there is no such run.
    """
    run = get(session, run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id!r}", field="run", value=run_id, hint="gtm runs lists them")
    return run


def list_runs(session: Session, venture_id: str | None = None, *, limit: int = 100) -> list[Run]:
    """The newest runs first, of one venture or of all."""
    query = select(Run).order_by(col(Run.created_at).desc(), col(Run.run_id)).limit(limit)
    return list(session.exec(query if venture_id is None else query.where(Run.venture_id == venture_id)))


def latest_of(session: Session, venture_id: str) -> Run | None:
    """The venture's newest run."""
    return next(iter(list_runs(session, venture_id, limit=1)), None)


def unfinished(session: Session, venture_id: str) -> Run | None:
    """The venture's run that is neither completed nor rolled back, if there is one."""
    query = select(Run).where(Run.venture_id == venture_id, col(Run.status).not_in(FINISHED))
    return session.exec(query.order_by(col(Run.created_at).desc())).first()


def set_status(
    session: Session, run_id: str, status: str, *, checkpoint: str = "", detail: str = "", now: datetime | None = None
) -> None:
    """Say where a run stands.

    Args:
        checkpoint: the checkpoint it waits at, if any.
        detail: a sentence for the person who looks.
        now: when that became so; without it `updated_at` stays.

    Raises:
        NotFound: there is no such run.
    """
    values = {"status": status, "checkpoint": checkpoint or None, "detail": detail or None}
    moment = {"updated_at": now} if now else {}
    if not change(session, update(Run).where(col(Run.run_id) == run_id).values(**values, **moment)):
        require(session, run_id)


def rest_on(session: Session, run_id: str, brief_sha256: str) -> None:
    """Note the hash of the brief that the run rests on from now on."""
    change(session, update(Run).where(col(Run.run_id) == run_id).values(brief_sha256=brief_sha256))


def finish(session: Session, run_id: str, now: datetime) -> None:
    """Mark a run completed; the moment of the first time stays."""
    run = require(session, run_id)
    run.status, run.checkpoint, run.detail = "completed", None, None
    run.finished_at, run.updated_at = run.finished_at or now, now
    session.add(run)
    session.flush()


def note_failure(session: Session, run_id: str, owner: str, detail: str, *, now: datetime | None = None) -> bool:
    """Write down why a run stopped, unless somebody else drives it or it is finished."""
    moment = {"updated_at": now} if now else {}
    statement = update(Run).where(
        col(Run.run_id) == run_id, col(Run.lease_owner) == owner, col(Run.status).not_in(FINISHED)
    )
    return change(session, statement.values(status="failed", checkpoint=None, detail=detail, **moment)) == 1


def steps(session: Session, run_id: str) -> list[RunStep]:
    """Every revision of every step, in order."""
    query = select(RunStep).where(RunStep.run_id == run_id)
    return list(session.exec(query.order_by(col(RunStep.step), col(RunStep.revision))))


def newest_steps(session: Session, run_id: str) -> list[RunStep]:
    """The current revision of each step that was begun, in order."""
    query = select(RunStep).where(RunStep.run_id == run_id, RunStep.status != "superseded")
    return list(session.exec(query.order_by(col(RunStep.step))))


def current_step(session: Session, run_id: str, step: str) -> RunStep | None:
    """The current revision of a step; None before it was begun."""
    query = select(RunStep).where(RunStep.run_id == run_id, RunStep.step == step, RunStep.status != "superseded")
    return session.exec(query).first()


def current_revision(session: Session, run_id: str, step: str) -> int:
    """The number of a step's current revision; 0 before it was begun."""
    row = current_step(session, run_id, step)
    return row.revision if row else 0


def is_done(session: Session, run_id: str, step: str) -> bool:
    """Whether the current revision of a step is done."""
    row = current_step(session, run_id, step)
    return row is not None and row.status == "done"


def open_revision(session: Session, run_id: str, step: str, comment: str, now: datetime) -> RunStep:
    """Open the next revision of a step; it carries the comments of the revisions before it and the new one.

    Args:
        comment: what a rejection asks of this step; empty when it only rests on one that changes.
        now: the aware moment.
    """
    before = current_step(session, run_id, step)
    comments = [*(before.comments if before else ()), *([comment] if comment else ())]
    if before is not None:
        before.status = "superseded"
        before.finished_at = before.finished_at or now
        session.add(before)
        session.flush()
    row = RunStep(run_id=run_id, step=step, revision=before.revision + 1 if before else 1, comments=comments)
    session.add(row)
    session.flush()
    return row


def replace_revision(session: Session, run_id: str, step: str, now: datetime) -> RunStep:
    """Go on in the next revision of a step whose artifact its guardrail refused; attempts and failures count on."""
    before = current_step(session, run_id, step)
    row = open_revision(session, run_id, step, "", now)
    row.status, row.started_at = "started", now
    if before is not None:
        row.attempts, row.failures = before.attempts, before.failures
    session.add(row)
    session.flush()
    return row


def mark_started(session: Session, run_id: str, step: str, now: datetime) -> RunStep:
    """Begin the current revision of a step, or begin it again; its first start counts as the run's, too.

    Raises:
        NotFound: there is no such run.
    """
    run = require(session, run_id)
    if current_step(session, run_id, step) is None:
        row = {"run_id": run_id, "step": step, "revision": 1, "status": "pending", "attempts": 0, "failures": 0}
        insert_missing(session, RunStep, row | {"comments": []}, ["run_id", "step", "revision"])
    current = current_step(session, run_id, step)
    if current is None:
        raise Conflict(f"step {step} of run {run_id} was superseded meanwhile")
    if current.status != "done":
        current.status = "started"
        current.attempts += 1
        current.started_at = current.started_at or now
    run.started_at, run.updated_at = run.started_at or now, now
    session.add_all([current, run])
    session.flush()
    return current


def mark_done(
    session: Session,
    run_id: str,
    step: str,
    revision: int,
    *,
    generated_by: str,
    artifact_sha256: str,
    now: datetime,
) -> bool:
    """Close a revision of a step; False when it was done already.

    Raises:
        Conflict: this is not the step's current revision.
    """
    statement = update(RunStep).where(
        col(RunStep.run_id) == run_id,
        col(RunStep.step) == step,
        col(RunStep.revision) == revision,
        col(RunStep.status).in_(("pending", "started")),
    )
    values = {"status": "done", "generated_by": generated_by, "artifact_sha256": artifact_sha256, "finished_at": now}
    if change(session, statement.values(**values)):
        change(session, update(Run).where(col(Run.run_id) == run_id).values(updated_at=now))
        return True
    current = current_step(session, run_id, step)
    if current is None or current.revision != revision:
        raise Conflict(
            f"revision {revision} of step {step} is not the current one",
            field="revision",
            value=revision,
            allowed=str(current.revision) if current else "none was begun",
        )
    return False


def count_failure(session: Session, run_id: str, task: str) -> int:
    """Count one more failure of a task; how often it has failed: a step in this revision, a review in this run.

    A review has no row of its own: its failures are those of the agent log, which is written before.
    """
    row = current_step(session, run_id, task)
    if row is not None:
        row.failures += 1
        session.add(row)
        session.flush()
        return row.failures
    session.flush()
    query = select(func.count()).where(
        AgentExecutionLog.run_id == run_id, AgentExecutionLog.task == task, AgentExecutionLog.status == "failed"
    )
    return session.exec(query).one()


def record_gate(
    session: Session, *, run_id: str, gate: str, verdict: Verdict, failure_action: str, now: datetime
) -> GateResult:
    """Record what a gate answered; the newest answer of a gate counts.

    Args:
        gate: the gate's id.
        verdict: its checklist, decided.
        failure_action: what happens because it is not met; empty when it is.
    """
    row = GateResult(
        run_id=run_id,
        gate=gate,
        passed=verdict.passed,
        verdict=verdict.model_dump(mode="json"),
        failure_action=failure_action or None,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def newest_gate_results(session: Session, run_id: str) -> Sequence[GateResult]:
    """The newest answer of each gate, in the order in which they were given."""
    newest = select(func.max(GateResult.result_id)).where(GateResult.run_id == run_id).group_by(GateResult.gate)
    query = select(GateResult).where(col(GateResult.result_id).in_(newest))
    return list(session.exec(query.order_by(col(GateResult.result_id))))
