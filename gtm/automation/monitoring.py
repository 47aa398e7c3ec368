"""How a venture's workflows do, in counts: for the monitor tool, the status page and the rollback condition."""

from datetime import datetime

from gtm.domain.base import Model
from gtm.store.database import Database
from gtm.store.repositories import automation, automation_stats


class WorkflowHealth(Model):
    """One workflow. Only real leads count, except in `test_executions`.

    Attributes:
        manual: enrolments that wait for a person, such as one whose send may or may not have gone out.
        consecutive_errors: actions that failed for good in a row, newest first; above 5 the SOP pauses.
    """

    workflow_id: str
    name: str
    status: str
    version: int
    executions: int
    test_executions: int
    waiting: int
    running: int
    finished: int
    failed: int
    manual: int
    emails_sent: int
    emails_failed: int
    emails_unknown: int
    emails_opened: int
    consecutive_errors: int
    last_error: str
    next_due: datetime | None


def monitor(database: Database, venture_id: str) -> tuple[WorkflowHealth, ...]:
    """A venture's workflows by id; empty when it has none."""
    found = []
    with database.read() as session:
        for row in automation.list_workflows(session, venture_id):
            by_status = automation_stats.enrolments_by_status(session, row.workflow_id)
            sends = automation_stats.sends_by_state(session, row.workflow_id)
            errors, latest = automation_stats.consecutive_errors(session, row.workflow_id)
            found.append(
                WorkflowHealth(
                    workflow_id=row.workflow_id,
                    name=row.name,
                    status=row.status,
                    version=row.version,
                    executions=automation_stats.executions(session, row.workflow_id, is_test=False),
                    test_executions=row.test_execution_count,
                    waiting=by_status.get("waiting", 0),
                    running=by_status.get("running", 0),
                    finished=by_status.get("finished", 0),
                    failed=by_status.get("failed", 0),
                    manual=by_status.get("manual", 0),
                    emails_sent=sends.get("sent", 0),
                    emails_failed=sends.get("failed", 0),
                    emails_unknown=sends.get("unknown", 0),
                    emails_opened=sends["opened"],
                    consecutive_errors=errors,
                    last_error=latest,
                    next_due=automation_stats.next_due(session, row.workflow_id),
                )
            )
    return tuple(found)
