"""What runs, gates and rollbacks ask of a venture's automation, on each database."""

from collections.abc import Callable

from gtm.automation.pausing import pause_venture
from gtm.domain.clock import VirtualClock
from gtm.domain.workflow import Exit, TriggerDefinition, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.automation import AutomationTestResult, AutomationWorkflow, WorkflowTrigger
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


def activated(database: Database, clock: VirtualClock, run_id: str = "run-1") -> list[str]:
    with database.write() as session:
        return automation_views.activate_tested(session, run_id, clock.now())


def statuses(database: Database) -> dict[str, tuple[str, bool]]:
    """Each workflow's status, and whether its trigger is enabled."""
    with database.read() as session:
        enabled = {row.workflow_id: row.enabled for row in session.query(WorkflowTrigger).all()}
        return {row.workflow_id: (row.status, enabled[row.workflow_id]) for row in session.query(AutomationWorkflow)}


def test_only_what_passed_its_newest_tests_becomes_active(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    configured(database, "run-1", "good", "bad", "untested", "mended", "broken", "elsewhere")
    with_results(database, "good", "passed", "not_applicable", "passed")
    with_results(database, "bad", "passed", "failed")
    with_results(database, "mended", "failed")
    with_results(database, "mended", "passed", revision=2)
    with_results(database, "broken", "passed")
    with_results(database, "broken", "passed", "failed", revision=2)
    assert activated(database, clock) == ["good", "mended"]
    on, off = ("active", True), ("draft", False)
    assert statuses(database) == {
        "good": on,
        "mended": on,
        "bad": off,
        "broken": off,
        "untested": off,
        "elsewhere": off,
    }
    assert activated(database, clock) == []


def test_a_run_activates_its_own_workflows_only(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    configured(database, "run-1", "mine")
    with_results(database, "mine", "passed", run_id="run-0")
    assert activated(database, clock) == []
    with_results(database, "mine", "passed")
    assert activated(database, clock, "run-0") == []
    assert activated(database, clock) == ["mine"]


def test_a_paused_workflow_is_not_activated_by_the_way(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    configured(database, "run-1", "drip")
    with_results(database, "drip", "passed")
    activated(database, clock)
    with database.write() as session:
        pause_venture(session, "acme", "spam complaints", NOW)
    assert activated(database, clock) == []
    assert statuses(database)["drip"][0] == "paused"


def test_the_exit_gate_sees_each_workflow_with_its_triggers(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    configured(database, "run-1", "a", "b")
    with_results(database, "a", "passed")
    activated(database, clock)
    with database.write() as session:
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
