"""Confirming a consent by the link of a mail: the mail itself, what its page shows, and what its button records.

That somebody could open the mail is the evidence; no address of a computer is kept.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlmodel import Session

from gtm.automation.asking import TOLD
from gtm.automation.ports import RenderedEmail
from gtm.automation.registering import fire_forms, register
from gtm.automation.triggers.conditional import change_lead, changed
from gtm.automation.triggers.database_insert import fire_insert
from gtm.automation.triggers.enrol import Fired, fire
from gtm.domain.enrolment import Lead
from gtm.domain.errors import NotFound
from gtm.domain.names import day
from gtm.domain.preferences import PURPOSES, Preference
from gtm.domain.vocabulary import ConsentPurpose
from gtm.store.models.consent_requests import ConsentRequest
from gtm.store.repositories import automation, consent_requests, leads, logs, preferences, ventures

_TEXT = """\
Somebody, we hope you, entered this address for {sender} and agreed to this:

{wording}

If that was you, open this page and press its button:

{url}

The link works until {until}. If it was not you, do nothing: no other
mail follows, and an address that is new to us is then erased together with
everything that was entered."""


class Asking(NamedTuple):
    """What a link asks: whose mail it is about, and the words that are agreed to."""

    sender: str
    wording: str


def confirmation_mail(session: Session, request: ConsentRequest, url: str) -> RenderedEmail:
    """The mail that asks to confirm; nothing in it is what a stranger typed.

    Args:
        session: where to read.
        request: what is asked.
        url: the link of its page.
    """
    sender = ventures.sender_name(session, request.venture_id)
    at = request.expires_at.astimezone(UTC)
    until = f"{day(at.date())}, {at:%H:%M} UTC"
    text = _TEXT.format(sender=sender, wording=request.wording, url=url, until=until)
    return RenderedEmail(subject=f"Please confirm: mail from {sender}", text=text)


def asking(session: Session, send_id: str, now: datetime) -> Asking | None:
    """What the link of a mail asks; None when it was used, has expired, or its lead is gone or has left."""
    request = consent_requests.get(session, send_id)
    if request is None or _lead(session, request, now) is None:
        return None
    return Asking(ventures.sender_name(session, request.venture_id), request.wording)


def confirm(session: Session, send_id: str, now: datetime) -> tuple[Fired, ...] | None:
    """Record the consent that a mail asked for, and start what waited for it, once.

    The audit log keeps purpose, words, source, and when it was asked for and confirmed.

    Args:
        session: the transaction.
        send_id: the mail, as its link names it.
        now: the aware moment.

    Returns:
        What each trigger did; None when there is nothing to confirm, as in `asking`.
    """
    found = consent_requests.get(session, send_id)
    lead = _lead(session, found, now, lock=True) if found is not None else None
    # Of two at once the second finds nothing.
    request = consent_requests.get(session, send_id, lock=True) if lead is not None else None
    if request is None or lead is None:
        return None
    # Who asked on several days has several links, and has answered all of them.
    alike = [one for one in consent_requests.of_lead(session, lead.lead_id) if one.purpose == request.purpose]
    sessions = ",".join(one.registers_for for one in alike if one.registers_for)
    for one in alike:
        consent_requests.remove(session, one)
    _agreed(session, lead, request, now)
    fired = _arrived(session, lead, request, now)
    registered = register(session, lead.lead_id, sessions, now) if sessions else ()
    waiting = [started for one in alike for started in _waiting(session, lead, one, now)]
    return (*fired, *registered, *waiting)


def _lead(session: Session, request: ConsentRequest, now: datetime, *, lock: bool = False) -> Lead | None:
    """Whoever may confirm a request now."""
    try:
        lead = leads.get_lead(session, request.lead_id, lock=lock)
    except NotFound:
        return None
    left = lead.consent == "withdrawn" or leads.suppressed(session, lead.venture_id, [lead.email])
    return None if left or now >= request.expires_at else lead


def _agreed(session: Session, lead: Lead, request: ConsentRequest, now: datetime) -> None:
    before = preferences.of_lead(session, lead.lead_id)
    # Who was never asked about another purpose has agreed to none.
    unasked = PURPOSES if lead.consent in ("pending", "unknown") else ()
    given = {one: Preference(allowed=False) for one in unasked if one not in before}
    purpose: ConsentPurpose = next(one for one in PURPOSES if one == request.purpose)
    wish = before[purpose].every_days if purpose in before else None
    given[purpose] = Preference(allowed=True, every_days=wish)
    preferences.save(session, lead.venture_id, lead.lead_id, given, now)
    logs.audit(
        session,
        actor="recipient",
        action="lead.consent_confirmed",
        subject=lead.lead_id,
        now=now,
        venture_id=lead.venture_id,
        data={
            "purpose": purpose,
            "wording": request.wording,
            "source": request.source,
            "asked_at": request.asked_at.isoformat(),
            "confirmed_at": now.isoformat(),
            "mail": request.send_id,
        },
    )


def _arrived(session: Session, lead: Lead, request: ConsentRequest, now: datetime) -> tuple[Fired, ...]:
    """A lead that was pending arrives with its consent; for one who was here, it is a change."""
    crossed: tuple[Fired, ...] = ()
    new = lead.consent == "pending"
    if new:
        told = dict(zip(TOLD, (request.wording, now.isoformat()), strict=True))
        own = {f"attributes.{name}": value for name, value in told.items()}
        leads.save_lead(session, changed(lead, {"consent": "granted", **own}))
    elif lead.consent != "granted":
        crossed = change_lead(session, lead.lead_id, {"consent": "granted"}, now)
    stored = leads.get_lead(session, lead.lead_id)
    return (*crossed, *fire_insert(session, stored, now, created=new))


def _waiting(session: Session, lead: Lead, request: ConsentRequest, now: datetime) -> tuple[Fired, ...]:
    """What the workflows did that wait for the form, and the one of the webhook, if it is still there and enabled."""
    new, source = lead.consent == "pending", request.lead_source
    forms = fire_forms(session, lead.lead_id, source, now, created=new) if source else ()
    rows = automation.list_triggers(session, lead.venture_id, "webhook") if request.trigger_id else ()
    mine = [automation.trigger_of(row) for row in rows if row.trigger_id == request.trigger_id and row.enabled]
    stored = leads.get_lead(session, lead.lead_id)
    webhooks = (fire(session, one, stored, now, duplicate=not new, event=request.event) for one in mine)
    return (*forms, *webhooks)
