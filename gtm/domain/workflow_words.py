"""Workflows in words: what starts one, what each step does, and where every way out of it leads."""

from dataclasses import dataclass

from gtm.domain.called import Called
from gtm.domain.conditions import Predicate
from gtm.domain.cron_words import cron_words
from gtm.domain.errors import InvalidInput
from gtm.domain.names import day, name_of
from gtm.domain.workflow import (
    AddToSegment,
    Condition,
    CrmSync,
    CronSchedule,
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
from gtm.domain.workflow_graph import Labels, asked, dated, goal_words, step_label


@dataclass(frozen=True)
class StepLine:
    """A step as a person reads it: its place, what it does, and the places that its ways out lead to."""

    number: int
    id: str
    does: str
    ways: str
    on_error: str


def trigger_words(called: Called, trigger: TriggerDefinition) -> str:
    """What starts a workflow, in a sentence."""
    conditions = " and ".join(_met(called, p) for p in trigger.conditions)
    starts = {
        "database_insert": f"A new row in {trigger.source_table}",
        "webhook": "A call of its webhook",
        "schedule": _fires(trigger.schedule) if trigger.schedule else "",
        "conditional": f"A row of {trigger.source_table} changes, and from then on",
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
    joint = " " if trigger.type == "conditional" else " where "
    text = f"{starts or name_of(trigger.type)}" + (f"{joint}{conditions}" if conditions else "")
    text += f"; at most {trigger.rate_limit}" if trigger.rate_limit else "; no rate limit"
    text += f"; keeps out {' and '.join(kept_out)}" if kept_out else ""
    until = trigger.filters.until
    return text + (f"; takes nobody in from {day(until.date())}, {until:%H:%M} UTC on." if until else ".")


def _fires(schedule: CronSchedule) -> str:
    """When a schedule fires, with its expression beside; one that cannot be read is shown as it is."""
    try:
        words = cron_words(schedule.cron)
    except InvalidInput:
        return f"The schedule {schedule.cron} in {schedule.zone}"
    return f"{words[:1].upper()}{words[1:]}, {schedule.zone} ({schedule.cron})"


def _met(called: Called, condition: Predicate) -> str:
    """A condition on a lead in words: the segment is Security teams, the lead source is website signup."""
    if condition.operator != "equals" or not isinstance(condition.value, str):
        return asked(condition.as_text())
    if condition.field == "segment_id":
        return f"the segment is {called.segment(condition.value)}"
    return f"the {condition.field.replace('_', ' ').replace('.', ' ')} is {condition.value.replace('_', ' ')}"


def step_lines(called: Called, workflow: WorkflowDefinition) -> tuple[StepLine, ...]:
    """Every step of a workflow as a sentence with its ways out."""
    places = {step.id: number for number, step in enumerate(workflow.steps, start=1)}
    lines = []
    for number, step in enumerate(workflow.steps, start=1):
        ways = ", ".join(f"{name} → {places[target] if target else 'nowhere'}" for name, target in step.targets)
        error = getattr(step, "error", None)
        on_error = name_of(error.strategy) if error else ""
        if error and error.delays:
            on_error += " after " + ", ".join(f"{seconds} s" for seconds in error.delays)
        lines.append(StepLine(number, step.id, _does(called, step), ways or "ends here", on_error))
    return tuple(lines)


def diagram_labels(called: Called, workflow: WorkflowDefinition) -> Labels:
    """What a diagram of the workflow writes into its boxes: mails by what they say, segments by their names."""
    found: dict[str, tuple[str, str]] = {}
    for step in workflow.steps:
        first, second = step_label(step)
        if isinstance(step, SendEmail):
            second = called.mail(step)
        elif isinstance(step, AddToSegment):
            second = called.segment(step.segment_id)
        found[step.id] = (first, second)
    return found


def step_named(workflow: WorkflowDefinition, step_id: str) -> str:
    """A step as a reader of the workflow's page finds it: its place and what it does, `step 4 (send email 2)`.

    Args:
        workflow: the definition that holds it.
        step_id: the step; empty for none.
    """
    number = next((at for at, step in enumerate(workflow.steps, start=1) if step.id == step_id), None)
    step = workflow.step(step_id)
    if number is None or step is None:
        return step_id or "nowhere"
    label = step_label(step)[0]
    does = f"ask whether {asked(step.when.as_text())}" if isinstance(step, Condition) else _within(label)
    return f"step {number} ({does})"


def _within(label: str) -> str:
    """A label within a sentence: `Send email 2` loses its capital, `HTTP POST` and `CRM upsert` keep it."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _does(called: Called, step: Step) -> str:
    match step:
        case SendEmail():
            said = called.mail(step)
            after = f", {step.delay_hours} h after the step before" if step.delay_hours else ""
            after += (
                f", {dated(step.not_after.as_text()).replace('until', 'unless it is past')}" if step.not_after else ""
            )
            return f"Send email {step.email_number}{f' ({said})' if said else ''}{after}"
        case Wait():
            return f"Wait {dated(step.as_text())}" + (" (business days only)" if step.business_days_only else "")
        case Condition():
            return f"Ask whether {asked(step.when.as_text())}"
        case Notify():
            return f"Tell {step.to} by {step.channel}: {step.message}"
        case HttpRequest():
            return f"{step.method} to {step.connector or step.url}"
        case UpdateLead():
            return f"Set the lead's {step.field} to {step.value}"
        case AddToSegment():
            return f"Move the lead to {called.segment(step.segment_id)}"
        case Split():
            return "Split: " + ", ".join(f"{arm.name} {arm.weight} %" for arm in step.arms)
        case CrmSync():
            return f"Have {step.connector} do {step.action} with {', '.join(step.fields)}"
        case StartRun():
            return f"Ask for a run of the crew: {step.reason}"
        case Goal():
            return f"Goal reached: {goal_words(step.name)}"
        case Exit():
            return f"Leave, {step.outcome}: {step.reason}"
