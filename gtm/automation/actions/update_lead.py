"""update_lead: write one field of the lead; conditional triggers see the change."""

from gtm.automation.actions.base import ActionContext, stop_reason
from gtm.automation.triggers.conditional import change_lead
from gtm.domain.base import Model
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Deferred, Outcome, Succeeded


class Params(Model):
    """A column of the lead, or `attributes.NAME`, and its new value."""

    field: str
    value: Scalar


def run(params: Params, context: ActionContext) -> Outcome:
    """Write the value; doing it twice changes nothing.

    Raises:
        InvalidInput: the value does not fit the field.
    """
    with context.database.write() as session:
        if stopped := stop_reason(context, session):
            return Deferred(detail=stopped)
        change_lead(session, context.lead.lead_id, {params.field: params.value}, context.clock.now())
    return Succeeded(detail=f"{params.field} = {params.value}")
