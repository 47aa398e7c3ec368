"""How many people stand at each step of a workflow, and what each step has come to."""

from collections import Counter
from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from gtm.store.models.automation import WorkflowVersion
from gtm.store.models.enrolments import STATUSES, Enrolment, StepLog
from gtm.store.models.version_changes import VersionChange
from gtm.store.repositories.automation_stats import number_of

Counts = dict[int, dict[int, Counter[str]]]
"""Version → step's position → how often each word (a status, or an outcome) holds."""


def standing(session: Session, workflow_id: str) -> Counts:
    """Real leads by version, step and status."""
    statement = (
        select(WorkflowVersion.version, Enrolment.step, Enrolment.status, func.count())
        .join(WorkflowVersion, col(WorkflowVersion.version_no) == col(Enrolment.version_no))
        .where(col(Enrolment.workflow_no) == number_of(workflow_id), col(Enrolment.is_test).is_(False))
        .group_by(col(WorkflowVersion.version), col(Enrolment.step), col(Enrolment.status))
    )
    return _counted((version, step, STATUSES[code], count) for version, step, code, count in session.exec(statement))


def outcomes(session: Session, workflow_id: str) -> Counts:
    """Lines of real leads' log by version, step and outcome; a line keeps its version when its lead is moved on."""
    before = (
        select(VersionChange.version_no)
        .where(col(VersionChange.enrolment_no) == col(StepLog.enrolment_no), col(VersionChange.seq) >= col(StepLog.seq))
        .order_by(col(VersionChange.seq))
        .limit(1)
        .correlate(StepLog)
        .scalar_subquery()
    )
    statement = (
        select(WorkflowVersion.version, StepLog.step, StepLog.outcome, func.count())
        .join(Enrolment, col(Enrolment.enrolment_no) == col(StepLog.enrolment_no))
        .join(WorkflowVersion, col(WorkflowVersion.version_no) == func.coalesce(before, col(Enrolment.version_no)))
        .where(col(StepLog.workflow_no) == number_of(workflow_id), col(Enrolment.is_test).is_(False))
        .group_by(col(WorkflowVersion.version), col(StepLog.step), col(StepLog.outcome))
    )
    return _counted(session.exec(statement))


def _counted(rows: Iterable[tuple[int, int, str, int]]) -> Counts:
    found: Counts = {}
    for version, step, word, count in rows:
        found.setdefault(version, {}).setdefault(step, Counter())[word] += count
    return found
