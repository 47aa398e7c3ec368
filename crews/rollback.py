"""Rollback by hand: the SOP's five steps (rollback procedures), and LEAD's decision on what comes next.

Works without CrewAI and beside a running run: the run notices at its next look that the venture is paused.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sqlmodel import Session

from gtm.automation.pausing import drain, pause_venture
from gtm.domain.clock import Clock
from gtm.domain.errors import Conflict, Forbidden, InvalidInput
from gtm.domain.spec import StageSpec
from gtm.store.database import Database
from gtm.store.models.base import new_id
from gtm.store.models.stages import StageRollback
from gtm.store.repositories import approvals, automation_views, campaigns, logs, runs, stages, ventures

TARGETS = (5, 11, 15)
"""The stages that a rollback may recurse to (SOP, rollback step 5)."""


@dataclass(frozen=True)
class RollbackRecord:
    """A rollback as a person is told it.

    Attributes:
        facts: what LEAD is shown: counts of what was paused, what was under way, the reason.
        in_flight: sends that were reserved before the pause and had not settled when this was told.
        question: what LEAD is asked.
    """

    rollback_id: str
    venture_id: str
    reason: str
    workflows_paused: int
    facts: dict[str, object]
    status: str
    decision: str = ""
    target_stage: int | None = None
    in_flight: int = 0
    question: str = "Fix and retry, or recurse to stage 5, 11 or 15?"


def roll_back(
    database: Database, clock: Clock, stage: StageSpec, *, venture_id: str, reason: str, by: str
) -> RollbackRecord:
    """Pause every active workflow, stop sends and spend, document the reason, escalate to LEAD.

    Args:
        database: the store.
        clock: stamps the rows.
        stage: config/stage17/stage.yaml.
        venture_id: the venture.
        reason: why; kept in `stage_rollbacks` and as `paused_reason`.
        by: who rolls back.

    Raises:
        NotFound: there is no such venture.
        InvalidInput: no reason is given.
        Conflict: a rollback of this venture is not decided.
    """
    if not reason.strip() or len(reason) > 1000:
        raise InvalidInput("a rollback names its reason", field="reason", value=reason, allowed="1-1000 characters")
    now = clock.now()
    with database.write() as session:
        ventures.require(session, venture_id)
        if stages.open_rollbacks(session, venture_id):
            raise Conflict(
                f"a rollback of {venture_id} is not decided yet",
                hint=f"decide it: gtm rollback {venture_id} --decide fix_and_retry --as LEAD",
            )
        run = runs.latest_of(session, venture_id)
        facts: dict[str, object] = {
            **automation_views.rollback_facts(session, venture_id),
            "monthly_budget_stopped": str(_planned_spend(session, venture_id)),
            "run": f"{run.run_id}: {run.status}" if run else "none",
        }
        paused = pause_venture(session, venture_id, reason, now)
        campaigns.set_paused(session, venture_id, now=now)
        ventures.set_paused(session, venture_id, reason, now)
        row = stages.open_rollback(
            session,
            rollback_id=new_id("rbk"),
            venture_id=venture_id,
            run_id=run.run_id if run else None,
            reason=reason,
            triggered_by=f"person:{by}",
            facts=facts,
            workflows_paused=paused.workflows,
            now=now,
        )
        stages.track(session, venture_id, stage.stage, "rolled_back", run_id=run.run_id if run else None, now=now)
        if run is not None:
            runs.set_status(session, run.run_id, "rolled_back", checkpoint="", detail=reason)
            for waiting in approvals.pending(session, run_id=run.run_id):
                approvals.void(session, waiting.approval_id, now=now)
        _audit(session, clock, f"person:{by}", "rollback.opened", row)
    # A send that was reserved before the pause is on its way already; when this returns, none follows.
    in_flight = drain(database, venture_id)
    return _record(row, in_flight)


def decide_rollback(
    database: Database,
    clock: Clock,
    *,
    venture_id: str,
    decision: Literal["fix_and_retry", "recurse"],
    target_stage: int | None,
    by: str,
    role: str,
) -> RollbackRecord:
    """LEAD's decision: fix and retry lifts the pause of the venture, recursion names the stage to go back to.

    Workflows stay paused after both: each is resumed by somebody who has looked at it, or made anew by the next run.

    Raises:
        Forbidden: only LEAD decides on a rollback.
        InvalidInput: the target is not 5, 11 or 15, or is given without recursion.
        Conflict: no rollback waits for a decision.
    """
    if role != "LEAD":
        raise Forbidden("only LEAD decides on a rollback", field="role", value=role, allowed="LEAD")
    if (decision == "recurse") != (target_stage in TARGETS):
        raise InvalidInput(
            "recursion names the stage to go back to, and only recursion does",
            field="to",
            value=target_stage,
            allowed="5, 11 or 15 with recurse; nothing with fix_and_retry",
        )
    now = clock.now()
    with database.write() as session:
        ventures.require(session, venture_id)
        waiting = stages.open_rollbacks(session, venture_id)
        if not waiting:
            raise Conflict(f"no rollback of {venture_id} waits for a decision", hint=f"gtm status {venture_id}")
        row = stages.decide_rollback(
            session, waiting[0].rollback_id, decision=decision, target_stage=target_stage, by=f"person:{by}", now=now
        )
        if decision == "fix_and_retry":
            ventures.clear_paused(session, venture_id, now)
        elif target_stage is not None:
            stages.request_review(session, venture_id, target_stage, run_id=row.run_id, now=now)
            ventures.clear_paused(session, venture_id, now)
        _audit(session, clock, f"person:{by}", f"rollback.{decision}", row)
    return _record(row)


def refuse_while_recursing(session: Session, venture_id: str) -> None:
    """Let no run begin on the brief that was rolled back, once LEAD has sent the venture back to an earlier stage.

    Raises:
        Conflict: names that stage, and how its new results come in.
    """
    target = stages.recursing_to(session, venture_id)
    if target is not None:
        raise Conflict(
            f"{venture_id} was rolled back and goes back to stage {target}; its brief is the one that was rolled back",
            field="venture_id",
            value=venture_id,
            allowed=f"a brief with new results of stage {target}",
            hint=f"when stage {target} hands them over: gtm venture load FILE, then gtm run {venture_id}",
        )


def _planned_spend(session: Session, venture_id: str) -> Decimal:
    """Dollars a month of the campaigns that the rollback stops."""
    rows = campaigns.list_campaigns(session, venture_id)
    stopped = [row.budget for row in rows if row.status in ("configured", "active") and row.budget is not None]
    return sum(stopped, Decimal("0.00"))


def _audit(session: Session, clock: Clock, actor: str, action: str, row: StageRollback) -> None:
    logs.audit(
        session,
        actor=actor,
        action=action,
        subject=row.rollback_id,
        venture_id=row.venture_id,
        data={"reason": row.reason, "decision": row.decision, "target_stage": row.target_stage},
        now=clock.now(),
    )


def _record(row: StageRollback, in_flight: int = 0) -> RollbackRecord:
    return RollbackRecord(
        rollback_id=row.rollback_id,
        venture_id=row.venture_id,
        reason=row.reason,
        workflows_paused=row.workflows_paused,
        facts=dict(row.facts),
        status=row.status,
        decision=row.decision or "",
        target_stage=row.target_stage,
        in_flight=in_flight,
    )
