"""What substage 17.2 stores: campaigns, templates, content, schedules; and how campaigns perform."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from gtm.domain.vocabulary import CampaignType, Channel, Cta
from gtm.store.models.base import Cost, Exact, Json, Money, Score, UtcDateTime, one_of

Day = date  # CampaignPerformance has a column of the name `date`


class CampaignTemplateRow(SQLModel, table=True):
    """A template of SOP step 2.1; ids are unique within a venture."""

    __tablename__ = "campaign_templates"
    __table_args__ = (one_of("campaign_templates", "type", get_args(CampaignType)),)

    venture_id: str = Field(primary_key=True, foreign_key="ventures.venture_id")
    template_id: str = Field(primary_key=True)
    type: str
    name: str
    channel: str
    structure: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    variables: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)
    revision: int


class CampaignRow(SQLModel, table=True):
    """A campaign; `configured` once it has approved content, a schedule, a budget and a channel (SOP exit gate 2)."""

    __tablename__ = "campaigns"
    __table_args__ = (
        ForeignKeyConstraint(
            ["venture_id", "template_id"], ["campaign_templates.venture_id", "campaign_templates.template_id"]
        ),
        one_of("campaigns", "campaign_type", get_args(CampaignType)),
        one_of("campaigns", "cta", get_args(Cta)),
        one_of("campaigns", "status", ("draft", "content_ready", "configured", "active", "paused")),
        Index("ix_campaigns_status", "venture_id", "status"),
    )

    campaign_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    campaign_name: str
    campaign_type: str
    template_id: str
    segments: list[str] = Field(sa_column=Column(Json, nullable=False))
    cta: str
    objective: str
    status: str = "draft"
    budget: Decimal | None = Field(default=None, sa_type=Money)
    launches: date | None = None
    ends: date | None = None
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)
    revision: int
    updated_at: datetime = Field(sa_type=UtcDateTime)


class CampaignChannel(SQLModel, table=True):
    """A campaign's link to a channel; `channel_count` is how many its campaign has, as the SOP's query reads it."""

    __tablename__ = "campaign_channels"
    __table_args__ = (one_of("campaign_channels", "channel", get_args(Channel)),)

    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.campaign_id", ondelete="CASCADE")
    channel: str = Field(primary_key=True)
    channel_count: int
    budget: Decimal | None = Field(default=None, sa_type=Money)


class CampaignContentRow(SQLModel, table=True):
    """One variant of one element of one piece of copy (SOP step 2.2).

    From `model` to `check_score` the columns tell of the whole piece, and are NULL where that is not known.
    """

    __tablename__ = "campaign_content"
    __table_args__ = (
        UniqueConstraint("campaign_id", "piece_id", "variable", "variant", name="uq_campaign_content_variant"),
        one_of("campaign_content", "status", ("draft", "approved", "rejected")),
        Index("ix_campaign_content_status", "campaign_id", "status"),
    )

    content_id: str = Field(primary_key=True)
    campaign_id: str = Field(foreign_key="campaigns.campaign_id", ondelete="CASCADE")
    piece_id: str
    template_id: str
    segment_id: str
    step: int
    variable: str
    variant: str
    text: str
    cta: str
    cta_url: str
    status: str = "draft"
    brand_voice_score: Decimal | None = Field(default=None, sa_type=Score)
    claims: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    generated_by: str
    prompt_version: str
    model: str | None = None
    tokens: int | None = None
    seed: int | None = Field(default=None, sa_type=BigInteger)
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: Decimal | None = Field(default=None, sa_type=Cost)
    framework: str | None = None
    tested: str | None = None
    check_score: Decimal | None = Field(default=None, sa_type=Score)
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)
    revision: int
    created_at: datetime = Field(sa_type=UtcDateTime)


class CampaignSchedule(SQLModel, table=True):
    """One scheduled thing (SOP step 2.3): days are local to `zone`, wall times stand in `rule` and resolve when due.

    `zone` is an IANA name, or `recipient` where each recipient's own zone rules. `campaign_id` is NULL for a
    calendar entry that belongs to no campaign, such as a blog post.
    """

    __tablename__ = "campaign_schedules"
    __table_args__ = (
        one_of("campaign_schedules", "kind", ("launch", "email", "ad_flight", "content")),
        CheckConstraint("ends >= starts", name="ck_campaign_schedules_days"),
        Index("ix_campaign_schedules_days", "venture_id", "kind", "starts"),
    )

    schedule_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    campaign_id: str | None = Field(default=None, foreign_key="campaigns.campaign_id", ondelete="CASCADE", index=True)
    kind: str
    starts: date
    ends: date
    zone: str
    rule: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    budget: Decimal | None = Field(default=None, sa_type=Money)
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)
    revision: int


class CampaignPerformance(SQLModel, table=True):
    """A campaign's figures of one day; `time_spent` in minutes, money in dollars (domain.md, metrics)."""

    __tablename__ = "campaign_performance"

    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.campaign_id", ondelete="CASCADE")
    date: Day = Field(primary_key=True)
    impressions: int
    clicks: int
    conversions: int
    spend: Decimal = Field(sa_type=Money)
    revenue: Decimal = Field(sa_type=Money)
    time_spent: Decimal = Field(sa_type=Exact)
