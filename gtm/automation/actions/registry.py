"""All actions: one line each."""

from collections.abc import Iterable, Mapping, Sequence

from gtm.automation.actions import (
    add_to_segment,
    crm_sync,
    http_request,
    notify,
    send_email,
    start_run,
    update_lead,
)
from gtm.automation.actions.base import Action, ActionContext, Done, one_by_one
from gtm.domain.base import Model
from gtm.domain.workflow import Action as ActionStep

ACTIONS: Mapping[str, Action] = {
    "send_email": Action(send_email.Params, send_email.run_many, together=True),
    "notify": Action(notify.Params, one_by_one(notify.run)),
    "http_request": Action(http_request.Params, one_by_one(http_request.run)),
    "update_lead": Action(update_lead.Params, update_lead.run_many, together=True, repeatable=True, starts=True),
    "add_to_segment": Action(
        add_to_segment.Params, add_to_segment.run_many, together=True, repeatable=True, starts=True
    ),
    "crm_sync": Action(crm_sync.Params, one_by_one(crm_sync.run)),
    "start_run": Action(start_run.Params, one_by_one(start_run.run)),
}


def run_actions(steps: Sequence[tuple[ActionStep, ActionContext]]) -> Iterable[Done]:
    """Do the actions of a group of one type, each told once it is done, in order; what one raises is its own outcome.

    Nothing has been done of a group whose first result raises.
    """
    action = ACTIONS[steps[0][0].type]
    # Most of a group are at the same step.
    params = {id(step): _params(action, step) for step in {id(step): step for step, _ in steps}.values()}
    return action.run([(params[id(step)], context) for step, context in steps])


def _params(action: Action, step: ActionStep) -> Model:
    return action.params.model_validate({name: getattr(step, name) for name in action.params.model_fields})
