"""Pilots before a full launch, what their readers said, and the variants that won."""

from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from gtm.domain.vocabulary import CampaignType, PilotStatus
from gtm.store.models.base import Json, Score, UtcDateTime, one_of

PILOT_STATUSES = get_args(PilotStatus)
OPEN = "status IN ('planned', 'running', 'paused', 'ended')"
"""Pilots that are not decided: nobody else enters the workflows of their campaign."""
FEEDBACK_SOURCES = ("person", "file", "link", "reply")


class CampaignPilot(SQLModel, table=True):
    """A campaign sent to a share of its audience first; a campaign has at most one pilot that is not decided.

    `parts` tells of each workflow which version was piloted, and on how many; `results` is what a verdict is bound to.
    `launched_at` is when everybody else had been enrolled.
    """

    __tablename__ = "campaign_pilots"
    __table_args__ = (
        one_of("campaign_pilots", "status", PILOT_STATUSES),
        CheckConstraint("status NOT IN ('launched', 'stopped') OR decided_by IS NOT NULL",
                        name="ck_campaign_pilots_decided"),
        Index("ix_campaign_pilots_venture", "venture_id", "status"),
        Index("uq_campaign_pilots_open", "campaign_id", unique=True, sqlite_where=text(OPEN),
              postgresql_where=text(OPEN)),
        UniqueConstraint("campaign_id", "round", name="uq_campaign_pilots_round"),
    )  # fmt: skip

    pilot_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    campaign_id: str = Field(foreign_key="campaigns.campaign_id", ondelete="CASCADE")
    round: int = 1
    share: Decimal = Field(sa_type=Score)
    status: str = "planned"
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped_for: str = ""
    results: dict[str, Any] | None = Field(default=None, sa_column=Column(Json))
    results_sha256: str = Field(default="", max_length=64)
    approval_id: str | None = Field(default=None, foreign_key="approvals.approval_id")
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    launched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)


class PilotFeedback(SQLModel, table=True):
    """What one reader of a pilot said; a second answer takes the place of the first. A reply may have no score."""

    __tablename__ = "pilot_feedback"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="ck_pilot_feedback_score"),
        one_of("pilot_feedback", "source", FEEDBACK_SOURCES),
        Index("ix_pilot_feedback_lead", "lead_id"),
    )

    pilot_id: str = Field(primary_key=True, foreign_key="campaign_pilots.pilot_id", ondelete="CASCADE")
    lead_id: str = Field(primary_key=True, max_length=63)
    score: int | None = None
    comment: str = ""
    source: str = "person"
    at: datetime = Field(sa_type=UtcDateTime)


class VariantWinner(SQLModel, table=True):
    """A text that won its test, offered to the venture's next run; `campaign_id` may be of a campaign that is gone.

    `rate` is the winner's, `other_rate` that of the best of the others, of `metric` over delivered mail.
    """

    __tablename__ = "variant_winners"
    __table_args__ = (
        UniqueConstraint(
            "venture_id", "campaign_type", "segment_id", "step", "variable", "sha256", name="uq_variant_winners_text"
        ),
        one_of("variant_winners", "campaign_type", get_args(CampaignType)),
        one_of("variant_winners", "metric", ("opened", "clicked")),
        CheckConstraint("sample >= 1", name="ck_variant_winners_sample"),
    )

    winner_id: int | None = Field(default=None, primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    campaign_type: str
    segment_id: str
    step: int = 1
    variable: str
    text: str
    sha256: str = Field(max_length=64)
    framework: str = ""
    claims: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    metric: str
    sample: int
    rate: Decimal = Field(sa_type=Score)
    other_rate: Decimal = Field(sa_type=Score)
    p_value: Decimal = Field(sa_type=Score)
    campaign_id: str
    decided_at: datetime = Field(sa_type=UtcDateTime)
