"""All actions: one line each."""

import logging
from collections.abc import Mapping, Sequence

from gtm.automation.actions import (
    add_to_segment,
    crm_sync,
    http_request,
    notify,
    send_email,
    start_run,
    update_lead,
)
from gtm.automation.actions.base import Action, ActionContext, Done
from gtm.domain.base import Model
from gtm.domain.enrolment import Failed, Outcome
from gtm.domain.errors import GtmError, OutcomeUnknown, TransientFailure
from gtm.domain.workflow import Action as ActionStep

_LOG = logging.getLogger(__name__)

ACTIONS: Mapping[str, Action] = {
    "send_email": Action(send_email.Params, send_email.run, send_email.run_many),
    "notify": Action(notify.Params, notify.run),
    "http_request": Action(http_request.Params, http_request.run),
    "update_lead": Action(update_lead.Params, update_lead.run),
    "add_to_segment": Action(add_to_segment.Params, add_to_segment.run),
    "crm_sync": Action(crm_sync.Params, crm_sync.run),
    "start_run": Action(start_run.Params, start_run.run),
}


def run_actions(steps: Sequence[tuple[ActionStep, ActionContext]]) -> list[Done]:
    """Do the actions of a group of one type, in order; what one of them raises is its own outcome."""
    action = ACTIONS[steps[0][0].type]
    items = [(_params(action, step), context) for step, context in steps]
    if action.run_many is not None:
        return action.run_many(items)
    return [Done(_outcome(action, params, context)) for params, context in items]


def _params(action: Action, step: ActionStep) -> Model:
    return action.params.model_validate({name: getattr(step, name) for name in action.params.model_fields})


def _outcome(action: Action, params: Model, context: ActionContext) -> Outcome:
    try:
        return action.run(params, context)
    except TransientFailure as error:
        return Failed(failure="transient", detail=error.detail)
    except OutcomeUnknown as error:
        return Failed(failure="unknown", detail=error.detail)
    except GtmError as error:
        return Failed(failure="permanent", detail=f"{error.title}: {error.detail}")
    except Exception as error:  # noqa: BLE001 - one broken row must not stop the others; it goes to a person
        _LOG.exception("step of %s broke", context.state.execution_id)
        return Failed(failure="unknown", detail=f"unexpected {type(error).__name__}: {error}")
