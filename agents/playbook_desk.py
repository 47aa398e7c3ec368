"""The playbook's drafts as tool calls: what the embedded model carries out, and what a live model is shown first."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from agents.desk import ToolDraft
from gtm.domain.base import Model, canonical_json
from gtm.domain.budget import BudgetPlan
from gtm.domain.dossier import Dossier
from gtm.domain.errors import StepFailed
from gtm.domain.review import ReviewFacts
from gtm.playbook.budget import draft_budget
from gtm.playbook.channels import draft_channels
from gtm.playbook.feasible import told
from gtm.playbook.reviews import draft_review
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import draft_templates, sequence_refusal
from gtm.playbook.triggers import draft_triggers
from gtm.playbook.workflows import draft_workflows
from tools.context import RunContext
from tools.proposals import (
    BudgetProposal,
    ChannelProposal,
    ContentProposal,
    ReviewProposal,
    ScheduleProposal,
    StrategyProposal,
    TemplateProposal,
    TestProposal,
    TierChoice,
    TriggerProposal,
    TriggerText,
    WorkflowProposal,
)


class PlaybookDesk:
    """Drafts the work of every step of one run; each step's draft is made once and kept.

    Args:
        context: the run.
        dossier: the run as it stands when asked.
        review_facts: what a checkpoint's review may rest on.
    """

    def __init__(
        self,
        context: RunContext,
        dossier: Callable[[], Dossier],
        review_facts: Callable[[str], ReviewFacts],
    ) -> None:
        self._context = context
        self._dossier = dossier
        self._review_facts = review_facts
        self._calls: dict[str, tuple[ToolDraft, ...]] = {}

    def tool_calls(self, step: str) -> Sequence[ToolDraft]:
        """The drafted tool calls of a step or of a review task (`review:strategy`).

        Raises:
            StepFailed: an earlier step's artifact, on which the draft rests, is missing.
        """
        if step not in self._calls:
            self._calls[step] = tuple(self._draft(step))
        return self._calls[step]

    def final_answer(self, step: str) -> str:
        """One sentence on what was stored, and what a comment asked for that the playbook could not do."""
        names = ", ".join(draft.name for draft in self.tool_calls(step))
        notes = self._notes(step) if step in self._context.directives else ()
        return " ".join((f"Done by the playbook: {names}.", *notes))

    def _notes(self, step: str) -> tuple[str, ...]:
        context, directives = self._context, self._context.directives[step]
        if directives.empty:
            return ()
        brief = self._dossier().brief
        length = sequence_refusal(brief, context.policies, directives)
        return (*told(brief, context.policies, directives), *([f"Not possible: {length}."] if length else []))

    def as_prompt(self, step: str) -> str:
        """The draft as a live model is shown it: one tool call a line."""
        return "\n".join(f"{draft.name} {draft.arguments_json}" for draft in self.tool_calls(step))

    def _draft(self, step: str) -> list[ToolDraft]:
        if step.startswith("review:"):
            return [self._review(step.removeprefix("review:"))]
        drafters: dict[str, Callable[[Dossier], list[ToolDraft]]] = {
            "1.1": self._strategy,
            "1.2": self._channels,
            "1.3": self._budget,
            "2.1": self._templates,
            "2.2": self._content,
            "2.3": self._schedule,
            "3.1": self._workflows,
            "3.2": self._triggers,
            "3.3": self._tests,
        }
        return drafters[step](self._dossier())

    def _strategy(self, dossier: Dossier) -> list[ToolDraft]:
        context = self._context
        drafted = draft_strategy(dossier.brief, context.policies, context.preset, context.directives["1.1"])
        return [_empty("read_market_strategy"), _call("encode_strategy", StrategyProposal(strategy=drafted))]

    def _channels(self, dossier: Dossier) -> list[ToolDraft]:
        context = self._context
        strategy = _need(dossier.strategy, "1.1")
        plan = draft_channels(dossier.brief, strategy, context.policies, context.preset, context.directives["1.2"])
        return [_call("configure_channels", ChannelProposal(plan=plan))]

    def _budget(self, dossier: Dossier) -> list[ToolDraft]:
        context = self._context
        plan = draft_budget(
            dossier.brief,
            _need(dossier.channels, "1.2"),
            context.policies,
            context.preset,
            context.directives["1.3"],
        )
        return [_call("allocate_budget", budget_proposal(plan))]

    def _templates(self, dossier: Dossier) -> list[ToolDraft]:
        context = self._context
        drafted = draft_templates(
            dossier.brief,
            _need(dossier.channels, "1.2"),
            _need(dossier.strategy, "1.1"),
            context.policies,
            context.templates,
            context.directives["2.1"],
        )
        steps = {template.template_id: len(template.steps) for template in drafted.templates}
        return [
            _call(
                "create_template",
                TemplateProposal.model_validate(
                    {
                        "type": campaign.type,
                        "campaign_name": campaign.name,
                        "steps": steps[campaign.template_id],
                        "cta": campaign.cta,
                        "objective": campaign.objective,
                    }
                ),
            )
            for campaign in drafted.campaigns
        ]

    def _content(self, dossier: Dossier) -> list[ToolDraft]:
        context = self._context
        templates = _need(dossier.templates, "2.1")
        versions = context.policies.variants
        proposal = ContentProposal(
            campaign_ids=tuple(c.campaign_id for c in templates.campaigns),
            variants=(context.preset and context.preset.variants) or int(versions.default or versions.minimum),
            tone=context.policies.voice(dossier.brief.brand.voice).tone,
        )
        return [_call("generate_content", proposal), _empty("validate_brand_voice")]

    def _schedule(self, dossier: Dossier) -> list[ToolDraft]:
        context = self._context
        asked = context.directives["2.3"].starts
        starts = max(asked, context.starts) if asked else context.starts
        names = ", ".join(milestone.name for milestone in dossier.brief.launch) or "no milestone is named in the brief"
        proposal = ScheduleProposal(starts=starts, rationale=f"First day a plan may begin; milestones: {names}.")
        return [_call("schedule_campaign", proposal)]

    def _workflows(self, dossier: Dossier) -> list[ToolDraft]:
        context = self._context
        drafted = draft_workflows(
            dossier.brief,
            _need(dossier.templates, "2.1"),
            _need(dossier.channels, "1.2"),
            context.policies,
            context.directives["3.1"],
            dossier.schedule,
        )
        return [
            _call(
                "configure_workflow",
                WorkflowProposal(
                    workflow_id=workflow.workflow_id,
                    priority=workflow.priority,
                    error_strategy="retry_3x",
                    rationale=workflow.name,
                ),
            )
            for workflow in drafted
        ]

    def _triggers(self, dossier: Dossier) -> list[ToolDraft]:
        workflows = _need(dossier.workflows, "3.1")
        drafted = draft_triggers(
            dossier.brief,
            _need(dossier.templates, "2.1"),
            workflows.workflows,
            self._context.directives["3.2"],
            dossier.schedule,
        )
        return [_call("define_trigger", TriggerProposal(trigger=trigger)) for trigger in drafted]

    def _tests(self, dossier: Dossier) -> list[ToolDraft]:
        leads = self._context.policies.run.minimum_test_leads
        workflows = _need(dossier.workflows, "3.1").workflows
        return [
            *(
                _call("test_workflow", TestProposal(workflow_id=workflow.workflow_id, test_leads=leads))
                for workflow in workflows
            ),
            _empty("monitor_workflow"),
        ]

    def _review(self, checkpoint: str) -> ToolDraft:
        spec = next(c for c in self._context.stage.checkpoints if c.id == checkpoint)
        review = draft_review(spec.id, spec.role, self._review_facts(checkpoint))
        return _call(
            "write_review",
            ReviewProposal(
                checked=review.checked,
                risks=review.risks,
                recommendation=review.recommendation,
                reason=review.reason,
                grounds=review.grounds,
            ),
        )


def budget_proposal(plan: BudgetPlan) -> BudgetProposal:
    """The proposal whose arithmetic gives this plan: its dollars serve as weights."""
    return BudgetProposal(
        proven_percent=plan.split.proven,
        growth_percent=plan.split.growth,
        experimental_percent=plan.split.experimental,
        tiers=tuple(TierChoice(channel=line.channel, tier=line.tier, weight=line.amount) for line in plan.lines),
        pacing=plan.pacing.period,
        triggers=tuple(
            TriggerText(
                condition=trigger.condition,
                action="pause and review"
                if trigger.action == "pause_and_review"
                else f"reduce spend by {trigger.reduce_percent}%",
            )
            for trigger in plan.triggers
        ),
        rationale=plan.rests_on,
    )


def _call(name: str, proposal: Model) -> ToolDraft:
    return ToolDraft(name, canonical_json(proposal))


def _empty(name: str) -> ToolDraft:
    return ToolDraft(name, json.dumps({}))


def _need(artifact: Any, step: str) -> Any:
    if artifact is None:
        raise StepFailed(f"nothing is stored for step {step}", hint=f"finish step {step} first")
    return artifact
