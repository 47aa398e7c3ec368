"""The tools of substage 17.3 on each database: workflows, triggers, tests through the real engine, monitoring."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gtm.automation.pausing import pause_venture
from gtm.domain.workflow import Wait
from gtm.store.models.automation import (
    AutomationTestResult,
    AutomationWorkflow,
    EmailSend,
    LeadRow,
    WorkflowTrigger,
    WorkflowVersion,
)
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.executions import WorkflowExecution
from gtm.store.repositories import automation, runs
from tests.integration.crews.scenes import VENTURE, Bench, Scene
from tests.integration.tools.test_strategy_tools import receipt, refused, stored_once

At = Callable[[str], Scene]
Standing = Callable[[str], Bench]
DRIP = "fleet-email-drip-it-platform"


def test_each_workflow_is_stored_once_as_a_draft_with_its_diagram(at: At) -> None:
    scene = at("started:3.1")
    bench = scene.bench()
    drafts = bench.drafts("3.1")
    for name, draft in drafts:
        stored_once(bench, "3.1", name, draft, f"workflow-{draft['workflow_id']}")
    rows = scene.rows(AutomationWorkflow, venture_id=VENTURE)
    assert [row.workflow_id for row in rows] == sorted(draft["workflow_id"] for _, draft in drafts)
    for row in rows:
        assert (row.status, row.version, row.test_execution_count, row.run_id) == ("draft", 1, 0, scene.run_id)
        assert row.diagram_mermaid.startswith("flowchart")
    assert len(scene.rows(WorkflowVersion)) == len(rows)


def test_the_crews_choices_are_taken_up_and_the_paths_are_not_its_to_change(sqlite_at: At) -> None:
    scene = sqlite_at("started:3.1")
    bench = scene.bench()
    draft = bench.draft("3.1", "configure_workflow") | {"workflow_id": DRIP, "wait_hours": 24, "priority": "low"}
    bench.call("3.1", "configure_workflow", draft | {"error_strategy": "retry_5x"})
    (row,) = scene.rows(AutomationWorkflow)
    workflows = scene.dossier().workflows
    assert workflows is not None and row.priority == "low"
    steps = workflows.workflows[0].steps
    assert next(step.hours for step in steps if isinstance(step, Wait)) == 24


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"workflow_id": "fleet-newsletter"}, ("unknown workflow fleet-newsletter", DRIP)),
        ({"wait_hours": 721}, ("wait_hours",)),
        ({"steps": []}, ("steps: Extra inputs",)),
        ({"error_strategy": "fallback"}, ("error_strategy",)),
    ],
)
def test_a_workflow_that_does_not_fit_is_refused(
    standing: Standing, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    bench = standing("started:3.1")
    refused(bench, "3.1", "configure_workflow", bench.draft("3.1", "configure_workflow") | change, *words)
    assert bench.scene.rows(AutomationWorkflow) == []


def test_a_workflow_that_a_rollback_paused_is_a_draft_again_when_it_is_made_anew(at: At) -> None:
    """Otherwise no later run could test it, and nothing would ever leave a rollback."""
    scene = at("started:3.1")
    bench = scene.bench()
    draft = bench.draft("3.1", "configure_workflow")
    bench.call("3.1", "configure_workflow", draft)
    scene.write(lambda s: automation.activate_workflow(s, draft["workflow_id"], scene.clock.now()))
    scene.write(lambda s: pause_venture(s, VENTURE, "spam complaints", scene.clock.now()))
    assert [row.status for row in scene.rows(AutomationWorkflow)] == ["paused"]
    scene.write(lambda s: runs.open_revision(s, scene.run_id, "3.1", "", scene.clock.now()))
    assert receipt(bench.call("3.1", "configure_workflow", draft))["already_there"] is False
    (row,) = scene.rows(AutomationWorkflow)
    assert (row.status, row.paused_at, row.paused_reason, row.revision) == ("draft", None, None, 2)
    assert row.test_execution_count == 0


def test_each_trigger_is_stored_once_and_disabled(at: At) -> None:
    scene = at("started:3.2")
    bench = scene.bench()
    drafts = bench.drafts("3.2")
    for name, draft in drafts[:4]:
        stored_once(bench, "3.2", name, draft, f"trigger-{draft['trigger']['trigger_id']}")
    rows = scene.rows(WorkflowTrigger, venture_id=VENTURE)
    assert sorted(row.trigger_id for row in rows) == sorted(draft["trigger"]["trigger_id"] for _, draft in drafts[:4])
    assert {(row.enabled, row.revision, row.run_id) for row in rows} == {(False, 1, scene.run_id)}
    assert all(row.rate_limit and row.filters for row in rows)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"workflow_id": "fleet-newsletter"}, ("unknown workflow fleet-newsletter", DRIP)),
        ({"type": "telepathy"}, ("trigger.type",)),
        ({"rate_limit": "as often as possible"}, ("trigger.rate_limit",)),
        ({"trigger_id": "../x"}, ("trigger.trigger_id",)),
    ],
)
def test_a_trigger_that_does_not_fit_is_refused(
    standing: Standing, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    bench = standing("started:3.2")
    draft = bench.draft("3.2", "define_trigger")
    refused(bench, "3.2", "define_trigger", {"trigger": draft["trigger"] | change}, *words)
    assert bench.scene.rows(WorkflowTrigger) == []


def test_a_workflow_is_tested_once_and_leaves_its_evidence(at: At) -> None:
    scene = at("started:3.3")
    bench = scene.bench()
    arguments = {"workflow_id": DRIP, "test_leads": 5}
    stored_once(bench, "3.3", "test_workflow", arguments, f"test-{DRIP}")
    reports = scene.dossier().tests
    assert reports is not None and reports.reports[0].passed
    rows = scene.rows(AutomationTestResult, workflow_id=DRIP)
    assert {row.status for row in rows} == {"passed"} and {row.revision for row in rows} == {1}
    for name in (name for case in reports.reports[0].cases for name in case.evidence):
        assert (scene.services.state_dir / "evidence" / scene.run_id / name).stat().st_size > 0
    (workflow,) = scene.rows(AutomationWorkflow, workflow_id=DRIP)
    assert (workflow.test_execution_count, workflow.execution_count, workflow.status) == (1, 0, "draft")
    assert scene.rows(LeadRow) == scene.rows(Enrolment) == scene.rows(EmailSend) == []
    assert {row.is_test for row in scene.rows(WorkflowExecution)} == {True}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"workflow_id": "fleet-newsletter"}, ("unknown workflow fleet-newsletter", DRIP)),
        ({"test_leads": 4}, ("test_leads",)),
        ({"test_leads": 51}, ("test_leads",)),
    ],
)
def test_a_test_that_does_not_fit_is_refused(
    standing: Standing, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    bench = standing("started:3.3")
    refused(bench, "3.3", "test_workflow", {"workflow_id": DRIP, "test_leads": 5} | change, *words)
    assert bench.scene.rows(AutomationTestResult) == []


def test_a_workflow_without_a_trigger_cannot_be_tested(sqlite_at: At) -> None:
    scene = sqlite_at("started:3.3")
    scene.write(lambda s: runs.open_revision(s, scene.run_id, "3.2", "", scene.clock.now()))
    scene.write(lambda s: runs.mark_done(s, scene.run_id, "3.2", 2, generated_by="playbook", artifact_sha256="0" * 64,
                                         now=scene.clock.now()))  # fmt: skip
    bench = scene.bench()
    arguments = {"workflow_id": DRIP, "test_leads": 5}
    refused(bench, "3.3", "test_workflow", arguments, f"workflow {DRIP} has no trigger", "finish step 3.2 first")


def test_monitoring_counts_and_stores_nothing(sqlite_at: At) -> None:
    bench = sqlite_at("started:3.3").bench()
    told = json.loads(bench.call("3.3", "monitor_workflow", {}))
    assert DRIP in [row["workflow_id"] for row in told]
    assert {(row["status"], row["executions"], row["consecutive_errors"]) for row in told} == {("draft", 0, 0)}
    assert bench.scene.artifacts("3.3") == []
