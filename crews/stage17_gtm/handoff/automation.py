"""workflows/: each workflow in the SOP's shape, with its triggers, diagrams and a page that explains it."""

import re
from dataclasses import dataclass

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.configuration import json_bytes
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.rendering import Verbatim, markdown
from gtm.automation.diagram import mermaid, svg
from gtm.domain.conditions import Predicate
from gtm.domain.sessions import REGISTERED
from gtm.domain.workflow import (
    AddToSegment,
    Condition,
    CrmSync,
    Exit,
    Goal,
    HttpRequest,
    Notify,
    SendEmail,
    Split,
    StartRun,
    Step,
    TriggerDefinition,
    UpdateLead,
    Wait,
    WorkflowDefinition,
)


@dataclass(frozen=True)
class StepLine:
    """A step as a person reads it: what it does and where each way out leads."""

    number: int
    id: str
    does: str
    ways: str
    on_error: str


def workflow_files(context: Context) -> dict[str, bytes]:
    """workflow.yaml, trigger.json, diagram.mmd, diagram.svg and README.md of each workflow."""
    files: dict[str, bytes] = {}
    for workflow in context.dossier.workflows.workflows if context.dossier.workflows else ():
        folder = f"workflows/{workflow.workflow_id}"
        triggers = context.triggers_of(workflow.workflow_id)
        if triggers:
            files[f"{folder}/workflow.yaml"] = workflow.as_sop_yaml(triggers[0], paths=True).encode()
        for number, trigger in enumerate(triggers, start=1):
            files[f"{folder}/trigger{f'-{number}' if number > 1 else ''}.json"] = json_bytes(trigger_json(trigger))
        files[f"{folder}/definition.json"] = json_bytes(workflow.model_dump(mode="json"))
        files[f"{folder}/diagram.mmd"] = (mermaid(workflow).rstrip("\n") + "\n").encode()
        files[f"{folder}/diagram.svg"] = (svg(workflow).rstrip("\n") + "\n").encode()
        page = markdown(
            "workflow.md.j2",
            workflow=workflow,
            venture=context.brief.name,
            campaign=context.campaign_name(workflow.campaign_id),
            triggers=[(t, trigger_words(context, t)) for t in triggers],
            steps=step_lines(context, workflow),
            mermaid=Verbatim(mermaid(workflow).strip()),
            tested=context.report_of(workflow.workflow_id),
        )
        files[f"{folder}/README.md"] = page.encode()
    return files


def trigger_json(trigger: TriggerDefinition) -> dict[str, object]:
    """A trigger in the SOP's template (step 3.2), with its filters and schedule."""
    schedule = {"schedule": trigger.schedule.model_dump(mode="json")} if trigger.schedule else {}
    return {**trigger.as_sop(), "filters": trigger.filters.model_dump(mode="json"), **schedule}


def trigger_words(context: Context, trigger: TriggerDefinition) -> str:
    """What starts a workflow, in a sentence."""
    conditions = " and ".join(_met(context, p) for p in trigger.conditions)
    starts = {
        "database_insert": f"A new row in {trigger.source_table}",
        "webhook": "A call of its webhook",
        "schedule": f"The schedule {trigger.schedule.cron} in {trigger.schedule.zone}" if trigger.schedule else "",
        "conditional": f"A row of {trigger.source_table} comes to meet the condition",
        "manual": "A person starts it",
    }[trigger.type]
    kept_out = [
        name
        for name, on in (
            ("test leads", trigger.filters.exclude_test),
            ("duplicates", trigger.filters.exclude_duplicates),
        )
        if on
    ]
    text = f"{starts or words.label(trigger.type)}" + (f" where {conditions}" if conditions else "")
    text += f"; at most {trigger.rate_limit}" if trigger.rate_limit else "; no rate limit"
    text += f"; keeps out {words.listed(kept_out)}" if kept_out else ""
    until = trigger.filters.until
    return text + (f"; takes nobody in from {words.day(until.date())}, {until:%H:%M} UTC on." if until else ".")


def _met(context: Context, condition: Predicate) -> str:
    """A condition on a lead in words: the segment is Security teams, the lead source is website signup."""
    if condition.operator != "equals" or not isinstance(condition.value, str):
        return condition.as_text()
    if condition.field == "segment_id":
        return f"the segment is {context.segment_name(condition.value)}"
    return f"the {condition.field.replace('_', ' ').replace('.', ' ')} is {condition.value.replace('_', ' ')}"


def step_lines(context: Context, workflow: WorkflowDefinition) -> tuple[StepLine, ...]:
    """Every step of a workflow as a sentence with its ways out."""
    lines = []
    for number, step in enumerate(workflow.steps, start=1):
        ways = "; ".join(f"{name} → {target or 'nowhere'}" for name, target in step.targets)
        error = getattr(step, "error", None)
        on_error = words.label(error.strategy) if error else ""
        if error and error.delays:
            on_error += " after " + ", ".join(f"{seconds} s" for seconds in error.delays)
        lines.append(StepLine(number, step.id, _does(context, step), ways or "ends here", on_error))
    return tuple(lines)


def _asked(condition: str) -> str:
    """A condition on a mail in words: `email_1_opened = true` is email 1 was opened; others stay as they are."""
    found = re.fullmatch(r"email_(\d+)_(opened|clicked) = true", condition)
    if condition.startswith(f"attributes.{REGISTERED} contains "):
        return "the registration for the session is stored"
    return f"email {found.group(1)} was {found.group(2)}" if found else condition


def _does(context: Context, step: Step) -> str:
    match step:
        case SendEmail():
            after = f", {step.delay_hours} h after the step before" if step.delay_hours else ""
            after += f", {step.not_after.as_text().replace('until', 'unless it is past')}" if step.not_after else ""
            return f"Send email {step.email_number} ({step.content_ref}){after}"
        case Wait():
            return f"Wait {step.as_text()}" + (" (business days only)" if step.business_days_only else "")
        case Condition():
            return f"Ask whether {_asked(step.when.as_text())}"
        case Notify():
            return f"Tell {step.to} by {step.channel}: {step.message}"
        case HttpRequest():
            return f"{step.method} to {step.connector or step.url}"
        case UpdateLead():
            return f"Set the lead's {step.field} to {step.value}"
        case AddToSegment():
            return f"Move the lead to {context.segment_name(step.segment_id)}"
        case Split():
            return "Split: " + ", ".join(f"{arm.name} {arm.weight} %" for arm in step.arms)
        case CrmSync():
            return f"Have {step.connector} do {step.action} with {', '.join(step.fields)}"
        case StartRun():
            return f"Ask for a run of the crew: {step.reason}"
        case Goal():
            return f"Goal reached: {step.name}"
        case Exit():
            return f"Leave, {step.outcome}: {step.reason}"
