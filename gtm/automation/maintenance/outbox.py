"""outbox_drain: leads that others wrote fire their triggers, each write once.

What is taken out of the outbox is heeded in the same transaction: either both stand, or neither.
"""

import logging
from collections import Counter
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from gtm.automation.maintenance.base import Report
from gtm.automation.triggers.conditional import fire_crossings
from gtm.automation.triggers.database_insert import fire_insert
from gtm.domain.enrolment import Lead
from gtm.domain.errors import NotFound
from gtm.domain.faults import plainly
from gtm.store.database import Database
from gtm.store.repositories import leads, outbox
from gtm.store.repositories.outbox import LeadChange

_LOG = logging.getLogger(__name__)

BATCH = 200
"""Writes that one transaction heeds."""


def drain_outbox(database: Database, now: datetime) -> Report:
    """Fire what the leads in the outbox start, oldest first, until it is empty.

    A lead whose values are none (an address that is no address) starts nothing and is told in the log.
    """
    counted: Counter[str] = Counter()
    while True:
        with database.write() as session:
            taken = outbox.take(session, BATCH)
            for change in taken:
                counted[_heed(session, change, now)] += 1
        counted["taken"] += len(taken)
        if len(taken) < BATCH:
            break
    unsound = counted["unsound"]
    warning = f"{unsound} leads that were written past this application are not sound" if unsound else ""
    return Report(done=counted["taken"], figures=dict(counted), warning=warning)


def _heed(session: Session, change: LeadChange, now: datetime) -> str:
    """Fire what one write starts; in a word, what came of it."""
    try:
        after = Lead.model_validate(change.became)
        before = Lead.model_validate(change.was) if change.was is not None else None
    except ValidationError as error:
        _LOG.warning("lead number %d starts nothing: %s", change.lead_no, "; ".join(plainly(error)))
        return "unsound"
    try:
        leads.lead_number(session, after.lead_id)
    except NotFound:
        return "gone"
    event = f"outbox:{change.event_no}"
    if change.was is None:
        same = leads.find_by_email(session, after.venture_id, after.email, is_test=after.is_test)
        duplicate = same is not None and same.lead_id != after.lead_id
        fired = fire_insert(session, after, now, created=not duplicate, event=event)
    else:
        fired = fire_crossings(session, before, after, now, event=event)
    return "enrolled" if any(one.enrolment_no for one in fired) else "heeded"
