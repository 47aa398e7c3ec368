"""Ventures and what stages 11, 15 and 16 hand over: market strategy, segments, findings (SOP entry gates 1 and 2)."""

from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from gtm.domain.vocabulary import SegmentType
from gtm.store.models.base import Json, UtcDateTime, one_of


class Venture(SQLModel, table=True):
    """A venture with its whole brief; a rollback sets `paused_at`."""

    __tablename__ = "ventures"
    __table_args__ = (one_of("ventures", "segment_type", get_args(SegmentType)),)

    venture_id: str = Field(primary_key=True)
    name: str
    segment_type: str
    brief: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    brief_sha256: str
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_reason: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class MarketStrategyRow(SQLModel, table=True):
    """A venture's market strategy of stage 16; an absent value proposition is NULL, as the gate's query expects."""

    __tablename__ = "market_strategies"
    __table_args__ = (
        UniqueConstraint("venture_id"),
        one_of("market_strategies", "strategy_status", ("draft", "approved")),
        one_of("market_strategies", "pricing_status", ("draft", "aligned")),
    )

    strategy_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id", ondelete="CASCADE")
    strategy_status: str
    last_updated: date
    document: str
    value_proposition: str | None = None
    positioning: str | None = None
    differentiators: list[str] = Field(sa_column=Column(Json, nullable=False))
    competitors: list[str] = Field(sa_column=Column(Json, nullable=False))
    objectives: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    pricing_status: str
    pricing_model: str
    pricing: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))


class CustomerSegment(SQLModel, table=True):
    """A customer segment; an absent value proposition is NULL."""

    __tablename__ = "customer_segments"
    __table_args__ = (
        one_of("customer_segments", "status", ("draft", "validated")),
        Index("ix_customer_segments_rank", "venture_id", "status", "priority_rank"),
    )

    venture_id: str = Field(primary_key=True, foreign_key="ventures.venture_id", ondelete="CASCADE")
    segment_id: str = Field(primary_key=True)
    segment_name: str
    priority_rank: int
    status: str
    audience: str
    value_proposition: str | None = None
    characteristics: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    channel_preferences: list[str] = Field(sa_column=Column(Json, nullable=False))


class VentureFinding(SQLModel, table=True):
    """A contradiction, gap, assumption or risk found in the brief; the entry gate shows it to LEAD."""

    __tablename__ = "venture_findings"
    __table_args__ = (one_of("venture_findings", "kind", ("contradiction", "assumption", "missing", "risk")),)

    venture_id: str = Field(primary_key=True, foreign_key="ventures.venture_id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    code: str
    kind: str
    field: str
    detail: str
    ask: str = ""
    brief_sha256: str
    created_at: datetime = Field(sa_type=UtcDateTime)
