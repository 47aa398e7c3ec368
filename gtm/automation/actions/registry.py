"""All actions: one line each."""

from collections.abc import Mapping

from gtm.automation.actions import add_to_segment, http_request, notify, send_email, update_lead
from gtm.automation.actions.base import Action, ActionContext
from gtm.domain.enrolment import Outcome
from gtm.domain.workflow import Action as ActionStep

ACTIONS: Mapping[str, Action] = {
    "send_email": Action(send_email.Params, send_email.run),
    "notify": Action(notify.Params, notify.run),
    "http_request": Action(http_request.Params, http_request.run),
    "update_lead": Action(update_lead.Params, update_lead.run),
    "add_to_segment": Action(add_to_segment.Params, add_to_segment.run),
}


def run_action(step: ActionStep, context: ActionContext) -> Outcome:
    """Do a step's action; raises what the action raises."""
    action = ACTIONS[step.type]
    params = action.params.model_validate({name: getattr(step, name) for name in action.params.model_fields})
    return action.run(params, context)
