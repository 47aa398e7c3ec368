"""A brief taken through intake, both entry gates and every draft of the house, judged by the policies."""

import copy
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignTemplate
from gtm.domain.dossier import Dossier, TriggerSet, WorkflowSet
from gtm.domain.intake import read_brief
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.spec import Policies, Presets, StageSpec
from gtm.domain.verdict import Verdict
from gtm.playbook.budget import draft_budget
from gtm.playbook.channels import draft_channels
from gtm.playbook.copy import draft_content
from gtm.playbook.directives import Directives
from gtm.playbook.schedule import draft_schedule
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import draft_templates
from gtm.playbook.triggers import draft_triggers
from gtm.playbook.workflows import draft_workflows
from gtm.policies import entry
from gtm.policies.facts import ConnectionTest, EntryFacts
from gtm.policies.registry import judge_step

ROOT = Path(__file__).parents[3]
STARTS = date(2026, 1, 5)
STEPS = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2")
MAIL = (ConnectionTest(name="email", ok=True, detail="the local sink"),)
Change = Callable[[dict[str, Any]], object]


def _read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


@functools.cache
def policies() -> Policies:
    """The policies as configured, with the campaign types of the library."""
    configured = Policies.model_validate(_read("config/policies.yaml"))
    return configured.made_of({template.type for template in library()})


@functools.cache
def stage() -> StageSpec:
    """The stage as configured."""
    return StageSpec.model_validate(_read("config/stage17/stage.yaml"))


@functools.cache
def library() -> tuple[CampaignTemplate, ...]:
    """The house's templates."""
    paths = sorted((ROOT / "config/campaign_templates").glob("*/template.yaml"))
    return tuple(CampaignTemplate.model_validate(_read(str(path.relative_to(ROOT)))) for path in paths)


@functools.cache
def phrases() -> PlaybookData:
    """The playbook's phrases."""
    voices = sorted((ROOT / "config/playbook/voices").glob("*.yaml"))
    return PlaybookData.assemble(
        _read("config/playbook/common.yaml"), [_read(str(v.relative_to(ROOT))) for v in voices]
    )


@functools.cache
def _example(name: str) -> Any:
    return _read(f"examples/ventures/{name}.yaml")


def brief_of(example: str, change: Change) -> VentureBrief:
    """An example's brief with a change, as intake reads it.

    Raises:
        InvalidInput: intake refuses it.
    """
    body = copy.deepcopy(_example(example))
    change(body)
    data = json.dumps(body, default=str, ensure_ascii=False).encode()
    return read_brief(data, name="brief.yaml", limit_bytes=policies().run.brief_bytes)


def gates(brief: VentureBrief) -> tuple[Verdict, Verdict]:
    """What both entry gates say of a brief."""
    facts = EntryFacts(stage=stage(), policies=policies(), brief=brief)
    return entry.market_strategy(facts), entry.segments(facts)


@dataclass(frozen=True)
class Journey:
    """A brief with everything that the house drafts for it."""

    dossier: Dossier
    verdicts: tuple[Verdict, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Every blocking check that fails, with its reason."""
        return tuple(f"{c.name}: {c.detail}" for v in self.verdicts for c in v.failures)


def journey(brief: VentureBrief) -> Journey:
    """Draft steps 1.1 to 3.2 with the playbook and judge each by its own guardrail."""
    p, no = policies(), Directives()
    preset = Presets.model_validate(_read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
    strategy = draft_strategy(brief, p, preset, no)
    channels = draft_channels(brief, strategy, p, preset, no)
    budget = draft_budget(brief, channels, p, preset, no)
    templates = draft_templates(brief, channels, strategy, p, library(), no)
    schedule = draft_schedule(brief, templates, channels, budget, p, starts=STARTS, directives=no)
    workflows = draft_workflows(brief, templates, channels, p, no, schedule)
    dossier = Dossier(
        run_id="run-1",
        venture_id=brief.id,
        status="running",
        provider="playbook",
        started_at=datetime(2026, 1, 2, tzinfo=UTC),
        finished_at=None,
        brief=brief,
        strategy=strategy,
        channels=channels,
        budget=budget,
        templates=templates,
        content=draft_content(brief, templates, channels, p, phrases(), starts=STARTS),
        schedule=schedule,
        workflows=WorkflowSet(venture_id=brief.id, workflows=workflows),
        triggers=TriggerSet(venture_id=brief.id, triggers=draft_triggers(brief, templates, workflows)),
    )
    verdicts = tuple(judge_step(step, stage(), p, dossier, connections=MAIL) for step in STEPS)
    return Journey(dossier, verdicts)
