"""Finding out what became of sends whose fate is unknown: the provider is asked, nothing is sent on a guess.

A worker that was lost between reservation and note, or a connection that broke after DATA, leaves a send `unknown` and
its enrolment waiting for a person. Where the mail connector can look a Message-ID up, that person is spared.
"""

import logging
from datetime import datetime, timedelta

from gtm.automation.resolving import resolve
from gtm.connectors.base import DeliveryLookup, EmailConnector
from gtm.domain.base import Model
from gtm.domain.errors import Conflict, ConnectorError
from gtm.store.database import Database
from gtm.store.models.automation import EmailSend
from gtm.store.repositories import email_sends, enrolments

_LOG = logging.getLogger(__name__)

SETTLE = timedelta(minutes=5)
"""How old a reservation must be before the provider's `no` is believed: a message may take a while to show."""
WHO = "provider"
"""Who decided, as the log tells it."""


class Reconciled(Model):
    """What one look came to.

    Attributes:
        looked_at: sends in doubt.
        accepted: the provider has them; their enrolments went on.
        not_accepted: the provider does not; they go out now, under the same Message-ID.
        undecided: the provider cannot tell or could not be asked; a person decides (`resolving.resolve`).
        send_ids: of those that were decided.
    """

    looked_at: int = 0
    accepted: int = 0
    not_accepted: int = 0
    undecided: int = 0
    send_ids: tuple[str, ...] = ()

    def plus(self, other: "Reconciled") -> "Reconciled":
        """Two looks together."""
        return Reconciled(
            looked_at=self.looked_at + other.looked_at,
            accepted=self.accepted + other.accepted,
            not_accepted=self.not_accepted + other.not_accepted,
            undecided=self.undecided + other.undecided,
            send_ids=self.send_ids + other.send_ids,
        )


def reconcile(database: Database, mailer: EmailConnector, now: datetime, *, limit: int = 500) -> Reconciled:
    """Ask the provider about sends in doubt and move their enrolments on by its answer, each in its own transaction.

    Args:
        database: the store.
        mailer: the connector; one without `was_accepted` leaves everything to people.
        now: the aware moment.
        limit: how many sends to look at.
    """
    with database.read() as session:
        doubtful = email_sends.in_doubt(session, now - SETTLE, limit)
    counted = {"accepted": 0, "not_accepted": 0, "undecided": 0}
    decided: list[str] = []
    for send in doubtful:
        accepted = True if send.state == "sent" else _ask(mailer, send)
        if accepted is None or not _decide(database, send, accepted, now):
            counted["undecided"] += 1
            continue
        counted["accepted" if accepted else "not_accepted"] += 1
        decided.append(send.send_id)
        _LOG.warning("%s was unknown: %s", send.message_id, "accepted" if accepted else "not accepted")
    return Reconciled(looked_at=len(doubtful), send_ids=tuple(decided), **counted)


def _ask(mailer: EmailConnector, send: EmailSend) -> bool | None:
    if not isinstance(mailer, DeliveryLookup) or send.message_id is None:
        return None
    try:
        return mailer.was_accepted(send.message_id)
    except ConnectorError as error:
        _LOG.warning("the provider could not be asked about %s: %s", send.message_id, error.detail)
        return None


def _decide(database: Database, send: EmailSend, accepted: bool, now: datetime) -> bool:
    """Write the answer; False when the enrolment does not wait for this send (any more)."""
    with database.write() as session:
        state = enrolments.get_state(session, send.enrolment_no)
        if state is None or state.status != "manual" or state.step != send.step:
            return False
        try:
            resolve(
                session,
                send.enrolment_no,
                "happened" if accepted else "did_not_happen",
                WHO,
                now,
                again=not accepted,
            )
        except Conflict:
            return False
    return True
