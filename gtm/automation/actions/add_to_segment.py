"""add_to_segment: move the lead into a segment."""

from gtm.automation.actions.base import ActionContext, stop_reason
from gtm.automation.triggers.conditional import change_lead
from gtm.domain.base import Model
from gtm.domain.enrolment import Deferred, Outcome, Succeeded


class Params(Model):
    """The segment."""

    segment_id: str


def run(params: Params, context: ActionContext) -> Outcome:
    """Write the segment; doing it twice changes nothing."""
    with context.database.write() as session:
        if stopped := stop_reason(context, session):
            return Deferred(detail=stopped)
        change_lead(session, context.lead.lead_id, {"segment_id": params.segment_id}, context.clock.now())
    return Succeeded(detail=f"in segment {params.segment_id}")
