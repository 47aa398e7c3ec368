"""What a workflow or trigger must be before it may run: the SOP's Workflow Checklist and its validation of triggers.

Every function returns all checks, passed or not, and each failed one names every fault with its step.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from gtm.domain.conditions import email_number_of
from gtm.domain.cron import next_after, parse_cron
from gtm.domain.errors import InvalidInput
from gtm.domain.names import counted
from gtm.domain.verdict import Check
from gtm.domain.workflow import (
    ActionStep,
    Exit,
    Goal,
    HttpRequest,
    SendEmail,
    Step,
    TriggerDefinition,
    UntilDate,
    Wait,
    WorkflowDefinition,
)
from gtm.domain.workflow_graph import edges, instant_loops, mermaid, reachable, takes_time
from gtm.domain.workflow_step_faults import delay_faults, field_faults, split_faults, template_faults

_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def check_definition(
    definition: WorkflowDefinition,
    known_content_refs: Collection[str],
    triggers: Sequence[TriggerDefinition] = (),
) -> tuple[Check, ...]:
    """Check one workflow (SOP step 3.1, Workflow Checklist; 'API credentials tested' is the connectors' own check).

    Args:
        definition: the workflow.
        known_content_refs: campaign content that exists.
        triggers: the triggers defined so far; with none, only the names of the workflow's triggers are looked at.
    """
    return (
        _trigger_conditions(definition, triggers),
        _both_paths(definition),
        _pacing(definition),
        _diagram(definition),
        _check(
            "workflow.targets_exist",
            "Configure workflow nodes",
            _missing_targets(definition),
            "every way leads to a step",
        ),
        _check(
            "workflow.every_step_reachable",
            "Configure workflow nodes",
            _unreachable(definition),
            "every step is reachable",
        ),
        _check("workflow.has_exit", "Configure workflow nodes", _no_exit(definition), "the workflow ends"),
        _check(
            "workflow.fields_known",
            "Configure workflow nodes",
            _fields(definition),
            "every condition reads a known field",
        ),
        _check(
            "workflow.content_known",
            "Map campaign steps to workflow automation platform",
            _content(definition, known_content_refs),
            f"{counted(len(definition.content_refs), 'piece')} of content exist",
        ),
        _check(
            "workflow.templates_known",
            "Configure workflow nodes",
            [fault for step in definition.steps for fault in template_faults(step)],
            "every template can be filled from a lead",
        ),
        _check(
            "workflow.splits_add_up",
            "Configure workflow nodes",
            split_faults(definition),
            "the arms of every split sum to 100 %, and no holdout gets mail",
        ),
        _check(
            "workflow.errors_handled",
            "Set up error handling and retry logic",
            _errors(definition),
            "every action says what follows a failure",
        ),
    )


def require_sound(definition: WorkflowDefinition) -> None:
    """Refuse a definition that could not run: everything `check_definition` looks at, but for its surroundings.

    Whether its triggers and its content exist is judged where those are known (guardrails of steps 3.1 and 3.2).

    Raises:
        InvalidInput: every fault, with its step, is in `findings`.
    """
    outside = ("workflow.trigger_conditions_validated", "workflow.content_known")
    checks = [one for one in check_definition(definition, ()) if one.name not in outside and not one.passed]
    faults = [fault for one in checks for fault in one.detail.removesuffix(".").split("; ")]
    if faults:
        raise InvalidInput(
            f"workflow {definition.workflow_id}: {faults[0]}",
            field="steps",
            hint="mend the steps named",
            findings=faults,
        )


def check_triggers(
    definitions: Sequence[WorkflowDefinition], triggers: Sequence[TriggerDefinition]
) -> tuple[Check, ...]:
    """Check a venture's triggers (SOP step 3.2, Validation).

    Args:
        definitions: all workflows.
        triggers: all triggers.
    """
    started = {t.workflow_id for t in triggers}
    known = {d.workflow_id for d in definitions}
    ids = [t.trigger_id for t in triggers]
    unfiltered = [t.trigger_id for t in triggers if not (t.filters.exclude_test and t.filters.exclude_duplicates)]
    named = {t for d in definitions for t in d.triggers}
    wrong = [f"{t.trigger_id}: there is no workflow {t.workflow_id!r}" for t in triggers if t.workflow_id not in known]
    wrong += [f"the id {i!r} is used more than once" for i in sorted({i for i in ids if ids.count(i) > 1})]
    wrong += [f"the workflows name a trigger {i!r} that is not defined" for i in sorted(named - set(ids))]
    wrong += [fault for t in triggers for fault in _trigger_faults(t)]
    return (
        _check(
            "triggers.each_workflow_has_one",
            "Each workflow has at least one trigger",
            [f"{d.workflow_id} has no trigger" for d in definitions if d.workflow_id not in started]
            or ([] if definitions else ["there is no workflow"]),
            f"{counted(len(definitions), 'workflow')}, {counted(len(triggers), 'trigger')}",
        ),
        _check(
            "triggers.rate_limited",
            "Triggers have rate limiting (prevent spam)",
            [f"{t.trigger_id} has no rate limit" for t in triggers if t.limit is None],
            "every trigger has a rate limit",
        ),
        _check(
            "triggers.exclude_test_and_duplicates",
            "Conditions exclude test/duplicate data",
            [f"{trigger_id} lets test or duplicate data in" for trigger_id in unfiltered],
            "every trigger leaves out test and duplicate data",
        ),
        _check("triggers.conditions_valid", "Define trigger conditions", wrong, "every trigger can be evaluated"),
    )


def _check(name: str, sop: str, faults: Sequence[str], well: str) -> Check:
    if not faults:
        return Check(name=name, sop=sop, passed=True, detail=well[:1].upper() + well[1:] + ".")
    return Check(
        name=name,
        sop=sop,
        passed=False,
        detail="; ".join(faults) + ".",
        fix="Correct the step named." if name.startswith("workflow") else "Correct the trigger named.",
    )


def _trigger_conditions(definition: WorkflowDefinition, triggers: Sequence[TriggerDefinition]) -> Check:
    faults = [] if definition.triggers else ["the workflow names no trigger"]
    mine = [t for t in triggers if t.workflow_id == definition.workflow_id]
    if triggers:
        missing = sorted(set(definition.triggers) - {t.trigger_id for t in mine})
        faults += [f"trigger {trigger_id!r} is not defined for this workflow" for trigger_id in missing]
    faults += [fault for t in mine for fault in _trigger_faults(t)]
    comes_back = definition.reentry is not None and definition.reentry.policy != "never"
    once = [t.trigger_id for t in mine if t.limit is not None and t.limit.per == "lead" and t.limit.count == 1]
    faults += [f"{one} lets a lead in once, but the workflow lets leads come back" for one in once if comes_back]
    return _check(
        "workflow.trigger_conditions_validated",
        "Trigger conditions validated (no false positives)",
        faults,
        f"started by {', '.join(definition.triggers)}",
    )


def _trigger_faults(trigger: TriggerDefinition) -> list[str]:
    name = trigger.trigger_id
    faults = [f"{name}: {fault}" for fault in (p.fault() for p in trigger.conditions) if fault]
    if trigger.type in ("database_insert", "conditional") and not trigger.conditions:
        faults.append(f"{name}: a {trigger.type} trigger without conditions fires for every lead")
    if trigger.type == "segment_entered" and not any(p.field == "segment_id" for p in trigger.conditions):
        faults.append(f"{name}: a segment_entered trigger names its segment in a condition on segment_id")
    if trigger.type == "database_insert" and trigger.source_table != "leads":
        faults.append(f"{name}: {trigger.source_table!r} is not watched; leads is")
    if any(email_number_of(p.field) for p in trigger.conditions):
        faults.append(f"{name}: what became of an email is not known before the workflow starts")
    if (trigger.type == "schedule") != (trigger.schedule is not None):
        faults.append(f"{name}: a cron schedule belongs to type schedule, and to no other")
    if trigger.schedule is not None:
        try:
            next_after(parse_cron(trigger.schedule.cron), _SOME_DAY, trigger.schedule.zone)
        except InvalidInput as error:
            faults.append(f"{name}: {error.detail}")
    return faults


def _both_paths(definition: WorkflowDefinition) -> Check:
    actions = [step for step in definition.steps if isinstance(step, ActionStep)]
    faults = [
        f"{step.id} has no {label} path" for step in actions for label, target in step.targets[:2] if target is None
    ]
    return _check(
        "workflow.actions_have_both_paths",
        "All action steps have success/failure paths",
        faults,
        f"{counted(len(actions), 'action')}, each with both paths",
    )


def _pacing(definition: WorkflowDefinition) -> Check:
    faults = [fault for step in definition.steps for fault in delay_faults(step)]
    faults += [f"{' → '.join(loop)} loops without a wait" for loop in instant_loops(definition)]
    faults += [f"{later} follows {earlier} without a delay" for earlier, later in sorted(_unpaced(definition))]
    return _check(
        "workflow.delays_and_pacing_configured", "Delays and pacing configured", faults, "delays in range, emails apart"
    )


def _unpaced(definition: WorkflowDefinition) -> set[tuple[str, str]]:
    """Pairs of emails with a way from one's success to the other on which no time passes."""
    found: set[tuple[str, str]] = set()
    steps = {step.id: step for step in definition.steps}
    for first in definition.steps:
        if not isinstance(first, SendEmail):
            continue
        pending, seen = [first.on_success], set[str]()
        while pending:
            step_id = pending.pop()
            step = steps.get(step_id) if step_id else None
            if step is None or step.id in seen or takes_time(step) or _later(first, step):
                continue
            seen.add(step.id)
            if isinstance(step, SendEmail):
                found.add((first.id, step.id))
            else:
                pending.extend(target for _, target in step.targets)
    return found


def _later(mail: SendEmail, step: Step) -> bool:
    """Whether a date is waited for that lies beyond the last moment at which the mail goes out."""
    until = step.until if isinstance(step, Wait) else None
    limit = mail.not_after
    return isinstance(until, UntilDate) and limit is not None and until.at > limit.at and until.zone == limit.zone


def _diagram(definition: WorkflowDefinition) -> Check:
    drawn = mermaid(definition)
    arrows = sum(1 for _ in edges(definition))
    ids = [step.id for step in definition.steps]
    faults = [f"the id {i!r} is used more than once" for i in sorted({i for i in ids if ids.count(i) > 1})]
    if (shown := sum(drawn.count(line) for line in ("-->|", "-.->|"))) != arrows:
        faults.append(f"it shows {shown} of {counted(arrows, 'path')}")
    return _check(
        "workflow.documented_with_diagram",
        "Workflow documented with diagram",
        faults,
        f"a diagram of {counted(len(ids), 'step')} and {counted(arrows, 'path')}",
    )


def _missing_targets(definition: WorkflowDefinition) -> list[str]:
    known = {step.id for step in definition.steps}
    faults = [] if definition.entry in known else [f"the entry {definition.entry!r} is no step"]
    for step in definition.steps:
        for label, target in step.targets:
            if target is None and not isinstance(step, ActionStep):
                faults.append(f"{step.id} leads nowhere on {label}")
            elif target is not None and target not in known:
                faults.append(f"{step.id} leads to {target!r} on {label}, which is no step")
    return faults


def _unreachable(definition: WorkflowDefinition) -> list[str]:
    seen = reachable(definition)
    return [f"{step.id} is never reached" for step in definition.steps if step.id not in seen]


def _no_exit(definition: WorkflowDefinition) -> list[str]:
    ends = [step for step in definition.steps if isinstance(step, Exit | Goal)]
    seen = reachable(definition)
    return [] if any(step.id in seen for step in ends) else ["no exit or goal can be reached"]


def _fields(definition: WorkflowDefinition) -> list[str]:
    sent = frozenset(step.email_number for step in definition.steps if isinstance(step, SendEmail))
    return [fault for step in definition.steps for fault in field_faults(step, sent)]


def _content(definition: WorkflowDefinition, known: Collection[str]) -> list[str]:
    faults: Iterable[str] = (
        f"{step.id} sends {step.content_ref!r}, which does not exist"
        for step in definition.steps
        if isinstance(step, SendEmail) and step.content_ref not in known
    )
    return list(faults)


def _errors(definition: WorkflowDefinition) -> list[str]:
    faults = []
    for step in definition.steps:
        if isinstance(step, ActionStep) and step.error.strategy == "fallback" and not step.error.fallback_step:
            faults.append(f"{step.id}: the strategy fallback needs a fallback_step")
        if isinstance(step, HttpRequest) and (step.connector is None) == (step.url is None):
            faults.append(f"{step.id}: an http_request names a connector or a url, one of them")
    return faults
