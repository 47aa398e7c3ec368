"""Workflows, triggers and tests (SOP substage 17.3)."""

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from app.cli.panels.parts import plain, section, table
from gtm.domain.dossier import TestReports, TriggerSet, WorkflowSet
from gtm.domain.workflow import Condition, SendEmail, Step, Wait, WorkflowDefinition
from gtm.domain.workflow_report import TestStatus, WorkflowTestReport

STATUS: dict[TestStatus, tuple[str, str]] = {
    "passed": ("✓ passed", "green"),
    "failed": ("✗ failed", "bold red"),
    "not_applicable": ("– does not apply", "dim"),
}


def workflows_part(workflows: WorkflowSet) -> RenderableType:
    """Every workflow as a tree, with all ways on."""
    return section("3.1 Workflows", *(_tree(workflow) for workflow in workflows.workflows))


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
            return f"send {step.content_ref}"
        case Wait():
            return f"wait {step.hours} h" + (" on business days" if step.business_days_only else "")
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


def tests_part(tests: TestReports) -> RenderableType:
    """The SOP's table of test cases for each workflow."""
    return section("3.3 Tests", *(_report(report) for report in tests.reports))


def _report(report: WorkflowTestReport) -> RenderableType:
    rows = table("Test case", "Expected", "Seen", "Status")
    for case in report.cases:
        text, style = STATUS[case.status]
        rows.add_row(plain(case.test_case), plain(case.expected), plain(case.observed), Text(text, style=style))
    clean = "clean-up proven" if report.cleanup.clean else "the clean-up left something behind"
    head = f"{report.workflow_id}: {report.lead_count} test leads, {clean}; evidence in {report.evidence_dir}"
    return Group(plain(head, "bold"), rows, "")


def automation_parts(
    workflows: WorkflowSet | None, triggers: TriggerSet | None, tests: TestReports | None
) -> RenderableType:
    """Whatever of the three stands."""
    parts: list[RenderableType] = []
    if workflows:
        parts.append(workflows_part(workflows))
    if triggers:
        parts.append(triggers_part(triggers))
    if tests:
        parts.append(tests_part(tests))
    return Group(*parts)
