"""notify: tell a colleague by email, or in the application's log."""

import logging

from gtm.automation.actions.base import ActionContext, announce
from gtm.connectors.base import OutgoingEmail
from gtm.domain.base import Model
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Outcome, Succeeded
from gtm.domain.rendering import render

_LOG = logging.getLogger(__name__)


class Params(Model):
    """Whom to tell what; `message` is a template over the lead's columns."""

    channel: str
    to: str
    message: str


def run(params: Params, context: ActionContext) -> Outcome:
    """Tell them once.

    Raises:
        UnknownVariable: the message names a column the lead has no value in.
        ConnectorError: the mail server refused, or broke off.
    """
    values: dict[str, Scalar] = {
        name: value for name, value in context.lead.facts().items() if value is not None and "." not in name
    }
    text = render(params.message, values)
    with context.announcing() as session:
        if instead := announce(context, session):
            return instead
    if params.channel == "log":
        # A test tells nobody: its line goes where only those who ask for it see it.
        level = logging.DEBUG if context.state.is_test else logging.WARNING
        _LOG.log(level, "workflow %s tells %s: %s", context.state.workflow_id, params.to, text)
        return Succeeded(detail=f"logged for {params.to}")
    message_id = context.services.mailer.send(
        OutgoingEmail(
            key=context.key,
            to=params.to,
            subject=f"{context.definition.name}: {' '.join(text.split())[:80]}",
            text=text,
            sent_at=context.clock.now(),
            unsubscribe=False,
        )
    )
    return Succeeded(detail=message_id)
