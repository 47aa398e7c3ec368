"""Typed form of the configuration files: unknown keys are refused, every number is named."""

from collections.abc import Collection
from datetime import time
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from gtm.domain.base import Amount, Model, Share, Slug, Text
from gtm.domain.budget import Split
from gtm.domain.campaign_limits import AdLimits, IntakeNumbers, PacingNumbers, PilotNumbers, ReadabilityTarget
from gtm.domain.delivery import DeliveryNumbers
from gtm.domain.limits import (
    AlertRule,
    DashboardNumbers,
    QueryLimits,
    RecursionLimits,
    RetentionDays,
    RunLimits,
    ServiceAims,
)
from gtm.domain.schedule import SendWindow, TimeRange
from gtm.domain.vocabulary import (
    AgentName,
    Audience,
    BrandVoice,
    CampaignType,
    Channel,
    Checkpoint,
    Cta,
    Objective,
    Role,
    SegmentType,
    StepId,
)

DottedName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")]


class ChecklistLine(Model):
    """One line of the SOP's checklists and the name of the check that carries it."""

    check: DottedName
    sop: Text


class GateSpec(Model):
    """An entry or exit gate; `policy` names a function of gtm/policies."""

    id: Slug
    name: Text
    policy: DottedName
    checklist: Annotated[tuple[ChecklistLine, ...], Field(min_length=1)]
    failure_action: Text
    failure_stage: Annotated[int, Field(ge=1, le=40)] | None = None
    failure_mode: Literal["escalate", "recurse", "retry"]


class StepSpec(Model):
    """One of the nine steps."""

    id: StepId
    name: Text
    agent: AgentName
    done_when: Text
    guardrail: DottedName
    tools: Annotated[tuple[Slug, ...], Field(min_length=1)]
    checklist: Annotated[tuple[ChecklistLine, ...], Field(min_length=1)]
    rests_on: tuple[StepId, ...] = ()
    deliverables: tuple[Text, ...] = ()


class CheckpointSpec(Model):
    """An approval: after which step, by which role, over which steps' artifacts.

    Attributes:
        covers: what is decided; a rejection makes it anew.
        binds: what the decision rests on beside it, steps or the frozen brief: the approval is void when it changes,
            and a rejection leaves it as it is.
    """

    id: Checkpoint
    name: Text
    role: Role
    after_step: StepId
    covers: Annotated[tuple[StepId, ...], Field(min_length=1)]
    binds: tuple[StepId | Literal["brief"], ...] = ()
    decided_by: Literal["person", "agent"] = "person"

    @property
    def hashed(self) -> tuple[str, ...]:
        """Everything whose artifacts make up the hash that an approval is bound to."""
        return (*self.covers, *self.binds)


class SubstageSpec(Model):
    """One of the three substages."""

    id: Annotated[str, Field(pattern=r"^17\.[1-3]$")]
    name: Text
    owner: Role
    support: AgentName | None = None
    steps: Annotated[tuple[StepSpec, ...], Field(min_length=1)]
    checkpoints: Annotated[tuple[CheckpointSpec, ...], Field(min_length=1)]
    exit_criteria: Annotated[tuple[ChecklistLine, ...], Field(min_length=1)]


class StageSpec(Model):
    """config/stage17/stage.yaml."""

    stage: int
    name: Text
    crew_id: Slug
    entry_gates: tuple[GateSpec, ...]
    substages: tuple[SubstageSpec, ...]
    exit_gates: tuple[GateSpec, ...]
    final: CheckpointSpec
    final_checklist: tuple[ChecklistLine, ...]
    handoff_to: int
    handoff_checklist: tuple[ChecklistLine, ...]

    @property
    def steps(self) -> tuple[StepSpec, ...]:
        """All steps in order."""
        return tuple(step for substage in self.substages for step in substage.steps)

    @property
    def checkpoints(self) -> tuple[CheckpointSpec, ...]:
        """All checkpoints in order, the final one last."""
        return (*(c for substage in self.substages for c in substage.checkpoints), self.final)

    def step(self, step_id: str) -> StepSpec:
        """The step of that id."""
        return next(step for step in self.steps if step.id == step_id)


