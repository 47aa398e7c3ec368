"""flights: paces ad flights anew when a day of theirs is over, or what they spent has become known."""

from datetime import datetime, timedelta

from gtm.automation.maintenance.base import Report, Task
from gtm.automation.repacing import repace_venture
from gtm.domain.campaign_limits import PacingNumbers
from gtm.domain.money import usd
from gtm.store.database import Database
from gtm.store.repositories import flights

EVERY = timedelta(hours=1)
WHO = "upkeep:flights"


def flight_keeper(numbers: PacingNumbers) -> Task:
    """The upkeep task that paces by these numbers."""

    def run(database: Database, now: datetime) -> Report:
        return keep_flights(database, numbers, now)

    return Task("flights", EVERY, run)


def keep_flights(database: Database, numbers: PacingNumbers, now: datetime) -> Report:
    """Look after the flights of every venture, each venture in its own transaction."""
    with database.read() as session:
        found = flights.ventures_with_flights(session, now.date())
    changed = 0
    warnings = []
    for venture_id in found:
        with database.write() as session:
            done = repace_venture(session, venture_id, numbers, WHO, now)
        changed += len(done)
        warnings += [
            f"{usd(one.without_day)} of {one.after.channel} of {venture_id} find no day"
            for one in done
            if one.without_day
        ]
    return Report(done=changed, figures={"ventures": len(found), "flights": changed}, warning="; ".join(warnings))
