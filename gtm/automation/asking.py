"""Asking somebody to confirm their consent (double opt-in): a lead that is pending, and one mail a purpose a day.

Whoever types an address into a form need not own it. A lead that is new is stored as `pending`: it enters no workflow,
and is erased when its link expires. Of somebody who is known nothing changes before they confirm.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from gtm.domain.base import Model
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Consent, Lead
from gtm.domain.vocabulary import ConsentPurpose
from gtm.store.models.base import new_id
from gtm.store.models.consent_requests import ConsentRequest
from gtm.store.repositories import consent_requests, leads

OPEN: frozenset[Consent] = frozenset({"unknown", "pending"})
"""Whom it is worth to ask: a consent that was given or withdrawn stays as it is, whoever ticks a box."""
ONE_MAIL = timedelta(days=1)
"""Who asks again within this time for the same purpose has their one mail already."""
TOLD = ("consent_text", "consent_at")
"""Attributes of a lead that say what it agreed to, and when; they are written once it is confirmed."""


class Asked(Model):
    """What is to be confirmed, and what confirming starts.

    Attributes:
        purpose: what they agree to be written to about.
        wording: what they agree to, word for word.
        source: where they were asked: a page's path, or a webhook's name.
        expires_at: up to but not including this moment the link works.
        lead_source: of the form, whose workflows wait for it.
        registers_for: the campaign whose session they register for; empty for none.
        trigger_id: the webhook that brought them; empty for a form.
        event: what tells the webhook's event from every other.
    """

    purpose: ConsentPurpose
    wording: str
    source: str
    expires_at: datetime
    lead_source: str = ""
    registers_for: str = ""
    trigger_id: str = ""
    event: str = ""


def pending(lead: Lead) -> Lead:
    """Somebody new as they are stored until they confirm."""
    own: Mapping[str, Scalar] = {name: value for name, value in lead.attributes.items() if name not in TOLD}
    return lead.model_copy(update={"consent": "pending", "attributes": dict(own)})


def ask(session: Session, lead: Lead, asked: Asked, now: datetime) -> None:
    """Have a mail sent that asks a lead to confirm, unless one of the same purpose was asked for within a day.

    Args:
        session: the transaction, which holds the lead: of two at once the second sees what the first asked.
        lead: as stored.
        asked: what is to be confirmed.
        now: the aware moment.
    """
    for known in consent_requests.of_lead(session, lead.lead_id):
        if known.purpose == asked.purpose and now < known.asked_at + ONE_MAIL:
            # One link answers both: it registers for both sessions, and starts what form and webhook wait to start.
            both = [one for one in (*known.registers_for.split(","), asked.registers_for) if one]
            known.registers_for = ",".join(dict.fromkeys(both))
            known.lead_source = known.lead_source or asked.lead_source
            if not known.trigger_id:
                known.trigger_id, known.event = asked.trigger_id, asked.event
            consent_requests.add(session, known)
            return
    row = ConsentRequest(
        send_id=new_id("send"),
        venture_id=lead.venture_id,
        lead_id=lead.lead_id,
        asked_at=now,
        mail_at=now,
        **asked.model_dump(),
    )
    consent_requests.add(session, row)


def held(session: Session, lead: Lead) -> Lead | None:
    """The lead as it is now, held by this transaction, if there is anything to ask it."""
    now = leads.get_lead(session, lead.lead_id, lock=True)
    return now if now.consent in OPEN else None
