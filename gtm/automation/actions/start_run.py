"""start_run: ask for a run of the venture's crew; the engine itself starts none."""

from gtm.automation.actions.base import ActionContext, announce
from gtm.domain.base import Model
from gtm.domain.enrolment import Outcome, Succeeded
from gtm.domain.errors import PermanentFailure


class Params(Model):
    """Why a run is wished for."""

    id: str
    reason: str


def run(params: Params, context: ActionContext) -> Outcome:
    """Ask once.

    Raises:
        ConnectorError: nobody takes such wishes here, or they could not be noted.
    """
    if context.services.runs is None:
        raise PermanentFailure("nobody takes wishes for a run here", field="start_run", value=params.id)
    with context.announcing() as session:
        if instead := announce(context, session):
            return instead
    wish = context.services.runs.ask_for_run(venture_id=context.state.venture_id, reason=params.reason, key=context.key)
    return Succeeded(detail=wish)
