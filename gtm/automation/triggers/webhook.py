"""webhook: a signed request's person is stored and their workflow started, in one transaction, once.

What the request must be stands in `gtm.domain.webhook`.
"""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.triggers.enrol import Fired
from gtm.automation.triggers.manual import receive_webhook
from gtm.domain.base import Model
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import Conflict, NotFound, Replayed
from gtm.domain.webhook import SIGNATURE_HEADER, parse, secret_ref, verify
from gtm.store.database import Database
from gtm.store.repositories import automation, firings, leads
from gtm.store.vault import Vault


class Received(Model):
    """What came of a webhook."""

    lead_id: str
    created: bool
    fired: Fired


def receive(
    database: Database, vault: Vault, trigger_id: str, timestamp: str, signature: str, body: bytes, now: datetime
) -> Received:
    """Take a signed request: its person is stored and its workflow started, once.

    Args:
        database: the store.
        vault: holds the trigger's secret.
        trigger_id: the trigger that the address names.
        timestamp: the header.
        signature: the header.
        body: as it came, at most `MAX_BODY` bytes.
        now: the aware moment.

    Raises:
        NotFound: there is no such webhook.
        SignatureRefused: see `verify`.
        Replayed: this signature has come before.
        UsageError, InvalidInput: see `parse`.
        Conflict: the trigger is not enabled, or has no secret.
    """
    with database.read() as session:
        row = automation.get_trigger(session, trigger_id)
        if row.type != "webhook":
            raise NotFound("there is no such webhook", field="trigger_id", value=trigger_id)
        secret = _secret(session, vault, row.venture_id, trigger_id)
    digits = verify(secret, timestamp, signature, body, now)
    person = parse(body)
    with database.write() as session:
        if not firings.first_use(session, row.trigger_no or 0, digits, now):
            raise Replayed("this request has been taken before", field=SIGNATURE_HEADER)
        lead = NewLead(venture_id=row.venture_id, **person.model_dump(exclude={"event_key"}))
        known = leads.find_by_email(session, lead.venture_id, lead.email, is_test=False)
        # A request that names no event is one by itself: the same signature is never taken twice.
        fired = receive_webhook(session, trigger_id, lead, now, event=person.event_key or digits)
        stored = known or leads.find_by_email(session, lead.venture_id, lead.email, is_test=False)
    return Received(lead_id=stored.lead_id if stored else "", created=known is None, fired=fired)


def _secret(session: Session, vault: Vault, venture_id: str, trigger_id: str) -> str:
    ref = secret_ref(venture_id, trigger_id)
    try:
        return vault.get(session, ref)
    except NotFound as error:
        raise Conflict(
            "this webhook has no secret yet", field="trigger_id", value=trigger_id, hint=f"gtm vault put {ref}"
        ) from error
