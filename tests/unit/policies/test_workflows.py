"""Steps 3.1, 3.2 and 3.3."""

from typing import Any

import pytest

from gtm.domain.dossier import TestReports, TriggerSet, WorkflowSet
from gtm.domain.workflow import SendEmail, TriggerFilters, Wait
from gtm.domain.workflow_report import CleanupProof, TestCaseResult
from gtm.policies.facts import ConnectionTest, TestingFacts, TriggersFacts, WorkflowsFacts
from gtm.policies.testing import CASES, complete, passing_workflows
from gtm.policies.workflows import configured, needed_connections, triggers_defined
from tests.unit.policies.support import assert_fails, at, common, drafts, lines, report, reports, with_

D = drafts()
TRIED = (ConnectionTest(name="email", ok=True, detail="250 ok"),)
WORKFLOW = D.workflows.workflows[0]


def judge(artifact: WorkflowSet | None, **changes: Any) -> Any:
    facts: dict[str, Any] = {"content": D.content, "artifact": artifact, "triggers": D.triggers, "connections": TRIED}
    return configured(WorkflowsFacts(**common(), **(facts | changes)))


def workflow(**changes: Any) -> WorkflowSet:
    return with_(D.workflows, workflows=at(D.workflows.workflows, 0, **changes))


def step(kind: type, **changes: Any) -> WorkflowSet:
    index = next(n for n, s in enumerate(WORKFLOW.steps) if isinstance(s, kind))
    return workflow(steps=at(WORKFLOW.steps, index, **changes))


WORKFLOWS = [
    ("workflows.trigger_conditions_validated", workflow(triggers=()), "names no trigger"),
    ("workflows.success_failure_paths", step(SendEmail, on_failure=None), "no failure path"),
    ("workflows.delays_configured", step(Wait, hours=721), "outside 0-720"),
    ("workflows.diagram", workflow(steps=(*WORKFLOW.steps, WORKFLOW.steps[0])), "used more than once"),
    ("workflows.content_known", step(SendEmail, content_ref="a/b/1"), "does not exist"),
    ("workflows.targets_exist", step(Wait, next="nowhere"), "nowhere"),
    ("workflows.diagram", with_(D.workflows, workflows=()), "there is no workflow"),
]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_pass(name: str) -> None:
    d = drafts(name)
    verdict = judge(d.workflows, content=d.content, triggers=None)
    assert verdict.passed, verdict.explain()
    assert judge(d.workflows, content=d.content, triggers=d.triggers).passed
    assert triggers_defined(TriggersFacts(**common(), workflows=d.workflows, artifact=d.triggers)).passed


@pytest.mark.parametrize(("name", "artifact", "word"), WORKFLOWS)
def test_a_broken_workflow_fails_the_named_check(name: str, artifact: WorkflowSet, word: str) -> None:
    assert_fails(judge(artifact), name, word)


@pytest.mark.parametrize(
    ("tests", "word"),
    [((), "email was not tested"), ((ConnectionTest("email", False, "535 refused"),), "535 refused")],
)
def test_credentials_must_have_been_tried(tests: tuple[ConnectionTest, ...], word: str) -> None:
    assert_fails(judge(D.workflows, connections=tests), "workflows.credentials_tested", word)


def test_needed_connections_are_what_the_steps_use() -> None:
    assert needed_connections(D.workflows) == ("email",)


def test_every_workflow_line_has_a_failing_case() -> None:
    assert lines("workflows.configured") <= {row[0] for row in WORKFLOWS} | {"workflows.credentials_tested"}


def trigger(**changes: Any) -> TriggerSet:
    return with_(D.triggers, triggers=at(D.triggers.triggers, 0, **changes))


TRIGGERS = [
    ("triggers.each_workflow_has_one", with_(D.triggers, triggers=()), "has no trigger"),
    ("triggers.rate_limited", trigger(rate_limit=None), "no rate limit"),
    ("triggers.exclude_test_and_duplicates", trigger(filters=TriggerFilters(exclude_test=False)), "lets test"),
    ("triggers.exclude_test_and_duplicates", trigger(filters=TriggerFilters(exclude_duplicates=False)), "duplicate"),
    ("triggers.conditions_valid", trigger(conditions=()), "fires for every lead"),
]


@pytest.mark.parametrize(("name", "artifact", "word"), TRIGGERS)
def test_a_broken_trigger_fails_the_named_check(name: str, artifact: TriggerSet, word: str) -> None:
    verdict = triggers_defined(TriggersFacts(**common(), workflows=D.workflows, artifact=artifact))
    assert_fails(verdict, name, word)


def test_every_trigger_line_has_a_failing_case() -> None:
    assert lines("triggers.defined") <= {row[0] for row in TRIGGERS}


def test_nothing_stored_fails() -> None:
    assert_fails(judge(None), "workflows.diagram", "nothing is stored for step 3.1")
    assert_fails(
        triggers_defined(TriggersFacts(**common(), workflows=D.workflows, artifact=None)),
        "triggers.rate_limited",
        "3.2",
    )
    assert_fails(complete(TestingFacts(**common(), workflows=D.workflows, artifact=None)), "testing.delay_exact", "3.3")