class AgentSpec(Model):
    """An agent of the crew, as data."""

    name: AgentName
    role: Text
    goal: Text
    backstory: Text
    max_iterations: Annotated[int, Field(ge=1, le=50)]


class AgentsSpec(Model):
    """config/stage17/agents.yaml."""

    agents: Annotated[tuple[AgentSpec, ...], Field(min_length=1)]

    def agent(self, name: str) -> AgentSpec:
        """The agent of that name."""
        return next(agent for agent in self.agents if agent.name == name)


class TaskSpec(Model):
    """A task of the crew; `prompt` names a Markdown file of config/prompts."""

    id: Text
    agent: AgentName
    prompt: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.md$")]
    expected_output: Text
    context: tuple[Text, ...] = ()


class TasksSpec(Model):
    """config/stage17/tasks.yaml."""

    tasks: Annotated[tuple[TaskSpec, ...], Field(min_length=1)]

    def task(self, task_id: str) -> TaskSpec:
        """The task of that id."""
        return next(task for task in self.tasks if task.id == task_id)


class Range(Model):
    """A closed range with its default, where there is one."""

    minimum: Decimal
    maximum: Decimal
    default: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies in the range."""
        return self.minimum <= value <= self.maximum


class SplitRanges(Model):
    """Ranges of the three tiers, in percent."""

    proven: Range
    growth: Range
    experimental: Range


class AudienceDefaults(Model):
    """Defaults that differ between B2B and B2C."""

    channels: tuple[Channel, ...]
    allowed_channels: tuple[Channel, ...]
    cta: Cta
    weekly_leads_target: int
    weekly_leads_minimum: int
    conversion_target: Share
    conversion_window_days: int
    lookback_days: int
    required_lead_fields: tuple[Text, ...]


class SegmentTargets(Model):
    """Targets and alert lines of a segment type (domain.md, metrics)."""

    segment_type: SegmentType
    effectiveness: Share
    effectiveness_alert: Share
    leads_per_week: int
    leads_alert: int
    conversion: Share
    conversion_alert: Share


class Benchmarks(Model):
    """What effectiveness is measured against."""

    ctr: Share
    engagement_minutes: Decimal


class EffectivenessWeights(Model):
    """0.4 · CTR + 0.3 · engagement + 0.3 · CR."""

    ctr: Share
    engagement: Share
    conversion: Share


class TriggerDefaults(Model):
    """A reallocation trigger as the SOP writes it, with the guards it needs."""

    condition: Text
    action: Text
    minimum_sample: int
    window_days: int
    cooldown_days: int
    precedence: int


class ErrorStrategy(Model):
    """How often and after how many seconds a failed action is tried again."""

    name: Literal["retry_3x", "retry_5x", "fail_fast", "fallback", "manual_intervention"]
    delays_seconds: tuple[int, ...]


class PublishingRule(Model):
    """When content of a kind is published."""

    kind: Literal["blog", "social"]
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...]
    at: time


class VoiceProfile(Model):
    """A house voice: where it sits and the words it prefers and avoids."""

    voice: BrandVoice
    formality: Share
    emotion: Share
    complexity: Share
    tone: Text


HandoffPart = Literal[
    "executive summary",
    "completeness report",
    "deliverables manifest",
    "key decisions",
    "known issues",
    "resource utilisation",
    "action items",
]
"""A mandatory part of the handoff (domain.md, handoff)."""


class Presets(Model):
    """A preset of config/presets."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    segment_type: SegmentType
    total_budget: Amount
    split: Split
    channels: tuple[Channel, ...]
    brand_voice: BrandVoice
    sequence_length: Annotated[int, Field(ge=3, le=10)] | None = None
    variants: Annotated[int, Field(ge=2, le=5)] | None = None
    weekly_leads_target: Annotated[int, Field(ge=5, le=500)]
    conversion_target: Share


