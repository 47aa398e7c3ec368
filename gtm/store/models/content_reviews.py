"""How a piece of copy came to be approved: the attempts at it with what was found, and what a person decided."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from gtm.store.models.base import Cost, Json, UtcDateTime, one_of


class ContentDecision(SQLModel, table=True):
    """A person's decision on one piece within a round of an approval; the first one stands.

    It is bound to what was shown: `sha256` is the piece's hash, `context_sha256` that of everything else the approval
    rests on, such as audience and spend; `revision` is that of the step that made the piece.
    """

    __tablename__ = "content_decisions"
    __table_args__ = (
        UniqueConstraint("approval_id", "piece_id", name="uq_content_decisions_piece"),
        one_of("content_decisions", "decision", ("approved", "rejected")),
        Index("ix_content_decisions_round", "run_id", "round"),
    )

    decision_id: int | None = Field(default=None, primary_key=True)
    approval_id: str = Field(foreign_key="approvals.approval_id")
    run_id: str = Field(foreign_key="runs.run_id")
    round: int
    revision: int
    piece_id: str
    sha256: str = Field(max_length=64)
    context_sha256: str = Field(max_length=64)
    decision: str
    comment: str | None = None
    decided_by: str
    decided_via: str
    decided_at: datetime = Field(sa_type=UtcDateTime)


class ContentAttempt(SQLModel, table=True):
    """One attempt at a piece with its findings; an empty list of them means that the attempt was taken."""

    __tablename__ = "content_attempts"
    __table_args__ = (CheckConstraint("attempt >= 1", name="ck_content_attempts_attempt"),)

    run_id: str = Field(primary_key=True, foreign_key="runs.run_id")
    revision: int = Field(primary_key=True)
    piece_id: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    findings: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    model: str
    tokens: int | None = None
    cost: Decimal | None = Field(default=None, sa_type=Cost)
    at: datetime = Field(sa_type=UtcDateTime)
