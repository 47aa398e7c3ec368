"""What an action is given, what it answers, and how its effect is announced before it is dispatched."""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import Session

from gtm.automation.holding import Hold
from gtm.automation.ports import Services
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.enrolment import Deferred, EnrolmentState, Failed, Lead, Outcome
from gtm.domain.errors import GtmError, OutcomeUnknown, TransientFailure
from gtm.domain.workflow import WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import claims, deliveries
from gtm.store.repositories.deliveries import GONE, Standing
from gtm.store.trouble import STORE_TROUBLE, trouble_of

if TYPE_CHECKING:
    from gtm.automation.actions.lanes import Lanes

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

RUNNABLE = frozenset({"active"})
RUNNABLE_IN_TEST = frozenset({"active", "draft"})


@dataclass(frozen=True)
class ActionContext:
    """Everything an action may use.

    Attributes:
        key: the effect's idempotency key.
        hold: the claim under which the enrolment is held; every write is fenced by its owner's name.
        lanes: what hands mails over, the claim's own.
    """

    database: Database
    clock: Clock
    services: Services
    definition: WorkflowDefinition
    state: EnrolmentState
    lead: Lead
    key: str
    hold: Hold
    lanes: "Lanes"

    @property
    def owner(self) -> str:
        """The claim's name."""
        return self.hold.owner

    def announcing(self) -> AbstractContextManager[Session]:
        """A transaction that is on the disk before the effect that it announces."""
        return self.hold.writing(durable=self.hold.real)


@dataclass(frozen=True)
class Done:
    """What an action came to, and what is to be noted of it in the transaction that moves the enrolment."""

    outcome: Outcome
    note: Callable[[Session], None] | None = None


def guarded(work: Callable[[], T], context: ActionContext) -> T:
    """Do a lead's part of a batch; what breaks in it unforeseen must not stop the others, and goes to a person.

    Raises:
        OutcomeUnknown: something broke that is no error of ours: its effect may or may not have happened.
        GtmError: what the work itself raises.
        OperationalError, InterfaceError: the store is in trouble, which is nothing about this lead.
    """
    try:
        return work()
    except (GtmError, *STORE_TROUBLE):
        raise
    except Exception as error:
        _LOG.exception("a step of %s broke", context.state.execution_id)
        raise OutcomeUnknown(f"unexpected {type(error).__name__}: {error}") from error


def failure_of(error: GtmError) -> Failed:
    """What an error means for the step that raised it."""
    if isinstance(error, TransientFailure):
        return Failed(failure="transient", detail=error.detail)
    if isinstance(error, OutcomeUnknown):
        return Failed(failure="unknown", detail=error.detail)
    return Failed(failure="permanent", detail=f"{error.title}: {error.detail}")


GroupAction = Callable[[Sequence[tuple[Any, ActionContext]]], Iterable[Done]]
"""Does an action for a group of one worker's claim: parameters and context of each; tells of each, in order."""


def one_by_one(run: Callable[[Any, ActionContext], Outcome]) -> GroupAction:
    """A group's action that does each when its result is asked for; what one of them raises is its own outcome."""

    def one(params: Any, context: ActionContext) -> Done:
        context.hold.keep()
        try:
            return Done(guarded(lambda: run(params, context), context))
        except GtmError as error:
            return Done(failure_of(error))
        except STORE_TROUBLE as error:
            # Actions ask the store before their effect, or are nothing but a transaction of it.
            return Done(Deferred(detail=trouble_of(error)))

    return lambda items: (one(params, context) for params, context in items)


@dataclass(frozen=True)
class Action:
    """A verb of the workflow language: its parameters, and what does it for a group, in order.

    Attributes:
        together: whether the whole group is announced, and its first effects begun, when `run` is called, so that it
            must be gone through; else each is begun when its result is asked for.
        repeatable: whether it is nothing but a transaction of the store that changes nothing when done again.
        starts: whether it changes a lead, so that the lead may enter other workflows that are due at once.
    """

    params: type[Model]
    run: GroupAction
    together: bool = False
    repeatable: bool = False
    starts: bool = False


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
    claims.announce(session, context.state.model_copy(update={"context": noted}), context.owner)
    return None


def stop_reason(context: ActionContext, session: Session) -> str:
    """Why the effect must not be dispatched now, or an empty text."""
    if not claims.still_held(session, [context.state.enrolment_no], context.owner):
        return "the claim is lost"
    standings = deliveries.standings(session, [context.state.workflow_id])
    return stopped(standings.get(context.state.workflow_id, GONE), context.state)


def stopped(standing: Standing, state: EnrolmentState) -> str:
    """Why an effect must not be dispatched, in words, or an empty text; tests go on while their venture is paused."""
    if standing.status not in (RUNNABLE_IN_TEST if state.is_test else RUNNABLE):
        return f"the workflow is {standing.status}"
    if standing.venture_paused is not None and not state.is_test:
        return f"the venture is paused: {standing.venture_paused}"
    return ""
