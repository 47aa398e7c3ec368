"""What EXEC's approval means for a run's workflows: those that can run become active (SOP exit gate 3)."""

from datetime import datetime

from sqlmodel import Session

from gtm.automation import operations
from gtm.automation.reach import Reach, unmet
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.repositories import automation, automation_views

RUNNER = "runner"


def activate_approved(session: Session, run_id: str, reach: Reach, now: datetime) -> None:
    """Activate the run's workflows that `gtm workflow activate` would let run; the others stay drafts.

    Args:
        session: the transaction.
        run_id: the run.
        reach: what is configured.
        now: the aware moment.

    Raises:
        VenturePaused: a rollback of the venture is not decided.
    """
    for row in automation_views.of_run(session, run_id):
        if row.status == "draft" and not held_back(session, run_id, row, reach):
            operations.activate(session, row.workflow_id, RUNNER, now, reach)


def held_back(session: Session, run_id: str, row: AutomationWorkflow, reach: Reach) -> tuple[str, ...]:
    """Why a draft of the run stays one, a phrase each; none where nothing is against it."""
    definition = automation.get_definition(session, row.workflow_id, row.version)
    untested: tuple[str, ...] = ()
    if not automation_views.tests_hold(session, run_id, row.workflow_id):
        untested = ("its tests do not pass",)
    elif row.test_execution_count == 0:
        untested = ("it has not passed its tests since it was last changed",)
    return (*untested, *unmet(definition, reach))
