"""lease_rescuer: gives back what dead workers had claimed and the upkeep they were at, and tells which are dead."""

from datetime import datetime, timedelta

from gtm.automation.maintenance.base import Report
from gtm.store.database import Database
from gtm.store.repositories import claims, upkeep, workers
from gtm.store.repositories.claims import Scope

REMEMBERED = timedelta(days=7)
"""How long a worker that is gone stays in the list."""
NAMED = 5
"""How many of the workers that went silent are named; the others are counted."""


def rescue_leases(database: Database, now: datetime) -> Report:
    """Make enrolments whose lease has run out due again, and forget workers that are long gone."""
    with database.write() as session:
        given_back = claims.expire_leases(session, Scope(), now)
        dead = [row.name for row in workers.lost(session, now)]
        upkeep.release(session, dead)
        workers.forget(session, now - REMEMBERED)
    more = f" and {len(dead) - NAMED} more" if len(dead) > NAMED else ""
    warning = f"workers that went silent: {', '.join(dead[:NAMED])}{more}" if dead else ""
    return Report(done=given_back, figures={"given_back": given_back, "dead_workers": len(dead)}, warning=warning)
