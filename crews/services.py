"""What the composition root hands to the crews: typed parts, nothing read from the environment here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from agents.models import ModelSettings
from gtm.automation.layouts import Layouts
from gtm.automation.reach import Reach
from gtm.domain.campaign import CampaignTemplate
from gtm.domain.clock import Clock
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.proofing import Camera, Proofreader, SpamJudge
from gtm.domain.spec import AgentsSpec, Policies, Presets, StageSpec, TasksSpec
from gtm.store.database import Database


@dataclass(frozen=True)
class ProbeResult:
    """How the real agent process answered the SOP's status command.

    Attributes:
        ok: it answered with `status: operational`.
        seconds: from sending the command to its answer.
        answer: the body, shortened.
        url: where it was asked.
    """

    ok: bool
    seconds: float
    answer: str
    url: str


@dataclass(frozen=True)
class Services:
    """The parts of the application that a run uses.

    Attributes:
        prompts: Markdown prompts by file name.
        mail_layout: the MJML that the parts of a mail stand in.
        layouts: what the parts of pages, ads and articles stand in.
        out_dir: where handoff packages go.
        state_dir: where evidence and CrewAI's own files go.
        agent_probe: asks the real agent process for the status of a venture (exit gate 1).
        agent_url: where the handoff says the agent answers.
        token_budget: tokens a run may spend on models; None for no limit.
        money_budget: US dollars a run may spend on models; None for no limit.
        proofreader: reads copy for slips beside the house's own rules, where one is installed.
        spam_judge: weighs mails, where a filter is configured.
        camera: draws previews, where there is a browser.
        reach: what workflows may call; one that needs more stays a draft.
        public_url: where this server is reached by everybody; links in copy may lead to the run's pages there.
    """

    database: Database
    clock: Clock
    stage: StageSpec
    agents: AgentsSpec
    tasks: TasksSpec
    policies: Policies
    presets: Mapping[str, Presets]
    templates: tuple[CampaignTemplate, ...]
    playbook: PlaybookData
    prompts: Mapping[str, str]
    models: ModelSettings
    out_dir: Path
    state_dir: Path
    agent_probe: Callable[[str], ProbeResult]
    agent_url: str
    mail_layout: str
    layouts: Layouts
    token_budget: int | None = None
    money_budget: Decimal | None = None
    proofreader: Proofreader | None = None
    spam_judge: SpamJudge | None = None
    camera: Camera | None = None
    reach: Reach = field(default_factory=Reach)
    public_url: str | None = None
