"""Queries on workflows and triggers (SOP steps 3.1 and 3.2)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from gtm.domain.errors import NotFound
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.domain.workflow_checks import require_sound
from gtm.domain.workflow_graph import mermaid
from gtm.store.models.automation import AutomationWorkflow, WorkflowTrigger, WorkflowVersion
from gtm.store.models.enrolments import Enrolment

ROLLBACK_QUERY = """
UPDATE automation_workflows
SET status = 'paused', paused_at = NOW(), paused_reason = :reason
WHERE venture_id = :venture_id AND status = 'active'
"""
"""The SOP's rollback query, word for word but for the names of its two parameters."""


def save_workflow(
    session: Session, definition: WorkflowDefinition, *, run_id: str, revision: int, now: datetime
) -> AutomationWorkflow:
    """Store a workflow as a draft, with its diagram (SOP step 3.1, `automation_workflows`).

    The same definition again changes nothing, unless a rollback has paused it: then it is a draft again, untested. A
    different one over a version that was active becomes the next version: leads in flight stay pinned to theirs, and
    the workflow is a draft, untested, until it is activated.

    Args:
        definition: the workflow.
        run_id: the run that configured it.
        revision: the revision of step 3.1.
        now: the aware moment.

    Raises:
        InvalidInput: the definition could not run; every fault is in `findings`, with its step.
        NotFound: the workflow belongs to another venture.
    """
    require_sound(definition)
    row = _workflow(session, definition.workflow_id, lock=True)
    if row is None:
        row = AutomationWorkflow(
            workflow_id=definition.workflow_id,
            venture_id=definition.venture_id,
            campaign_id=definition.campaign_id,
            name=definition.name,
            version=definition.version,
            definition={},
            created_at=now,
            updated_at=now,
        )
    elif row.venture_id != definition.venture_id:
        raise NotFound("this workflow belongs to another venture", field="workflow_id", value=definition.workflow_id)
    else:
        same = definition.model_copy(update={"version": row.version})
        if row.definition == same.model_dump(mode="json"):
            row.run_id, row.revision = run_id, revision
            if row.status == "paused":
                _overwrite(row, same, run_id=run_id, revision=revision, now=now)
            return row
        version = row.version + 1 if _in_use(session, row) else row.version
        definition = definition.model_copy(update={"version": max(version, definition.version)})
    _overwrite(row, definition, run_id=run_id, revision=revision, now=now)
    session.add(row)
    pinned = _version(session, definition.workflow_id, definition.version)
    if pinned is None:
        pinned = WorkflowVersion(
            workflow_id=definition.workflow_id, version=definition.version, definition=row.definition, created_at=now
        )
    pinned.definition = row.definition
    session.add(pinned)
    session.flush()
    return row


def _overwrite(
    row: AutomationWorkflow, definition: WorkflowDefinition, *, run_id: str, revision: int, now: datetime
) -> None:
    row.definition = definition.model_dump(mode="json")
    row.version = definition.version
    row.name = definition.name
    row.campaign_id = definition.campaign_id
    row.priority = definition.priority
    row.diagram_mermaid = mermaid(definition)
    row.status = "draft"
    row.test_execution_count = 0
    row.paused_at = row.paused_reason = None
    row.run_id, row.revision, row.updated_at = run_id, revision, now


def _in_use(session: Session, row: AutomationWorkflow) -> bool:
    if row.activated_at is not None:
        return True
    pinned = _version(session, row.workflow_id, row.version)
    if pinned is None:
        return False
    statement = select(Enrolment.enrolment_no).where(col(Enrolment.version_no) == pinned.version_no)
    return session.exec(statement.limit(1)).first() is not None


def save_trigger(
    session: Session, trigger: TriggerDefinition, *, venture_id: str, run_id: str, revision: int, now: datetime
) -> WorkflowTrigger:
    """Store a trigger, disabled (SOP step 3.2, `workflow_triggers`); an unchanged one keeps its state.

    Args:
        trigger: the trigger, checked before.
        venture_id: whose it is.
        run_id: the run that defined it.
        revision: the revision of step 3.2.
        now: the aware moment.
    """
    row = _trigger(session, trigger.trigger_id, lock=True)
    if row is not None and row.venture_id != venture_id:
        raise NotFound("this trigger belongs to another venture", field="trigger_id", value=trigger.trigger_id)
    enabled = row is not None and row.enabled and trigger_of(row) == trigger
    row = row or WorkflowTrigger(
        trigger_id=trigger.trigger_id,
        workflow_id=trigger.workflow_id,
        venture_id=venture_id,
        type=trigger.type,
        source_table=trigger.source_table,
        conditions=[],
        filters={},
        created_at=now,
    )
    plain = trigger.model_dump(mode="json")
    for name in ("workflow_id", "type", "source_table", "conditions", "rate_limit", "filters", "schedule"):
        setattr(row, name, plain[name])
    row.enabled = enabled
    row.run_id, row.revision = run_id, revision
    session.add(row)
    session.flush()
    return row


def trigger_of(row: WorkflowTrigger) -> TriggerDefinition:
    """The trigger a row holds."""
    names = TriggerDefinition.model_fields
    return TriggerDefinition.model_validate({name: getattr(row, name) for name in names})


