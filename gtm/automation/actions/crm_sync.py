"""crm_sync: hand the named fields of the lead to a CRM connector."""

from gtm.automation.actions.base import ActionContext, announce
from gtm.domain.base import Model
from gtm.domain.enrolment import Outcome, Succeeded
from gtm.domain.errors import PermanentFailure


class Params(Model):
    """Which connector does what with which fields."""

    id: str
    connector: str
    action: str
    fields: tuple[str, ...]


def run(params: Params, context: ActionContext) -> Outcome:
    """Make the call once; fields without a value are left out.

    Raises:
        NotFound: no such connector or action.
        ConnectorError: no CRM is configured, or it refused, or broke off.
    """
    if context.services.crm is None:
        raise PermanentFailure("no CRM connector is configured", field="crm_sync", value=params.id)
    known = context.lead.facts()
    fields = {name: value for name in params.fields if (value := known.get(name)) is not None}
    with context.announcing() as session:
        if instead := announce(context, session):
            return instead
    record = context.services.crm.sync(connector=params.connector, action=params.action, fields=fields, key=context.key)
    return Succeeded(detail=f"{params.connector} {params.action}: {record}")
