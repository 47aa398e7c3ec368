"""http_request: call an endpoint that the configuration allows, with ids and no personal data."""

from gtm.automation.actions.base import ActionContext, announce
from gtm.connectors.http.schemas import HttpMethod
from gtm.domain.base import Model
from gtm.domain.enrolment import Outcome, Succeeded
from gtm.domain.errors import PermanentFailure


class Params(Model):
    """Where to and how; a connector's name or a URL."""

    id: str
    connector: str | None
    url: str | None
    method: HttpMethod


def run(params: Params, context: ActionContext) -> Outcome:
    """Make the call once.

    Raises:
        ConnectorError: not allowed, refused, or broken off.
    """
    if context.services.http is None:
        raise PermanentFailure("no HTTP endpoint is configured", field="http_request", value=params.id)
    with context.announcing() as session:
        if instead := announce(context, session):
            return instead
    state = context.state
    status = context.services.http.call(
        connector=params.connector,
        url=params.url,
        method=params.method,
        key=context.key,
        body={
            "venture_id": state.venture_id,
            "workflow_id": state.workflow_id,
            "execution_id": state.execution_id,
            "lead_id": state.lead_id,
            "step": params.id,
        },
    )
    return Succeeded(detail=f"answered {status}")
