"""Everything that is known of one run, as one typed snapshot: reviews, the handoff and `gtm show` read this."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Literal

from gtm.domain.base import Model, Share
from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import Campaign, CampaignContent, CampaignTemplate, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.review import Review
from gtm.domain.schedule import SchedulePlan
from gtm.domain.strategy import GtmStrategy
from gtm.domain.verdict import Finding, Verdict
from gtm.domain.winners import Winner
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition, WorkflowTestReport

RunStatus = Literal["created", "running", "waiting_approval", "blocked", "failed", "completed", "rolled_back"]


class TemplatePart(Model):
    """One campaign with its template, as `create_template` stores it."""

    campaign: Campaign
    template: CampaignTemplate


class PieceScore(Model):
    """How well one piece keeps to the brand voice, 0-1, with the reasons for what it lost."""

    piece_id: str
    score: Share
    reasons: tuple[str, ...] = ()


class VoiceReport(Model):
    """Brand voice scores of all pieces (SOP step 2.2, quality checklist)."""

    minimum: Share
    scores: tuple[PieceScore, ...]


class WorkflowSet(Model):
    """What WorkflowOrchestrator configures in step 3.1."""

    venture_id: str
    workflows: tuple[WorkflowDefinition, ...]


class TriggerSet(Model):
    """What WorkflowOrchestrator defines in step 3.2."""

    venture_id: str
    triggers: tuple[TriggerDefinition, ...]


class TestReports(Model):
    """What EXEC's tests of step 3.3 found, one report a workflow."""

    __test__ = False

    venture_id: str
    reports: tuple[WorkflowTestReport, ...]


class StepRecord(Model):
    """The state of one revision of one step."""

    step: str
    revision: int
    status: Literal["pending", "started", "done", "superseded"]
    agent: str = ""
    generated_by: str = ""
    artifact_sha256: str = ""
    comments: tuple[str, ...] = ()
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ApprovalRecord(Model):
    """One round of one checkpoint. `decided_via` tells a person's own decision from a standing instruction; `steps` are
    those that a rejection named, none where it was of all that the checkpoint covers."""

    approval_id: str
    checkpoint: str
    role: str
    round: int
    status: Literal["pending", "approved", "rejected", "void"]
    artifact_sha256: str
    review: Review | None
    requested_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    decided_via: str = ""
    comment: str = ""
    steps: tuple[str, ...] = ()


def overruled(approvals: Iterable[ApprovalRecord]) -> Iterator[tuple[ApprovalRecord, Review]]:
    """The approvals that stand although their review advises against them, each with that review."""
    for record in approvals:
        if record.status == "approved" and record.review and record.review.recommendation == "reject":
            yield record, record.review


class UsageTotals(Model):
    """Model calls of a run; `cost` is None when a model's price is not known.

    Attributes:
        calls: all of them, those of the embedded playbook included.
        tried: those that went to a model's server; `answered` of them came back usable.
        attempts: HTTP requests of them, retries included.
    """

    calls: int = 0
    tried: int = 0
    answered: int = 0
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal | None = Decimal(0)


class Dossier(Model):
    """A run with the current revision of each artifact; what is not made yet is None.

    Attributes:
        winners: texts that won their test before the run was opened.
    """

    run_id: str
    venture_id: str
    status: RunStatus
    provider: str
    started_at: datetime
    finished_at: datetime | None
    brief: VentureBrief
    findings: tuple[Finding, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    approvals: tuple[ApprovalRecord, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    usage: UsageTotals = UsageTotals()
    strategy: GtmStrategy | None = None
    channels: ChannelPlan | None = None
    budget: BudgetPlan | None = None
    templates: TemplateSet | None = None
    content: CampaignContent | None = None
    voice: VoiceReport | None = None
    schedule: SchedulePlan | None = None
    workflows: WorkflowSet | None = None
    triggers: TriggerSet | None = None
    tests: TestReports | None = None
    winners: tuple[Winner, ...] = ()

    def step(self, step_id: str) -> StepRecord | None:
        """The newest revision of a step."""
        rows = [row for row in self.steps if row.step == step_id]
        return max(rows, key=lambda row: row.revision, default=None)
