"""manual and webhook: somebody names the trigger; webhook brings the person along."""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import Conflict, InvalidInput
from gtm.domain.workflow import TriggerDefinition
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, leads


def start_manually(
    session: Session, trigger_id: str, lead_id: str, now: datetime, *, test: TestMode | None = None
) -> Fired:
    """Start a manual trigger's workflow for a lead that is there.

    Raises:
        NotFound: no such trigger or lead.
        Conflict: the trigger is not enabled, or the lead is another venture's.
    """
    trigger = _named(session, trigger_id, "manual", test)
    lead = leads.get_lead(session, lead_id)
    if automation.get_trigger(session, trigger_id).venture_id != lead.venture_id:
        raise Conflict("the lead belongs to another venture", field="lead_id", value=lead_id)
    return fire(session, trigger, lead, now, test=test, event=f"start:{now.isoformat()}")


def receive_webhook(
    session: Session,
    trigger_id: str,
    person: NewLead,
    now: datetime,
    *,
    event: str = "",
    test: TestMode | None = None,
    lead_id: str = "",
) -> Fired:
    """Take a person that a webhook brought, whose signature the door has checked, and start its workflow.

    Args:
        session: the transaction; person and execution are committed together.
        trigger_id: the trigger.
        person: as the request tells them.
        now: the aware moment.
        event: what tells the event from every other, such as an order's number; by default the moment.
        test: set by the test harness.
        lead_id: set by the test harness; by default a new one.

    Raises:
        NotFound: no such trigger.
        Conflict: the trigger is not enabled, or the person is another venture's.
    """
    trigger = _named(session, trigger_id, "webhook", test)
    if automation.get_trigger(session, trigger_id).venture_id != person.venture_id:
        raise Conflict("the person belongs to another venture", field="venture_id", value=person.venture_id)
    lead, created = leads.add_lead(session, person.as_lead(lead_id or new_id("lead")), now)
    event = event or f"webhook:{now.isoformat()}"
    return fire(session, trigger, lead, now, duplicate=not created, test=test, event=event)


def _named(session: Session, trigger_id: str, type_: str, test: TestMode | None) -> TriggerDefinition:
    row = automation.get_trigger(session, trigger_id)
    if row.type != type_:
        raise InvalidInput(f"the trigger is not of type {type_}", field="trigger_id", value=trigger_id)
    if not row.enabled and test is None:
        raise Conflict("the trigger is not enabled", field="trigger_id", value=trigger_id)
    return automation.trigger_of(row)
