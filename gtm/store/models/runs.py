"""The run machinery's rows: runs, steps, artifacts, gate results, approvals."""

from datetime import datetime
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from gtm.domain.vocabulary import PILOT_CHECKPOINT, Checkpoint, Role, StepId
from gtm.store.models.base import Json, UtcDateTime, one_of
from gtm.store.models.body import BodyJson

RUN_STATUSES = ("created", "running", "waiting_approval", "blocked", "failed", "completed", "rolled_back")
STEP_STATUSES = ("pending", "started", "done", "superseded")
APPROVAL_STATUSES = ("pending", "approved", "rejected", "void")


class Run(SQLModel, table=True):
    """One walk of a venture through the stage; the lease says who drives it and until when.

    A venture has at most one run of a stage that is not finished.
    """

    __tablename__ = "runs"
    __table_args__ = (
        one_of("runs", "status", RUN_STATUSES),
        one_of("runs", "checkpoint", get_args(Checkpoint)),
        CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="ck_runs_lease"),
        Index("ix_runs_latest", "venture_id", "created_at"),
        Index(
            "uq_runs_unfinished",
            "venture_id",
            "stage",
            unique=True,
            sqlite_where=text("status NOT IN ('completed', 'rolled_back')"),
            postgresql_where=text("status NOT IN ('completed', 'rolled_back')"),
        ),
    )

    run_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    stage: int
    status: str = "created"
    checkpoint: str | None = None
    detail: str | None = None
    provider: str
    brief_sha256: str
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RunStep(SQLModel, table=True):
    """One revision of one of the nine steps; `comments` are what rejections asked so far, oldest first.

    `attempts` counts starts, `failures` those that ended in an error.
    """

    __tablename__ = "run_steps"
    __table_args__ = (
        one_of("run_steps", "step", get_args(StepId)),
        one_of("run_steps", "status", STEP_STATUSES),
        CheckConstraint("revision >= 1", name="ck_run_steps_revision"),
        Index(
            "uq_run_steps_current",
            "run_id",
            "step",
            unique=True,
            sqlite_where=text("status <> 'superseded'"),
            postgresql_where=text("status <> 'superseded'"),
        ),
    )

    run_id: str = Field(primary_key=True, foreign_key="runs.run_id")
    step: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    status: str = "pending"
    attempts: int = 0
    failures: int = 0
    generated_by: str | None = None
    artifact_sha256: str | None = None
    comments: list[str] = Field(sa_column=Column(Json, nullable=False))
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Artifact(SQLModel, table=True):
    """A typed result of a step or a review; written once, never changed. Ids rise in the order of writing."""

    __tablename__ = "artifacts"
    __table_args__ = (UniqueConstraint("run_id", "step", "revision", "name"),)

    artifact_id: int | None = Field(default=None, primary_key=True)
    run_id: str = Field(foreign_key="runs.run_id")
    step: str
    revision: int
    name: str
    body: dict[str, Any] = Field(sa_column=Column(BodyJson, nullable=False))
    sha256: str
    produced_by: str
    generated_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class GateResult(SQLModel, table=True):
    """What a gate answered at one look; the latest row of a gate counts."""

    __tablename__ = "gate_results"
    __table_args__ = (Index("ix_gate_results_gate", "run_id", "gate"),)

    result_id: int | None = Field(default=None, primary_key=True)
    run_id: str = Field(foreign_key="runs.run_id")
    gate: str
    passed: bool
    verdict: dict[str, Any] = Field(sa_column=Column(BodyJson, nullable=False))
    failure_action: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


_ONE_PENDING = f"status = 'pending' AND checkpoint <> '{PILOT_CHECKPOINT}'"


class Approval(SQLModel, table=True):
    """A checkpoint put before a role, bound to the SHA-256 of what it is shown; one pending a run and checkpoint.

    Verdicts on pilots stand here as well; several campaigns of one run may wait for theirs at a time.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        one_of("approvals", "checkpoint", (*get_args(Checkpoint), PILOT_CHECKPOINT)),
        one_of("approvals", "role", get_args(Role)),
        one_of("approvals", "status", APPROVAL_STATUSES),
        CheckConstraint("status IN ('pending', 'void') OR decided_by IS NOT NULL", name="ck_approvals_decided"),
        Index("ix_approvals_venture", "venture_id", "status"),
        Index("uq_approvals_round", "run_id", "checkpoint", "round", unique=True),
        Index(
            "uq_approvals_pending",
            "run_id",
            "checkpoint",
            unique=True,
            sqlite_where=text(_ONE_PENDING),
            postgresql_where=text(_ONE_PENDING),
        ),
    )

    approval_id: str = Field(primary_key=True)
    run_id: str = Field(foreign_key="runs.run_id")
    venture_id: str = Field(foreign_key="ventures.venture_id")
    checkpoint: str
    role: str
    round: int
    artifact_sha256: str
    steps: list[str] = Field(sa_column=Column(Json, nullable=False))
    review: dict[str, Any] | None = Field(default=None, sa_column=Column(BodyJson))
    status: str = "pending"
    requested_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    decided_via: str | None = None
    comment: str | None = None
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