# Step 3.3


def judge_tests(artifact: TestReports) -> Any:
    return complete(TestingFacts(**common(), workflows=D.workflows, artifact=artifact))


def all_reports(**changes: Any) -> TestReports:
    return with_(reports(), reports=tuple(with_(r, **changes) for r in reports().reports))


def one(**changes: Any) -> TestReports:
    return with_(reports(), reports=at(reports().reports, 0, **changes))


def cases(name: str, **changes: Any) -> tuple[TestCaseResult, ...]:
    return tuple(with_(c, **changes) if c.test_case == name else c for c in report("w").cases)


def left(**counts: int) -> TestReports:
    proof = reports().reports[0].cleanup
    return one(cleanup=CleanupProof(before=proof.before, after=with_(proof.after, **counts)))


TESTING = [
    *[
        (check, one(cases=cases(case, status="failed", observed="it broke")), "it broke")
        for check, case in CASES.items()
    ],
    *[
        (check, all_reports(cases=cases(case, status="not_applicable")), "no workflow shows it")
        for check, case in CASES.items()
    ],
    ("testing.email_1_sent", one(cases=cases("Email 1 sends correctly", evidence=())), "no evidence"),
    (
        "testing.trigger_fires",
        one(cases=cases("Trigger fires on lead signup", measured_ms=61_000.0)),
        "60 s are allowed",
    ),
    ("testing.error_retries", one(cases=report("w").cases[:3]), "the case was not run"),
    ("testing.leads_removed", left(test_leads=2), "2 test leads are left"),
    ("testing.emails_cleared", left(test_email_sends=1), "1 test emails are left"),
    ("testing.counts_reset", left(execution_count=3), "3 counted executions are left"),
    ("testing.enough_leads", one(lead_count=4), "4 test leads"),
    ("testing.enough_leads", with_(reports(), reports=reports().reports[1:]), "was not tested"),
    ("testing.execution_time", one(cases=cases("Execution time", measured_ms=30_000.0)), ""),
    ("testing.execution_time", one(cases=report("w").cases[:6]), "not measured"),
    (
        "testing.no_case_failed",
        one(cases=cases("Trigger filters", status="failed", observed="1 enrolled")),
        "1 enrolled",
    ),
    ("testing.leads_removed", with_(reports(), reports=()), "no test was run"),
]


def test_reports_in_which_all_passed_pass() -> None:
    verdict = judge_tests(reports())
    assert verdict.passed, verdict.explain()
    assert passing_workflows(reports().reports, 5) == tuple(w.workflow_id for w in D.workflows.workflows)


def test_a_case_of_which_a_part_was_not_measured_is_noted_and_stops_nothing() -> None:
    unmeasured = "seen: Delivered; spam score not measured: spamd is not running"
    verdict = judge_tests(all_reports(cases=cases("Email 1 sends correctly", observed=unmeasured)))
    assert verdict.passed, verdict.explain()
    (line,) = [check for check in verdict.checks if check.name == "testing.email_1_sent"]
    assert (line.passed, line.severity) == (False, "note")
    assert line.detail.startswith("delivered to the sink's inbox") and "spam score not measured" in line.detail


def test_workflows_that_differ_in_measured_times_only_are_told_together_by_the_slowest() -> None:
    name = "Trigger fires on lead signup"

    def timed(ms: int) -> tuple[TestCaseResult, ...]:
        return cases(name, observed=f"6 of 6 started; the slowest took {ms} ms", measured_ms=float(ms))

    whole = reports().reports
    assert len(whole) > 2
    found = tuple(with_(r, cases=timed(5 + number)) for number, r in enumerate(whole))
    (line,) = [c for c in judge_tests(with_(reports(), reports=found)).checks if c.name == "testing.trigger_fires"]
    assert line.detail == f"each of {len(whole)} workflows: 6 of 6 started; the slowest took {4 + len(whole)} ms."


def test_a_case_that_one_workflow_cannot_show_is_no_failure() -> None:
    assert judge_tests(one(cases=cases("Conditional logic (opened)", status="not_applicable"))).passed


@pytest.mark.parametrize(("name", "artifact", "word"), TESTING)
def test_a_bad_report_fails_the_named_check(name: str, artifact: TestReports, word: str) -> None:
    assert_fails(judge_tests(artifact), name, word)


def test_every_testing_line_has_a_failing_case() -> None:
    assert lines("testing.complete") <= {row[0] for row in TESTING}


def test_a_workflow_with_an_open_case_or_few_leads_does_not_pass_all_tests() -> None:
    open_case = one(cases=cases("Error handling", status="not_applicable"))
    first = D.workflows.workflows[0].workflow_id
    assert first not in passing_workflows(open_case.reports, 5)
    assert first not in passing_workflows(one(lead_count=4).reports, 5)
    assert first not in passing_workflows(left(test_leads=1).reports, 5)
