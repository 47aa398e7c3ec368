"""The SOP's step 3.3 for any workflow: test leads through the real engine, on a virtual clock, over real SMTP."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gtm.automation.engine import Worker
from gtm.automation.ports import EmailSource, Services
from gtm.automation.testing_branches import branch_people, coverage, with_failing_mail
from gtm.automation.testing_cases import judge
from gtm.automation.testing_evidence import with_files, write_evidence, write_report
from gtm.automation.testing_failures import (
    FailingCrm,
    FailingHttp,
    FailingMailer,
    FailingRuns,
    Failures,
    WatchedEmails,
)
from gtm.automation.testing_leads import TestPerson, address_pattern, test_people
from gtm.automation.testing_run import TestDriver, TestRun
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.domain.base import id_key
from gtm.domain.clock import Clock, VirtualClock
from gtm.domain.errors import Conflict, InvalidInput
from gtm.domain.proofing import SpamJudge
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.domain.workflow_report import EXTRA_TEST_CASES, CleanupProof, TestCaseResult, WorkflowTestReport
from gtm.store.database import Database
from gtm.store.repositories import automation, automation_stats, automation_tests
from gtm.store.repositories.claims import Scope

MINIMUM_LEADS = 5
"""SOP step 3.3: minimum 5 test leads."""


def run_sop_tests(
    *,
    database: Database,
    definition: WorkflowDefinition,
    trigger: TriggerDefinition,
    email_source: EmailSource,
    start: datetime,
    evidence_dir: Path,
    run_id: str,
    revision: int,
    lead_count: int = MINIMUM_LEADS,
    sink_factory: Callable[[Clock], SmtpSink] = SmtpSink,
    every_branch: bool = False,
    spam_judge: SpamJudge | None = None,
) -> WorkflowTestReport:
    """Test one stored workflow and store the results in `automation_test_results`.

    No mail leaves the machine: it goes to a sink on the loopback interface. Test leads, test emails and test
    enrolments are removed afterwards; `workflow_executions` keeps its rows, marked as test. A test that succeeds
    counts into `test_execution_count`. A second call for the same run, workflow and revision returns the stored report.

    Args:
        database: the store, with the workflow and its trigger saved.
        definition: the workflow; the stored version of it is tested.
        trigger: the trigger it is started by.
        email_source: where its content comes from.
        start: where the virtual clock starts.
        evidence_dir: the evidence goes into a folder below it, named after the workflow.
        run_id: the run that tests.
        revision: the revision of step 3.3.
        lead_count: how many test leads; one more is there whose mail fails.
        sink_factory: makes the mail server, not yet started.
        spam_judge: weighs the first mail; None where no spam filter is configured.
        every_branch: make up further people until every way is walked that people and failures can bring about.

    Raises:
        NotFound: the workflow or the trigger is not stored.
        InvalidInput: fewer than five test leads.
        Conflict: the trigger starts another workflow, or what is stored is not what was to be tested.
    """
    if lead_count < MINIMUM_LEADS:
        raise InvalidInput("a workflow is tested with at least 5 leads", field="lead_count", value=lead_count)
    with database.read() as session:
        known = automation_tests.load_report(session, run_id, definition.workflow_id, revision)
    if known is not None:
        return known
    stored = _stored(database, definition, trigger)
    clock = VirtualClock(start)
    pattern = address_pattern(stored.workflow_id)
    folder = evidence_dir / stored.workflow_id
    # What a test that was killed left behind is removed first.
    _clean(database, stored, pattern)
    with database.write() as session:
        automation_tests.remove_abandoned_executions(session, stored.workflow_id)
    people = with_failing_mail(stored, trigger, test_people(stored, trigger, lead_count, f"{run_id}.{revision}"))
    extra = branch_people(stored, trigger, people) if every_branch else ()
    failures = Failures(database, stored)
    failures.plan(extra)
    http = FailingHttp(failures)
    sink = sink_factory(clock)
    try:
        with sink:
            source = WatchedEmails(email_source, failures)
            run = _drive(database, stored, trigger, source, sink, clock, http, failures, (*people, *extra))
        write_evidence(folder, run, http.calls)
        cases = judge(run, spam_judge)
    finally:
        cleanup = _clean(database, stored, pattern)
    cases.append(_cleanup_case(cleanup))
    report = WorkflowTestReport(
        workflow_id=stored.workflow_id,
        venture_id=stored.venture_id,
        run_id=run_id,
        revision=revision,
        executed_at=start,
        lead_count=lead_count + len(extra),
        cases=tuple(with_files(folder, evidence_dir, case) for case in cases),
        evidence_dir=stored.workflow_id,
        cleanup=cleanup,
        coverage=coverage(run),
    )
    write_report(folder, report.model_dump(mode="json"))
    with database.write() as session:
        automation_tests.save_report(session, report)
    return report


def _stored(database: Database, definition: WorkflowDefinition, trigger: TriggerDefinition) -> WorkflowDefinition:
    with database.read() as session:
        row = automation.get_workflow(session, definition.workflow_id)
        stored = automation.get_definition(session, row.workflow_id, row.version)
        kept = automation.trigger_of(automation.get_trigger(session, trigger.trigger_id))
        status = row.status
    if stored.model_copy(update={"version": definition.version}) != definition or kept != trigger:
        raise Conflict(
            "what is stored is not what is to be tested",
            field="workflow_id",
            value=definition.workflow_id,
            hint="save the workflow and its trigger first",
        )
    if trigger.workflow_id != definition.workflow_id:
        raise Conflict("the trigger starts another workflow", field="trigger_id", value=trigger.trigger_id)
    if status not in ("draft", "active"):
        raise Conflict(f"the workflow is {status}", field="workflow_id", value=definition.workflow_id)
    return stored


def _drive(
    database: Database,
    definition: WorkflowDefinition,
    trigger: TriggerDefinition,
    email_source: EmailSource,
    sink: SmtpSink,
    clock: VirtualClock,
    http: FailingHttp,
    failures: Failures,
    people: tuple[TestPerson, ...],
) -> TestRun:
    domain = f"{id_key(definition.venture_id)}.test"
    mailer = FailingMailer(
        SmtpSettings(
            host=sink.host,
            port=sink.port,
            security="plain",
            sender=f"team@{domain}",
            unsubscribe_url=f"https://{domain}/unsubscribe",
        ),
        sink,
        failures,
    )
    try:
        worker = Worker(
            database,
            clock,
            Services(email_source, mailer, http, crm=FailingCrm(failures), runs=FailingRuns(failures)),
            name="test",
            scope=Scope(test_workflow_id=definition.workflow_id),
        )
        return TestDriver(database, definition, trigger, worker, sink, clock).run(people)
    finally:
        mailer.close()


def _clean(database: Database, definition: WorkflowDefinition, pattern: str) -> CleanupProof:
    where = (definition.workflow_id, definition.venture_id, pattern)
    with database.read() as session:
        before = automation_stats.test_rows(session, *where)
    if not before.left_behind:
        return CleanupProof(before=before, after=before)
    with database.write() as session:
        automation_tests.remove_test_data(session, *where)
    with database.read() as session:
        after = automation_stats.test_rows(session, *where)
    return CleanupProof(before=before, after=after)


def _cleanup_case(proof: CleanupProof) -> TestCaseResult:
    name, expected = EXTRA_TEST_CASES[2]
    before, after = proof.before, proof.after
    return TestCaseResult(
        test_case=name,
        expected=expected,
        observed=(
            f"test leads {before.test_leads} → {after.test_leads}, test emails {before.test_email_sends} → "
            f"{after.test_email_sends}, test enrolments {before.test_enrolments} → {after.test_enrolments}, step log "
            f"{before.test_step_log} → {after.test_step_log}, execution count {before.execution_count} → "
            f"{after.execution_count}; {after.test_executions_kept} test executions stay as log"
        ),
        status="passed" if proof.clean else "failed",
        evidence=("report.json",),
    )
