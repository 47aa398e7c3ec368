"""The three example ventures with everything the house drafts for them; templates come from the house's library."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import CampaignTemplate, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.schedule import SchedulePlan
from gtm.domain.spec import Policies, Presets
from gtm.domain.strategy import GtmStrategy
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.playbook.budget import draft_budget
from gtm.playbook.channels import draft_channels
from gtm.playbook.directives import Directives
from gtm.playbook.schedule import draft_schedule
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import draft_templates
from gtm.playbook.triggers import draft_triggers
from gtm.playbook.workflows import draft_workflows

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("fleet", "life", "posthog")
STARTS = date(2026, 1, 1)


@dataclass(frozen=True, repr=False)
class Drafts:
    """One venture and all drafts of it."""

    brief: VentureBrief
    preset: Presets | None
    strategy: GtmStrategy
    channels: ChannelPlan
    budget: BudgetPlan
    templates: TemplateSet
    schedule: SchedulePlan
    workflows: tuple[WorkflowDefinition, ...]
    triggers: tuple[TriggerDefinition, ...]

    def __repr__(self) -> str:
        # Hypothesis writes out its arguments: all drafts in full would be 300 kB.
        return f"Drafts({self.brief.id})"


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def library() -> tuple[CampaignTemplate, ...]:
    paths = sorted((ROOT / "config/campaign_templates").glob("*/template.yaml"))
    return tuple(CampaignTemplate.model_validate(read(str(path.relative_to(ROOT)))) for path in paths)


def drafted(brief: VentureBrief, preset: Presets | None, policies: Policies, directives: Directives) -> Drafts:
    strategy = draft_strategy(brief, policies, preset, directives)
    channels = draft_channels(brief, strategy, policies, preset, directives)
    budget = draft_budget(brief, channels, policies, preset, directives)
    templates = draft_templates(brief, channels, strategy, policies, library(), directives)
    schedule = draft_schedule(brief, templates, channels, budget, policies, starts=STARTS, directives=directives)
    workflows = draft_workflows(brief, templates, channels, policies, directives, schedule)
    triggers = draft_triggers(brief, templates, workflows, directives, schedule)
    return Drafts(brief, preset, strategy, channels, budget, templates, schedule, workflows, triggers)


@pytest.fixture(scope="session")
def policies() -> Policies:
    return Policies.model_validate(read("config/policies.yaml"))


@pytest.fixture(scope="session")
def ventures(policies: Policies) -> dict[str, Drafts]:
    made = {}
    for name in NAMES:
        brief = VentureBrief.model_validate(read(f"examples/ventures/{name}.yaml"))
        preset = Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
        made[name] = drafted(brief, preset, policies, Directives())
    return made


@pytest.fixture(params=NAMES)
def drafts(request: pytest.FixtureRequest, ventures: dict[str, Drafts]) -> Drafts:
    return ventures[request.param]
