"""What a tool is given: the run it works for and the parts of the core it may use."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from sqlmodel import Session

from gtm.domain.campaign import CampaignContent, CampaignTemplate
from gtm.domain.clock import Clock
from gtm.domain.dossier import Dossier
from gtm.domain.errors import GtmError
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.proofing import Camera, Proofreader, SpamJudge
from gtm.domain.spec import Policies, Presets, StageSpec
from gtm.domain.workflow import WorkflowDefinition, WorkflowTestReport
from gtm.playbook.directives import Directives
from gtm.store.database import Database


class Copywriter(Protocol):
    """Writes the copy of a run's templates; the embedded one drafts it, a live one asks a model in parallel."""

    def write(
        self, dossier: Dossier, campaign_ids: tuple[str, ...], variants: int, tone: str, revision: int
    ) -> CampaignContent:
        """All pieces of the named campaigns.

        Raises:
            ModelError: never for one piece, whose draft stands in; only when the run's budget is spent.
        """
        ...


class WorkflowTester(Protocol):
    """Runs the SOP's tests of step 3.3 on one workflow."""

    def test(
        self, dossier: Dossier, workflow: WorkflowDefinition, test_leads: int, revision: int
    ) -> WorkflowTestReport:
        """The report; a second call for the same run, workflow and revision returns the stored one."""
        ...


@dataclass
class Stop:
    """Why a run must stop although its tools keep answering: set once, read by the guardrail and the runner."""

    error: GtmError | None = None


@dataclass(frozen=True)
class RunContext:
    """One run, as its tools see it.

    Attributes:
        authorise: raises when the lease is lost, the venture is paused or the step may not start; called in the
            tool's own transaction.
        label: who made a step's artifacts, for `generated_by` (`playbook`, a model's name, or a stand-in).
        revisions: step id → the revision that is worked on; the runner moves it on when a guardrail refuses one.
        comments: step id → what rejections asked.
        starts: the first day that a plan may begin.
        proofreader, spam_judge, camera: what reads, weighs and draws copy; None where it is not to be had.
    """

    database: Database
    clock: Clock
    run_id: str
    venture_id: str
    stage: StageSpec
    policies: Policies
    preset: Presets | None
    templates: tuple[CampaignTemplate, ...]
    playbook: PlaybookData
    copywriter: Copywriter
    tester: WorkflowTester
    authorise: Callable[[Session, str], None]
    label: Callable[[str], str]
    starts: date
    evidence_dir: Path
    revisions: MutableMapping[str, int] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    directives: Mapping[str, Directives] = field(default_factory=dict)
    on_refused: Callable[[str, str, str], None] = lambda _step, _tool, _text: None
    stop: Stop = field(default_factory=Stop)
    proofreader: Proofreader | None = None
    spam_judge: SpamJudge | None = None
    camera: Camera | None = None

    def revision(self, step: str) -> int:
        """The revision of a step that is worked on; 1 when it was never rejected."""
        return self.revisions.get(step, 1)
