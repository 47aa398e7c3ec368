"""Stopping a venture's sends (SOP, rollback procedures, steps 1 and 2)."""

import time
from datetime import datetime

from sqlmodel import Session

from gtm.domain.base import Model
from gtm.store.database import Database
from gtm.store.repositories import automation, email_sends


class Paused(Model):
    """What a pause did, and how many sends were already on their way."""

    venture_id: str
    reason: str
    at: datetime
    workflows: int
    in_flight: int


def pause_venture(session: Session, venture_id: str, reason: str, now: datetime) -> Paused:
    """Pause every active workflow of a venture with the SOP's rollback query.

    From the commit on nothing is claimed and nothing reserved. Sends that were reserved before it are counted in
    `in_flight`; `drain` waits until they are settled.

    Args:
        session: the transaction.
        venture_id: whose workflows.
        reason: goes into paused_reason.
        now: the aware moment, for the answer; the query itself takes the database's NOW().
    """
    paused = automation.pause_active(session, venture_id, reason)
    flying = email_sends.in_flight(session, venture_id)
    return Paused(venture_id=venture_id, reason=reason, at=now, workflows=paused, in_flight=flying)


def drain(database: Database, venture_id: str, seconds: float = 30.0, workflow_id: str | None = None) -> int:
    """Wait until no send of a paused venture is under way; how many still are when the time is up.

    Args:
        database: the store.
        venture_id: whose sends.
        workflow_id: of this workflow only, where one alone is paused.
        seconds: how long to wait; a worker that died leaves its reservations, which never settle by themselves.
    """
    deadline = time.monotonic() + seconds
    while True:
        with database.read() as session:
            flying = email_sends.in_flight(session, venture_id, workflow_id)
        if flying == 0 or time.monotonic() >= deadline:
            return flying
        time.sleep(0.05)
