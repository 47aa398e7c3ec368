"""What an action is given, what it answers, and how its effect is announced before it is dispatched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from gtm.automation.ports import Services
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.enrolment import Deferred, EnrolmentState, Failed, Lead, Outcome
from gtm.domain.workflow import WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import deliveries, enrolments
from gtm.store.repositories.deliveries import GONE, Standing

RUNNABLE = frozenset({"active"})
RUNNABLE_IN_TEST = frozenset({"active", "draft"})


@dataclass(frozen=True)
class ActionContext:
    """Everything an action may use.

    Attributes:
        key: the effect's idempotency key.
        owner: the claim under which the enrolment is held; every write is fenced by it.
    """

    database: Database
    clock: Clock
    services: Services
    definition: WorkflowDefinition
    state: EnrolmentState
    lead: Lead
    key: str
    owner: str


@dataclass(frozen=True)
class Done:
    """What an action came to, and what is to be noted of it in the transaction that moves the enrolment."""

    outcome: Outcome
    note: Callable[[Session], None] | None = None


@dataclass(frozen=True)
class Action:
    """A verb of the workflow language: its parameters, and what does it.

    Attributes:
        run: does it once.
        run_many: does it for a group, in order, with one transaction for what all of them reserve.
    """

    params: type[Model]
    run: Callable[[Any, ActionContext], Outcome]
    run_many: Callable[[Sequence[tuple[Any, ActionContext]]], list[Done]] | None = None


def announce(context: ActionContext, session: Session) -> Outcome | None:
    """Check in one transaction that the claim stands and nothing is paused, and note the effect that is coming.

    Returns:
        None when the effect may be dispatched after the commit; otherwise the answer instead of it.
    """
    if stopped := stop_reason(context, session):
        return Deferred(detail=stopped)
    if context.state.context.dispatching == context.key:
        return Failed(failure="unknown", detail="an earlier worker was lost while it did this; it may have happened")
    noted = context.state.context.model_copy(update={"dispatching": context.key})
    enrolments.announce(session, context.state.model_copy(update={"context": noted}), context.owner)
    return None


def stop_reason(context: ActionContext, session: Session) -> str:
    """Why the effect must not be dispatched now, or an empty text."""
    if not enrolments.still_held(session, [context.state.enrolment_no], context.owner):
        return "the claim is lost"
    return paused_reason(session, context.state, lock=True)


def paused_reason(session: Session, state: EnrolmentState, *, lock: bool = False) -> str:
    """Whether the workflow or its venture was paused meanwhile, in words, or an empty text."""
    standings = deliveries.standings(session, [state.workflow_id], lock=lock)
    return stopped(standings.get(state.workflow_id, GONE), state)


def stopped(standing: Standing, state: EnrolmentState) -> str:
    """Why an effect must not be dispatched, in words, or an empty text; tests go on while their venture is paused."""
    if standing.status not in (RUNNABLE_IN_TEST if state.is_test else RUNNABLE):
        return f"the workflow is {standing.status}"
    if standing.venture_paused is not None and not state.is_test:
        return f"the venture is paused: {standing.venture_paused}"
    return ""
