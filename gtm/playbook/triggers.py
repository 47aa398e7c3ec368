"""The house's draft of triggers (SOP step 3.2): each once a lead, and without test or duplicate data."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from gtm.domain.base import identifier
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import Campaign, TemplateSet
from gtm.domain.conditions import Predicate
from gtm.domain.schedule import SchedulePlan
from gtm.domain.sessions import is_registered
from gtm.domain.workflow import CronSchedule, SendEmail, TriggerDefinition, TriggerFilters, WorkflowDefinition
from gtm.domain.workflow_waits import WEEKDAYS
from gtm.domain.zones import moment_of
from gtm.playbook.directives import Directives

PER_LEAD = "1 per lead"


def draft_triggers(
    brief: VentureBrief,
    templates: TemplateSet,
    workflows: Sequence[WorkflowDefinition],
    directives: Directives | None = None,
    schedule: SchedulePlan | None = None,
) -> tuple[TriggerDefinition, ...]:
    """The triggers of the workflows that `draft_workflows` made, each once a lead and without test or duplicate data.

    Args:
        brief: the venture's facts; the cut of its lead score is what sales is told at.
        templates: the campaigns, whose type says how leads come in.
        workflows: the workflows; one whose campaign is not of the house's kinds gets a manual trigger.
        directives: the rate limit that a rejection asked for.
        schedule: days and hours of sending, which issues and launches start by; without it a person starts them.
    """
    campaigns = {c.campaign_id: c for c in templates.campaigns}
    found: list[TriggerDefinition] = []
    for workflow in workflows:
        campaign = campaigns.get(workflow.campaign_id)
        if not workflow.content_refs and brief.lead_scoring is not None:
            found.append(_score_trigger(workflow, brief.lead_scoring.cut))
        elif campaign is not None and workflow.content_refs:
            found += _lead_triggers(brief, workflow, campaign, schedule)
        else:
            found.append(_by_hand(workflow))
    limit = directives.rate_limit if directives else None
    return tuple(t.model_copy(update={"rate_limit": limit}) if limit else t for t in found)


def trigger_ids(workflow_id: str, campaign: Campaign) -> Iterator[str]:
    """The ids of the triggers of a campaign's workflow."""
    if campaign.kind.session:
        yield identifier(workflow_id, "invited")
        yield identifier(workflow_id, "registered")
    elif campaign.kind.start != "signup":
        yield identifier(workflow_id, campaign.kind.start)
    else:
        yield identifier(workflow_id, "signup")
        yield identifier(workflow_id, "form")


def _by_hand(workflow: WorkflowDefinition) -> TriggerDefinition:
    trigger_id = next(iter(workflow.triggers), identifier(workflow.workflow_id, "manual"))
    return TriggerDefinition(trigger_id=trigger_id, type="manual", workflow_id=workflow.workflow_id)


def _lead_triggers(
    brief: VentureBrief, workflow: WorkflowDefinition, campaign: Campaign, schedule: SchedulePlan | None
) -> Iterator[TriggerDefinition]:
    """How leads come in: a new row from the website, the landing page's form, the list of those to be invited, whoever
    registers by themselves, or all of a segment with the next issue or on the launch day."""
    segment = Predicate(field="segment_id", value=workflow.content_refs[0].split("/")[1])
    new = Predicate(field="status", value="new")
    ids = list(trigger_ids(workflow.workflow_id, campaign))
    if campaign.kind.session:
        invited = Predicate(field="lead_source", value=f"{campaign.kind.utm}_list")
        registered = is_registered(campaign.campaign_id)
        filters = TriggerFilters(until=_session_begins(workflow))
        for one in (
            _trigger(ids[0], "database_insert", workflow.workflow_id, invited, new, segment),
            _trigger(ids[1], "conditional", workflow.workflow_id, registered, segment),
        ):
            yield one.model_copy(update={"filters": filters})
    elif campaign.kind.start == "signup":
        signed = Predicate(field="lead_source", value="website")
        yield _trigger(ids[0], "database_insert", workflow.workflow_id, signed, new, segment)
        came = Predicate(field="lead_source", value="landing_page")
        yield _trigger(ids[1], "webhook", workflow.workflow_id, came, new, segment)
    else:
        yield _on_a_day(brief, workflow, campaign, schedule, segment)


LAUNCH_LASTS = timedelta(days=30)
"""For how long after the launch day a launch takes anybody in; a cron line alone would come back every year."""


def _on_a_day(
    brief: VentureBrief,
    workflow: WorkflowDefinition,
    campaign: Campaign,
    schedule: SchedulePlan | None,
    segment: Predicate,
) -> TriggerDefinition:
    """Everybody of a segment, once each: with the weekly issue, or on the launch day."""
    if schedule is None:
        return _by_hand(workflow)
    zone = brief.geography.time_zones[0]
    opens = schedule.window.ranges[0].start
    day = f"* * {WEEKDAYS[schedule.window.weekdays[0]]}"
    until = None
    if campaign.kind.start == "launch":
        run = next((c for c in schedule.campaigns if c.campaign_id == campaign.campaign_id), None)
        if run is None:
            return _by_hand(workflow)
        day = f"{run.launches.day} {run.launches.month} *"
        until = moment_of(datetime.combine(run.launches + LAUNCH_LASTS, opens), zone)
    return TriggerDefinition(
        trigger_id=workflow.triggers[0],
        type="schedule",
        conditions=(segment,),
        workflow_id=workflow.workflow_id,
        rate_limit=PER_LEAD,
        filters=TriggerFilters(until=until),
        schedule=CronSchedule(cron=f"{opens.minute} {opens.hour} {day}", zone=zone),
    )


def _session_begins(workflow: WorkflowDefinition) -> datetime | None:
    """When the session begins that a workflow invites to: its invitation is too late from then on."""
    invitation = next((step for step in workflow.steps if isinstance(step, SendEmail)), None)
    limit = invitation.not_after if invitation else None
    return limit.ends("UTC") if limit else None


def _score_trigger(workflow: WorkflowDefinition, cut: int) -> TriggerDefinition:
    above = Predicate(field="score", operator="greater_than", value=cut - 1)
    return _trigger(workflow.triggers[0], "conditional", workflow.workflow_id, above)


def _trigger(trigger_id: str, kind: str, workflow_id: str, *conditions: Predicate) -> TriggerDefinition:
    return TriggerDefinition.model_validate(
        {
            "trigger_id": trigger_id,
            "type": kind,
            "conditions": conditions,
            "workflow_id": workflow_id,
            "rate_limit": PER_LEAD,
            "filters": TriggerFilters(),
        }
    )
