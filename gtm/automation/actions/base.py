"""What an action is given, what it answers, and how its effect is announced before it is dispatched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from gtm.automation.ports import Services
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.enrolment import Deferred, EnrolmentState, Failed, Lead, Outcome
from gtm.domain.workflow import WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import automation, enrolments

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
class Action:
    """A verb of the workflow language: its parameters, and what does it."""

    params: type[Model]
    run: Callable[[Any, ActionContext], Outcome]


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
    if not enrolments.holds(session, context.state, context.owner):
        return "the claim is lost"
    return paused_reason(context, session)


def paused_reason(context: ActionContext, session: Session) -> str:
    """Whether the workflow was paused meanwhile, in words, or an empty text."""
    status = automation.status_for_send(session, context.state.workflow_id)
    runnable = RUNNABLE_IN_TEST if context.state.is_test else RUNNABLE
    return "" if status in runnable else f"the workflow is {status}"
