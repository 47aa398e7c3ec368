"""`gtm worker` is killed with signal 9 again and again while it sends: every lead gets its mail once, and ends.

Usage: python -m benchmarks.killed_workers [KILLS] [LEADS] [sqlite|postgres|temporal]

By default 200 kills and 20,000 leads on SQLite with one worker; on PostgreSQL, which then writes to disk as a server
does that is there to stay, two work at once; on Temporal (20 kills by default, rows on PostgreSQL) one.

The workers are the real command with a configured mail server, which keeps every message that it took in a folder. A
kill falls when the server has taken some more mail, so that it hits a worker in the middle of a group. Nobody helps
afterwards: what the dead one held lapses with its lease of two minutes, and the reconciler looks into the folder for
sends in doubt that are older than five. The tests call `prove` with `hurried`: then the harness ends a dead worker's
lease at once and asks the folder itself, after a second.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Literal
from unittest import mock

from sqlalchemy import text

from benchmarks.conditions import ROOT, own_environment, print_conditions
from benchmarks.killed_workers_store import Found, look, remaining
from benchmarks.mail_venture import enrol, mail_environment, run_stage
from benchmarks.relay import Relay
from benchmarks.temporal_server import TemporalServer
from gtm.automation import reconciling
from gtm.connectors.smtp.lookup import DeliveredFolder
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import SystemClock
from gtm.store.database import Database, sqlite_url
from gtm.store.models.enrolments import micros
from gtm.store.testing import PrivatePostgres

Kind = Literal["sqlite", "postgres", "temporal"]
KILLS: dict[Kind, int] = {"sqlite": 200, "postgres": 200, "temporal": 20}
LEADS = 20_000
WORKERS: dict[Kind, int] = {"sqlite": 1, "postgres": 2, "temporal": 1}
STALLED = 900.0
"""Seconds without any enrolment's end after which it is given up: more than a lease, a settling and an upkeep lease."""
LOOK_SECONDS = 0.002
QUIET_SECONDS = 0.5
"""Without mail for so long, what is left may be in doubt."""
HURRIED_PACE = 0.02
"""Seconds that the server takes over a mail when there are few: without it all are out before the last worker is up."""
HURRIED_SETTLE = timedelta(seconds=1)


@dataclass(frozen=True)
class Proof:
    """What was done, and what stood in the store and at the mail server afterwards.

    Attributes:
        kills: workers killed while mail was taken.
        seconds: from the first worker's start until every enrolment had ended.
        message_ids: of everything that the mail server took, in order.
        exits: with what the last workers ended when they were told to.
    """

    kills: int
    seconds: float
    message_ids: tuple[str, ...]
    exits: tuple[int, ...]
    found: Found

    def faults(self, leads: int) -> list[str]:
        """What is not as it must be; empty when nothing was lost and nothing doubled."""
        ids, found = self.message_ids, self.found
        said = {
            f"enrolments ended as {found.statuses}": found.statuses == {"finished": leads},
            f"sends stand as {found.states}": found.states == {"sent": leads},
            f"{len(ids)} mails of {len(set(ids))} Message-IDs": len(ids) == len(set(ids)) == leads,
            f"{found.torn} enrolments whose log has a gap or a double": found.torn == 0,
            f"workers that were told to end did so with {self.exits}": set(self.exits) == {0},
            "no kill fell between a reservation and its note: nothing was proven": found.doubts > 0,
        }
        return [fault for fault, fine in said.items() if not fine]


