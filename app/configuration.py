"""config/** as typed values, and the references between the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gtm.automation import ad_card, article, campaign_page
from gtm.automation.layouts import Layouts
from gtm.connectors.mjml.schemas import LAYOUT_PARTS
from gtm.connectors.mjml.source import check_mjml
from gtm.domain.campaign import CampaignTemplate
from gtm.domain.errors import ConfigError, TemplateRefused
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.rendering import placeholders, render
from gtm.domain.spec import AgentsSpec, CheckpointSpec, Policies, Presets, StageSpec, TasksSpec
from gtm.policies.names import name_faults
from gtm.policies.registry import POLICIES
from tools.names import TOOL_NAMES


@dataclass(frozen=True)
class Configuration:
    """Every configuration file, read and checked.

    Attributes:
        presets: by name.
        prompts: Markdown by file name.
        mail_layout: the MJML that the parts of a mail stand in.
        layouts: what the parts of pages, ads and articles stand in.
    """

    stage: StageSpec
    agents: AgentsSpec
    tasks: TasksSpec
    policies: Policies
    presets: Mapping[str, Presets]
    templates: tuple[CampaignTemplate, ...]
    playbook: PlaybookData
    prompts: Mapping[str, str]
    mail_layout: str
    layouts: Layouts


def check_references(configuration: Configuration) -> None:
    """Refuse a configuration whose files do not fit each other.

    Raises:
        ConfigError: names every reference that leads nowhere.
    """
    faults = [
        *_stage_faults(configuration),
        *_policy_faults(configuration),
        *_task_faults(configuration),
        *_number_faults(configuration),
        *_data_faults(configuration),
        *_mail_faults(configuration.mail_layout),
        *_layout_faults(configuration.layouts),
    ]
    if not faults:
        return
    file, key, fault, allowed = faults[0]
    raise ConfigError(
        f"{file}: {fault}",
        field=key,
        allowed=allowed,
        findings=[f"{f}: {k}: {text}" for f, k, text, _ in faults] if len(faults) > 1 else (),
        hint="the files of config/ name each other: mend the reference or add what it names",
    )


Fault = tuple[str, str, str, str]
"""File, key, what is wrong, what would be right."""


def _stage_faults(configuration: Configuration) -> Iterator[Fault]:
    file, stage = "config/stage17/stage.yaml", configuration.stage
    agents = [agent.name for agent in configuration.agents.agents]
    steps = [step.id for step in stage.steps]
    for step in stage.steps:
        if step.agent not in agents:
            yield file, f"steps.{step.id}.agent", f"there is no agent {step.agent}", ", ".join(agents)
    for checkpoint in stage.checkpoints:
        for named in (checkpoint.after_step, *checkpoint.hashed):
            if named not in (*steps, "brief"):
                yield file, f"checkpoints.{checkpoint.id}", f"there is no step {named}", ", ".join(steps)
        yield from ((file, *fault) for fault in _late(checkpoint, steps))
    yield from ((file, *fault) for fault in name_faults(stage))
    listed: dict[str, list[str]] = {"steps": [*steps], "checkpoints": [c.id for c in stage.checkpoints]}
    for kind, ids in listed.items():
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            yield file, kind, f"{twice} stands there twice", "each id once"


def _late(checkpoint: CheckpointSpec, steps: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Steps that a checkpoint covers or binds although they come after it, and those that it binds besides."""
    if checkpoint.after_step not in steps:
        return
    before = steps[: steps.index(checkpoint.after_step) + 1]
    for step in checkpoint.covers:
        if step in steps and step not in before:
            yield f"checkpoints.{checkpoint.id}.covers", f"step {step} comes after the checkpoint", ", ".join(before)
    for bound in checkpoint.binds:
        key = f"checkpoints.{checkpoint.id}.binds"
        if bound in steps and bound not in before:
            yield key, f"step {bound} comes after the checkpoint", ", ".join(before)
        if bound in checkpoint.covers:
            yield key, f"step {bound} is covered already", "steps that the checkpoint does not cover"


def _policy_faults(configuration: Configuration) -> Iterator[Fault]:
    """Policies, guardrails and tools that stage.yaml names and that do not exist; a split that is none."""
    file, stage = "config/stage17/stage.yaml", configuration.stage
    known = ", ".join(sorted(POLICIES))
    for gate in (*stage.entry_gates, *stage.exit_gates):
        if gate.policy not in POLICIES:
            yield file, f"gates.{gate.id}.policy", f"there is no policy {gate.policy}", known
    for step in stage.steps:
        if step.guardrail not in POLICIES:
            yield file, f"steps.{step.id}.guardrail", f"there is no policy {step.guardrail}", known
        for tool in step.tools:
            if tool not in TOOL_NAMES:
                yield file, f"steps.{step.id}.tools", f"there is no tool {tool}", ", ".join(sorted(TOOL_NAMES))
    splits = {"config/policies.yaml": ("default_split", configuration.policies.default_split)}
    splits |= {f"config/presets/{name}.yaml": ("split", preset.split) for name, preset in configuration.presets.items()}
    for where, (key, split) in splits.items():
        if split.total != 100:
            yield where, key, f"the split sums to {split.total} %", "three percentages that sum to 100"


