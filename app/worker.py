"""A worker process: executes workflows, does its share of the upkeep, tells that it lives, and ends gracefully.

Three threads: one works, one does upkeep, one tells every few seconds that the process lives. Any number of processes
may run against one store; a process that dies is found out by its silence, and its claims lapse with their lease.
"""

import gc
import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from app.heap import GARBAGE
from gtm.automation.engine import Tick, Worker
from gtm.automation.maintenance.base import Task
from gtm.automation.maintenance.reconciler import reconciler
from gtm.automation.maintenance.runner import Upkeep, standard_tasks
from gtm.automation.ports import Services
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.store.database import Database
from gtm.store.repositories import workers
from gtm.store.repositories.workers import WorkerInfo
from gtm.store.trouble import STORE_TROUBLE, trouble_of
from gtm.store.wake import Wake

_LOG = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
"""How often a worker tells that it lives."""
SILENT_BEATS = 4
"""After so many intervals without a word a worker counts as dead."""
UPKEEP_SECONDS = 1.0
"""How often upkeep is looked at when nothing wakes it."""
SWITCH_SECONDS = 0.0005
"""How long a thread that computes keeps one waiting that has heard from a mail server, or from the store. Python's own
is ten times as long, and longer than a mail server takes over several mails."""
AGAIN_SECONDS = 2.0
"""How long to wait before a database that is in trouble is tried again."""


class Worked(Model):
    """What a worker did in its life.

    Attributes:
        moved: steps written.
        upkeep: how often each upkeep task found something to do.
    """

    name: str
    moved: int
    upkeep: dict[str, int]


class Engine(Protocol):
    """Has due rows moved; `gtm.automation.engine.Worker` is the one that needs nothing else."""

    def run(
        self,
        stop: threading.Event,
        poll_seconds: float = 1.0,
        *,
        idle: Callable[[float], object] | None = None,
        told: Callable[[Tick], object] | None = None,
    ) -> None:
        """Work until told to stop."""

    def run_until_idle(self) -> int:
        """Work until nothing is due; how many steps were written."""


def prepare_process() -> None:
    """Set a process up that is a worker from here on: what is loaded is kept, and its threads let each other go on."""
    keep_what_is_loaded()
    sys.setswitchinterval(SWITCH_SECONDS)


def keep_what_is_loaded() -> None:
    """Spare the garbage collector what lives as long as the process: modules, tables, configuration; and have it look
    for cycles less often.

    A worker makes and drops many small objects, and all of that would be gone through again for them: up to a third of
    its time, a twelfth of what a mail costs. What it holds of a group of fifty, in no cycle, is more than Python looks
    after by itself at a time, which takes a twentieth of a mail again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


class WorkerProcess:
    """One worker.

    Args:
        database: the store.
        clock: tells what is due.
        services: what actions work with.
        embedded: whether it runs inside another process, such as `gtm serve`.
        poll_seconds: how long to rest when nothing is due and nothing wakes it.
        beat_seconds: how often to tell that it lives.
        lease: how long a claim holds.
        engine: has due rows moved; by default a worker of this process.
        tasks: the upkeep; by default the standard tasks, and asking the mail connector about sends in doubt.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        services: Services,
        *,
        embedded: bool = False,
        poll_seconds: float = 1.0,
        beat_seconds: float = BEAT_SECONDS,
        lease: timedelta = timedelta(seconds=120),
        engine: Engine | None = None,
        tasks: Sequence[Task] | None = None,
    ) -> None:
        host = socket.gethostname()[:200]
        name = f"{host[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
        self.info = WorkerInfo(name=name, host=host, pid=os.getpid(), embedded=embedded)
        self._database = database
        self._clock = clock
        self._worker: Engine = engine or Worker(database, clock, services, name=name[:40], lease=lease)
        own = (*standard_tasks(), reconciler(services.mailer)) if tasks is None else tasks
        self._upkeep = Upkeep(database, clock, name, own)
        self._poll = poll_seconds
        self._beat_seconds = beat_seconds
        self._stop = threading.Event()
        self._wakes: list[Wake] = []
        self._moved = 0
        self._kept: dict[str, int] = {}

    def stop(self) -> None:
        """Ask it to end: what is under way is finished, what is claimed and not begun is given back."""
        self._stop.set()
        for wake in tuple(self._wakes):
            wake.set()

    def run(self, ready: Callable[[], object] | None = None) -> Worked:
        """Work until `stop` is called; what it did.

        A database that cannot be reached, or whose disk is full, is tried again until it can do it.

        Args:
            ready: called once the store knows of this worker.
        """
        prepare_process()
        self._beat()
        if ready is not None:
            ready()
        helpers = [
            threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True),
            threading.Thread(target=self._keep_up, name="upkeep", daemon=True),
        ]
        for helper in helpers:
            helper.start()
        wake = self._wake()
        try:
            while not self._stop.is_set():
                self._persist(lambda: self._worker.run(self._stop, self._poll, idle=wake.wait, told=self._note))
        finally:
            self.stop()
            for helper in helpers:
                helper.join(timeout=30)
            wake.close()
            self._say_goodbye()
        return self._worked()

    def once(self) -> Worked:
        """Do the upkeep that is due and everything that is due now, then end; what it did."""
        self._beat()
        try:
            self._note_upkeep()
            self._moved += self._worker.run_until_idle()
        finally:
            self._say_goodbye()
        return self._worked()

    def _wake(self) -> Wake:
        wake = Wake(self._database)
        self._wakes.append(wake)
        if self._stop.is_set():
            wake.set()
        return wake

    def _note(self, tick: Tick) -> None:
        self._moved += tick.moved

    def _keep_up(self) -> None:
        wake = self._wake()
        try:
            while not self._stop.is_set():
                self._persist(self._note_upkeep)
                wake.wait(UPKEEP_SECONDS)
        finally:
            wake.close()
            self._end_with("upkeep")

    def _end_with(self, helper: str) -> None:
        """A worker whose helper met an error that nobody foresaw ends as a whole: half of one would not be missed."""
        if not self._stop.is_set():
            _LOG.error("the thread %r broke off; this worker ends", helper)
            self.stop()

    def _note_upkeep(self) -> None:
        for name, report in self._upkeep.run_due().items():
            if report.done:
                self._kept[name] = self._kept.get(name, 0) + 1

    def _keep_beating(self) -> None:
        try:
            while not self._stop.wait(self._beat_seconds):
                self._persist(self._beat)
        finally:
            self._end_with("heartbeat")

    def _beat(self) -> None:
        lost_after = timedelta(seconds=self._beat_seconds * SILENT_BEATS)
        with self._database.write() as session:
            workers.beat(session, self.info, self._clock.now(), lost_after, self._moved)

    def _say_goodbye(self) -> None:
        try:
            with self._database.write() as session:
                workers.stop(session, self.info.name, self._clock.now(), self._moved)
        except STORE_TROUBLE as error:
            _LOG.warning("the store does not know that this worker ended: %s", trouble_of(error))

    def _persist(self, work: Callable[[], object]) -> None:
        """Do something once, and wait a moment where the database cannot do it."""
        try:
            work()
        except STORE_TROUBLE as error:
            _LOG.warning("trying again: %s", trouble_of(error))
            self._stop.wait(AGAIN_SECONDS)

    def _worked(self) -> Worked:
        return Worked(name=self.info.name, moved=self._moved, upkeep=dict(self._kept))
