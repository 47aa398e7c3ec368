"""scheduler: fires the schedules that have come due."""

from datetime import datetime

from gtm.automation.maintenance.base import Report
from gtm.automation.triggers.schedule import run_schedules
from gtm.store.database import Database


def fire_schedules(database: Database, now: datetime) -> Report:
    """Note and carry out the firings of every venture's schedules."""
    done = run_schedules(database, now)
    return Report(done=done.noted + done.finished, figures=done.model_dump())
