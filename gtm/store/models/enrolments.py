"""Enrolments and their log: as few bytes a lead as hold, because a venture may have a million waiting.

A step is told by its position in the pinned version, a status by its code, a moment on SQLite by microseconds. Names
come back in the repository, and in the view `workflow_executions`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

from gtm.domain.enrolment import EnrolmentStatus
from gtm.store.models.base import Counting, Json, UtcDateTime

STATUSES: tuple[EnrolmentStatus, ...] = get_args(EnrolmentStatus)
"""What an enrolment's status code means: its position here."""

WAITING, RUNNING, FINISHED, FAILED, PAUSED, MANUAL = range(len(STATUSES))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware moment in eight bytes: timestamptz on PostgreSQL, microseconds since 1970 on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment is aware of its zone")
        return micros(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return moment(value) if dialect.name == "sqlite" else value.astimezone(UTC)


def micros(value: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (value - _EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """The aware moment that many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=value)


class Enrolment(SQLModel, table=True):
    """Where a lead stands in a workflow; everything due is found by the index of its version on `due_at`."""

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint(f"status BETWEEN 0 AND {len(STATUSES) - 1}", name="ck_enrolments_status"),
        UniqueConstraint("lead_no", "workflow_no", "entry", name="uq_enrolments_entry"),
        Index(
            "ix_enrolments_due",
            "version_no",
            "due_at",
            sqlite_where=text("status = 0"),
            postgresql_where=text("status = 0"),
        ),
        Index(
            "ix_enrolments_lease",
            "lease_until",
            sqlite_where=text("status = 1"),
            postgresql_where=text("status = 1"),
        ),
        Index(
            "ix_enrolments_workflow",
            "workflow_no",
            sqlite_where=text("status > 1"),
            postgresql_where=text("status > 1"),
        ),
        # A number that was cleared is never given again: executions that are kept go by it.
        {"sqlite_autoincrement": True},
    )

    enrolment_no: int | None = Field(default=None, primary_key=True)
    workflow_no: int
    version_no: int
    lead_no: int
    trigger_no: int
    entry: str = Field(default="", max_length=120)
    is_test: bool = False
    step: int = Field(sa_column=Column(SmallInteger, nullable=False))
    status: int = Field(default=WAITING, sa_column=Column(SmallInteger, nullable=False))
    seq: int = Field(default=0, sa_column=Column(Counting, nullable=False))
    attempt: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    due_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    entered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    owner: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    context: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))


class StepLog(SQLModel, table=True):
    """One line a transition; the key makes a doubled transition impossible."""

    __tablename__ = "step_log"
    __table_args__ = (
        Index("ix_step_log_workflow", "workflow_no", "at"),
        {"sqlite_with_rowid": False},
    )

    enrolment_no: int = Field(primary_key=True)
    seq: int = Field(sa_column=Column(Counting, primary_key=True))
    workflow_no: int
    step: int = Field(sa_column=Column(SmallInteger, nullable=False))
    outcome: str = Field(max_length=20)
    attempt: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    detail: str | None = None


class KeptExecution(SQLModel, table=True):
    """An execution whose enrolment is gone: of a test that was cleaned up, or past its retention."""

    __tablename__ = "kept_executions"
    __table_args__ = (Index("ix_kept_executions_workflow", "workflow_id", "is_test"),)

    execution_id: str = Field(primary_key=True, max_length=63)
    workflow_id: str = Field(max_length=63)
    version: int
    venture_id: str = Field(index=True, max_length=63)
    lead_id: str = Field(index=True, max_length=63)
    trigger_id: str = Field(max_length=63)
    entry: str = Field(default="", max_length=120)
    triggered_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    status: str = Field(max_length=20)
    is_test: bool = False