class Workers:
    """`gtm worker` so many times; a context manager. What they say goes to a file.

    Attributes:
        slowest_start: the most seconds that one took until the store knew of it.
    """

    def __init__(self, env: dict[str, str], count: int, log: Path, *options: str) -> None:
        self._command = [sys.executable, "-m", "app", "worker", "--json", "--poll", "0.1", *options]
        self._env, self._count, self._log = env, count, log
        self._running: list[subprocess.Popen[str]] = []
        self.slowest_start = 0.0

    def __enter__(self) -> "Workers":
        for _ in range(self._count):
            self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._running:
            one.kill()
            one.wait()

    def begin(self) -> None:
        """Start one and wait until the store knows of it.

        Raises:
            RuntimeError: it ended instead.
        """
        began = time.monotonic()
        with self._log.open("ab") as log:
            started: subprocess.Popen[str] = subprocess.Popen(
                self._command, cwd=ROOT, env=self._env, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self._running.append(started)
        if '"started"' not in _out(started).readline():
            raise RuntimeError(f"a worker did not start: {self._log.read_text()[-1000:]}")
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)

    def kill(self) -> int:
        """Kill the one that has worked for longest; its process id."""
        victim = self._running.pop(0)
        victim.kill()
        victim.wait()
        _out(victim).close()
        return victim.pid

    def end(self) -> tuple[int, ...]:
        """Have all of them end gracefully; how they did."""
        for one in self._running:
            one.terminate()
        codes = []
        for one in self._running:
            one.communicate()
            codes.append(one.returncode)
        self._running = []
        return tuple(codes)


def _out(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


@dataclass(frozen=True)
class Ground:
    """Where it happens: the store, the environment of its workers, and their options."""

    database: Database
    env: dict[str, str]
    relay: Relay
    folder: Path
    options: tuple[str, ...]


@contextmanager
def ground(kind: Kind) -> Iterator[Ground]:
    """An empty store, a relay and, where it is wanted, a Temporal server; all gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gtm-benchmark-")))
        relay = stack.enter_context(Relay(folder / "relay"))
        assert isinstance(relay, Relay)
        own = mail_environment(relay.port) | {"GTM_MAIL_DELIVERED": str(relay.folder)}
        (folder / "home").mkdir()
        url = sqlite_url(folder / "home" / "gtm.db")
        if kind != "sqlite":
            url = stack.enter_context(PrivatePostgres(durable=True)).url()
            own["GTM_DATABASE_URL"] = url
        if kind == "temporal":
            own["GTM_TEMPORAL_ADDRESS"] = stack.enter_context(TemporalServer(folder / "temporal.log")).address
        env = own_environment(folder, **own)
        run_stage(env)
        database = Database(url, SystemClock())
        stack.callback(database.close)
        yield Ground(database, env, relay, folder, ("--engine", "temporal") if kind == "temporal" else ())


def prove(kind: Kind, kills: int, leads: int, *, hurried: bool = False, seed: int = 20261122) -> Proof:
    """Kill workers while they send, let the last ones finish, and look at everything that is stored.

    Args:
        kind: the engine and its store.
        kills: how many workers to kill.
        leads: how many mails there are to send; more than `kills`.
        hurried: do not wait for leases and for doubts to settle.
        seed: of the moments of the kills.
    """
    with ground(kind) as on:
        enrol(on.database, leads, "transactional")
        began = time.monotonic()
        on.relay.pace = HURRIED_PACE if hurried else 0.0
        with Workers(on.env, WORKERS[kind], on.folder / "workers.log", *on.options) as workers:
            killed = _kill_all(on, workers, kills, leads, random.Random(seed), hurried)
            _finish(on, hurried)
            took = time.monotonic() - began
            exits = workers.end()
        ids = tuple(mail.message_id for mail in on.relay.received)
        return Proof(killed, took, ids, exits, look(on.database))


def _kill_all(on: Ground, workers: Workers, kills: int, leads: int, chance: random.Random, hurried: bool) -> int:
    """Kill, each time after some more mail, so that much of it is left when the last one dies."""
    for number in range(kills):
        share = max(1, (leads - on.relay.taken) // (kills - number + 1))
        more = chance.randint(1, share)
        if not _taken(on, on.relay.taken + more, hurried):
            return number
        pid = workers.kill()
        # Whoever is left goes slow until there are as many as before, or all mail would be out after a few kills.
        on.relay.pace = 2 * workers.slowest_start / share
        if hurried:
            _lapse(on, pid)
            settle_doubts(on)
        workers.begin()
        on.relay.pace = HURRIED_PACE if hurried else 0.0
    return kills


def _taken(on: Ground, wanted: int, hurried: bool) -> bool:
    """Wait for so much mail; False when everything has ended before."""
    since, before = time.monotonic(), on.relay.taken
    while on.relay.taken < wanted:
        time.sleep(LOOK_SECONDS)
        quiet = time.monotonic() - since
        if on.relay.taken > before:
            since, before = time.monotonic(), on.relay.taken
        elif quiet > STALLED:
            raise RuntimeError(f"no mail for {STALLED:.0f} s: {look(on.database)}")
        elif quiet > QUIET_SECONDS:
            if not remaining(on.database):
                return False
            if hurried:
                settle_doubts(on)
            time.sleep(QUIET_SECONDS)
    return True


def _finish(on: Ground, hurried: bool) -> None:
    """Wait until every enrolment has ended.

    Raises:
        RuntimeError: nothing moves any more.
    """
    least, since = remaining(on.database), time.monotonic()
    while left := remaining(on.database):
        if left < least:
            least, since = left, time.monotonic()
        if time.monotonic() - since > STALLED:
            log = (on.folder / "workers.log").read_text()[-1000:]
            raise RuntimeError(f"{left} enrolments do not end: {look(on.database)} {log}")
        if hurried:
            settle_doubts(on)
        time.sleep(QUIET_SECONDS)


def _lapse(on: Ground, pid: int) -> None:
    """What a dead worker held lapses now and not in two minutes; on Temporal it was the only one."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    owner = "%" if on.options else f"%-{pid}-%"
    with on.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE enrolments SET lease_until = :past WHERE status = 1 AND owner LIKE :owner"),
            {"past": micros(past) if on.database.is_sqlite else past, "owner": owner},
        )


