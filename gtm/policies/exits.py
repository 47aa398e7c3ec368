"""Substage exit criteria, exit gates 1-3 and the final approval (SOP, Exit Criteria and Exit Conditions)."""

from collections.abc import Iterable, Iterator

from gtm.domain.dossier import Dossier
from gtm.domain.names import agreed, counted
from gtm.domain.spec import CheckpointSpec, SubstageSpec
from gtm.domain.verdict import Verdict
from gtm.policies.checklist import Checklist
from gtm.policies.facts import (
    ActiveWorkflowsFacts,
    AgentFacts,
    CampaignRow,
    CampaignsFacts,
    FinalFacts,
    SubstageFacts,
    WorkflowRow,
)
from gtm.policies.testing import passing_workflows

SUBSTAGE = "exits.substage"
AGENT = "exits.agent_deployed"
CAMPAIGNS = "exits.campaigns_configured"
WORKFLOWS = "exits.workflows_active"
FINAL = "exits.final"


def substage(facts: SubstageFacts) -> Verdict:
    """A substage's exit criteria: its three steps are done, its outcome stands, its owner has approved it."""
    spec = next(s for s in facts.stage.substages if s.id == facts.substage)
    checks = Checklist(facts.stage, f"{SUBSTAGE}:{spec.id}")
    for line in spec.exit_criteria:
        kind = line.check.rsplit(".", 1)[-1]
        if kind in _FIX:
            checks.line(line.check, _criterion_faults(kind, spec, facts), _well(kind, spec, facts), _FIX[kind])
    return checks.verdict()


_FIX = {
    "steps_done": "finish the steps named: gtm resume RUN",
    "approved": "decide the checkpoint: gtm approve RUN, or gtm reject RUN --comment TEXT",
    "configuration_stored": "store the strategy by step 1.1",
    "campaign_ready": "finish copy, schedule and budget of one campaign",
    "workflow_passing": "mend a workflow until its tests pass: gtm resume RUN",
}


def _criterion_faults(kind: str, spec: SubstageSpec, facts: SubstageFacts) -> Iterable[str]:
    match kind:
        case "steps_done":
            return _open_steps(spec, facts.dossier)
        case "approved":
            return _unapproved(_own_checkpoint(spec), facts.dossier)
        case "configuration_stored":
            return _if(facts.stored_configurations < 1, "no row in `gtm_configs`")
        case "campaign_ready":
            return _if(not ready_campaigns(facts.dossier), "no campaign has copy, dates and a budget line")
        case _:
            return _if(not _passing(facts), "no workflow passes all tests")


def _well(kind: str, spec: SubstageSpec, facts: SubstageFacts) -> str:
    match kind:
        case "steps_done":
            return f"{', '.join(s.id for s in spec.steps)} are done"
        case "approved":
            return f"{_own_checkpoint(spec).role} approved"
        case "configuration_stored":
            return f"{facts.stored_configurations} stored"
        case "campaign_ready":
            return f"ready: {', '.join(ready_campaigns(facts.dossier))}"
        case _:
            return f"passing: {', '.join(_passing(facts))}"


def _if(broken: bool, why: str) -> list[str]:
    return [why] if broken else []


def _open_steps(spec: SubstageSpec, dossier: Dossier) -> Iterator[str]:
    for step in spec.steps:
        record = dossier.step(step.id)
        if record is None or record.status != "done":
            yield f"step {step.id} is {record.status if record else 'not started'}: {step.done_when} is open"


def _own_checkpoint(spec: SubstageSpec) -> CheckpointSpec:
    """The checkpoint that closes the substage: the last one."""
    return spec.checkpoints[-1]


def _unapproved(checkpoint: CheckpointSpec, dossier: Dossier) -> Iterator[str]:
    rounds = [a for a in dossier.approvals if a.checkpoint == checkpoint.id]
    newest = max(rounds, key=lambda a: a.round, default=None)
    if newest is None:
        yield f"checkpoint {checkpoint.id} was never asked"
    elif newest.status != "approved":
        yield f"checkpoint {checkpoint.id} is {newest.status}"
    elif newest.role != checkpoint.role:
        yield f"checkpoint {checkpoint.id} was decided as {newest.role}, not as {checkpoint.role}"


def _passing(facts: SubstageFacts) -> tuple[str, ...]:
    reports = facts.dossier.tests.reports if facts.dossier.tests else ()
    return passing_workflows(reports, facts.policies.run.minimum_test_leads)


