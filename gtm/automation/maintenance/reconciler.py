"""Asks the provider about sends whose fate is unknown, so that a person is asked only where it cannot tell."""

from datetime import datetime, timedelta

from gtm.automation.maintenance.base import Report, Task
from gtm.automation.reconciling import Reconciled, reconcile
from gtm.connectors.base import EmailConnector
from gtm.store.database import Database

EVERY = timedelta(minutes=1)
LIMIT = 500
"""Sends of one look."""
LOOKS = 20
"""Looks of one run at most: thousands of doubts after an outage must not wait for a minute each hundred."""


def reconciler(mailer: EmailConnector) -> Task:
    """The upkeep task of one worker's mail connector; its figures are kept with the task's last run."""

    def run(database: Database, now: datetime) -> Report:
        found = _all_looks(database, mailer, now)
        told = f"{found.undecided} sends of unknown fate wait for a person" if found.undecided else ""
        figures: dict[str, int | str] = {
            "looked_at": found.looked_at,
            "accepted": found.accepted,
            "not_accepted": found.not_accepted,
            "undecided": found.undecided,
        }
        return Report(done=found.accepted + found.not_accepted, figures=figures, warning=told)

    return Task("reconciler", EVERY, run)


def _all_looks(database: Database, mailer: EmailConnector, now: datetime) -> Reconciled:
    """Look as long as every send of a full look is decided: what is undecided would be seen again and again."""
    total = Reconciled()
    for _ in range(LOOKS):
        found = reconcile(database, mailer, now, limit=LIMIT)
        total = total.plus(found)
        if found.undecided or found.looked_at < LIMIT:
            break
    return total
