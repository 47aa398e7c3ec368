"""The guardrail of step 3.3, Complete Testing: the SOP's six cases with evidence, and nothing left afterwards."""

import re
from collections.abc import Callable, Iterator

from gtm.domain.dossier import WorkflowSet
from gtm.domain.limits import RunLimits
from gtm.domain.names import counted
from gtm.domain.verdict import Verdict
from gtm.domain.workflow_report import CleanupProof, TestCaseResult, WorkflowTestReport
from gtm.policies.checklist import Checklist, missing_step, told_together
from gtm.policies.facts import TestingFacts

POLICY = "testing.complete"
CASES = {
    "testing.trigger_fires": "Trigger fires on lead signup",
    "testing.email_1_sent": "Email 1 sends correctly",
    "testing.delay_exact": "48h delay works",
    "testing.opened_path": "Conditional logic (opened)",
    "testing.not_opened_path": "Conditional logic (not opened)",
    "testing.error_retries": "Error handling",
}
"""Check → the SOP's test case."""
_MEASURED = re.compile(r"\b\d+(\.\d+)? ms\b")

_CLEAN: dict[str, tuple[str, Callable[[CleanupProof], int]]] = {
    "testing.leads_removed": ("test leads", lambda proof: proof.after.test_leads),
    "testing.emails_cleared": ("test emails", lambda proof: proof.after.test_email_sends),
    "testing.counts_reset": (
        "counted executions",
        lambda proof: proof.after.execution_count + proof.after.test_enrolments,
    ),
}


def complete(facts: TestingFacts) -> Verdict:
    """Every workflow was tested with enough leads, each case was seen with evidence, and the test data is gone.

    A case that a workflow cannot show (it has no condition) does not count against it, but some workflow must show it.
    """
    artifact = facts.artifact
    if artifact is None:
        return missing_step(facts.stage, POLICY)
    checks, reports, limits = Checklist(facts.stage, POLICY), artifact.reports, facts.policies.run
    for check, case in CASES.items():
        faults = tuple(_case_faults(case, reports, limits))
        if faults or not (reserved := _reserved(case, reports)):
            checks.line(check, faults, _seen(case, reports), f"mend the workflow and test “{case}” again")
        else:
            checks.noted_line(check, [reserved], "", _MEASURE.get(check, "measure what is left open"))
    for check, (what, left) in _CLEAN.items():
        checks.line(
            check,
            [
                *([] if reports else ["no test was run"]),
                *(f"{r.workflow_id}: {left(r.cleanup)} {what} are left" for r in reports if left(r.cleanup)),
                *(
                    f"{r.workflow_id}: the count before shows no test"
                    for r in reports
                    if not r.cleanup.before.test_leads
                ),
            ],
            f"0 {what} left after {counted(len(reports), 'test')}",
            "run the clean-up again and look at the rows that are left",
        )
    checks.rule(
        "testing.enough_leads",
        "Execute workflow tests with sample data (minimum 5 test leads)",
        [*_untested(facts.workflows, reports), *(
            f"{r.workflow_id}: {r.lead_count} test leads" for r in reports if r.lead_count < limits.minimum_test_leads
        )],
        ", ".join(f"{r.workflow_id}: {r.lead_count} leads" for r in reports),
        f"test each workflow with at least {limits.minimum_test_leads} leads",
    )  # fmt: skip
    checks.rule(
        "testing.execution_time",
        "Measure workflow execution time (ensure <30s latency)",
        _time_faults(reports, limits),
        f"every execution stays under {limits.execution_seconds} s",
        "find the action that takes long",
    )
    checks.rule(
        "testing.no_case_failed",
        "Document test results in `automation_test_results` table",
        [
            f"{r.workflow_id}: {c.test_case} failed: {c.observed}"
            for r in reports
            for c in r.cases
            if c.status == "failed"
        ],
        f"{sum(c.passed for r in reports for c in r.cases)} cases passed",
        "mend what the failed case names",
    )
    return checks.verdict()


def passing_workflows(reports: tuple[WorkflowTestReport, ...], minimum_leads: int) -> tuple[str, ...]:
    """Ids of the workflows that pass all tests: all six cases seen, nothing failed, clean afterwards."""
    return tuple(
        r.workflow_id
        for r in reports
        if r.passed and _all_hold(r) and r.cleanup.clean and r.lead_count >= minimum_leads
    )


def _all_hold(report: WorkflowTestReport) -> bool:
    return all(case.holds for case in report.cases if case.test_case in CASES.values())


def _case_faults(case: str, reports: tuple[WorkflowTestReport, ...], limits: RunLimits) -> Iterator[str]:
    passed = 0
    for report in reports:
        result = report.case(case)
        if result is None:
            yield f"{report.workflow_id}: the case was not run"
            continue
        if result.status == "failed":
            yield f"{report.workflow_id}: {result.observed}"
        if result.holds:
            passed += 1
            if not result.evidence:
                yield f"{report.workflow_id}: there is no evidence"
            if case == CASES["testing.trigger_fires"] and (result.measured_ms or 0) > limits.trigger_seconds * 1000:
                yield f"{report.workflow_id}: {result.measured_ms} ms, {limits.trigger_seconds} s are allowed"
    if not passed:
        yield "no workflow shows it"


def _seen(case: str, reports: tuple[WorkflowTestReport, ...]) -> str:
    results = [(r.workflow_id, found) for r in reports if (found := r.case(case)) is not None and found.holds]
    slowest: dict[str, TestCaseResult] = {}
    for _, result in sorted(results, key=lambda one: one[1].measured_ms or 0):
        slowest[_unmeasured(result.observed)] = result
    told = ((name, slowest[_unmeasured(result.observed)].observed.rstrip(".")) for name, result in results)
    return told_together(told, len(reports))


def _unmeasured(observed: str) -> str:
    """What was observed without the measured times: workflows that differ in nothing else are told together."""
    return _MEASURED.sub("", observed)


def _reserved(case: str, reports: tuple[WorkflowTestReport, ...]) -> str:
    """What passed and was not measured as far as the SOP asks, over all workflows; empty when it was."""
    results = [found for r in reports if (found := r.case(case)) is not None and found.holds]
    caveats = list(dict.fromkeys(found.caveat for found in results if found.caveat))
    if not caveats:
        return ""
    seen = _DELIVERED if case == CASES["testing.email_1_sent"] else "passed"
    return f"{seen} in {len(results)} workflows; {'; '.join(caveats)}"


_DELIVERED = "delivered to the sink's inbox"
_MEASURE = {"testing.email_1_sent": "let SpamAssassin's spamd run and test again, or send to a seed list before launch"}


def _untested(workflows: WorkflowSet | None, reports: tuple[WorkflowTestReport, ...]) -> Iterator[str]:
    tested = {r.workflow_id for r in reports}
    if not reports:
        yield "no test was run"
    for workflow in workflows.workflows if workflows else ():
        if workflow.workflow_id not in tested:
            yield f"{workflow.workflow_id} was not tested"


def _time_faults(reports: tuple[WorkflowTestReport, ...], limits: RunLimits) -> Iterator[str]:
    for report in reports:
        result = report.case("Execution time")
        if result is None:
            yield f"{report.workflow_id}: execution time was not measured"
        elif result.status == "failed" or (result.measured_ms or 0) >= limits.execution_seconds * 1000:
            yield f"{report.workflow_id}: {result.observed.rstrip('.')}"