def ready_campaigns(dossier: Dossier) -> tuple[str, ...]:
    """Campaigns that could launch: copy for each step and segment, dates, and money on one of their channels.

    Channels that cost nothing to run still carry a budget line; the web is no channel of the plan.
    """
    if dossier.templates is None or dossier.content is None or dossier.schedule is None or dossier.budget is None:
        return ()
    written = {(p.campaign_id, p.segment_id, p.step) for p in dossier.content.pieces}
    dated = {c.campaign_id for c in dossier.schedule.campaigns}
    funded = {line.channel for line in dossier.budget.lines if line.amount > 0}
    ready = []
    for campaign in dossier.templates.campaigns:
        template = dossier.templates.template(campaign.template_id)
        wanted = {
            (campaign.campaign_id, s, step.step)
            for s in campaign.segments
            for step in (template.steps if template else ())
        }
        if wanted and wanted <= written and campaign.campaign_id in dated and funded & set(campaign.channels):
            ready.append(campaign.campaign_id)
    return tuple(ready)


def agent_deployed(facts: AgentFacts) -> Verdict:
    """Exit gate 1: the real agent process answered `operational` in time, and is registered, configured and logging."""
    checks, allowed = Checklist(facts.stage, AGENT), facts.policies.run.agent_response_seconds
    operational = facts.crew_status in ("active", "operational")
    checks.line(
        f"{AGENT}.crew_operational",
        [
            *_if(not operational, f"the registry says {facts.crew_status or 'nothing'} of {facts.stage.crew_id}"),
            *_if(facts.agents_registered < 1, "no agent is registered"),
            *_if(facts.answered != "operational", f"the agent answered {facts.answered or 'nothing'}"),
        ],
        f"{facts.stage.crew_id} is {facts.crew_status} with {facts.agents_registered} agents",
        "start the agent: gtm serve",
    )
    slow = facts.seconds is None or facts.seconds > allowed
    checks.line(
        f"{AGENT}.responds_in_time",
        _if(
            slow,
            "it did not answer"
            if facts.seconds is None
            else f"it answered after {facts.seconds} s, {allowed} s are allowed",
        ),
        f"it answered the status command in {facts.seconds} s; {allowed} s are allowed",
        "see what the agent process waits for: gtm doctor",
    )
    checks.line(
        f"{AGENT}.configuration_stored",
        _if(facts.configuration_versions < 1, "`crew_configs` has no row of this crew"),
        f"{counted(facts.configuration_versions, 'version')} in `crew_configs`",
        "store the crew's configuration",
    )
    checks.line(
        f"{AGENT}.logging_functional",
        _if(facts.log_lines < 1, "`agent_execution_logs` has no completed task of this run"),
        f"{facts.log_lines} completed tasks in `agent_execution_logs`",
        "check that the log table can be written: gtm doctor",
    )
    return checks.verdict()


def campaigns_configured(facts: CampaignsFacts) -> Verdict:
    """Exit gate 2: one and the same campaign is configured, has content, schedule and budget, and a channel."""
    checks = Checklist(facts.stage, CAMPAIGNS)
    configured = [c for c in facts.campaigns if c.status == "configured"]
    equipped = [c for c in configured if not _lacks(c)]
    linked = [c for c in equipped if c.channels >= 1]
    checks.line(
        f"{CAMPAIGNS}.campaign_stored",
        _if(not configured, f"{counted(len(facts.campaigns), 'campaign')}, none of them configured"),
        f"configured: {', '.join(c.campaign_id for c in configured)}",
        "finish substage 17.2",
    )
    checks.line(
        f"{CAMPAIGNS}.content_schedule_budget",
        []
        if equipped
        else [f"{c.campaign_id} lacks {', '.join(_lacks(c))}" for c in configured]
        or ["there is no configured campaign"],
        "; ".join(
            f"{c.campaign_id}: {c.content_pieces} pieces, {c.schedules} schedules, ${c.budget:,.2f}" for c in equipped
        ),
        "give the campaign what it lacks",
    )
    checks.line(
        f"{CAMPAIGNS}.channel_linked",
        []
        if linked
        else [f"{c.campaign_id} is linked to no channel" for c in equipped] or ["there is no equipped campaign"],
        "; ".join(f"{c.campaign_id}: {counted(c.channels, 'channel')}" for c in linked),
        "link the campaign to a channel",
    )
    return checks.verdict()