class Policies(Model):
    """config/policies.yaml: every number of the SOP and of domain.md that a policy, the playbook or a prompt uses."""

    total_budget: Range
    default_split: Split
    split_ranges: SplitRanges
    variants: Range
    sequence_length: Range
    delay_hours: Range
    content_words: Range
    email_words: int
    ad_words: int
    blog_words: int
    effectiveness_threshold: Range
    weekly_leads_target: Range
    conversion_target: Range
    roas_target: Range
    positioning_characters: Range
    segments_recommended: Range
    secondary_channels: Range
    objectives: tuple[Objective, ...]
    brand_voice_minimum: Share
    spam_score_below: Decimal
    b2b: AudienceDefaults
    b2c: AudienceDefaults
    targets: tuple[SegmentTargets, ...]
    benchmarks: Benchmarks
    effectiveness_weights: EffectivenessWeights
    effectiveness_ratio_cap: Decimal
    qualified_score: Annotated[int, Field(ge=0, le=100)]
    reallocation_triggers: tuple[TriggerDefaults, ...]
    error_strategies: tuple[ErrorStrategy, ...]
    send_windows: tuple[SendWindow, ...]
    delivery: DeliveryNumbers
    retention: RetentionDays
    publishing: tuple[PublishingRule, ...]
    ad_dayparts_b2b: TimeRange
    ad_dayparts_b2c: TimeRange
    ad_bid_adjustment: int
    calendar_weeks: Annotated[int, Field(ge=4)]
    campaign_types: tuple[CampaignType, ...]
    default_campaign_types: Annotated[tuple[CampaignType, ...], Field(min_length=1)]
    voices: tuple[VoiceProfile, ...]
    alerts: tuple[AlertRule, ...]
    recursion: RecursionLimits
    config_versions_kept: Annotated[int, Field(ge=10)]
    service: ServiceAims
    queries: QueryLimits
    dashboard: DashboardNumbers
    handoff_parts: Annotated[tuple[HandoffPart, ...], Field(min_length=7, max_length=7)]
    run: RunLimits
    readability: Annotated[tuple[ReadabilityTarget, ...], Field(min_length=1)]
    ad_limits: Annotated[tuple[AdLimits, ...], Field(min_length=1)]
    pilot: PilotNumbers
    pacing: PacingNumbers
    intake: IntakeNumbers

    def audience(self, audience: Audience) -> AudienceDefaults:
        """The defaults of an audience."""
        return self.b2b if audience == "b2b" else self.b2c

    def window(self, audience: Audience) -> SendWindow:
        """The e-mail send window of an audience."""
        return next(w for w in self.send_windows if w.audience == audience)

    def target(self, segment_type: SegmentType) -> SegmentTargets:
        """The targets of a segment type; Hybrid uses those of B2B_SMB."""
        wanted = "B2B_SMB" if segment_type == "Hybrid" else segment_type
        return next(t for t in self.targets if t.segment_type == wanted)

    def voice(self, voice: BrandVoice) -> VoiceProfile:
        """The house profile of a voice."""
        return next(v for v in self.voices if v.voice == voice)

    def grades(self, voice: BrandVoice) -> ReadabilityTarget:
        """Between which school grades copy in a voice should read."""
        return next(target for target in self.readability if target.voice == voice)

    def ad_limit(self, channel: str) -> AdLimits | None:
        """What fits an ad of a network; None where it is no network with limits."""
        return next((limits for limits in self.ad_limits if limits.channel == channel), None)

    def ad_buttons(self, channel: str) -> tuple[str, ...]:
        """The only values of the button of a network's ad; empty where it takes any words."""
        limits = self.ad_limit(channel)
        return limits.buttons if limits else ()

    def made_of(self, types: Collection[CampaignType]) -> Self:
        """The same policies with those campaign types only of which the house has a template."""
        return self.model_copy(update={"campaign_types": tuple(t for t in self.campaign_types if t in types)})
