"""Every policy that stage.yaml may name, and what each of them looks at."""

from collections.abc import Callable, Mapping
from typing import Any

from gtm.domain.brief import VentureBrief
from gtm.domain.check import NotChecked
from gtm.domain.dossier import Dossier
from gtm.domain.errors import ConfigError, StepFailed
from gtm.domain.proofing import Slip, SpamReport
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
    slips: Mapping[str, tuple[Slip, ...]] | None = None,
    spam: Mapping[str, SpamReport] | None = None,
    mails: Mapping[str, Mapping[str, str]] | None = None,
    not_checked: tuple[NotChecked, ...] = (),
) -> Facts:
    """What the guardrail of a step looks at, from the run as it is stored.

    Args:
        step: `1.1` to `3.3`.
        dossier: the run; a missing artifact stays None and fails the guardrail.
        connections: tests of the platforms that the workflows use (step 3.1).
        allowed_hosts: hosts that links may lead to besides the venture's website (step 2.2).
        slips: what a proofreader found, by text; None where none has read the copy (step 2.2).
        spam: what a spam filter makes of the mails, by piece id; None where none has weighed them (step 2.2).
        mails: the mails as HTML, by piece id and variant; None where none was rendered (step 2.2).
        not_checked: the checkers of copy that are not there or did not answer (step 2.2).

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
            slips=slips,
            spam=spam,
            mails=mails,
            not_checked=not_checked,
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
    slips: Mapping[str, tuple[Slip, ...]] | None = None,
    spam: Mapping[str, SpamReport] | None = None,
    mails: Mapping[str, Mapping[str, str]] | None = None,
    not_checked: tuple[NotChecked, ...] = (),
) -> Verdict:
    """The verdict of a step's guardrail on the run as it is stored; arguments as in `step_facts`."""
    facts = step_facts(
        step,
        stage,
        policies,
        dossier,
        connections=connections,
        allowed_hosts=allowed_hosts,
        slips=slips,
        spam=spam,
        mails=mails,
        not_checked=not_checked,
    )
    return policy(stage.step(step).guardrail)(facts)