def _task_faults(configuration: Configuration) -> Iterator[Fault]:
    file = "config/stage17/tasks.yaml"
    tasks = [task.id for task in configuration.tasks.tasks]
    agents = [agent.name for agent in configuration.agents.agents]
    stage = configuration.stage
    needed = [step.id for step in stage.steps] + [f"review:{c.id}" for c in stage.checkpoints]
    for name in needed:
        if tasks.count(name) != 1:
            yield file, name, f"the task {name} stands there {tasks.count(name)} times", "exactly once"
    for task in configuration.tasks.tasks:
        if task.id not in needed:
            yield file, task.id, f"no step or checkpoint is called {task.id}", ", ".join(needed)
        if task.agent not in agents:
            yield file, f"{task.id}.agent", f"there is no agent {task.agent}", ", ".join(agents)
        if task.prompt not in configuration.prompts:
            yield (
                file,
                f"{task.id}.prompt",
                f"there is no config/prompts/{task.prompt}",
                ", ".join(configuration.prompts),
            )
        for named in task.context:
            if named not in tasks:
                yield file, f"{task.id}.context", f"there is no task {named}", ", ".join(tasks)


def _number_faults(configuration: Configuration) -> Iterator[Fault]:
    """Numbers that stand in two places, because two rules of the SOP or of domain.md name them, and must agree."""
    file, policies = "config/policies.yaml", configuration.policies
    tries = {strategy.name: len(strategy.delays_seconds) for strategy in policies.error_strategies}
    if tries.get("retry_3x") != policies.run.api_retries:
        yield (
            file,
            "run.api_retries",
            f"{policies.run.api_retries} retries are wanted, and retry_3x makes {tries.get('retry_3x', 0)}",
            "as many as error_strategies gives retry_3x delays",
        )
    for alert in policies.alerts:
        lines = [Decimal(audience.weekly_leads_minimum) for audience in (policies.b2b, policies.b2c)]
        if alert.id == "GTM-002" and [alert.threshold, alert.threshold_b2c] != lines:
            yield (
                file,
                "alerts.GTM-002",
                f"fires below {alert.threshold} and {alert.threshold_b2c} leads a week",
                f"{lines[0]} for B2B and {lines[1]} for B2C, as weekly_leads_minimum says",
            )


def _voices(configuration: Configuration) -> list[str]:
    return [target.voice for target in configuration.policies.readability]


def _networks(configuration: Configuration) -> list[str]:
    return [limits.channel for limits in configuration.policies.ad_limits]


def _mail_faults(layout: str) -> Iterator[Fault]:
    file, allowed = "config/mjml/email.mjml", ", ".join(sorted(LAYOUT_PARTS))
    try:
        named = placeholders(layout)
        check_mjml(render(layout, {name: "" if name != "link" else "{{ cta_url }}" for name in LAYOUT_PARTS | named}))
    except TemplateRefused as error:
        yield file, error.field or "mjml", error.detail, error.allowed or "MJML of the tags that a mail may hold"
        return
    for name in sorted(named - LAYOUT_PARTS):
        yield file, name, f"{name} is no part of a mail", allowed
    for name in sorted({"title", "preview", "body", "footer"} - named):
        yield file, name, f"the layout leaves out {name}", allowed


def _layout_faults(layouts: Layouts) -> Iterator[Fault]:
    for name, layout, module in (
        ("page", layouts.page, campaign_page),
        ("ad", layouts.ad, ad_card),
        ("article", layouts.article, article),
    ):
        for fault in layout.faults(module.PARTS, module.NEEDED):
            yield (f"config/pages/{name}.html", *fault)


def _data_faults(configuration: Configuration) -> Iterator[Fault]:
    made = configuration.policies.campaign_types
    for wanted in configuration.policies.default_campaign_types:
        if wanted not in made:
            yield (
                "config/policies.yaml",
                "default_campaign_types",
                f"{wanted} is not among campaign_types, or there is no campaign template of this type",
                ", ".join(made),
            )
    for kind, named in (("readability", _voices(configuration)), ("ad_limits", _networks(configuration))):
        for twice in sorted({one for one in named if named.count(one) > 1}):
            yield "config/policies.yaml", kind, f"{twice} stands there twice", "each once"
    for voice in configuration.policies.voices:
        if voice.voice not in _voices(configuration):
            yield "config/policies.yaml", "readability", f"there is no target for {voice.voice}", "one for every voice"
    for name, preset in configuration.presets.items():
        if preset.name != name:
            yield f"config/presets/{name}.yaml", "name", f"the preset calls itself {preset.name}", name
