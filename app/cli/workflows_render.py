"""Workflows and people on a terminal: tables, plain when piped."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from app.cli import output
from app.cli.panels.parts import plain, section, table
from gtm.automation.migrating import MigrationPlan
from gtm.automation.monitoring import WorkflowHealth
from gtm.automation.operations import DeadLetter
from gtm.automation.tracing import Happening, StepCount, Trace
from gtm.domain.workflow import TriggerDefinition
from gtm.domain.workflow_report import WorkflowTestReport

STYLE = {"active": "green", "paused": "yellow", "draft": "dim", "manual": "yellow", "failed": "red"}
_WRONG = ("failed", "refused", "unknown", "manual", "cancelled")


def health_table(found: Sequence[WorkflowHealth]) -> RenderableType:
    """A venture's workflows, one a line."""
    lines = table(
        "workflow", "status", "waiting", "manual", "finished", "failed", "sent", "opened", "next due", right=range(2, 8)
    )
    for one in found:
        lines.add_row(
            plain(one.workflow_id),
            plain(one.status, STYLE.get(one.status, "")),
            *(str(count) for count in (one.waiting, one.manual, one.finished, one.failed)),
            *(str(count) for count in (one.emails_sent, one.emails_opened)),
            plain(_moment(one.next_due)),
        )
    return lines


def workflow_view(
    health: WorkflowHealth,
    paused_reason: str,
    triggers: Sequence[tuple[TriggerDefinition, bool]],
    steps: Sequence[StepCount],
) -> RenderableType:
    """One workflow: how it does, what starts it, and its steps with their counts."""
    state = health.status + (f": {paused_reason}" if paused_reason and health.status == "paused" else "")
    facts = [
        ("status", state),
        ("version", str(health.version)),
        ("executions", f"{health.executions} ({health.waiting} waiting, {health.running} running, "
                       f"{health.finished} finished, {health.failed} failed, {health.manual} wait for a person)"),
        ("emails", f"{health.emails_sent} sent, {health.emails_opened} opened, {health.emails_failed} failed, "
                   f"{health.emails_unknown} unknown"),
        ("tests", f"{health.test_executions} passed since it was last changed"),
        ("errors", f"{health.consecutive_errors} in a row" + (f": {health.last_error}" if health.last_error else "")),
        ("next due", _moment(health.next_due) or "nothing"),
    ]  # fmt: skip
    parts: list[RenderableType] = [_facts(facts)]
    for trigger, enabled in triggers:
        when = " and ".join(p.as_text() for p in trigger.conditions)
        told = f"{trigger.trigger_id}: {trigger.type}" + (f" when {when}" if when else "")
        parts.append(plain(f"trigger     {told} ({'enabled' if enabled else 'disabled'}; {trigger.rate_limit})"))
    views = [section(f"{health.name} ({health.workflow_id})", *parts)]
    for version in sorted({one.version for one in steps}, reverse=True):
        views.append(section(f"Steps of version {version}", _steps([one for one in steps if one.version == version])))
    if health.failed or health.manual:
        views.append(plain(f"Next: gtm workflow dead {health.workflow_id}"))
    return Group(*views)


def _facts(facts: Sequence[tuple[str, str]]) -> RenderableType:
    return Group(*(plain(f"{name:<12}{value}") for name, value in facts))


def _steps(steps: Sequence[StepCount]) -> RenderableType:
    lines = table(
        "step", "does", "waiting", "running", "manual", "passed", "put off", "tried again", "failed", right=range(2, 9)
    )
    for one in steps:
        counts = (one.waiting, one.running, one.manual, one.passed, one.deferred, one.retried)
        lines.add_row(
            plain(one.step, "cyan"),
            plain(one.does),
            *(Text(str(count), style="" if count else "dim") for count in counts),
            Text(str(one.failed), style="red" if one.failed else "dim"),
        )
    return lines


