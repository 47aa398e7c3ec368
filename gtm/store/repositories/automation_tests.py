"""Queries of step 3.3: stored test results, and the clean-up of test data."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from gtm.domain.enrolment import execution_id
from gtm.domain.workflow_report import CleanupProof, Coverage, TestCaseResult, WorkflowTestReport
from gtm.store.models.automation import AutomationTestResult, AutomationWorkflow, EmailSend, LeadRow
from gtm.store.models.base import new_id
from gtm.store.models.enrolments import RUNNING, Enrolment, KeptExecution, StepLog
from gtm.store.models.executions import WorkflowExecution
from gtm.store.repositories import automation_stats, enrolments, leads

_NO_SYNC = {"synchronize_session": False}


def load_report(session: Session, run_id: str, workflow_id: str, revision: int) -> WorkflowTestReport | None:
    """The stored report of one run, workflow and revision, if there is one."""
    rows: Sequence[AutomationTestResult] = session.exec(
        select(AutomationTestResult)
        .where(
            col(AutomationTestResult.run_id) == run_id,
            col(AutomationTestResult.workflow_id) == workflow_id,
            col(AutomationTestResult.revision) == revision,
        )
        .order_by(col(AutomationTestResult.position))
    ).all()
    if not rows:
        return None
    first = rows[0]
    cases = tuple(
        TestCaseResult.model_validate(
            {
                "test_case": row.test_case,
                "expected": row.expected,
                "observed": row.observed,
                "status": row.status,
                "measured_ms": row.measured_ms,
                "evidence": row.evidence["files"],
            }
        )
        for row in rows
    )
    return WorkflowTestReport(
        workflow_id=workflow_id,
        venture_id=first.venture_id,
        run_id=run_id,
        revision=revision,
        executed_at=first.executed_at,
        lead_count=first.evidence["lead_count"],
        cases=cases,
        evidence_dir=first.evidence["folder"],
        cleanup=CleanupProof.model_validate(first.evidence["cleanup"]),
        coverage=Coverage.model_validate(covered) if (covered := first.evidence.get("coverage")) else None,
    )


def save_report(session: Session, report: WorkflowTestReport) -> None:
    """Write one row a case into `automation_test_results`, and count the execution of a test that succeeded."""
    about = {
        "folder": report.evidence_dir,
        "lead_count": report.lead_count,
        "cleanup": report.cleanup.model_dump(mode="json"),
        "coverage": report.coverage.model_dump(mode="json") if report.coverage else None,
    }
    for position, case in enumerate(report.cases, start=1):
        session.add(
            AutomationTestResult(
                result_id=new_id("test"),
                run_id=report.run_id,
                workflow_id=report.workflow_id,
                venture_id=report.venture_id,
                revision=report.revision,
                position=position,
                executed_at=report.executed_at,
                passed=case.passed,
                evidence={"files": list(case.evidence), **about},
                **case.model_dump(include={"test_case", "expected", "observed", "status", "measured_ms"}),
            )
        )
    if report.passed:
        session.exec(
            update(AutomationWorkflow)
            .where(col(AutomationWorkflow.workflow_id) == report.workflow_id)
            .values(test_execution_count=col(AutomationWorkflow.test_execution_count) + 1),
            execution_options=_NO_SYNC,
        )
    session.flush()


def acting(session: Session, workflow_id: str, key: str) -> tuple[str, str] | None:
    """Whose announced effect a key is: the test lead's address and the step; None where it is nobody's of this test.

    Args:
        session: where to read.
        workflow_id: the workflow under test.
        key: the effect's idempotency key.
    """
    running = (
        col(Enrolment.workflow_no) == automation_stats.number_of(workflow_id),
        col(Enrolment.is_test).is_(True),
        col(Enrolment.status) == RUNNING,
    )
    for number in session.exec(select(Enrolment.enrolment_no).where(*running)).all():
        state = enrolments.get_state(session, number) if number is not None else None
        if state is not None and state.context.dispatching == key:
            return leads.get_lead(session, state.lead_id).email, state.step
    return None


def remove_test_data(session: Session, workflow_id: str, venture_id: str, address_pattern: str) -> None:
    """Remove a workflow's test leads, test emails and test enrolments, and reset its execution count (SOP step 3.3,
    Test Data Cleanup). `workflow_executions` goes on telling them: they are the log entry that the SOP asks for as
    evidence.

    Args:
        session: the transaction.
        workflow_id: the workflow.
        venture_id: whose leads.
        address_pattern: LIKE pattern of the test leads' addresses.
    """
    mine = (
        col(Enrolment.workflow_no) == automation_stats.number_of(workflow_id),
        col(Enrolment.is_test).is_(True),
    )
    tests = select(Enrolment.enrolment_no).where(*mine)
    _keep_executions(session, workflow_id)
    for statement in (
        delete(StepLog).where(col(StepLog.enrolment_no).in_(tests)),
        delete(Enrolment).where(*mine),
        delete(EmailSend).where(col(EmailSend.workflow_id) == workflow_id, col(EmailSend.is_test).is_(True)),
        delete(LeadRow).where(
            col(LeadRow.venture_id) == venture_id,
            col(LeadRow.is_test).is_(True),
            col(LeadRow.email).like(address_pattern),
        ),
    ):
        session.exec(statement, execution_options=_NO_SYNC)
    real = automation_stats.executions(session, workflow_id, is_test=False)
    session.exec(
        update(AutomationWorkflow)
        .where(col(AutomationWorkflow.workflow_id) == workflow_id)
        .values(execution_count=real),
        execution_options=_NO_SYNC,
    )


def _keep_executions(session: Session, workflow_id: str) -> None:
    """Write down the executions of test enrolments that are about to go."""
    live = select(Enrolment.enrolment_no).where(
        col(Enrolment.workflow_no) == automation_stats.number_of(workflow_id), col(Enrolment.is_test).is_(True)
    )
    names = [execution_id(number) for number in session.exec(live) if number is not None]
    rows = session.exec(select(WorkflowExecution).where(col(WorkflowExecution.execution_id).in_(names))).all()
    session.add_all(KeptExecution(**row.model_dump()) for row in rows)
    session.flush()


def remove_abandoned_executions(session: Session, workflow_id: str) -> None:
    """Remove the executions of tests that ended before their report was stored: they are no evidence of anything.

    Everybody enters a test at the moment its report names, so an execution of another moment has none.
    """
    reported = select(AutomationTestResult.executed_at).where(col(AutomationTestResult.workflow_id) == workflow_id)
    session.exec(
        delete(KeptExecution).where(
            col(KeptExecution.workflow_id) == workflow_id,
            col(KeptExecution.is_test).is_(True),
            col(KeptExecution.triggered_at).not_in(reported),
        ),
        execution_options=_NO_SYNC,
    )
