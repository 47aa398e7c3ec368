"""The workflow interpreter: a pure function from state and event to the next state and the effects it asks for.

No IO, no clock, no randomness: the same arguments always give the same answer, so a transition can be computed by
any worker and written under a fence.
"""

from datetime import datetime, timedelta

from gtm.domain.enrolment import (
    Deferred,
    Due,
    Effect,
    EnrolmentContext,
    EnrolmentState,
    Event,
    Failed,
    Left,
    Perform,
    Record,
    Resolved,
    SetAside,
    Succeeded,
    idempotency_key,
)
from gtm.domain.errors import InvalidInput, printable
from gtm.domain.workflow import (
    ActionStep,
    Condition,
    Exit,
    Goal,
    SendEmail,
    Split,
    Step,
    StepId,
    UntilDate,
    Wait,
    WorkflowDefinition,
)

Transition = tuple[EnrolmentState, tuple[Effect, ...]]

MOST_DOUBTS = 20
"""After so many lines about doubts and deferrals of one visit, what did not happen again takes the failure path."""


def begin(definition: WorkflowDefinition, state: EnrolmentState, now: datetime) -> EnrolmentState:
    """The state of a lead that has just entered: at the entry step, due when that step is.

    Args:
        definition: the workflow, checked.
        state: ids of the enrolment; its step and due_at are overwritten.
        now: the aware moment of entry.
    """
    return _enter(definition, state, definition.entry, now, state.seq)


def step(definition: WorkflowDefinition, enrolment: EnrolmentState, event: Event, now: datetime) -> Transition:
    """Move an enrolment by one event.

    Args:
        definition: the version the enrolment is pinned to.
        enrolment: where the lead stands.
        event: Due when the present step's moment has come; Succeeded, Failed, Deferred or Left as answer to Perform;
            Resolved when it is found out what happened; SetAside when the lead cannot be read.
        now: the aware moment of the transition.

    Returns:
        The next state, and effects in order. A Perform is to be carried out and answered; everything else is written
        together with the state.

    Raises:
        InvalidInput: the event does not fit the state (a finished enrolment, a step that is not there).
    """
    present = definition.step(enrolment.step)
    if present is None:
        raise InvalidInput("the workflow has no such step", field="step", value=enrolment.step)
    if enrolment.status in ("finished", "failed"):
        raise InvalidInput(f"the enrolment is {enrolment.status}", field="status", value=enrolment.execution_id)
    match event:
        case Due():
            return _due(definition, enrolment, present, event, now)
        case Succeeded() if isinstance(present, ActionStep):
            return _move(definition, enrolment, present.on_success, "done", event.detail, now)
        case Failed() if isinstance(present, ActionStep):
            return _failed(definition, enrolment, present, event, now)
        case Resolved() if isinstance(present, ActionStep) and enrolment.status == "manual":
            if event.again and enrolment.context.deferred < MOST_DOUBTS:
                return _again(enrolment, event, now)
            target = present.on_success if event.happened else present.on_failure
            return _move(definition, enrolment, target, "done" if event.happened else "failed", event.detail, now)
        case Resolved() if enrolment.status == "manual":
            # Only a lead that could not be read waits here: the step has no effect, and is taken now.
            return _again(enrolment, event, now)
        case SetAside():
            return _held(enrolment, "manual", event.detail)
        case Deferred():
            return _deferred(enrolment, event)
        case Left() if isinstance(present, ActionStep):
            gone = _quiet(enrolment).model_copy(update={"goal": event.goal})
            left = enrolment.model_copy(update={"context": gone})
            return _finish(left, "completed", "goal" if event.goal else "exited", event.detail)
        case _:
            raise InvalidInput(f"{event.kind} is no answer to a {present.type} step", field="event", value=present.id)


def _due(definition: WorkflowDefinition, state: EnrolmentState, present: Step, event: Due, now: datetime) -> Transition:
    match present:
        case Wait():
            return _move(definition, state, present.next, "waited", "", now)
        case Condition():
            holds = present.when.holds(event.facts)
            target = present.if_true if holds else present.if_false
            seen = f"{present.when.as_text()}: {event.facts.get(present.when.field)!r}"
            return _move(definition, state, target, "true" if holds else "false", seen, now)
        case Split():
            arm = present.arm_of(state.workflow_id, state.lead_id)
            return _move(definition, state, arm.next, "holdout" if arm.holdout else "split", f"arm {arm.name}", now)
        case Goal():
            reached = _quiet(state).model_copy(update={"goal": present.name})
            return _finish(state.model_copy(update={"context": reached}), "completed", "goal", present.name)
        case Exit():
            return _finish(state, present.outcome, "exited", present.reason)
        case SendEmail(not_after=limit) if limit is not None and present.too_late(now, state.zone):
            return _move(definition, state, present.on_success, "skipped", f"not sent {_over(limit)}", now)
        case _:
            running = state.model_copy(update={"status": "running"})
            return running, (Perform(action=present, key=idempotency_key(state, present.id)),)