def get_workflow(session: Session, workflow_id: str) -> AutomationWorkflow:
    """The workflow's row.

    Raises:
        NotFound: there is none.
    """
    row = _workflow(session, workflow_id)
    if row is None:
        raise NotFound(
            "there is no such workflow",
            field="workflow_id",
            value=workflow_id,
            hint="gtm workflow list VENTURE tells their ids",
        )
    return row


def find_workflow(session: Session, workflow_id: str) -> AutomationWorkflow | None:
    """The workflow's row, if there is one, locked for the rest of the transaction."""
    return _workflow(session, workflow_id, lock=True)


def get_definition(session: Session, workflow_id: str, version: int) -> WorkflowDefinition:
    """A version of a workflow.

    Raises:
        NotFound: there is none.
    """
    row = _version(session, workflow_id, version)
    if row is None:
        raise NotFound(f"there is no version {version} of this workflow", field="workflow_id", value=workflow_id)
    return WorkflowDefinition.model_validate(row.definition)


def list_workflows(session: Session, venture_id: str) -> Sequence[AutomationWorkflow]:
    """A venture's workflows by id."""
    statement = select(AutomationWorkflow).where(col(AutomationWorkflow.venture_id) == venture_id)
    return session.exec(statement.order_by(col(AutomationWorkflow.workflow_id))).all()


def list_triggers(session: Session, venture_id: str, *types: str) -> Sequence[WorkflowTrigger]:
    """A venture's triggers by id, optionally only those of some types."""
    statement = select(WorkflowTrigger).where(col(WorkflowTrigger.venture_id) == venture_id)
    if types:
        statement = statement.where(col(WorkflowTrigger.type).in_(types))
    return session.exec(statement.order_by(col(WorkflowTrigger.trigger_id))).all()


def get_trigger(session: Session, trigger_id: str) -> WorkflowTrigger:
    """The trigger's row.

    Raises:
        NotFound: there is none.
    """
    row = _trigger(session, trigger_id)
    if row is None:
        raise NotFound("there is no such trigger", field="trigger_id", value=trigger_id)
    return row


def activate_workflow(session: Session, workflow_id: str, now: datetime) -> AutomationWorkflow:
    """Set a workflow active and enable its triggers (SOP exit gate 3); from draft or paused.

    Raises:
        NotFound: there is no such workflow.
    """
    row = get_workflow(session, workflow_id)
    row.status, row.paused_at, row.paused_reason = "active", None, None
    row.activated_at = row.activated_at or now
    row.updated_at = now
    session.add(row)
    session.exec(
        update(WorkflowTrigger).where(col(WorkflowTrigger.workflow_id) == workflow_id).values(enabled=True),
        execution_options={"synchronize_session": "fetch"},
    )
    session.flush()
    return row


def pause_active(session: Session, venture_id: str, reason: str) -> int:
    """Run the SOP's rollback query; how many workflows it paused."""
    session.flush()
    result = session.connection().execute(text(ROLLBACK_QUERY), {"venture_id": venture_id, "reason": reason})
    session.expire_all()
    return result.rowcount


def statuses_for_send(session: Session, workflow_ids: Collection[str]) -> dict[str, str]:
    """Workflows' statuses, locked against a pause for the rest of this transaction where the database can."""
    statement = select(AutomationWorkflow.workflow_id, AutomationWorkflow.status).where(
        col(AutomationWorkflow.workflow_id).in_(workflow_ids)
    )
    return dict(session.exec(statement.with_for_update(read=True)).all())


def _workflow(session: Session, workflow_id: str, *, lock: bool = False) -> AutomationWorkflow | None:
    statement = select(AutomationWorkflow).where(col(AutomationWorkflow.workflow_id) == workflow_id)
    return session.exec(statement.with_for_update() if lock else statement).first()


def _version(session: Session, workflow_id: str, version: int) -> WorkflowVersion | None:
    statement = select(WorkflowVersion).where(
        col(WorkflowVersion.workflow_id) == workflow_id, col(WorkflowVersion.version) == version
    )
    return session.exec(statement).first()


def _trigger(session: Session, trigger_id: str, *, lock: bool = False) -> WorkflowTrigger | None:
    statement = select(WorkflowTrigger).where(col(WorkflowTrigger.trigger_id) == trigger_id)
    return session.exec(statement.with_for_update() if lock else statement).first()


def count_execution(session: Session, workflow_id: str, started: int = 1) -> None:
    """Add to a workflow's execution count how many were started."""
    session.exec(
        update(AutomationWorkflow)
        .where(col(AutomationWorkflow.workflow_id) == workflow_id)
        .values(execution_count=col(AutomationWorkflow.execution_count) + started),
        execution_options={"synchronize_session": False},
    )


def run_of_campaign(session: Session, venture_id: str, campaign_id: str) -> str | None:
    """The run that made the newest workflow of a campaign, and with it the campaign's content."""
    statement = select(AutomationWorkflow.run_id).where(
        col(AutomationWorkflow.venture_id) == venture_id,
        col(AutomationWorkflow.campaign_id) == campaign_id,
        col(AutomationWorkflow.run_id) != "",
    )
    return session.exec(statement.order_by(col(AutomationWorkflow.updated_at).desc())).first()
