"""What the crew may propose: the typed arguments of the tools. Unknown arguments are refused, not dropped.

Proposals are decisions, not results: arithmetic, dates, links and identifiers are the core's.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Model, Slug, Text
from gtm.domain.budget import Percent, Period
from gtm.domain.channels import ChannelPlan
from gtm.domain.review import Ground, ReviewedItem
from gtm.domain.strategy import GtmStrategy
from gtm.domain.vocabulary import CampaignType, Channel, Cta, Tier
from gtm.domain.workflow import TriggerDefinition


class Nothing(Model):
    """A tool without arguments."""


class StrategyProposal(Model):
    """Arguments of `encode_strategy`."""

    strategy: GtmStrategy


class ChannelProposal(Model):
    """Arguments of `configure_channels`."""

    plan: ChannelPlan


class TierChoice(Model):
    """A channel's tier and its weight within that tier."""

    channel: Channel
    tier: Tier
    weight: Annotated[Decimal, Field(gt=0, le=100_000_000)]


class TriggerText(Model):
    """A reallocation trigger as the SOP writes it."""

    condition: Text
    action: Text


class BudgetProposal(Model):
    """Arguments of `allocate_budget`: percentages and weights; the core works out the dollars."""

    proven_percent: Percent
    growth_percent: Percent
    experimental_percent: Percent
    tiers: tuple[TierChoice, ...]
    pacing: Period
    triggers: tuple[TriggerText, ...]
    rationale: Text


class TemplateProposal(Model):
    """Arguments of `create_template`."""

    type: CampaignType
    campaign_name: Text
    steps: Annotated[int, Field(ge=1, le=10)]
    cta: Cta
    objective: Text


class ContentProposal(Model):
    """Arguments of `generate_content`."""

    campaign_ids: Annotated[tuple[Slug, ...], Field(min_length=1)]
    variants: Annotated[int, Field(ge=2, le=5)]
    tone: Text


class ScheduleProposal(Model):
    """Arguments of `schedule_campaign`."""

    starts: date
    rationale: Text


class WorkflowProposal(Model):
    """Arguments of `configure_workflow`; `wait_hours` is the first wait, None keeps the draft's waits."""

    workflow_id: Slug
    wait_hours: Annotated[int, Field(ge=0, le=720)] | None = None
    priority: Literal["high", "normal", "low"]
    error_strategy: Literal["retry_3x", "retry_5x", "fail_fast", "manual_intervention"]
    rationale: Text


class TriggerProposal(Model):
    """Arguments of `define_trigger`."""

    trigger: TriggerDefinition


class TestProposal(Model):
    """Arguments of `test_workflow`."""

    __test__ = False

    workflow_id: Slug
    test_leads: Annotated[int, Field(ge=5, le=50)]


class ReviewProposal(Model):
    """Arguments of `write_review`."""

    checked: tuple[ReviewedItem, ...]
    risks: tuple[Text, ...]
    recommendation: Literal["approve", "reject"]
    reason: Text
    grounds: tuple[Ground, ...] = ()
