"""pilots: stops pilots that break a rule, closes those whose days are over, and enrols the rest after LEAD's go."""

from datetime import datetime, timedelta

from gtm.automation.maintenance.base import Report, Task
from gtm.automation.pilots.judging import close, watch
from gtm.automation.pilots.launching import enrol_rest
from gtm.domain.spec import Policies
from gtm.store.database import Database
from gtm.store.repositories import pilots

EVERY = timedelta(minutes=1)
WHO = "upkeep:pilots"


def pilot_keeper(policies: Policies) -> Task:
    """The upkeep task that judges by these numbers."""

    def run(database: Database, now: datetime) -> Report:
        return keep_pilots(database, policies, now)

    return Task("pilots", EVERY, run)


def keep_pilots(database: Database, policies: Policies, now: datetime) -> Report:
    """Look after every venture's pilots, each in its own transaction."""
    with database.read() as session:
        rows = [row for status in ("running", "ended") for row in pilots.in_status(session, status)]
        going = [(row.pilot_id, row.started_at if row.status == "running" else None) for row in rows]
        waiting = [row.pilot_id for row in pilots.unlaunched(session)]
    warnings = []
    closed = paused = enrolled = 0
    for pilot_id, started in going:
        with database.write() as session:
            reasons = watch(session, pilot_id, policies, now)
            if reasons:
                paused += 1
                warnings.append(f"{pilot_id} is paused: {'; '.join(reasons)}")
            elif started is not None and now >= started + timedelta(days=policies.pilot.days):
                close(session, pilot_id, policies, WHO, now)
                closed += 1
    for pilot_id in waiting:
        launched = enrol_rest(database, pilot_id, now)
        enrolled += launched.enrolled
        if launched.stopped:
            warnings.append(f"the rest of {pilot_id} waits: {launched.stopped}")
    figures: dict[str, int | str] = {"paused": paused, "closed": closed, "enrolled": enrolled}
    return Report(done=paused + closed + enrolled, figures=figures, warning="; ".join(warnings))
