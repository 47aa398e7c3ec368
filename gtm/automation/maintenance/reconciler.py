"""Asks the provider about sends whose fate is unknown, so that a person is asked only where it cannot tell."""

from datetime import datetime, timedelta

from gtm.automation.maintenance.base import Report, Task
from gtm.automation.reconciling import reconcile
from gtm.connectors.base import EmailConnector
from gtm.store.database import Database

EVERY = timedelta(minutes=1)


def reconciler(mailer: EmailConnector) -> Task:
    """The upkeep task of one worker's mail connector; its figures are kept with the task's last run."""

    def run(database: Database, now: datetime) -> Report:
        found = reconcile(database, mailer, now)
        told = f"{found.undecided} sends of unknown fate wait for a person" if found.undecided else ""
        figures: dict[str, int | str] = {
            "looked_at": found.looked_at,
            "accepted": found.accepted,
            "not_accepted": found.not_accepted,
            "undecided": found.undecided,
        }
        return Report(done=found.accepted + found.not_accepted, figures=figures, warning=told)

    return Task("reconciler", EVERY, run)