def _over(limit: UntilDate) -> str:
    return limit.as_text().replace("until", "after")


def _failed(
    definition: WorkflowDefinition, state: EnrolmentState, present: ActionStep, event: Failed, now: datetime
) -> Transition:
    policy = present.error
    noted = state.model_copy(
        update={"context": _quiet(state).model_copy(update={"last_error": printable(event.detail)[:500]})}
    )
    if event.failure == "unknown" or policy.strategy == "manual_intervention":
        return _held(noted, "unknown" if event.failure == "unknown" else "manual", event.detail)
    if event.failure == "transient" and state.attempt < len(policy.delays):
        later = noted.model_copy(
            update={
                "status": "waiting",
                "due_at": now + timedelta(seconds=policy.delays[state.attempt]),
                "attempt": state.attempt + 1,
                "seq": state.seq + 1,
            }
        )
        return later, (_record(state, "retry", event.detail),)
    outcome = "refused" if event.failure == "refused" else "failed"
    if policy.strategy == "fallback" and policy.fallback_step and event.failure != "refused":
        return _move(definition, noted, policy.fallback_step, outcome, event.detail, now)
    return _move(definition, noted, present.on_failure, outcome, event.detail, now)


def _held(state: EnrolmentState, outcome: str, detail: str) -> Transition:
    """Wait for a person at this step."""
    held = state.model_copy(update={"status": "manual", "due_at": None, "seq": state.seq + 1})
    return held, (_record(state, outcome, detail),)


def _deferred(state: EnrolmentState, event: Deferred) -> Transition:
    """The same step again later; the line in the log takes a `seq`, which the effect's key must not follow."""
    back = state.model_copy(
        update={"status": "waiting", "due_at": event.until or state.due_at, "context": _quiet(state)}
    )
    if not event.counted:
        return back, ()
    context = back.context.model_copy(update={"deferred": state.context.deferred + 1})
    return back.model_copy(update={"seq": state.seq + 1, "context": context}), (
        _record(state, "deferred", event.detail),
    )


def _again(state: EnrolmentState, event: Resolved, now: datetime) -> Transition:
    """Once more, under the same key, what certainly did not happen: neither the doubt nor its end was a try."""
    context = _quiet(state).model_copy(update={"deferred": state.context.deferred + 2})
    later = {"status": "waiting", "due_at": now, "seq": state.seq + 1}
    return state.model_copy(update=later | {"context": context}), (_record(state, "retry", event.detail),)


def _move(
    definition: WorkflowDefinition,
    state: EnrolmentState,
    target: StepId | None,
    outcome: str,
    detail: str,
    now: datetime,
) -> Transition:
    """Log the present step and enter the next; a way that leads nowhere fails the enrolment."""
    if target is None:
        return _finish(state, "failed", outcome, detail or "the step has no way on")
    return _enter(definition, state, target, now, state.seq + 1), (_record(state, outcome, detail),)


def _enter(
    definition: WorkflowDefinition, state: EnrolmentState, target: StepId, now: datetime, seq: int
) -> EnrolmentState:
    found = definition.step(target)
    if found is None:
        raise InvalidInput("the workflow has no such step", field="step", value=target)
    return state.model_copy(
        update={
            "step": target,
            "status": "waiting",
            "due_at": _due_at(found, now, state.zone),
            "attempt": 0,
            "seq": seq,
            "context": _fresh(state),
        }
    )


def _due_at(entered: Step, now: datetime, zone: str) -> datetime:
    if isinstance(entered, Wait):
        return entered.ends(now, zone)
    if isinstance(entered, SendEmail):
        return now + timedelta(hours=entered.delay_hours)
    return now


def _finish(state: EnrolmentState, status: str, outcome: str, detail: str) -> Transition:
    ended = state.model_copy(
        update={
            "status": "finished" if status == "completed" else "failed",
            "due_at": None,
            "seq": state.seq + 1,
            "context": _quiet(state),
        }
    )
    return ended, (_record(state, outcome, detail),)


def _record(state: EnrolmentState, outcome: str, detail: str) -> Record:
    said = printable(detail)[:2000]
    return Record(seq=state.seq, step=state.step, outcome=outcome, attempt=state.attempt, detail=said)


def _fresh(state: EnrolmentState) -> EnrolmentContext:
    quiet = _quiet(state)
    counted = quiet.deferred or quiet.reopened
    return quiet.model_copy(update={"deferred": 0, "reopened": 0}) if counted else quiet


def _quiet(state: EnrolmentState) -> EnrolmentContext:
    return state.context.model_copy(update={"dispatching": ""}) if state.context.dispatching else state.context
