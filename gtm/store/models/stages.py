"""The workflow of stages around stage 17: tracking, rollbacks, handoffs, the crew registry, and the vault's rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from gtm.store.models.base import Json, UtcDateTime, one_of

STAGE_STATUSES = ("pending", "in_progress", "blocked", "review_requested", "completed", "rolled_back")


class StageTracking(SQLModel, table=True):
    """Where a venture stands in a stage (SOP final approval: stage 17 marked `completed`)."""

    __tablename__ = "stage_tracking"
    __table_args__ = (one_of("stage_tracking", "status", STAGE_STATUSES),)

    venture_id: str = Field(primary_key=True, foreign_key="ventures.venture_id")
    stage: int = Field(primary_key=True)
    status: str
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)


class StageRollback(SQLModel, table=True):
    """A rollback (SOP rollback procedures): why, by whom, with which facts, and what LEAD decided."""

    __tablename__ = "stage_rollbacks"
    __table_args__ = (
        one_of("stage_rollbacks", "status", ("open", "decided")),
        one_of("stage_rollbacks", "decision", ("fix_and_retry", "recurse")),
        Index("ix_stage_rollbacks_venture", "venture_id", "status"),
    )

    rollback_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)
    reason: str
    triggered_by: str
    facts: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    workflows_paused: int
    status: str = "open"
    decision: str | None = None
    decided_by: str | None = None
    target_stage: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Handoff(SQLModel, table=True):
    """A package handed to the next stage; a later one of the same run supersedes it."""

    __tablename__ = "handoffs"
    __table_args__ = (
        one_of("handoffs", "status", ("created", "accepted", "superseded")),
        Index("ix_handoffs_venture", "venture_id", "created_at"),
    )

    handoff_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    run_id: str = Field(foreign_key="runs.run_id", index=True)
    from_stage: int
    to_stage: int
    path: str
    manifest_sha256: str
    status: str = "created"
    created_at: datetime = Field(sa_type=UtcDateTime)


class CrewRegistration(SQLModel, table=True):
    """A crew of the registry (domain.md, roles): its stage, agents and tasks."""

    __tablename__ = "crew_registry"
    __table_args__ = (one_of("crew_registry", "status", ("active", "inactive")),)

    crew_id: str = Field(primary_key=True)
    stage: int
    agents: list[str] = Field(sa_column=Column(Json, nullable=False))
    tasks: list[str] = Field(sa_column=Column(Json, nullable=False))
    status: str = "active"
    updated_at: datetime = Field(sa_type=UtcDateTime)


class CrewConfig(SQLModel, table=True):
    """One version of a crew's configuration; written when it differs from the version before."""

    __tablename__ = "crew_configs"

    crew_id: str = Field(primary_key=True, foreign_key="crew_registry.crew_id")
    version: int = Field(primary_key=True)
    config: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    sha256: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class VaultSecret(SQLModel, table=True):
    """A credential, encrypted before it reaches this row; everything else knows only its `vault://` reference."""

    __tablename__ = "vault_secrets"

    ref: str = Field(primary_key=True)
    ciphertext: str
    created_at: datetime = Field(sa_type=UtcDateTime)
