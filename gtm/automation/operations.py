"""What an operator does to workflows and to the people in them; every deed stands in the audit log, who and why."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, update

from gtm.automation.migrating import Migrated, MigrationPlan, migrate_all
from gtm.automation.reach import Reach, require_reach
from gtm.automation.resolving import Resolution
from gtm.automation.resolving import resolve as resolve_enrolment
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.enrolment import EnrolmentState, execution_id
from gtm.domain.errors import Conflict, InvalidInput, NotFound, VersionUnreadable
from gtm.domain.workflow import ActionStep, SendEmail
from gtm.store.database import Database
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.repositories import automation, dead_letters, email_sends, enrolments, logs, rates, stages, versions
from gtm.store.repositories.enrolments import LogLine
from gtm.store.repositories.versions import Pinned

CANCEL_BATCH = 5_000
_SAME_VISIT = ("retry", "deferred", "unknown", "manual")
_CERTAIN = ("failed", "refused", "manual")
"""Outcomes of an action that say for certain that its effect has not happened."""


class Cancelled(Model):
    """How many people a cancellation took out of a workflow."""

    workflow_id: str
    ended: int


class DeadLetter(Model):
    """An enrolment that failed or waits for a person, with its latest error."""

    execution_id: str
    workflow_id: str
    version: int
    lead_id: str
    email: str
    status: str
    step: str
    outcome: str
    error: str
    since: datetime | None


def activate(
    session: Session, workflow_id: str, who: str, now: datetime, reach: Reach | None = None
) -> AutomationWorkflow:
    """Let a workflow run, and enable its triggers: one that was tested since it was last changed (SOP exit gate 3).

    Args:
        session: the transaction.
        workflow_id: the workflow.
        who: goes into the audit.
        now: the aware moment.
        reach: what is configured; None where the caller has seen to it.

    Raises:
        NotFound: there is no such workflow.
        VenturePaused: a rollback of the venture is not decided.
        Conflict: it is active already, was not tested, or a connector of its steps is not configured.
    """
    row = automation.get_workflow(session, workflow_id)
    stages.refuse_when_paused(session, row.venture_id)
    if row.status == "active":
        raise Conflict("the workflow is active", field="ID", value=workflow_id)
    if row.test_execution_count == 0:
        raise Conflict(
            "the workflow has not passed its tests since it was last changed",
            field="ID",
            value=workflow_id,
            hint=f"gtm workflow test {workflow_id}",
        )
    if reach is not None:
        require_reach(automation.get_definition(session, workflow_id, row.version), reach)
    automation.activate_workflow(session, workflow_id, now)
    audit(session, "activated", row, who, now)
    return row


def pause(session: Session, workflow_id: str, reason: str, who: str, now: datetime) -> AutomationWorkflow:
    """Stop one workflow: nothing of it is claimed or sent from the commit on, and everybody keeps their place.

    Raises:
        NotFound: there is no such workflow.
        Conflict: it is not active.
    """
    row = automation.get_workflow(session, workflow_id)
    changed = session.exec(
        update(AutomationWorkflow)
        .where(col(AutomationWorkflow.workflow_id) == workflow_id, col(AutomationWorkflow.status) == "active")
        .values(status="paused", paused_at=now, paused_reason=reason, updated_at=now),
        execution_options={"synchronize_session": "fetch"},
    )
    if changed.rowcount != 1:
        raise Conflict(f"the workflow is {row.status}, not active", field="ID", value=workflow_id)
    audit(session, "paused", row, who, now, reason=reason)
    return row


def resume(session: Session, workflow_id: str, who: str, now: datetime) -> AutomationWorkflow:
    """Let a paused workflow go on where everybody stands; what came due meanwhile is done now.

    Raises:
        NotFound: there is no such workflow.
        VenturePaused: a rollback of the venture is not decided.
        Conflict: it is not paused.
    """
    row = automation.get_workflow(session, workflow_id)
    stages.refuse_when_paused(session, row.venture_id)
    if row.status != "paused":
        raise Conflict(f"the workflow is {row.status}, not paused", field="ID", value=workflow_id)
    automation.activate_workflow(session, workflow_id, now)
    audit(session, "resumed", row, who, now)
    return row


def limit(session: Session, venture_id: str, per_minute: int | None, who: str, now: datetime) -> None:
    """Set how many leads of a venture workers take up a minute; None takes the limit away."""
    rates.set_rate(session, venture_id, per_minute, now)
    logs.audit(
        session,
        actor=f"person:{who}",
        action="venture.limited",
        subject=venture_id,
        now=now,
        venture_id=venture_id,
        data={"per_minute": per_minute},
    )


def cancel(database: Database, clock: Clock, workflow_id: str, reason: str, who: str) -> Cancelled:
    """Pause a workflow and end everybody who is in flight in it, each with a line of log.

    People leave in batches, so that other work goes on beside; an interrupted cancellation is gone on with by the same
    command. An email that a worker has handed over already cannot be called back and stands in `email_sends`.

    Args:
        database: the store.
        clock: tells the moment.
        workflow_id: the workflow.
        reason: goes into the log and the audit.
        who: who cancels.

    Raises:
        NotFound: there is no such workflow.
    """
    said = f"{who}: {reason}"
    with database.write() as session:
        row = automation.get_workflow(session, workflow_id)
        if row.status == "active":
            pause(session, workflow_id, f"cancelled: {reason}", who, clock.now())
    ended = 0
    while True:
        with database.write() as session:
            some = dead_letters.end_some(session, workflow_id, said, clock.now(), CANCEL_BATCH)
        ended += some
        if not some:
            break
    with database.write() as session:
        audit(session, "cancelled", row, who, clock.now(), reason=reason, ended=ended)
    return Cancelled(workflow_id=workflow_id, ended=ended)


def migrate(database: Database, clock: Clock, plan: MigrationPlan, who: str) -> Migrated:
    """Move everybody who waits to the version of a plan that was shown; see `gtm.automation.migrating`.

    Raises:
        Conflict: the other version is not what was shown, or the workflow was never activated with it.
        NotFound: the workflow or a version is gone.
    """
    done = migrate_all(database, clock, plan, who=who)
    with database.write() as session:
        row = automation.get_workflow(session, plan.workflow_id)
        versions = {"from_version": plan.from_version, "to_version": plan.to_version, "moved": done.moved}
        audit(session, "migrated", row, who, clock.now(), **versions)
    return done


def list_dead_letters(session: Session, workflow_id: str, *, limit: int = 100) -> tuple[DeadLetter, ...]:
    """Who failed in a workflow or waits for a person, those that wait first.

    Raises:
        NotFound: there is no such workflow.
    """
    automation.get_workflow(session, workflow_id)
    known: dict[int, Pinned | VersionUnreadable] = {}
    found = []
    for letter in dead_letters.dead_letters(session, workflow_id, limit=limit):
        if letter.version_no not in known:
            known[letter.version_no] = _pinned(session, letter.version_no)
        version, step = _place(known[letter.version_no], letter.step)
        found.append(
            DeadLetter(
                execution_id=execution_id(letter.enrolment_no),
                workflow_id=workflow_id,
                version=version,
                lead_id=letter.lead_id,
                email=letter.email,
                status=letter.status,
                step=step,
                outcome=letter.outcome,
                error=letter.detail,
                since=letter.at,
            )
        )
    return tuple(found)


def _pinned(session: Session, version_no: int) -> Pinned | VersionUnreadable:
    try:
        return versions.pinned_version(session, version_no)
    except VersionUnreadable as error:
        return error


def _place(version: Pinned | VersionUnreadable, position: int) -> tuple[int, str]:
    """A version and the name of a step of it, or where nothing readable stands there its place, counted from 1."""
    if isinstance(version, VersionUnreadable):
        return version.version, f"step {position + 1}"
    known = 0 <= position < len(version.definition.steps)
    return version.definition.version, version.name(position) if known else f"step {position + 1}"


def retry(session: Session, execution: str, who: str, now: datetime) -> EnrolmentState:
    """Put a dead letter back to the step that failed, as a new attempt under the same idempotency key; should it fail,
    it is tried again as often as its strategy says.

    Only where the effect is known not to have happened; a send whose fate is open is never repeated blindly.

    Args:
        session: the transaction.
        execution: `exec-17`.
        who: goes into the log.
        now: the aware moment.

    Raises:
        InvalidInput: that is no execution's name.
        NotFound: there is no such execution.
        Conflict: it has not failed, or it is open whether its effect happened.
    """
    state = _state(session, execution)
    if state.status not in ("failed", "manual"):
        raise Conflict(
            f"the execution is {state.status}: there is nothing to retry", field="EXECUTION", value=execution
        )
    log = enrolments.log_of(session, state.enrolment_no)
    pinned = versions.pinned_version_of(session, state)
    line = _failure(log, pinned, state)
    sends = email_sends.sends_of(session, [state.enrolment_no]).get(state.enrolment_no, [])
    newest = next((send for send in reversed(sends) if send.step == line.step), None)
    if isinstance(pinned.definition.step(line.step), SendEmail) and newest is not None and newest.state != "failed":
        raise _open(execution, f"the email of {line.step} is {newest.state}")
    seq = state.seq + 1
    after = state.model_copy(
        update={
            "step": line.step,
            "status": "waiting",
            "due_at": now,
            "seq": seq,
            "attempt": 0,
            "context": state.context.model_copy(
                update={"dispatching": "", "deferred": 0, "reopened": seq - _visit(log, line)}
            ),
        }
    )
    said = f"{who}: again after {line.outcome}" + (f" ({line.detail})" if line.detail else "")
    if not dead_letters.reopen(session, pinned, state, after, said[:2000], now):
        raise Conflict("somebody else has moved it", field="EXECUTION", value=execution)
    row = automation.get_workflow(session, state.workflow_id)
    audit(session, "retried", row, who, now, execution_id=execution, step=line.step)
    return after


def resolve(session: Session, execution: str, resolution: Resolution, who: str, now: datetime) -> EnrolmentState:
    """Move an execution on that waits for a person, by what they found out about its effect.

    Raises:
        InvalidInput: that is no execution's name.
        NotFound: there is no such execution.
        Conflict: it does not wait for a person.
    """
    state = _state(session, execution)
    after = resolve_enrolment(session, state.enrolment_no, resolution, who, now)
    row = automation.get_workflow(session, state.workflow_id)
    audit(session, "resolved", row, who, now, execution_id=execution, resolution=resolution)
    return after


def number_of_execution(execution: str) -> int:
    """17 of `exec-17`.

    Raises:
        InvalidInput: that is no execution's name.
    """
    head, _, number = execution.partition("-")
    if head != "exec" or not number.isdecimal() or not number.isascii() or len(number) > 18:
        raise InvalidInput("that is no execution", field="EXECUTION", value=execution, allowed="exec-NUMBER")
    return int(number)


def _state(session: Session, execution: str) -> EnrolmentState:
    state = enrolments.get_state(session, number_of_execution(execution))
    if state is None or state.is_test:
        raise NotFound(
            "there is no such execution",
            field="EXECUTION",
            value=execution,
            hint="gtm workflow dead WORKFLOW lists them",
        )
    return state


def _failure(log: list[LogLine], pinned: Pinned, state: EnrolmentState) -> LogLine:
    """The line that tells what is to be done again: the last action that failed for certain.

    Raises:
        Conflict: the last action's fate is open, or no action failed.
    """
    if log and log[-1].outcome == dead_letters.CANCELLED:
        raise Conflict("an operator ended it", field="EXECUTION", value=state.execution_id, hint=log[-1].detail)
    actions = [line for line in log if isinstance(pinned.definition.step(line.step), ActionStep)]
    last = actions[-1] if actions else None
    if last is not None and last.outcome == "unknown":
        raise _open(state.execution_id, last.detail or f"{last.step} may or may not have happened")
    failed = next((line for line in reversed(actions) if line.outcome in _CERTAIN), None)
    if failed is None:
        raise Conflict(
            "no action of it failed; it ended as its workflow says",
            field="EXECUTION",
            value=state.execution_id,
            hint=f"gtm workflow trace {state.lead_id}",
        )
    return failed


def _visit(log: list[LogLine], line: LogLine) -> int:
    """What tells this visit to the step from others; the idempotency key rests on it (`gtm.domain.enrolment`)."""
    first, at = line, log.index(line)
    while at > 0 and (earlier := log[at - 1]).step == line.step:
        if earlier.outcome == dead_letters.RETRIED:
            # On to the failure that a person had tried again; what its failure path did lies between.
            at = max((n for n in range(at - 1) if log[n].step == line.step), default=0)
            first = log[at] if log[at].step == line.step else first
        elif earlier.outcome in _SAME_VISIT:
            first, at = earlier, at - 1
        else:
            break
    return first.seq - first.attempt


def _open(execution: str, why: str) -> Conflict:
    return Conflict(
        f"it may have happened: {why}",
        field="EXECUTION",
        value=execution,
        hint=f"look at the provider, then gtm workflow resolve {execution} --happened or --did-not-happen",
    )


def actor_of(who: str) -> str:
    """Who did it, as the audit log tells it: a person, unless it says itself what it is."""
    return who if who == "runner" or who.startswith(("person:", "agent:", "upkeep:")) else f"person:{who}"


def audit(session: Session, deed: str, workflow: AutomationWorkflow, who: str, now: datetime, **data: Any) -> None:
    """Write what somebody did to a workflow into the audit log; `who` as `actor_of` takes it."""
    logs.audit(
        session,
        actor=actor_of(who),
        action=f"workflow.{deed}",
        subject=workflow.workflow_id,
        now=now,
        venture_id=workflow.venture_id,
        data=data,
    )
