"""What the approving role writes before a checkpoint is decided, and the facts it writes from."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from gtm.domain.base import Model, Text
from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import CampaignContent, ContentPiece, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.schedule import SchedulePlan
from gtm.domain.spec import CheckpointSpec, Policies, Presets
from gtm.domain.strategy import GtmStrategy
from gtm.domain.verdict import Finding, Verdict
from gtm.domain.vocabulary import Checkpoint
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.domain.workflow_report import WorkflowTestReport


class ReviewedItem(Model):
    """One thing that was checked: what, and what was found."""

    subject: Text
    finding: Text
    rests_on: tuple[str, ...] = ()


Ground = Literal["checks", "comment", "economics"]
"""Why a review advises against approval: a blocking check fails, the last comment had no effect, the money."""


class Review(Model):
    """A role's review of an artifact: what it checked, the risks, and what it recommends.

    Attributes:
        grounds: why it recommends to reject, where the house's own rules say so; none are known of a model's review.
    """

    checkpoint: Text
    role: Text
    checked: tuple[ReviewedItem, ...]
    risks: tuple[Text, ...]
    recommendation: Literal["approve", "reject"]
    reason: Text
    grounds: tuple[Ground, ...] = ()
    generated_by: Text = "playbook"


class ReviewFacts(Model):
    """What a review is written from: the artifacts made so far, what the checks say, and what was said before.

    Attributes:
        policies: the house's numbers; without them the lead arithmetic is left out of the review.
        preset: the one that the venture chose; its split is where a change of shares begins.
        verdicts: of the steps and gates that the checkpoint covers.
        findings: of the brief, such as contradictions, which an approver must see although they do not block.
        comments: of earlier rounds of this checkpoint, and of later ones on its steps, oldest first, that are on the
            whole.
        settled: how many of them were there when the checkpoint was last approved; nothing is held against them again.
        comment_made_at: the checkpoint at which the newest comment was made; None for this one.
        piece_comments: what the newest rejection asked of single pieces of copy, by piece id.
        rejected_steps: what the newest rejection was of; empty where that is not known.
        checkpoints: of the stage, so that a wish can be told where it would take effect.
        content_before: the pieces of copy as the round before showed them, by id; empty in the first.
    """

    brief: VentureBrief
    policies: Policies | None = None
    preset: Presets | None = None
    strategy: GtmStrategy | None = None
    channels: ChannelPlan | None = None
    budget: BudgetPlan | None = None
    templates: TemplateSet | None = None
    content: CampaignContent | None = None
    schedule: SchedulePlan | None = None
    workflows: tuple[WorkflowDefinition, ...] = ()
    triggers: tuple[TriggerDefinition, ...] = ()
    tests: tuple[WorkflowTestReport, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    comments: tuple[str, ...] = ()
    settled: int = 0
    comment_made_at: Checkpoint | None = None
    piece_comments: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    rejected_steps: tuple[str, ...] = ()
    checkpoints: tuple[CheckpointSpec, ...] = ()
    content_before: Mapping[str, ContentPiece] = Field(default_factory=dict)
