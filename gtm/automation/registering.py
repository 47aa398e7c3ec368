"""What comes through the doors that people register by: forms of pages, and registrations for sessions.

A registration is an attribute of the lead, which the reminders of a session ask for; so is a message.
"""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.asking import OPEN, Asked, ask, held, pending
from gtm.automation.messages import add_message
from gtm.automation.triggers.conditional import change_lead
from gtm.automation.triggers.database_insert import insert_lead
from gtm.automation.triggers.enrol import Fired, fire
from gtm.domain.base import Model
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import Lead, NewLead
from gtm.domain.lead_fields import MESSAGE
from gtm.domain.preferences import PURPOSES, Preference
from gtm.domain.sessions import REGISTERED
from gtm.domain.vocabulary import ConsentPurpose
from gtm.domain.workflow import TriggerDefinition
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, leads, preferences


class FormTaken(Model):
    """What came of a form: whose it is, whether they are new, what each trigger did, whether they are to confirm."""

    lead_id: str
    created: bool
    fired: tuple[Fired, ...]
    asked: bool = False


def take_form(
    session: Session,
    person: NewLead,
    *,
    purpose: ConsentPurpose,
    registers_for: str = "",
    confirms: Asked | None = None,
    now: datetime,
) -> FormTaken:
    """Take the form of a page, in the caller's transaction: one lead an address, and what its arrival starts.

    Of somebody who is known nothing is written over, as a stranger may have typed their address: a consent that was
    never asked for is filled in, one that was given or withdrawn stays. That they registered is news, and so is a
    message, which is kept beside the earlier ones.

    Args:
        session: the transaction.
        person: whom the form describes; `consent` is `granted` where the box was ticked.
        purpose: what they then agreed to be written to about, and nothing else.
        registers_for: the campaign whose session the page is for; empty for none.
        confirms: what they are to confirm by mail before anything of it counts; None where their word is enough.
        now: the aware moment.

    Raises:
        InvalidInput: the registrations of the lead are too long together, or it has written too many messages.
    """
    if confirms is not None and person.consent == "granted" and not person.is_test:
        waiting = _asked(session, person, confirms, now)
        if waiting is not None:
            return waiting
    inserted = insert_lead(session, person, now)
    lead = inserted.lead
    if not inserted.created:
        add_message(session, lead.lead_id, str(person.attributes.get(MESSAGE) or ""), now)
    if person.consent == "granted":
        _agreed(session, lead, purpose, now, created=inserted.created)
    registered = register(session, lead.lead_id, registers_for, now) if registers_for else ()
    forms = fire_forms(session, lead.lead_id, person.lead_source, now, created=inserted.created)
    return FormTaken(lead_id=lead.lead_id, created=inserted.created, fired=(*inserted.fired, *registered, *forms))


def _asked(session: Session, person: NewLead, confirms: Asked, now: datetime) -> FormTaken | None:
    """Store whom a form describes as one who is to confirm; None for somebody who has agreed, or left, before."""
    known = leads.find_by_email(session, person.venture_id, person.email, is_test=False)
    if known is not None and known.consent not in OPEN:
        return None
    stored, created = leads.add_lead(session, pending(person.as_lead(new_id("lead"))), now)
    lead = held(session, stored)
    if lead is None:
        return None
    if not created:
        add_message(session, lead.lead_id, str(person.attributes.get(MESSAGE) or ""), now)
    ask(session, lead, confirms, now)
    return FormTaken(lead_id=lead.lead_id, created=created, fired=(), asked=True)


def fire_forms(session: Session, lead_id: str, source: str, now: datetime, *, created: bool) -> tuple[Fired, ...]:
    """Start the workflows that wait for the form of a page.

    Args:
        session: the transaction.
        lead_id: whose form it was.
        source: the form's `lead_source`.
        now: the aware moment.
        created: whether the lead is new with it.
    """
    lead = leads.get_lead(session, lead_id)
    event = f"form:{lead_id}:{now.isoformat()}"
    waiting = _of_forms(session, lead.venture_id, source)
    return tuple(fire(session, one, lead, now, duplicate=not created, event=event) for one in waiting)


def _of_forms(session: Session, venture_id: str, source: str) -> list[TriggerDefinition]:
    """The enabled webhooks that wait for leads of this source: the house's own form needs no signature to be one."""
    rows = automation.list_triggers(session, venture_id, "webhook")
    triggers = [automation.trigger_of(row) for row in rows if row.enabled]
    return [one for one in triggers if any(_names_source(p, source) for p in one.conditions)]


def _names_source(condition: Predicate, source: str) -> bool:
    named = condition.field == "lead_source" and condition.operator in ("equals", "in_list")
    return named and condition.holds({"lead_source": source})


def _agreed(session: Session, lead: Lead, purpose: ConsentPurpose, now: datetime, *, created: bool) -> None:
    """Record a consent for its purpose; it is none for any other purpose that the lead was never asked about."""
    before = preferences.of_lead(session, lead.lead_id)
    if created or lead.consent == "unknown":
        given = {one: Preference(allowed=one == purpose) for one in PURPOSES if one not in before}
        preferences.save(session, lead.venture_id, lead.lead_id, given, now)
        if not created:
            change_lead(session, lead.lead_id, {"consent": "granted"}, now)


def register(session: Session, lead_id: str, campaign_ids: str, now: datetime) -> tuple[Fired, ...]:
    """Store that a lead is registered for the sessions of campaigns; twice is as good as once.

    It starts the workflows whose conditional trigger waits for the registration, of those the lead is not in yet.

    Args:
        session: the transaction.
        lead_id: the lead.
        campaign_ids: a campaign's id, or several with a comma between them.
        now: the aware moment.

    Returns:
        What each of these triggers did.

    Raises:
        NotFound: there is no such lead.
        InvalidInput: the registrations of the lead are too long together.
    """
    lead = leads.get_lead(session, lead_id, lock=True)
    before = _ids(str(lead.attributes.get(REGISTERED) or ""))
    after = list(dict.fromkeys([*before, *_ids(campaign_ids)]))
    if after == before:
        return ()
    return change_lead(session, lead_id, {f"attributes.{REGISTERED}": ",".join(after)}, now)


def _ids(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
