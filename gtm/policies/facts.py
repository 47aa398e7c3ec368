"""What the policies look at: frozen snapshots that a collector gathers and one function judges.

Every snapshot carries the stage (its checklist words) and the policies (its numbers). `artifact` is what is stored for
the step; None means that nothing is, whatever an agent's prose says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import CampaignContent, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.check import NotChecked
from gtm.domain.dossier import Dossier, TestReports, TriggerSet, WorkflowSet
from gtm.domain.proofing import Slip, SpamReport
from gtm.domain.schedule import SchedulePlan
from gtm.domain.spec import Policies, StageSpec
from gtm.domain.strategy import GtmStrategy
from gtm.domain.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What every policy is given: config/stage17/stage.yaml and config/policies.yaml."""

    stage: StageSpec
    policies: Policies


@dataclass(frozen=True, kw_only=True)
class EntryFacts(Facts):
    """For both entry gates; `brief` is None when no brief of the venture is stored."""

    brief: VentureBrief | None


@dataclass(frozen=True, kw_only=True)
class StrategyFacts(Facts):
    """For step 1.1."""

    brief: VentureBrief
    artifact: GtmStrategy | None


@dataclass(frozen=True, kw_only=True)
class ChannelsFacts(Facts):
    """For step 1.2."""

    brief: VentureBrief
    artifact: ChannelPlan | None


@dataclass(frozen=True, kw_only=True)
class BudgetFacts(Facts):
    """For step 1.3; `channels` is what step 1.2 stored."""

    brief: VentureBrief
    channels: ChannelPlan | None
    artifact: BudgetPlan | None


@dataclass(frozen=True, kw_only=True)
class TemplatesFacts(Facts):
    """For step 2.1; `channels` is what step 1.2 stored."""

    brief: VentureBrief
    channels: ChannelPlan | None
    artifact: TemplateSet | None


@dataclass(frozen=True, kw_only=True)
class ContentFacts(Facts):
    """For step 2.2; templates and channels are what steps 2.1 and 1.2 stored.

    Attributes:
        allowed_hosts: hosts that a call to action may lead to besides the venture's own website.
        slips: what a proofreader found, by text; None where none has read it, so that the house's rules judge alone.
        spam: what a spam filter makes of the mails, by piece id; None where none has weighed them.
        mails: the mails as HTML, by piece id and variant; None where none was rendered.
        not_checked: the checkers that are not there or did not answer.
    """

    brief: VentureBrief
    templates: TemplateSet | None
    channels: ChannelPlan | None
    artifact: CampaignContent | None
    allowed_hosts: tuple[str, ...] = ()
    slips: Mapping[str, tuple[Slip, ...]] | None = None
    spam: Mapping[str, SpamReport] | None = None
    mails: Mapping[str, Mapping[str, str]] | None = None
    not_checked: tuple[NotChecked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScheduleFacts(Facts):
    """For step 2.3; `today`, where known, is the earliest day a plan may start."""

    brief: VentureBrief
    templates: TemplateSet | None
    budget: BudgetPlan | None
    artifact: SchedulePlan | None
    today: date | None = None


@dataclass(frozen=True)
class ConnectionTest:
    """One attempt to use a platform's credentials: `email` for the mail sender, else the connector's name."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class WorkflowsFacts(Facts):
    """For step 3.1.

    Attributes:
        content: what step 2.2 stored; a mail step sends a piece of it.
        triggers: what step 3.2 stored, when the workflows are looked at again after it.
        connections: tests of the platforms that the workflows use.
    """

    content: CampaignContent | None
    artifact: WorkflowSet | None
    triggers: TriggerSet | None = None
    connections: tuple[ConnectionTest, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TriggersFacts(Facts):
    """For step 3.2; `workflows` is what step 3.1 stored."""

    workflows: WorkflowSet | None
    artifact: TriggerSet | None


@dataclass(frozen=True, kw_only=True)
class TestingFacts(Facts):
    """For step 3.3; `workflows` is what step 3.1 stored."""

    __test__ = False

    workflows: WorkflowSet | None
    artifact: TestReports | None


@dataclass(frozen=True, kw_only=True)
class SubstageFacts(Facts):
    """For a substage's exit criteria.

    Attributes:
        substage: `17.1`, `17.2` or `17.3`.
        dossier: the run as it is stored.
        stored_configurations: rows of `gtm_configs` of this venture.
    """

    substage: str
    dossier: Dossier
    stored_configurations: int = 0


@dataclass(frozen=True, kw_only=True)
class AgentFacts(Facts):
    """For exit gate 1: the agent was asked for its status.

    Attributes:
        crew_status: status of the crew in the registry; empty when it is not registered.
        agents_registered: how many agents the registry names.
        answered: what the agent answered as its status; empty when it did not answer.
        seconds: measured from sending the command to its answer; None when there was none.
        configuration_versions: stored versions of the crew's configuration.
        log_lines: rows of `agent_execution_logs` of this run with status completed.
    """

    crew_status: str
    agents_registered: int
    answered: str
    seconds: Decimal | None
    configuration_versions: int
    log_lines: int


@dataclass(frozen=True)
class CampaignRow:
    """A row of `campaigns` with what is stored beside it; `budget` in dollars a month, `channels` from
    `campaign_channels`."""

    campaign_id: str
    status: str
    content_pieces: int
    schedules: int
    budget: Decimal
    channels: int


@dataclass(frozen=True, kw_only=True)
class CampaignsFacts(Facts):
    """For exit gate 2."""

    campaigns: tuple[CampaignRow, ...]


@dataclass(frozen=True)
class WorkflowRow:
    """A row of `automation_workflows` with its triggers; `test_executions` counts successful ones.

    Attributes:
        held: why it stays a draft although it was approved, such as an endpoint that is not configured.
    """

    workflow_id: str
    status: str
    test_executions: int
    triggers: int
    triggers_enabled: int
    held: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ActiveWorkflowsFacts(Facts):
    """For exit gate 3; `living_workers` watch the triggers."""

    workflows: tuple[WorkflowRow, ...]
    living_workers: int = 0


@dataclass(frozen=True, kw_only=True)
class FinalFacts(Facts):
    """For the final approval.

    Attributes:
        exit_gates: verdicts of the exit gates that stand now.
        approval: status of the newest round of the final checkpoint.
        approved_role: the role in which it was decided.
        stage_status: what stage tracking says of stage 17.
    """

    exit_gates: tuple[Verdict, ...]
    approval: Literal["none", "pending", "approved", "rejected", "void"]
    approved_role: str
    stage_status: str


@dataclass(frozen=True, kw_only=True)
class HandoffFacts(Facts):
    """For the handoff checklist.

    Attributes:
        files: paths in the package, relative to it.
        briefing: path of the report that briefs stage 18.
        lead_scoring: path of the lead scoring document that sales gets.
        has_scoring: whether the venture's brief scores leads.
        scoring_workflows: ids of the workflows that a lead score starts or steers.
        dashboard_url: address of the campaign performance dashboard; empty when there is none.
        api_documentation: path of the agent API description.
    """

    files: frozenset[str]
    briefing: str
    lead_scoring: str
    has_scoring: bool
    scoring_workflows: tuple[str, ...]
    dashboard_url: str
    api_documentation: str