def _lacks(row: CampaignRow) -> list[str]:
    return [
        *_if(row.content_pieces < 1, "content"),
        *_if(row.schedules < 1, "schedule"),
        *_if(row.budget <= 0, "budget"),
    ]


def workflows_active(facts: ActiveWorkflowsFacts) -> Verdict:
    """Exit gate 3: one and the same workflow is active, has run in a test, and all its triggers listen."""
    checks = Checklist(facts.stage, WORKFLOWS)
    active = [w for w in facts.workflows if w.status == "active"]
    held = [w for w in facts.workflows if w.held]
    executed = [w for w in active if w.test_executions >= 1]
    checks.line(
        f"{WORKFLOWS}.active",
        _if(not active, f"{counted(len(facts.workflows), 'workflow')}, none of them active"),
        f"active: {', '.join(w.workflow_id for w in active)}",
        "activate one of those that stay drafts" if held else "finish substage 17.3 and let EXEC approve it",
    )
    checks.line(
        f"{WORKFLOWS}.executed",
        [] if executed else [f"{w.workflow_id} never ran" for w in active] or ["there is no active workflow"],
        "; ".join(f"{w.workflow_id}: {counted(w.test_executions, 'test execution')}" for w in executed),
        "test the workflow: step 3.3",
    )
    _triggers(checks, executed, facts.living_workers)
    if held:
        checks.note(
            f"{WORKFLOWS}.drafts",
            "House rule: an approved workflow that cannot run stays a draft",
            [f"{w.workflow_id} stays a draft: {', '.join(w.held)}" for w in held],
            "",
            "mend what is missing, then " + "; ".join(f"gtm workflow activate {w.workflow_id}" for w in held),
        )
    return checks.verdict()


def _triggers(checks: Checklist, executed: list[WorkflowRow], workers: int) -> None:
    """Enabled triggers are the gate's; that somebody watches them is told, since a worker may start at any time."""
    name, listening = f"{WORKFLOWS}.triggers_enabled", [w for w in executed if _listens(w)]
    enabled = _enabled_told(sum(w.triggers_enabled for w in listening), len(listening))
    if not listening:
        faults = [f"{w.workflow_id}: {w.triggers_enabled} of {w.triggers} triggers are enabled" for w in executed]
        checks.line(name, faults or ["there is no active workflow that ran"], "", "enable the triggers")
    else:
        unwatched = f"{enabled}; they are watched as soon as a worker runs, and none ran when this was judged"
        checks.noted_line(
            name,
            _if(workers < 1, unwatched),
            f"{enabled} and watched by {counted(workers, 'worker')}",
            "start one: gtm worker",
        )


def _enabled_told(triggers: int, workflows: int) -> str:
    told = f"{counted(triggers, 'trigger')} of {counted(workflows, 'workflow')}"
    return f"{told} {agreed(triggers, 'is', 'are')} enabled"


def _listens(row: WorkflowRow) -> bool:
    return row.triggers >= 1 and row.triggers_enabled == row.triggers


def final(facts: FinalFacts) -> Verdict:
    """The final approval: all exit gates hold, LEAD has approved, and the stage is marked completed."""
    checks = Checklist(facts.stage, FINAL)
    by_name = {verdict.policy: verdict for verdict in facts.exit_gates}
    broken = [g.name for g in facts.stage.exit_gates if not (g.policy in by_name and by_name[g.policy].passed)]
    checks.line(
        f"{FINAL}.gates_validated",
        [f"exit gate “{name}” is not met" for name in broken],
        f"all {len(facts.stage.exit_gates)} hold",
        "mend what the gate names",
    )
    wrong_role = facts.approval == "approved" and facts.approved_role != facts.stage.final.role
    checks.line(
        f"{FINAL}.approved",
        [
            *_if(facts.approval != "approved", f"the final approval is {facts.approval}"),
            *_if(wrong_role, f"it was decided as {facts.approved_role}"),
        ],
        f"approved as {facts.approved_role}",
        "let LEAD decide: gtm approve RUN",
    )
    checks.line(
        f"{FINAL}.stage_completed",
        _if(facts.stage_status != "completed", f"stage tracking says {facts.stage_status or 'nothing'}"),
        "stage tracking says completed",
        "finish the run: gtm resume RUN",
    )
    return checks.verdict()