def settle_doubts(on: Ground) -> None:
    """Ask the folder about sends in doubt, as upkeep does: the folder knows at once, a provider is given minutes."""
    there = SmtpSettings.model_validate(
        {
            "host": on.relay.host,
            "port": on.relay.port,
            "security": "plain",
            "sender": on.env["GTM_MAIL_FROM"],
            "unsubscribe_url": on.env["GTM_MAIL_UNSUBSCRIBE_URL"],
        }
    )
    connector = SmtpConnector(there, DeliveredFolder(on.relay.folder))
    with mock.patch.object(reconciling, "SETTLE", HURRIED_SETTLE):
        reconciling.reconcile(on.database, connector, datetime.now(UTC))
    connector.close()


def main(kills: int, leads: int, kind: Kind) -> int:
    """Prove and report; 0 when nothing was lost and nothing doubled."""
    store = "SQLite" if kind == "sqlite" else "PostgreSQL, fsync on"
    engine = "Temporal" if kind == "temporal" else "rows"
    print_conditions(
        "killed_workers: `gtm worker` killed with signal 9 while it sends",
        kills=kills,
        leads=f"{leads:,}",
        workers=WORKERS[kind],
        store=store,
        engine=engine,
        processor=f"{os.cpu_count()} cores, shared by workers, mail server and database",
    )
    proof = prove(kind, kills, leads)
    found = proof.found
    print(f"{proof.kills} kills, {leads:,} leads, {len(proof.message_ids):,} mails, {proof.seconds:.0f} s")
    print(
        f"  {found.doubts} sends were in doubt and were reconciled; {found.again} of them had not been taken, and were"
    )
    print("  sent again under their Message-ID")
    print(f"  Message-IDs at the mail server: {len(set(proof.message_ids)):,}, each {_times(proof.message_ids)}")
    print(f"  step_log: {found.lines:,} transitions; enrolments with a gap or a double: {found.torn}")
    faults = proof.faults(leads)
    if proof.kills < kills:
        faults.append(f"all mail was out after {proof.kills} kills: give it more leads")
    print("nothing lost, nothing doubled" if not faults else "MISSED: " + "; ".join(faults), flush=True)
    return 1 if faults else 0


def _times(ids: tuple[str, ...]) -> str:
    return "once" if len(ids) == len(set(ids)) else f"up to {max(ids.count(one) for one in set(ids))} times"


def parse(given: list[str]) -> tuple[int, int, Kind]:
    """The command line: numbers in their order, and the kind anywhere."""
    kinds: tuple[Kind, ...] = ("sqlite", "postgres", "temporal")
    kind: Kind = next((one for one in kinds if one in given), "sqlite")
    numbers = [int(word) for word in given if word not in kinds]
    return (numbers[0] if numbers else KILLS[kind]), (numbers[1] if len(numbers) > 1 else LEADS), kind


if __name__ == "__main__":
    sys.exit(main(*parse(sys.argv[1:])))
