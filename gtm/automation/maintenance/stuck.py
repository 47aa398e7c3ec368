"""stuck_detector: tells when work stands still, which nobody would see otherwise."""

from datetime import datetime, timedelta

from gtm.automation.maintenance.base import Report
from gtm.store.database import Database
from gtm.store.repositories import claims, upkeep, versions, workers
from gtm.store.repositories.claims import Scope

LATE = timedelta(minutes=15)
"""Something that has been due for longer is not taken up as it should be."""
PAST_LEASE = timedelta(minutes=5)
"""A lease that ran out longer ago has not been given back as it should be."""


def find_stuck(database: Database, now: datetime) -> Report:
    """Look for claims past their lease, enrolments long due in active workflows, and versions that hold their people
    up because they cannot be read; changes nothing."""
    with database.read() as session:
        past = upkeep.running_past(session, now - PAST_LEASE)
        due = claims.next_due(session, Scope())
        broken = versions.unreadable(session)
        living = len(workers.living(session, now))
    late = due is not None and due < now - LATE
    told = []
    if past:
        told.append(f"{past} enrolments are claimed past their lease")
    if late and due is not None:
        told.append(f"something has been due since {due.isoformat(timespec='seconds')}, with {living} workers alive")
    told += [f"{people} people wait: {error.detail}" for error, people in broken]
    figures: dict[str, int | str] = {"past_lease": past, "workers": living}
    if broken:
        figures["unreadable_versions"] = len(broken)
    if late and due is not None:
        figures["due_since"] = due.isoformat()
    return Report(done=0, figures=figures, warning="; ".join(told))
