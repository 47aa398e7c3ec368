"""retention: what ended long ago keeps its line in `workflow_executions` and loses its rows and its log.

message_retention: mails and what was opened and clicked go later, once nothing that is kept needs them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from gtm.automation.maintenance.base import Report
from gtm.domain.limits import RetentionDays
from gtm.domain.webhook import WINDOW
from gtm.store.database import Database
from gtm.store.repositories import firings, retention

DAYS = RetentionDays()
"""The days where no policy says others."""
BATCH = 1_000
"""Rows that one transaction moves or removes."""


def keep(days: int) -> "partial[Report]":
    """The task with another number of days."""
    return partial(clear_ended, days=days)


def forget(days: RetentionDays) -> "partial[Report]":
    """The task for messages with these days."""
    return partial(clear_messages, days=days)


def clear_messages(database: Database, now: datetime, *, days: RetentionDays = DAYS) -> Report:
    """Remove mails, and single opens and clicks, that are older than is kept.

    What bounced, what somebody complained about and who unsubscribed stays, as evidence of why nobody writes to them;
    so does every mail of an enrolment that is not cleared yet, and with it everything that is open or in doubt.

    Args:
        database: the store; a thousand rows are a transaction.
        now: the aware moment.
        days: how long each is kept.
    """
    sends = _in_batches(database, lambda s: retention.forget_sends(s, now - timedelta(days=days.message_days), BATCH))
    events = _in_batches(database, lambda s: retention.forget_events(s, now - timedelta(days=days.event_days), BATCH))
    return Report(done=sends + events, figures={"mails": sends, "events": events})


def _in_batches(database: Database, some: Callable[[Session], int]) -> int:
    done = 0
    while True:
        with database.write() as session:
            batch = some(session)
        done += batch
        if batch < BATCH:
            return done


def clear_ended(database: Database, now: datetime, *, days: int = DAYS.enrolment_days) -> Report:
    """Move enrolments that ended more than `days` ago into `kept_executions`, and drop their logs.

    A lead that has been in a workflow stays one that has been: entries that are kept count as made.

    Args:
        database: the store; a thousand enrolments are a transaction.
        now: the aware moment.
        days: how long ended enrolments are kept whole.
    """
    before = now - timedelta(days=days)
    moved = _in_batches(database, lambda session: retention.move_ended(session, before, BATCH))
    with database.write() as session:
        signatures = firings.forget_signatures(session, now - 2 * WINDOW)
        fired = firings.forget_firings(session, before)
    figures: dict[str, int | str] = {"enrolments": moved, "signatures": signatures, "firings": fired}
    return Report(done=moved + signatures + fired, figures=figures)
