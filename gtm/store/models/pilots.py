"""Pilots before a full launch, what their readers said, and the variants that won."""

from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from gtm.domain.vocabulary import CampaignType
from gtm.store.models.base import Json, Score, UtcDateTime, one_of

PILOT_STATUSES = ("planned", "running", "ended", "launched", "stopped")
_OPEN = "status IN ('planned', 'running', 'ended')"


class CampaignPilot(SQLModel, table=True):
    """A campaign sent to a share of its audience first; a campaign has at most one pilot that is not decided.

    `ended` waits for a person, who has the campaign `launched` or `stopped`.
    """

    __tablename__ = "campaign_pilots"
    __table_args__ = (
        one_of("campaign_pilots", "status", PILOT_STATUSES),
        CheckConstraint("status NOT IN ('launched', 'stopped') OR decided_by IS NOT NULL",
                        name="ck_campaign_pilots_decided"),
        Index("ix_campaign_pilots_venture", "venture_id", "status"),
        Index("uq_campaign_pilots_open", "campaign_id", unique=True, sqlite_where=text(_OPEN),
              postgresql_where=text(_OPEN)),
    )  # fmt: skip

    pilot_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    campaign_id: str = Field(foreign_key="campaigns.campaign_id", ondelete="CASCADE")
    share: Decimal = Field(sa_type=Score)
    status: str = "planned"
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)


class PilotFeedback(SQLModel, table=True):
    """What one reader of a pilot said; a second answer takes the place of the first."""

    __tablename__ = "pilot_feedback"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="ck_pilot_feedback_score"),
        Index("ix_pilot_feedback_lead", "lead_id"),
    )

    pilot_id: str = Field(primary_key=True, foreign_key="campaign_pilots.pilot_id", ondelete="CASCADE")
    lead_id: str = Field(primary_key=True, max_length=63)
    score: int
    comment: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


class VariantWinner(SQLModel, table=True):
    """A text that won its test, offered to the venture's next run; `campaign_id` may be of a campaign that is gone."""

    __tablename__ = "variant_winners"
    __table_args__ = (
        UniqueConstraint(
            "venture_id", "campaign_type", "segment_id", "variable", "sha256", name="uq_variant_winners_text"
        ),
        one_of("variant_winners", "campaign_type", get_args(CampaignType)),
        CheckConstraint("sample >= 1", name="ck_variant_winners_sample"),
    )

    winner_id: int | None = Field(default=None, primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    campaign_type: str
    segment_id: str
    variable: str
    text: str
    sha256: str = Field(max_length=64)
    claims: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    sample: int
    rate: Decimal = Field(sa_type=Score)
    campaign_id: str
    decided_at: datetime = Field(sa_type=UtcDateTime)
