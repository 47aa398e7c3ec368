"""confirmations: mails that ask people to confirm their consent. unconfirmed: erases those who did not.

A mail is reserved under its key before it is handed over, as workflows' mails are: whoever finds one that is reserved
calls it unknown, and it is not sent again. It is transactional: no cap, window or consent holds it back; the
suppression list, a pause of the venture and the day's limits do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from gtm.automation.actions.send_email import counted_today, sender_domain
from gtm.automation.confirming import confirmation_mail
from gtm.automation.erasing import erase_unconfirmed
from gtm.automation.guards import Candidate, Desk, Verdict, verdicts
from gtm.automation.maintenance.base import Report, Task
from gtm.automation.ports import RenderedEmail, Services
from gtm.connectors.base import OutgoingEmail
from gtm.domain.enrolment import EnrolmentState, Lead
from gtm.domain.errors import (
    GtmError,
    InvalidInput,
    MailboxGone,
    NotFound,
    PermanentFailure,
    TransientFailure,
    printable,
)
from gtm.domain.workflow import Exit, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.automation import EmailSend
from gtm.store.models.base import new_id
from gtm.store.models.consent_requests import ConsentRequest
from gtm.store.repositories import consent_requests, email_sends, leads, ventures
from gtm.store.repositories.email_sends import Settlement

EVERY = timedelta(seconds=5)
BATCH = 50
"""Mails of one run, and requests that are looked up at a time."""
AGAIN = timedelta(minutes=1)
"""How long a mail waits that the server put off, twice as long each time, and one of a paused venture."""
LONGEST = timedelta(hours=1)
_STEP = "confirm"
_LOST = "the worker that reserved it was lost"


@dataclass(frozen=True)
class _Reserved:
    """A mail that is reserved, and who may settle it."""

    lead: Lead
    email: RenderedEmail
    key: str
    owner: str
    attempts: int


def confirmation_mailer(services: Services) -> Task:
    """The upkeep task that sends by this mailer, with links by this tracking."""

    def run(database: Database, now: datetime) -> Report:
        return send_confirmations(database, services, now)

    return Task("confirmations", EVERY, run)


def send_confirmations(database: Database, services: Services, now: datetime) -> Report:
    """Send the mails that are due, one at a time.

    Args:
        database: the store.
        services: mailer, limits of delivery, and what signs links; without that nothing can be confirmed.
        now: the aware moment.
    """
    with database.read() as session:
        due = consent_requests.mails_due(session, now, BATCH)
    if not due:
        return Report()
    if services.tracking is None:
        return Report(warning="people wait for a link to confirm their consent by, and GTM_PUBLIC_URL is not set")
    sent = sum(_send(database, services, send_id, now) for send_id in due)
    return Report(done=sent, figures={"mails": sent})


def forget_unconfirmed(database: Database, now: datetime) -> Report:
    """Remove requests that have expired, and leads that are pending and have no other; consent they never gave."""
    requests = erased = 0
    while True:
        with database.read() as session:
            found = consent_requests.expired(session, now, BATCH)
        for request in found:
            # One lead a transaction: nobody is kept waiting for another's.
            with database.write() as session:
                erased += _forget(session, request, now)
        requests += len(found)
        if len(found) < BATCH:
            return Report(done=requests, figures={"requests": requests, "leads": erased})


def _forget(session: Session, request: ConsentRequest, now: datetime) -> bool:
    """Remove a request; whether its lead went with it."""
    try:
        lead = leads.get_lead(session, request.lead_id, lock=True)
    except NotFound:
        lead = None
    # Confirmed meanwhile, it is gone.
    known = consent_requests.get(session, request.send_id, lock=True)
    if known is not None:
        consent_requests.remove(session, known)
    if lead is None or lead.consent != "pending" or consent_requests.of_lead(session, lead.lead_id):
        return False
    erase_unconfirmed(session, lead, now)
    return True


def _send(database: Database, services: Services, send_id: str, now: datetime) -> bool:
    with database.write(durable=True) as session:
        reserved = _reserve(session, services, send_id, now)
    if reserved is None:
        return False
    values, again = _handed_over(services, reserved, now)
    with database.write() as session:
        Settlement(send_id, reserved.owner, values)(session)
        request = consent_requests.get(session, send_id, lock=True)
        if request is not None:
            request.mail_at = again
            consent_requests.add(session, request)
        if values["delivery_status"] == "bounced":
            leads.suppress(session, reserved.lead.venture_id, reserved.lead.email, "bounced", now)
    return values["state"] == "sent"


def _reserve(session: Session, services: Services, send_id: str, now: datetime) -> _Reserved | None:
    """Reserve a mail that may go out now; else note why it does not, and when it is looked at again."""
    request = consent_requests.get(session, send_id, lock=True)
    if request is None or request.mail_at is None or request.mail_at > now or services.tracking is None:
        return None
    try:
        lead = leads.get_lead(session, request.lead_id)
    except NotFound:
        consent_requests.remove(session, request)
        return None
    key = f"confirm-{send_id}"
    known = email_sends.find_sends(session, [key]).get(key)
    if known is not None and known.state == "reserved":
        known.state, known.delivery_status, known.refusal_reason, known.doubted_at = "unknown", "unknown", _LOST, now
        request.mail_at = None
        session.add_all((known, request))
        return None
    venture = ventures.get(session, request.venture_id)
    if venture is not None and venture.paused_at is not None:
        request.mail_at = now + AGAIN
        consent_requests.add(session, request)
        return None
    desk = Desk(session, now, services.delivery, sender_domain(services.mailer))
    no = verdicts(desk, [_candidate(lead, key, counted=counted_today(known, now))]).get(key)
    if no is not None and no.until is not None:
        request.mail_at = no.until
        consent_requests.add(session, request)
        return None
    email = confirmation_mail(session, request, services.tracking.confirm_url(send_id, request.expires_at))
    attempts = (known.attempts if known is not None else 0) + (no is None)
    owner = new_id("upkeep")
    send = known or EmailSend(send_id=send_id, idempotency_key=key, venture_id=lead.venture_id, lead_id=lead.lead_id,
                              campaign_id="", step=_STEP, purpose="transactional", reserved_at=now)  # fmt: skip
    send.sqlmodel_update(_values(services, key, email, owner, attempts, no, now))
    if no is not None:
        request.mail_at = None
    session.add_all((send, request))
    return _Reserved(lead, email, key, owner, attempts) if no is None else None


def _values(
    services: Services, key: str, email: RenderedEmail, owner: str, attempts: int, no: Verdict | None, now: datetime
) -> dict[str, object]:
    """The columns that a reservation writes; a refusal is none."""
    return {
        "subject": email.subject,
        "message_id": services.mailer.message_id(key),
        "owner": owner,
        "reserved_at": now,
        "attempts": attempts,
        "state": "reserved" if no is None else "failed",
        "delivery_status": "" if no is None else "refused",
        "refusal_reason": "" if no is None else no.reason,
    }


def _candidate(lead: Lead, key: str, *, counted: bool) -> Candidate:
    """The mail as the guards look at it: that of a workflow of its own, in which nobody is enrolled."""
    alone = WorkflowDefinition(
        workflow_id=_STEP, venture_id=lead.venture_id, name=_STEP, campaign_id=_STEP, triggers=(_STEP,), entry=_STEP,
        steps=(Exit(id=_STEP),),
    )  # fmt: skip
    state = EnrolmentState(
        venture_id=lead.venture_id, workflow_id=_STEP, version=1, lead_id=lead.lead_id, zone=lead.time_zone, step=_STEP
    )
    return Candidate(key, state, lead, "transactional", alone, counted=counted)


def _handed_over(services: Services, reserved: _Reserved, now: datetime) -> tuple[dict[str, object], datetime | None]:
    """What became of a mail, as columns of its send, and when it is to be tried again."""
    email = OutgoingEmail(
        key=reserved.key,
        to=reserved.lead.email,
        subject=reserved.email.subject,
        text=reserved.email.text,
        sent_at=now,
        unsubscribe=False,
    )
    try:
        services.mailer.send(email)
    except TransientFailure as error:
        wait = min(AGAIN * 2 ** min(reserved.attempts - 1, 10), LONGEST)
        return _outcome("failed", "refused", error), now + wait
    except MailboxGone as error:
        return _outcome("failed", "bounced", error), None
    except (PermanentFailure, InvalidInput) as error:
        return _outcome("failed", "refused", error), None
    except GtmError as error:
        # Whatever else went wrong, the message may have been handed over before it did.
        return _outcome("unknown", "unknown", error), None
    return {"state": "sent", "sent_at": now, "delivered_at": now, "delivery_status": "accepted"}, None


def _outcome(state: str, status: str, error: GtmError) -> dict[str, object]:
    return {"state": state, "delivery_status": status, "refusal_reason": printable(error.detail)}