def plan_view(plan: MigrationPlan) -> RenderableType:
    """What a migration would do, a line a step where somebody is."""
    lines = table("step", "becomes", "moved", "stay", "why", right=(2, 3))
    for one in plan.steps:
        if one.waiting or one.busy or one.to_step is None:
            stays = one.busy + (0 if one.to_step else one.waiting)
            moved = one.waiting if one.to_step else 0
            lines.add_row(plain(one.step, "cyan"), plain(one.to_step or ""), str(moved), str(stays), plain(one.reason))
    title = f"{plan.workflow_id}: version {plan.from_version} to version {plan.to_version}"
    return section(title, lines, plain(f"{plan.movable} would be moved, {plan.staying} would stay"))


def dead_table(found: Sequence[DeadLetter]) -> RenderableType:
    """Dead letters, with what may be done about them."""
    lines = table("execution", "person", "status", "step", "since", "last error")
    for one in found:
        lines.add_row(
            plain(one.execution_id, "cyan"),
            plain(one.email),
            plain(one.status, STYLE.get(one.status, "")),
            plain(one.step),
            plain(_moment(one.since)),
            plain(one.error or one.outcome),
        )
    first = found[0]
    unknown = next((one for one in found if one.outcome == "unknown"), None)
    hints = [f"Next: gtm workflow retry {first.execution_id}, where it is known not to have happened"]
    if unknown is not None:
        hints.append(
            f"      gtm workflow resolve {unknown.execution_id} --happened or --did-not-happen, where it is not"
        )
    return Group(lines, "", *(plain(hint) for hint in hints))


def trace_view(email: str, ways: Sequence[Trace]) -> RenderableType:
    """A person's ways through workflows."""
    return Group(plain(email, "bold"), "", *(_way(way) for way in ways))


def _way(way: Trace) -> RenderableType:
    lines = table("when", "step", "does", "came to", "try", "why", right=[4])
    for line in way.lines:
        style = "red" if line.outcome in _WRONG else "yellow" if line.outcome in ("deferred", "retry") else "green"
        lines.add_row(
            plain(_moment(line.at)),
            plain(line.step, "cyan"),
            plain(line.does),
            plain(line.outcome, style),
            str(line.attempt),
            plain(line.reason),
        )
    title = f"{way.workflow_id} v{way.version}: {way.status} ({way.execution_id}, entered {_moment(way.entered_at)})"
    parts: list[RenderableType] = [lines] if way.lines else []
    if way.next_step:
        when = f" at {_moment(way.next_at)}" if way.next_at else ""
        parts.append(plain(f"next      {way.next_step}{when}: {way.next_does}"))
        parts += [plain(f"then      {ways}") for ways in way.then]
    if way.held:
        parts.append(plain(f"held      {way.held}", "yellow"))
    if way.do:
        parts.append(plain(f"do        {way.do}"))
    return section(title, *parts)


def timeline_table(events: Sequence[Happening]) -> RenderableType:
    """Everything that happened to a person."""
    lines = table("when", "what", "where", "detail")
    for one in events:
        lines.add_row(plain(_moment(one.at)), plain(one.what), plain(one.where, "cyan"), plain(one.detail))
    return lines


def report_view(report: WorkflowTestReport, folder: str) -> RenderableType:
    """A test's cases, what was covered, and where the evidence lies."""
    from app.cli.panels.automation import STATUS

    lines = table("test case", "result", "observed")
    for case in report.cases:
        word, style = STATUS[case.status]
        lines.add_row(plain(case.test_case), Text(word, style=style), plain(case.observed))
    parts: list[RenderableType] = [lines, ""]
    covered = report.coverage
    if covered is not None:
        parts.append(plain(covered.as_text()))
        parts += [plain(f"  not covered: {name}", "yellow") for name in covered.uncovered]
    parts.append(plain(f"evidence  {folder}"))
    verdict = "passed" if report.passed else "failed"
    return section(f"{report.workflow_id}: tests {verdict}", *parts)


def _moment(moment: datetime | None) -> str:
    return output.stamp(moment) if moment is not None else ""
