"""Runs the upkeep tasks that are due: whichever worker takes a task's lease does it, and the others leave it alone."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from gtm.automation.maintenance import confirmations, leases, outbox, retention, scheduler, stuck
from gtm.automation.maintenance.base import Report, Task
from gtm.domain.clock import Clock
from gtm.domain.errors import GtmError, shorten
from gtm.domain.limits import RetentionDays
from gtm.store.database import Database
from gtm.store.repositories import outbox as outbox_rows
from gtm.store.repositories import upkeep

_LOG = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""After this long without a report a task may be taken over; each bears being run twice."""


def standard_tasks(days: RetentionDays = retention.DAYS) -> tuple[Task, ...]:
    """The tasks of a worker.

    Args:
        days: how long what has ended is kept.
    """
    return (
        Task("outbox_drain", timedelta(seconds=30), outbox.drain_outbox, wanted=outbox_rows.waiting),
        Task("scheduler", timedelta(seconds=5), scheduler.fire_schedules),
        Task("lease_rescuer", timedelta(seconds=30), leases.rescue_leases),
        Task("stuck_detector", timedelta(minutes=1), stuck.find_stuck),
        Task("retention", timedelta(hours=1), retention.keep(days.enrolment_days)),
        Task("unconfirmed", timedelta(hours=1), confirmations.forget_unconfirmed),
        Task("message_retention", timedelta(days=1), retention.forget(days)),
    )


class Upkeep:
    """The upkeep of one worker.

    Args:
        database: the store.
        clock: tells when tasks are due.
        owner: the worker's name; no other process has it.
        tasks: what to look after.
    """

    def __init__(self, database: Database, clock: Clock, owner: str, tasks: Sequence[Task] | None = None) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._tasks = tuple(tasks) if tasks is not None else standard_tasks()
        self._told: dict[str, str] = {}

    def run_due(self) -> dict[str, Report]:
        """Run every task that is due and that no other worker is at; their reports by name.

        A task that fails is told in its row and in the log, and comes again after its interval.
        """
        reports = {}
        for task, early in self._due():
            now = self._clock.now()
            with self._database.write() as session:
                mine = upkeep.take(session, task.name, self._owner, now, now + LEASE, early=early)
            if mine:
                reports[task.name] = self._run(task)
        return reports

    def _due(self) -> list[tuple[Task, bool]]:
        """Tasks that may be taken, and whether before their time; one look without writing."""
        now = self._clock.now()
        found = []
        with self._database.read() as session:
            rows = {row.task: row for row in upkeep.list_tasks(session)}
            for task in self._tasks:
                row = rows.get(task.name)
                # A clock that was set back must not make a task wait for the hour to come again.
                set_back = row is not None and row.next_at > now + task.every
                early = set_back or (task.wanted is not None and task.wanted(session))
                if upkeep.is_free(row, now, early=early):
                    found.append((task, early))
        return found

    def _run(self, task: Task) -> Report:
        error = None
        try:
            report = task.run(self._database, self._clock.now())
        except (GtmError, SQLAlchemyError) as failure:
            error = shorten(f"{type(failure).__name__}: {failure}", 500)
            report = Report(warning=error)
        if report.warning and report.warning != self._told.get(task.name):
            _LOG.warning("%s: %s", task.name, report.warning)
        self._told[task.name] = report.warning
        self._settle(task, report, error)
        return report

    def _settle(self, task: Task, report: Report, error: str | None) -> None:
        now: datetime = self._clock.now()
        told = report.model_dump(mode="json") if error is None else None
        with self._database.write() as session:
            upkeep.settle(session, task.name, self._owner, now, now + task.every, report=told, error=error)
