"""retention: what ended long ago keeps its line in `workflow_executions` and loses its rows and its log."""

from datetime import datetime, timedelta
from functools import partial

from gtm.automation.maintenance.base import Report
from gtm.domain.webhook import WINDOW
from gtm.store.database import Database
from gtm.store.repositories import firings, retention

DAYS = 180
"""How long an enrolment that has ended is kept with its log."""
BATCH = 1_000
"""Enrolments that one transaction moves."""


def keep(days: int) -> "partial[Report]":
    """The task with another number of days."""
    return partial(clear_ended, days=days)


def clear_ended(database: Database, now: datetime, *, days: int = DAYS) -> Report:
    """Move enrolments that ended more than `days` ago into `kept_executions`, and drop their logs.

    A lead that has been in a workflow stays one that has been: entries that are kept count as made.

    Args:
        database: the store; a thousand enrolments are a transaction.
        now: the aware moment.
        days: how long ended enrolments are kept whole.
    """
    before = now - timedelta(days=days)
    moved = 0
    while True:
        with database.write() as session:
            batch = retention.move_ended(session, before, BATCH)
        moved += batch
        if batch < BATCH:
            break
    with database.write() as session:
        signatures = firings.forget_signatures(session, now - 2 * WINDOW)
        fired = firings.forget_firings(session, before)
    figures: dict[str, int | str] = {"enrolments": moved, "signatures": signatures, "firings": fired}
    return Report(done=moved + signatures + fired, figures=figures)
