"""The checklist lines that code decides, by the policy that decides them; stage.yaml may name these and no others.

A line that stage.yaml named and no policy decides would fail every run, and one that it left out would be missing from
the completeness report: both stop the start instead.
"""

from collections.abc import Iterator, Mapping, Sequence

from gtm.domain.spec import ChecklistLine, StageSpec
from gtm.policies import budget, channels, content, entry, exits, handoff, schedule, strategy, templates, testing
from gtm.policies.workflows import TRIGGERS, WORKFLOWS


def _of(prefix: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


CHECKS: Mapping[str, tuple[str, ...]] = {
    entry.MARKET_STRATEGY: _of(
        entry.MARKET_STRATEGY,
        "document_exists",
        "segments_described",
        "positioning_documented",
        "value_proposition_per_segment",
        "pricing_aligned",
    ),
    entry.SEGMENTS: _of(
        entry.SEGMENTS, "defined", "characteristics_documented", "priorities_ranked", "channels_identified"
    ),
    strategy.POLICY: _of("strategy", "json_validates", "value_proposition_per_segment", "objectives_align"),
    channels.POLICY: _of(
        "channels",
        "primary_selected",
        "secondary_selected",
        "credentials_secure",
        "utm_schema_defined",
        "attribution_selected",
    ),
    budget.POLICY: _of("budget", "matches_financial_model", "percentages_sum", "triggers_defined"),
    templates.POLICY: _of("templates", "email_sequence", "social_ad", "landing_page", "webinar_funnel"),
    content.POLICY: _of("content", "brand_voice", "value_proposition", "cta", "grammar", "variants"),
    schedule.POLICY: _of("schedule", "launch_calendar", "email_sends", "ad_flights", "content_calendar"),
    WORKFLOWS: _of(
        "workflows",
        "trigger_conditions_validated",
        "success_failure_paths",
        "delays_configured",
        "credentials_tested",
        "diagram",
    ),
    TRIGGERS: _of("triggers", "each_workflow_has_one", "rate_limited", "exclude_test_and_duplicates"),
    testing.POLICY: _of(
        "testing",
        "trigger_fires",
        "email_1_sent",
        "delay_exact",
        "opened_path",
        "not_opened_path",
        "error_retries",
        "leads_removed",
        "emails_cleared",
        "counts_reset",
    ),
    f"{exits.SUBSTAGE}:17.1": _of("exits.strategy_configuration", "steps_done", "configuration_stored", "approved"),
    f"{exits.SUBSTAGE}:17.2": _of("exits.campaign_development", "steps_done", "campaign_ready", "approved"),
    f"{exits.SUBSTAGE}:17.3": _of("exits.automation_setup", "steps_done", "workflow_passing", "approved"),
    exits.AGENT: _of(exits.AGENT, "crew_operational", "responds_in_time", "configuration_stored", "logging_functional"),
    exits.CAMPAIGNS: _of(exits.CAMPAIGNS, "campaign_stored", "content_schedule_budget", "channel_linked"),
    exits.WORKFLOWS: _of(exits.WORKFLOWS, "active", "executed", "triggers_enabled"),
    exits.FINAL: _of(exits.FINAL, "gates_validated", "approved", "stage_completed"),
    handoff.POLICY: _of("handoff", "team_briefed", "lead_scoring_access", "dashboard_url", "api_documentation"),
}
"""The name of a policy → the lines of its checklist, in the SOP's order."""


def checklists(stage: StageSpec) -> Iterator[tuple[str, str, tuple[ChecklistLine, ...]]]:
    """Every checklist of stage.yaml in the SOP's order: its key in the file, the policy that decides it, its lines."""
    for kind, gates in (("entry_gates", stage.entry_gates), ("exit_gates", stage.exit_gates)):
        for gate in gates:
            yield f"{kind}.{gate.id}.checklist", gate.policy, gate.checklist
    for step in stage.steps:
        yield f"steps.{step.id}.checklist", step.guardrail, step.checklist
    for substage in stage.substages:
        yield f"substages.{substage.id}.exit_criteria", f"{exits.SUBSTAGE}:{substage.id}", substage.exit_criteria
    yield "final_checklist", exits.FINAL, stage.final_checklist
    yield "handoff_checklist", handoff.POLICY, stage.handoff_checklist


def name_faults(stage: StageSpec) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the check names of stage.yaml: the key, the fault, and what is allowed there."""
    for key, policy, lines in checklists(stage):
        if policy in CHECKS:
            yield from _list_faults(key, policy, [line.check for line in lines])


def _list_faults(key: str, policy: str, named: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    allowed = ", ".join(CHECKS[policy])
    for name in dict.fromkeys(named):
        if name not in CHECKS[policy]:
            yield key, f"{policy} decides no check {name}", allowed
        elif named.count(name) > 1:
            yield key, f"the check {name} stands there twice", "each check once"
    for name in CHECKS[policy]:
        if name not in named:
            yield key, f"the check {name} is left out", allowed
