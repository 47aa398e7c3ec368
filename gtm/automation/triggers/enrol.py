"""Enrolling a lead: filters, rate limit, and the execution with its first state, in the caller's transaction."""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.interpreter import begin
from gtm.domain.base import Model
from gtm.domain.enrolment import EnrolmentState, Lead
from gtm.domain.workflow import TriggerDefinition
from gtm.store.models.automation import WorkflowExecution
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, enrolments


class TestMode(Model):
    """A test of one workflow by one trigger: test data passes its filter there, and no other trigger fires."""

    __test__ = False

    workflow_id: str
    trigger_id: str


class Fired(Model):
    """What one trigger did with one lead: an execution, or the reason why not."""

    trigger_id: str
    workflow_id: str
    execution_id: str = ""
    enrolment_id: str = ""
    skipped: str = ""


def fire(
    session: Session,
    trigger: TriggerDefinition,
    lead: Lead,
    now: datetime,
    *,
    duplicate: bool = False,
    test: TestMode | None = None,
    occasion: str = "",
) -> Fired:
    """Start a trigger's workflow for a lead, unless a filter, a condition or the rate limit says no.

    Args:
        session: the transaction in which the lead was written; the execution stands or falls with it.
        trigger: the trigger, enabled.
        lead: the lead as stored.
        now: the aware moment.
        duplicate: the lead was there before.
        test: set by the test harness alone.
        occasion: makes the entry key of a repeated event (a schedule's firing) its own.
    """
    skipped = _refusal(session, trigger, lead, now, duplicate=duplicate, test=test)
    if skipped:
        return Fired(trigger_id=trigger.trigger_id, workflow_id=trigger.workflow_id, skipped=skipped)
    key = _entry_key(session, trigger, lead, now, occasion)
    workflow = automation.get_workflow(session, trigger.workflow_id)
    definition = automation.get_definition(session, workflow.workflow_id, workflow.version)
    state = EnrolmentState(
        enrolment_id=new_id("enr"),
        execution_id=new_id("exec"),
        venture_id=lead.venture_id,
        workflow_id=workflow.workflow_id,
        version=workflow.version,
        lead_id=lead.lead_id,
        entry_key=key,
        zone=lead.time_zone,
        is_test=lead.is_test,
        step=definition.entry,
    )
    execution = WorkflowExecution(
        **state.model_dump(include={"execution_id", "workflow_id", "version", "venture_id", "lead_id", "entry_key"}),
        trigger_id=trigger.trigger_id,
        triggered_at=now,
        is_test=lead.is_test,
    )
    if not enrolments.add_execution(session, execution, begin(definition, state, now)):
        return Fired(trigger_id=trigger.trigger_id, workflow_id=trigger.workflow_id, skipped=f"entered before ({key})")
    automation.count_execution(session, workflow.workflow_id)
    return Fired(
        trigger_id=trigger.trigger_id,
        workflow_id=trigger.workflow_id,
        execution_id=state.execution_id,
        enrolment_id=state.enrolment_id,
    )


def _refusal(
    session: Session,
    trigger: TriggerDefinition,
    lead: Lead,
    now: datetime,
    *,
    duplicate: bool,
    test: TestMode | None,
) -> str:
    if lead.is_test and trigger.filters.exclude_test and test is None:
        return "test data"
    if duplicate and trigger.filters.exclude_duplicates:
        return "duplicate"
    missed = next((p for p in trigger.conditions if not p.holds(lead.facts())), None)
    if missed is not None:
        return f"condition not met: {missed.as_text()}"
    status = automation.get_workflow(session, trigger.workflow_id).status
    if status != "active" and not (test is not None and status == "draft"):
        return f"the workflow is {status}"
    limit = trigger.limit
    if limit is None:
        return ""
    if limit.window is None:
        entries = enrolments.count_entries(session, trigger.workflow_id, lead.lead_id)
    elif test is not None:
        # A test sends its five leads and more at once (SOP step 3.3); the starts of real ones are what is limited.
        return ""
    else:
        entries = enrolments.count_executions_since(
            session, trigger.workflow_id, trigger.trigger_id, now - limit.window
        )
    return f"rate limit {trigger.rate_limit}" if entries >= limit.count else ""


def _entry_key(session: Session, trigger: TriggerDefinition, lead: Lead, now: datetime, occasion: str) -> str:
    key = f"lead:{lead.lead_id}"
    limit = trigger.limit
    if limit is not None and limit.per == "lead" and limit.count > 1:
        return f"{key}:{enrolments.count_entries(session, trigger.workflow_id, lead.lead_id) + 1}"
    if limit is not None and limit.per == "lead":
        return key
    if occasion:
        return f"{key}:{occasion}"
    return key if trigger.filters.exclude_duplicates else f"{key}:{now.isoformat()}"
