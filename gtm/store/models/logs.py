"""What happened: agent log, model calls, and an audit log that the database itself keeps append-only.

None of these rows has a foreign key: a log entry is written even when what it speaks of is missing.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from gtm.store.models.base import Cost, Json, UtcDateTime, created_with, one_of


class ModelCall(SQLModel, table=True):
    """One logical call of a language model; `attempts` counts its HTTP tries.

    `cost` is in dollars, NULL where the model's price is not known.
    """

    __tablename__ = "model_calls"

    call_id: str = Field(primary_key=True)
    run_id: str | None = Field(default=None, index=True)
    step: str | None = None
    provider: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal | None = Field(default=None, sa_type=Cost)
    attempts: int = 1
    ok: bool
    duration_ms: int | None = None
    error: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class AgentExecutionLog(SQLModel, table=True):
    """An agent's task starting, completing or failing (domain.md, roles)."""

    __tablename__ = "agent_execution_logs"
    __table_args__ = (
        one_of("agent_execution_logs", "status", ("started", "completed", "failed")),
        Index("ix_agent_execution_logs_venture", "venture_id", "created_at"),
    )

    log_id: int | None = Field(default=None, primary_key=True)
    crew: str
    agent: str
    task: str
    venture_id: str
    run_id: str | None = Field(default=None, index=True)
    status: str
    duration_ms: int | None = None
    error: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class AuditEntry(SQLModel, table=True):
    """Who did what, and when. Rows are never changed or removed: triggers refuse it."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_venture", "venture_id", "entry_id"),)

    entry_id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str
    venture_id: str | None = None
    run_id: str | None = Field(default=None, index=True)
    data: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))


AUDIT_TRIGGERS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log "
        "BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
        "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log "
        "BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
        # INSERT OR REPLACE removes the old row without firing delete triggers.
        "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log "
        "WHEN EXISTS (SELECT 1 FROM audit_log WHERE entry_id = NEW.entry_id) "
        "BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$",
        "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_log_append_only()",
        "CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_append_only()",
    ),
}
"""What makes the audit log append-only, by database; a migration carries the same statements."""


created_with(SQLModel.metadata.tables["audit_log"], AUDIT_TRIGGERS)
