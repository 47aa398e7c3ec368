"""Every policy that stage.yaml may name, and the check that it names nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

from gtm.domain.brief import VentureBrief
from gtm.domain.dossier import Dossier
from gtm.domain.errors import ConfigError, StepFailed
from gtm.domain.spec import Policies, StageSpec
from gtm.domain.verdict import Verdict
from gtm.policies import (
    budget,
    channels,
    content,
    entry,
    exits,
    handoff,
    schedule,
    strategy,
    templates,
    testing,
    workflows,
)
from gtm.policies.facts import (
    BudgetFacts,
    ChannelsFacts,
    ConnectionTest,
    ContentFacts,
    Facts,
    ScheduleFacts,
    StrategyFacts,
    TemplatesFacts,
    TestingFacts,
    TriggersFacts,
    WorkflowsFacts,
)

Policy = Callable[[Any], Verdict]
"""A pure function from its own Facts to a Verdict."""

POLICIES: Mapping[str, Policy] = {
    entry.MARKET_STRATEGY: entry.market_strategy,
    entry.SEGMENTS: entry.segments,
    strategy.POLICY: strategy.encoded,
    channels.POLICY: channels.configured,
    budget.POLICY: budget.allocated,
    templates.POLICY: templates.created,
    content.POLICY: content.generated,
    schedule.POLICY: schedule.scheduled,
    workflows.WORKFLOWS: workflows.configured,
    workflows.TRIGGERS: workflows.triggers_defined,
    testing.POLICY: testing.complete,
    exits.SUBSTAGE: exits.substage,
    exits.AGENT: exits.agent_deployed,
    exits.CAMPAIGNS: exits.campaigns_configured,
    exits.WORKFLOWS: exits.workflows_active,
    exits.FINAL: exits.final,
    handoff.POLICY: handoff.checklist,
}
"""The name that stage.yaml uses → the function."""


def policy(name: str) -> Policy:
    """The policy of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in POLICIES:
        raise ConfigError(f"there is no policy {name}", value=name, allowed=", ".join(sorted(POLICIES)))
    return POLICIES[name]


def validate_stage(stage: StageSpec) -> None:
    """Refuse a stage.yaml that names a policy which does not exist, or whose parts do not fit together.

    Raises:
        ConfigError: with one finding a fault.
    """
    named = [(f"gate {g.id}: policy", g.policy) for g in (*stage.entry_gates, *stage.exit_gates)]
    named += [(f"step {s.id}: guardrail", s.guardrail) for s in stage.steps]
    faults = [f"{where} {name} does not exist" for where, name in named if name not in POLICIES]
    checks = [line.check for line in all_lines(stage)]
    faults += [f"check {name} is named twice" for name in sorted({c for c in checks if checks.count(c) > 1})]
    steps = [s.id for s in stage.steps]
    faults += [f"step {i} is named twice" for i in sorted({i for i in steps if steps.count(i) > 1})]
    for checkpoint in stage.checkpoints:
        missing = [s for s in (checkpoint.after_step, *checkpoint.covers) if s not in steps]
        faults += [f"checkpoint {checkpoint.id} names step {s}, which does not exist" for s in dict.fromkeys(missing)]
        late = [s for s in checkpoint.covers if s in steps and checkpoint.after_step in steps
                and steps.index(s) > steps.index(checkpoint.after_step)]  # fmt: skip
        faults += [f"checkpoint {checkpoint.id} covers step {s}, which comes after it" for s in late]
    if faults:
        raise ConfigError(
            f"stage.yaml does not fit the policies: {faults[0]}", allowed=", ".join(sorted(POLICIES)), findings=faults
        )


def all_lines(stage: StageSpec) -> tuple[Any, ...]:
    """Every checklist line of the stage, in the order of the SOP."""
    gates = [*stage.entry_gates, *stage.exit_gates]
    return (
        *(line for gate in gates for line in gate.checklist),
        *(line for step in stage.steps for line in step.checklist),
        *(line for substage in stage.substages for line in substage.exit_criteria),
        *stage.final_checklist,
        *stage.handoff_checklist,
    )


def step_facts(
    step: str,
    stage: StageSpec,
    policies: Policies,
    dossier: Dossier,
    *,
    connections: tuple[ConnectionTest, ...] = (),
    allowed_hosts: tuple[str, ...] = (),
) -> Facts:
    """What the guardrail of a step looks at, from the run as it is stored.

    Args:
        step: `1.1` to `3.3`.
        dossier: the run; a missing artifact stays None and fails the guardrail.
        connections: tests of the platforms that the workflows use (step 3.1).
        allowed_hosts: hosts that links may lead to besides the venture's website (step 2.2).

    Raises:
        StepFailed: there is no such step.
    """
    brief: VentureBrief = dossier.brief
    common: dict[str, Any] = {"stage": stage, "policies": policies}
    d = dossier
    made: dict[str, Callable[[], Facts]] = {
        "1.1": lambda: StrategyFacts(**common, brief=brief, artifact=d.strategy),
        "1.2": lambda: ChannelsFacts(**common, brief=brief, artifact=d.channels),
        "1.3": lambda: BudgetFacts(**common, brief=brief, channels=d.channels, artifact=d.budget),
        "2.1": lambda: TemplatesFacts(**common, brief=brief, channels=d.channels, artifact=d.templates),
        "2.2": lambda: ContentFacts(
            **common,
            brief=brief,
            templates=d.templates,
            channels=d.channels,
            artifact=d.content,
            allowed_hosts=allowed_hosts,
        ),
        "2.3": lambda: ScheduleFacts(
            **common, brief=brief, templates=d.templates, budget=d.budget, artifact=d.schedule
        ),
        "3.1": lambda: WorkflowsFacts(
            **common, content=d.content, artifact=d.workflows, triggers=d.triggers, connections=connections
        ),
        "3.2": lambda: TriggersFacts(**common, workflows=d.workflows, artifact=d.triggers),
        "3.3": lambda: TestingFacts(**common, workflows=d.workflows, artifact=d.tests),
    }
    if step not in made:
        raise StepFailed(f"there is no step {step}", value=step, allowed=", ".join(made))
    return made[step]()


def judge_step(
    step: str,
    stage: StageSpec,
    policies: Policies,
    dossier: Dossier,
    *,
    connections: tuple[ConnectionTest, ...] = (),
    allowed_hosts: tuple[str, ...] = (),
) -> Verdict:
    """The verdict of a step's guardrail on the run as it is stored; arguments as in `step_facts`."""
    facts = step_facts(step, stage, policies, dossier, connections=connections, allowed_hosts=allowed_hosts)
    return policy(stage.step(step).guardrail)(facts)
