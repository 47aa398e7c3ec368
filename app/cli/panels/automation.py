"""Workflows, triggers and tests (SOP substage 17.3)."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from app.cli.panels.parts import plain, section, table
from gtm.domain.dossier import TestReports, TriggerSet, WorkflowSet
from gtm.domain.workflow import Condition, SendEmail, Step, Wait, WorkflowDefinition
from gtm.domain.workflow_report import TestCaseResult, TestState, WorkflowTestReport

STATUS: dict[TestState, tuple[str, str]] = {
    "passed": ("✓ passed", "green"),
    "noted": ("– noted", "yellow"),
    "failed": ("✗ failed", "bold red"),
    "not_applicable": ("– does not apply", "dim"),
}


def workflows_part(workflows: WorkflowSet, *, full: bool) -> RenderableType:
    """Every workflow as a tree, with all ways on; unless `full`, one of each campaign, as segments differ in words."""
    first: dict[str, WorkflowDefinition] = {}
    for workflow in workflows.workflows:
        first.setdefault(workflow.campaign_id, workflow)
    shown = workflows.workflows if full else tuple(first.values())
    parts: list[RenderableType] = [_tree(workflow) for workflow in shown]
    if len(shown) < len(workflows.workflows):
        others = [w.workflow_id for w in workflows.workflows if w not in shown]
        parts.append(plain(f"Not shown here: {', '.join(others)}.", "yellow"))
    return section("3.1 Workflows", *parts)


def _tree(workflow: WorkflowDefinition) -> Tree:
    title = Text.assemble((workflow.name, "bold"), f"  {workflow.workflow_id} v{workflow.version}, {workflow.priority}")
    tree = Tree(title, guide_style="dim")
    for step in workflow.steps:
        line = Text.assemble((step.id, "cyan"), f"  {_does(step)}")
        ways = ", ".join(f"{label} → {target}" for label, target in step.targets if target)
        if ways:
            line.append(f"  {ways}", "dim")
        tree.add(line)
    return tree


def _does(step: Step) -> str:
    match step:
        case SendEmail():
            late = f", {step.not_after.as_text().replace('until', 'unless past')}" if step.not_after else ""
            return f"send {step.content_ref}{late}"
        case Wait():
            return f"wait {step.as_text()}" + (" on business days" if step.business_days_only else "")
        case Condition():
            return f"if {step.when.as_text()}"
        case _:
            hidden = {"id", "type", "on_success", "on_failure", "error"}
            told = step.model_dump(mode="json", exclude=hidden, exclude_none=True)
            return step.type.replace("_", " ") + "".join(f" {key}={value}" for key, value in told.items())


def triggers_part(triggers: TriggerSet) -> RenderableType:
    """Every trigger with its conditions, limit and filters."""
    rows = table("Trigger", "Type", "Conditions", "Starts", "Limit", "Leaves out")
    for trigger in triggers.triggers:
        left_out = [
            name
            for name, on in (("test", trigger.filters.exclude_test), ("duplicates", trigger.filters.exclude_duplicates))
            if on
        ]
        rows.add_row(
            plain(trigger.trigger_id),
            trigger.type,
            plain(" and ".join(condition.as_text() for condition in trigger.conditions) or "any"),
            plain(trigger.workflow_id),
            plain(trigger.rate_limit or "none"),
            plain(", ".join(left_out) or "nothing"),
        )
    return section("3.2 Triggers", rows)


def tests_part(tests: TestReports, *, full: bool = False) -> RenderableType:
    """The SOP's table of test cases: all of it for each workflow when `full`, else counts and what failed."""
    if full:
        return section("3.3 Tests", *(_report(report, report.cases) for report in tests.reports))
    rows = table("Workflow", "Leads", "Passed", "Noted", "Failed", "Do not apply", "Clean-up", right=[1, 2, 3, 4, 5])
    for report in tests.reports:
        counts = Counter(case.state for case in report.cases)
        rows.add_row(
            plain(report.workflow_id),
            str(report.lead_count),
            plain(counts["passed"], "green"),
            plain(counts["noted"], "yellow" if counts["noted"] else "dim"),
            plain(counts["failed"], "bold red" if counts["failed"] else ""),
            plain(counts["not_applicable"], "dim"),
            "proven" if report.cleanup.clean else plain("left something behind", "bold red"),
        )
    failed = [report for report in tests.reports if not report.passed]
    details = [_report(report, [case for case in report.cases if case.status == "failed"]) for report in failed]
    return section("3.3 Tests", rows, "", *details, _open_evidence(tests))


def _open_evidence(tests: TestReports) -> RenderableType:
    folders = sorted({report.evidence_dir for report in tests.reports})
    return plain(f"Evidence: {', '.join(folders)}", "dim")


def _report(report: WorkflowTestReport, cases: Sequence[TestCaseResult]) -> RenderableType:
    rows = table("Test case", "Expected", "Seen", "Status")
    for case in cases:
        text, style = STATUS[case.state]
        rows.add_row(plain(case.test_case), plain(case.expected), plain(case.observed), Text(text, style=style))
    clean = "clean-up proven" if report.cleanup.clean else "the clean-up left something behind"
    head = f"{report.workflow_id}: {report.lead_count} test leads, {clean}; evidence in {report.evidence_dir}"
    return Group(plain(head, "bold"), rows, "")


def automation_parts(
    workflows: WorkflowSet | None, triggers: TriggerSet | None, tests: TestReports | None, *, full: bool
) -> RenderableType:
    """Whatever of the three stands."""
    parts: list[RenderableType] = []
    if workflows:
        parts.append(workflows_part(workflows, full=full))
    if triggers:
        parts.append(triggers_part(triggers))
    if tests:
        parts.append(tests_part(tests, full=full))
    return Group(*parts)
