"""What runs, gates and rollbacks ask of a venture's automation, on each database."""

from collections.abc import Callable

from gtm.domain.clock import VirtualClock
from gtm.domain.workflow import Exit, TriggerDefinition, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.automation import AutomationTestResult
from gtm.store.repositories import automation, automation_views
from tests.integration.store.conftest import NOW


def configured(database: Database, run_id: str, *names: str) -> None:
    """Workflows of one run, each with one trigger."""
    with database.write() as session:
        for name in names:
            workflow = WorkflowDefinition.model_validate(
                {"workflow_id": name, "venture_id": "acme", "name": name, "campaign_id": "c", "entry": "end",
                 "steps": [Exit(id="end")]}
            )  # fmt: skip
            automation.save_workflow(session, workflow, run_id=run_id, revision=1, now=NOW)
            trigger = TriggerDefinition(trigger_id=f"{name}-t", type="manual", workflow_id=name)
            automation.save_trigger(session, trigger, venture_id="acme", run_id=run_id, revision=1, now=NOW)


def with_results(database: Database, name: str, *statuses: str, revision: int = 1, run_id: str = "run-1") -> None:
    """Test results of a workflow."""
    with database.write() as session:
        for number, status in enumerate(statuses):
            session.add(
                AutomationTestResult(
                    result_id=f"{run_id}-{name}-{revision}-{number}", run_id=run_id, revision=revision,
                    venture_id="acme", workflow_id=name, position=number, test_case=f"case {number}", expected="x",
                    observed="x", status=status, passed=status == "passed", evidence={}, executed_at=NOW,
                )
            )  # fmt: skip


def holding(database: Database, run_id: str = "run-1") -> list[str]:
    """The run's workflows whose newest tests hold."""
    with database.read() as session:
        rows = automation_views.of_run(session, run_id)
        return [row.workflow_id for row in rows if automation_views.tests_hold(session, run_id, row.workflow_id)]


def test_only_what_passed_its_newest_tests_holds(database: Database, open_run: Callable[..., str]) -> None:
    open_run()
    configured(database, "run-1", "good", "bad", "untested", "mended", "broken", "elsewhere")
    with_results(database, "good", "passed", "not_applicable", "passed")
    with_results(database, "bad", "passed", "failed")
    with_results(database, "mended", "failed")
    with_results(database, "mended", "passed", revision=2)
    with_results(database, "broken", "passed")
    with_results(database, "broken", "passed", "failed", revision=2)
    with_results(database, "elsewhere", "passed", run_id="run-0")
    assert holding(database) == ["good", "mended"]
    assert holding(database, "run-0") == []


def test_the_exit_gate_sees_each_workflow_with_its_triggers(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    configured(database, "run-1", "a", "b")
    with database.write() as session:
        automation.activate_workflow(session, "a", clock.now())
        more = TriggerDefinition(trigger_id="a-second", type="manual", workflow_id="a")
        automation.save_trigger(session, more, venture_id="acme", run_id="run-1", revision=1, now=NOW)
        automation.get_workflow(session, "a").test_execution_count = 5
    with database.read() as session:
        rows = automation_views.exit_rows(session, "run-1")
        assert automation_views.exit_rows(session, "run-9") == []
    first = {"workflow_id": "a", "status": "active", "test_executions": 5, "triggers": 2, "triggers_enabled": 1}
    other = {"workflow_id": "b", "status": "draft", "test_executions": 0, "triggers": 1, "triggers_enabled": 0}
    assert rows == [first, other]


def test_lead_is_shown_what_is_under_way(finished: str, database: Database) -> None:
    with database.read() as session:
        facts = automation_views.rollback_facts(session, finished)
        nothing = automation_views.rollback_facts(session, "other")
    assert facts["active_workflows"] == 1 and facts["waiting_enrolments"] == 0
    assert nothing["active_workflows"] == 0
