"""The GTM agent configuration, the budget template, the campaign templates and the credential references."""

import json
from decimal import Decimal
from typing import Any

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.context import Context
from gtm.domain.base import sha256_of
from gtm.domain.budget import BudgetLine, BudgetPlan, ReallocationTrigger
from gtm.domain.campaign import CampaignTemplate
from gtm.domain.channels import ChannelChoice, ChannelPlan
from gtm.domain.drafting import drafted_by
from gtm.domain.vocabulary import ChannelRole, Tier

CONFIGURATION = "agent-configuration.json"
BUDGET = "budget-allocation.yaml"
CREDENTIALS = "credential-references.json"

_BUDGET_KEYS: tuple[tuple[str, ChannelRole, Tier], ...] = (
    ("primary_channel", "primary", "proven"),
    ("secondary_channels", "secondary", "growth"),
    ("experimental", "experimental", "experimental"),
)
"""The keys of the SOP's template, the role that each names, and the tier in its place where there are no roles."""


def json_bytes(value: Any) -> bytes:
    """Readable JSON, in the order given, ending in a line break."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def configuration_files(context: Context) -> dict[str, bytes]:
    """agent-configuration.json, budget-allocation.yaml, credential-references.json and templates/*.json."""
    dossier = context.dossier
    files = {CONFIGURATION: json_bytes(agent_configuration(context)), CREDENTIALS: json_bytes(credentials(context))}
    if dossier.budget:
        files[BUDGET] = budget_yaml(dossier.budget, dossier.channels).encode()
    for template in dossier.templates.templates if dossier.templates else ():
        files[f"templates/{template.template_id}.json"] = json_bytes(template_json(template))
    return files


def agent_configuration(context: Context) -> dict[str, Any]:
    """The configuration the GTM agent runs by: the SOP's strategy template (step 1.1) and what the other steps add."""
    dossier = context.dossier
    strategy = dossier.strategy
    head = strategy.as_template() if strategy else {"venture_id": dossier.venture_id, "gtm_strategy": None}
    return {
        **head,
        "venture_name": context.brief.name,
        "crew_id": context.stage.crew_id,
        "stage": context.stage.stage,
        "run_id": dossier.run_id,
        "written_at": context.now.isoformat(),
        "model_provider": drafted_by(dossier),
        "objectives": _dump(strategy.objectives) if strategy else [],
        "segments": [
            {"segment_id": s.id, "name": s.name, "priority": s.priority, "audience": s.audience}
            for s in context.brief.ranked_segments
        ],
        "channels": dossier.channels.model_dump(mode="json") if dossier.channels else None,
        "budget": dossier.budget.model_dump(mode="json") if dossier.budget else None,
        "campaigns": _campaigns(context),
        "schedule": _schedule(context),
        "workflows": _workflows(context),
        "versions": _versions(context),
    }


def _dump(models: Any) -> list[Any]:
    return [model.model_dump(mode="json") for model in models]


def _campaigns(context: Context) -> list[Any]:
    templates, content = context.dossier.templates, context.dossier.content
    pieces = content.pieces if content else ()
    return [
        {
            **campaign.model_dump(mode="json"),
            "content_pieces": [p.piece_id for p in pieces if p.campaign_id == campaign.campaign_id],
            "content_file": f"content/{campaign.campaign_id}.json",
        }
        for campaign in (templates.campaigns if templates else ())
    ]


def _schedule(context: Context) -> dict[str, Any] | None:
    plan = context.dossier.schedule
    if plan is None:
        return None
    return {
        "starts": plan.starts.isoformat(),
        "ends": plan.ends.isoformat(),
        "send_window": plan.window.model_dump(mode="json"),
        "campaigns": _dump(plan.campaigns),
        "calendar_files": ["calendar.ics", "calendar.csv", "calendar.html"],
    }


def _workflows(context: Context) -> list[dict[str, Any]]:
    workflows = context.dossier.workflows.workflows if context.dossier.workflows else ()
    return [
        {
            "workflow_id": w.workflow_id,
            "name": w.name,
            "version": w.version,
            "sha256": sha256_of(w),
            "triggers": [t.trigger_id for t in context.triggers_of(w.workflow_id)],
            "file": f"workflows/{w.workflow_id}/workflow.yaml",
        }
        for w in workflows
    ]


def _versions(context: Context) -> dict[str, Any]:
    records = [context.dossier.step(step.id) for step in context.stage.steps]
    return {
        record.step: {
            "revision": record.revision,
            "artifact_sha256": record.artifact_sha256,
            "agent": record.agent,
            "generated_by": record.generated_by,
        }
        for record in records
        if record
    }


def budget_yaml(plan: BudgetPlan, channels: ChannelPlan | None = None) -> str:
    """The budget in the SOP's allocation template (step 1.3), with its channels and the triggers' guards below.

    The template's keys name roles (primary, secondary, experimental); the tiers of 70/20/10 follow them, because a
    proven channel need not be the primary one.
    """
    lines = [f"total_budget: {_dollars(plan.total)}", "allocation:"]
    for key, role, tier in _BUDGET_KEYS:
        mine = [line for line in plan.lines if _role(line, channels) in (role if channels else tier,)]
        lines.append(f"  {key}: {_allotted(mine, plan)}")
    lines.append("tiers:")
    lines += [f"  {tier}: {_allotted([x for x in plan.lines if x.tier == tier], plan)}" for _, _, tier in _BUDGET_KEYS]
    lines += [f"pacing: {plan.pacing.period}", "reallocation_triggers:"]
    for trigger in plan.triggers:
        lines += [f'  - condition: "{trigger.condition}"', f'    action: "{action_words(trigger)}"']
    lines += ["channels:"]
    for line in plan.lines:
        lines.append(f"  {line.channel}: {_dollars(line.amount)}  # {line.tier}, {words.number(line.percent)}%")
    pacing = plan.pacing
    lines += [
        "caps:",
        f"  daily: {_dollars(pacing.daily_cap)}",
        f"  weekly: {_dollars(pacing.weekly_cap)}",
        f"  monthly: {_dollars(pacing.monthly_cap)}",
        "trigger_guards:",
    ]
    for trigger in plan.triggers:
        lines += [
            f'  "{trigger.condition}":',
            f"    minimum_sample: {trigger.minimum_sample}",
            f"    window_days: {trigger.window_days}",
            f"    cooldown_days: {trigger.cooldown_days}",
            f"    precedence: {trigger.precedence}",
        ]
    return "\n".join(lines) + "\n"


def _role(line: BudgetLine, channels: ChannelPlan | None) -> str:
    choice = channels.choice(line.channel) if channels else None
    return choice.role if choice else line.tier


def _allotted(lines: list[BudgetLine], plan: BudgetPlan) -> str:
    amount = sum((line.amount for line in lines), Decimal("0.00"))
    share = words.number(amount * 100 / plan.total) if plan.total else "undefined"
    names = ", ".join(words.label(line.channel) for line in lines) or "no channel"
    return f"{_dollars(amount)}  # {share}%: {names}"


def _dollars(amount: Decimal) -> str:
    text = f"${amount:.2f}"
    return text.removesuffix(".00")


def action_words(trigger: ReallocationTrigger) -> str:
    """The trigger's action as the SOP writes it: `reduce spend by 20%`, `pause and review`."""
    if trigger.action == "reduce_spend" and trigger.reduce_percent is not None:
        return f"reduce spend by {words.number(trigger.reduce_percent)}%"
    return trigger.action.replace("_", " ")


def template_json(template: CampaignTemplate) -> dict[str, Any]:
    """A template in the SOP's structure (step 2.1), with its declared variables."""
    return {
        "template_id": template.template_id,
        "type": "email_sequence" if template.type == "email_drip" else template.type,
        "name": template.name,
        "channel": template.channel,
        "steps": [
            {
                "step": step.step,
                "name": step.name,
                **{slot.name: slot.text for slot in step.slots},
                "delay_hours": step.delay_hours,
                "role": step.role,
            }
            for step in template.steps
        ],
        "variables": _dump(template.variables),
    }


def credentials(context: Context) -> dict[str, Any]:
    """Where each channel's credential lies in the vault and whether its platform is connected; never a value."""
    plan: ChannelPlan | None = context.dossier.channels
    return {
        "venture_id": context.dossier.venture_id,
        "note": "References into the secure vault. This file holds no credential and no part of one.",
        "channels": [
            {
                "channel": choice.channel,
                "reference": choice.credential_ref,
                "status": credential_status(choice),
                "integration": choice.integration,
            }
            for choice in (plan.channels if plan else ())
        ],
    }


def credential_status(choice: ChannelChoice) -> str:
    """`not needed`, `connected` or `not connected`, read from the channel's own integration line."""
    if choice.credential_ref is None:
        return "not needed"
    return "connected" if is_connected(choice) else "not connected"


def is_connected(choice: ChannelChoice) -> bool:
    """Whether the channel's integration says that its platform is connected."""
    text = choice.integration.casefold()
    denied = ("not connected", "no connection", "not configured", "unconnected", "disconnected", "by hand", "manual")
    return "connected" in text and not any(word in text for word in denied)
