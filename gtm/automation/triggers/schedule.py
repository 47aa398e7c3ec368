"""schedule: a cron expression in a zone starts workflows for every lead that meets the conditions.

A firing is first noted, then carried out: noting moves the moment up to which the schedule has been looked at, in the
same transaction, so that no firing is lost or noted twice however many runs overlap; carrying out goes through the
leads in windows and remembers how far it has come, so that it is continued, not begun anew, after a crash or a pause.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from gtm.automation.triggers.bulk import WINDOW, enrol_window
from gtm.domain.base import Model
from gtm.domain.cron import firings as firings_between
from gtm.domain.cron import parse_cron
from gtm.domain.workflow import CronSchedule
from gtm.store.database import Database
from gtm.store.models.automation import WorkflowTrigger
from gtm.store.repositories import automation, firings

ON_TIME = timedelta(minutes=5)
"""A firing that is noted this soon was not missed."""
LONGEST = 100
"""Firings of one schedule that are noted at a time; more wait for the next look."""


class Scheduled(Model):
    """What one run over the schedules did: firings noted, firings carried out to the end, leads enrolled."""

    noted: int = 0
    finished: int = 0
    enrolled: int = 0


def run_schedules(database: Database, now: datetime, *, window: int = WINDOW) -> Scheduled:
    """Note what has come due, then carry out every open firing; any number of processes may do so at once.

    Args:
        database: the store.
        now: the aware moment.
        window: leads a transaction looks at.
    """
    noted = note_firings(database, now)
    finished, enrolled = carry_out(database, now, window=window)
    return Scheduled(noted=noted, finished=finished, enrolled=enrolled)


def note_firings(database: Database, now: datetime) -> int:
    """Note the firings of all schedules that came due since they were last looked at; how many there were."""
    with database.read() as session:
        found = firings.schedules(session)
    noted = 0
    for row, status, begin in found:
        if row.schedule is None or not _may_be_due(database, row, now):
            continue
        with database.write() as session:
            noted += _note(session, row, status == "active" and row.enabled, begin, now)
    return noted


def carry_out(database: Database, now: datetime, *, window: int = WINDOW) -> tuple[int, int]:
    """Take every open firing through the leads it has not passed yet; firings finished, and leads enrolled."""
    finished = enrolled = 0
    with database.read() as session:
        waiting = [(row.trigger_no, row.due) for row in firings.open_firings(session)]
    for trigger_no, due in waiting:
        going = True
        while going:
            with database.write() as session:
                entered, ended, going = _carry(session, trigger_no, due, now, window)
            enrolled += entered
            finished += ended
    return finished, enrolled


def _may_be_due(database: Database, row: WorkflowTrigger, now: datetime) -> bool:
    schedule = CronSchedule.model_validate(row.schedule)
    with database.read() as session:
        since = firings.last_look(session, row.trigger_no or 0)
    return since is None or bool(firings_between(parse_cron(schedule.cron), since, now, schedule.zone, limit=1))


def _note(session: Session, row: WorkflowTrigger, active: bool, begin: datetime, now: datetime) -> int:
    schedule = CronSchedule.model_validate(row.schedule)
    since = firings.looked_at(session, row.trigger_no or 0, begin)
    due = firings_between(parse_cron(schedule.cron), since, now, schedule.zone, limit=LONGEST + 1)
    full = len(due) > LONGEST
    due = due[:LONGEST]
    if due:
        firings.look(session, row.trigger_no or 0, due[-1] if full else max(since, now))
    if not active:
        # While people keep it paused nothing is missed: what came due then is passed over.
        return 0
    return sum(firings.add(session, row, moment, now) for moment in _wanted(schedule, due, now, full=full))


def _wanted(schedule: CronSchedule, due: tuple[datetime, ...], now: datetime, *, full: bool) -> tuple[datetime, ...]:
    match schedule.missed:
        case "all":
            return due
        case "once":
            # While more is to be looked at, the one that stands for all of them is not known yet.
            return () if full else due[-1:]
        case "skip":
            return tuple(moment for moment in due if now - moment <= ON_TIME)


def _carry(session: Session, trigger_no: int, due: datetime, now: datetime, window: int) -> tuple[int, int, bool]:
    """One window of a firing: leads enrolled, whether it ended (1 or 0), and whether to go on."""
    firing = firings.hold(session, trigger_no, due)
    if firing is None:
        return 0, 0, False
    row = firings.trigger_by_number(session, trigger_no)
    if row is None or row.type != "schedule":
        firing.finished_at, firing.outcome = now, "the schedule is gone"
        session.add(firing)
        return 0, 1, False
    if not row.enabled or automation.get_workflow(session, row.workflow_id).status != "active":
        return 0, 0, False
    one = enrol_window(
        session,
        row.trigger_id,
        now,
        after=firing.lead_no,
        through=firing.last_lead_no,
        occasion=due.isoformat(),
        window=window,
    )
    firing.lead_no, firing.enrolled = one.last, firing.enrolled + one.enrolled
    if one.done:
        firing.finished_at, firing.outcome = now, "done"
    session.add(firing)
    return one.enrolled, int(one.done), not one.done and not one.stopped
