"""Workflows, triggers and tests (SOP substage 17.3)."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from app.cli.panels.parts import plain, section, table
from gtm.domain.called import Called
from gtm.domain.dossier import Dossier, TestReports, TriggerSet, WorkflowSet
from gtm.domain.workflow import WorkflowDefinition
from gtm.domain.workflow_report import TestCaseResult, TestState, WorkflowTestReport
from gtm.domain.workflow_words import step_lines, trigger_words

STATUS: dict[TestState, tuple[str, str]] = {
    "passed": ("✓ passed", "green"),
    "noted": ("– noted", "yellow"),
    "failed": ("✗ failed", "bold red"),
    "not_applicable": ("– does not apply", "dim"),
}


def workflows_part(workflows: WorkflowSet, called: Called, *, full: bool) -> RenderableType:
    """Every workflow as a tree, with all ways on; unless `full`, one of each campaign, as segments differ in words."""
    first: dict[str, WorkflowDefinition] = {}
    for workflow in workflows.workflows:
        first.setdefault(workflow.campaign_id, workflow)
    shown = workflows.workflows if full else tuple(first.values())
    parts: list[RenderableType] = [_tree(workflow, called) for workflow in shown]
    if len(shown) < len(workflows.workflows):
        others = [w.name for w in workflows.workflows if w not in shown]
        parts.append(plain(f"Not shown here: {'; '.join(others)}.", "yellow"))
    return section("3.1 Workflows", *parts)


def _tree(workflow: WorkflowDefinition, called: Called) -> Tree:
    title = Text.assemble((workflow.name, "bold"), f"  {workflow.workflow_id} v{workflow.version}, {workflow.priority}")
    tree = Tree(title, guide_style="dim")
    for step in step_lines(called, workflow):
        tree.add(Text.assemble((f"{step.number:>2}", "cyan"), f"  {step.does}", (f"  {step.ways}", "dim")))
    return tree


def triggers_part(triggers: TriggerSet, called: Called) -> RenderableType:
    """Every trigger: whom it lets in, how often, and what it leaves out."""
    rows = table("Workflow", "Trigger", "Starts it")
    for trigger in triggers.triggers:
        rows.add_row(
            plain(called.workflow(trigger.workflow_id)),
            plain(called.trigger(trigger)),
            plain(trigger_words(called, trigger)),
        )
    return section("3.2 Triggers", rows)


def tests_part(tests: TestReports, called: Called, *, full: bool = False) -> RenderableType:
    """The SOP's table of test cases: all of it for each workflow when `full`, else counts and what failed."""
    if full:
        return section("3.3 Tests", *(_report(report, report.cases, called) for report in tests.reports))
    rows = table("Workflow", "Leads", "Passed", "Noted", "Failed", "Do not apply", "Clean-up", right=[1, 2, 3, 4, 5])
    for report in tests.reports:
        counts = Counter(case.state for case in report.cases)
        rows.add_row(
            plain(called.workflow(report.workflow_id)),
            str(report.lead_count),
            plain(counts["passed"], "green"),
            plain(counts["noted"], "yellow" if counts["noted"] else "dim"),
            plain(counts["failed"], "bold red" if counts["failed"] else ""),
            plain(counts["not_applicable"], "dim"),
            "proven" if report.cleanup.clean else plain("left something behind", "bold red"),
        )
    failed = [report for report in tests.reports if not report.passed]
    details = [_report(report, [case for case in report.cases if case.status == "failed"], called) for report in failed]
    return section("3.3 Tests", rows, "", *details, _open_evidence(tests))


def _open_evidence(tests: TestReports) -> RenderableType:
    folders = sorted({report.evidence_dir for report in tests.reports})
    return plain(f"Evidence: {', '.join(folders)}", "dim")


def _report(report: WorkflowTestReport, cases: Sequence[TestCaseResult], called: Called) -> RenderableType:
    rows = table("Test case", "Expected", "Seen", "Status")
    for case in cases:
        text, style = STATUS[case.state]
        rows.add_row(plain(case.test_case), plain(case.expected), plain(case.observed), Text(text, style=style))
    clean = "clean-up proven" if report.cleanup.clean else "the clean-up left something behind"
    name = called.workflow(report.workflow_id)
    head = f"{name}: {report.lead_count} test leads, {clean}; evidence in {report.evidence_dir}"
    return Group(plain(head, "bold"), rows, "")


def automation_parts(
    dossier: Dossier, *wanted: Literal["workflows", "triggers", "tests"], full: bool = False
) -> RenderableType:
    """Whatever of the wanted parts stands."""
    called = Called(dossier)
    parts: list[RenderableType] = []
    if "workflows" in wanted and dossier.workflows:
        parts.append(workflows_part(dossier.workflows, called, full=full))
    if "triggers" in wanted and dossier.triggers:
        parts.append(triggers_part(dossier.triggers, called))
    if "tests" in wanted and dossier.tests:
        parts.append(tests_part(dossier.tests, called, full=full))
    return Group(*parts)
