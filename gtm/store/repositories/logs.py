"""Queries on what happened: the agents' log, model calls, the audit log."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, func, select

from gtm.store.models.logs import AgentExecutionLog, AuditEntry, ModelCall
from gtm.store.repositories.statements import insert_missing


def agent_log(
    session: Session,
    *,
    crew: str,
    agent: str,
    task: str,
    venture_id: str,
    run_id: str | None,
    status: str,
    now: datetime,
    duration_ms: int | None = None,
    error: str | None = None,
) -> None:
    """Write one line of the agents' log (domain.md, roles).

    Args:
        status: started, completed or failed.
        duration_ms: milliseconds the task took, once it ended.
        error: one sentence, when it failed.
    """
    row = AgentExecutionLog(
        crew=crew,
        agent=agent,
        task=task,
        venture_id=venture_id,
        run_id=run_id,
        status=status,
        duration_ms=duration_ms,
        error=error,
        created_at=now,
    )
    session.add(row)
    session.flush()


def agent_lines(session: Session, run_id: str) -> list[AgentExecutionLog]:
    """A run's lines of the agents' log, in order."""
    query = select(AgentExecutionLog).where(AgentExecutionLog.run_id == run_id)
    return list(session.exec(query.order_by(col(AgentExecutionLog.log_id))))


def completed_lines(session: Session, run_id: str, task: str | None = None) -> int:
    """How often the agents' log has a task of a run as completed, or any task of it."""
    query = select(func.count()).where(AgentExecutionLog.run_id == run_id, AgentExecutionLog.status == "completed")
    return session.exec(query.where(AgentExecutionLog.task == task) if task else query).one()


def model_call(session: Session, *, run_id: str | None, call: dict[str, Any], now: datetime) -> bool:
    """Book one model call; False when this `call_id` is booked already.

    Args:
        call: call_id, step, provider, model, prompt_tokens, completion_tokens, cost (dollars or None), attempts, ok,
            and where known duration_ms and error.
    """
    return insert_missing(session, ModelCall, {**call, "run_id": run_id, "created_at": now}, ["call_id"])


def usage_totals(session: Session, run_id: str) -> dict[str, Any]:
    """What a run's model calls sum to: calls, tried, answered, attempts, prompt_tokens, completion_tokens, cost.

    `cost` is in dollars, None as soon as the price of one call is not known.
    """
    names = ("attempts", "prompt_tokens", "completion_tokens")
    sums = (ModelCall.attempts, ModelCall.prompt_tokens, ModelCall.completion_tokens, col(ModelCall.cost))
    # Added up here: SQLite would add decimal text as floats.
    rows = session.exec(select(*sums).where(ModelCall.run_id == run_id)).all()
    served = select(ModelCall.ok).where(ModelCall.run_id == run_id, ModelCall.provider != "playbook")
    answers = session.exec(served).all()
    known = [row[3] for row in rows if row[3] is not None]
    return {
        "calls": len(rows),
        "tried": len(answers),
        "answered": sum(answers),
        **{name: sum(row[place] for row in rows) for place, name in enumerate(names)},
        "cost": sum(known, Decimal(0)) if len(known) == len(rows) else None,
    }


def model_calls(session: Session, run_id: str) -> list[ModelCall]:
    """A run's model calls, in the order in which they were booked."""
    query = select(ModelCall).where(ModelCall.run_id == run_id)
    return list(session.exec(query.order_by(col(ModelCall.created_at), col(ModelCall.call_id))))


def audit(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    venture_id: str | None = None,
    run_id: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Append to the audit log; the database lets nobody change or remove what stands there.

    Args:
        actor: who: `person:NAME`, `agent:NAME`, `runner`.
        action: what, as a dotted word such as `approval.approved`.
        subject: what it was done to.
        data: further facts, as JSON; never a secret.
    """
    entry = AuditEntry(
        at=now, actor=actor, action=action, subject=subject, venture_id=venture_id, run_id=run_id, data=data or {}
    )
    session.add(entry)
    session.flush()


def audit_entries(session: Session, venture_id: str | None = None, *, limit: int = 1000) -> list[AuditEntry]:
    """The audit log, oldest first, of a venture or of all."""
    query = select(AuditEntry)
    if venture_id is not None:
        query = query.where(AuditEntry.venture_id == venture_id)
    return list(session.exec(query.order_by(col(AuditEntry.entry_id)).limit(limit)))
