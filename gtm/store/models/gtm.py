"""What substage 17.1 stores: the versioned GTM configuration and the marketing channels."""

from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from gtm.domain.vocabulary import Channel, ChannelRole, Tier
from gtm.store.models.base import Json, Money, UtcDateTime, one_of


class GtmConfig(SQLModel, table=True):
    """The configuration a venture runs on now (SOP step 1.1.5)."""

    __tablename__ = "gtm_configs"
    __table_args__ = (
        UniqueConstraint("venture_id"),
        one_of("gtm_configs", "status", ("draft", "approved", "active")),
    )

    config_id: str = Field(primary_key=True)
    venture_id: str = Field(foreign_key="ventures.venture_id")
    version: int
    config: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    status: str
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class GtmConfigVersion(SQLModel, table=True):
    """One version of a configuration: who changed what and why (domain.md, rules between parameters)."""

    __tablename__ = "gtm_config_versions"

    venture_id: str = Field(primary_key=True, foreign_key="ventures.venture_id")
    version: int = Field(primary_key=True)
    config: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    changed_by: str
    reason: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class MarketingChannel(SQLModel, table=True):
    """A channel the venture uses (SOP step 1.2) with its month's budget (step 1.3); credentials are references only.

    `revision` is that of step 1.2, `budget_revision` that of step 1.3.
    """

    __tablename__ = "marketing_channels"
    __table_args__ = (
        one_of("marketing_channels", "channel", get_args(Channel)),
        one_of("marketing_channels", "role", get_args(ChannelRole)),
        one_of("marketing_channels", "tier", get_args(Tier)),
        one_of("marketing_channels", "status", ("configured", "active", "paused")),
    )

    venture_id: str = Field(primary_key=True, foreign_key="ventures.venture_id")
    channel: str = Field(primary_key=True)
    role: str
    tier: str
    utm_source: str
    utm_medium: str
    parameters: list[dict[str, Any]] = Field(sa_column=Column(Json, nullable=False))
    credential_ref: str | None = None
    integration: str
    budget: Decimal | None = Field(default=None, sa_type=Money)
    status: str = "configured"
    run_id: str | None = Field(default=None, foreign_key="runs.run_id", index=True)
    revision: int
    budget_revision: int | None = None
    updated_at: datetime = Field(sa_type=UtcDateTime)
