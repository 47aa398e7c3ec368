"""How soon a trigger fires: from the commit of a lead until its enrolment's first move is written.

Usage: python -m benchmarks.trigger_latency [INSERTS] [sqlite|postgres]

A real `gtm worker` runs. Half of the leads come in by this application, whose trigger fires in the transaction of the
lead; the other half are plain INSERTs of another program, which reach the worker through the outbox. At idle they come
one at a time; under load by four threads at once, as fast as the store takes them. The SOP allows a minute under load;
a second is what we aim at when nothing else happens.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Literal

from sqlalchemy import text

from benchmarks.conditions import ROOT, own_environment, print_conditions
from benchmarks.engine_store import INSERT_ONE, VENTURE, one_field
from benchmarks.mail_venture import mail_environment
from gtm.automation.triggers.database_insert import insert_lead
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import NewLead
from gtm.domain.workflow import TriggerDefinition
from gtm.store import schema
from gtm.store.database import Database, sqlite_url
from gtm.store.models.enrolments import moment as moment_of
from gtm.store.repositories import automation
from gtm.store.testing import PrivatePostgres

Kind = Literal["sqlite", "postgres"]
WORKFLOW, TRIGGER = "bench-import", "bench-import-start"
AIMS = {"at idle": 1.0, "under load": 60.0}
"""Seconds at the 99th percentile."""
THREADS = 4
IDLE_INSERTS, IDLE_PAUSE = 30, 0.4
PATIENCE = 300.0
_numbers = count(1)


@dataclass(frozen=True)
class Latencies:
    """Seconds from commit to first move, of every lead."""

    seconds: tuple[float, ...]
    took: float

    @property
    def p99(self) -> float:
        """What 99 of 100 stay under; the longest of fewer."""
        return sorted(self.seconds)[max(0, -(-len(self.seconds) * 99 // 100) - 1)]


@contextmanager
def at_work(kind: Kind) -> Iterator[Database]:
    """A store whose workflow every new lead starts, and `gtm worker` on it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gtm-benchmark-")))
        (folder / "home").mkdir()
        url = sqlite_url(folder / "home" / "gtm.db")
        # No mail is sent: the server is named because no worker starts without one.
        more = mail_environment(9)
        if kind == "postgres":
            url = more["GTM_DATABASE_URL"] = stack.enter_context(PrivatePostgres(durable=True)).url()
        database = Database(url, SystemClock())
        stack.callback(database.close)
        schema.upgrade(database)
        _configure(database)
        stack.enter_context(_worker(own_environment(folder, **more), folder / "worker.log"))
        yield database


def _configure(database: Database) -> None:
    now = datetime.now(UTC)
    with database.write() as session:
        automation.save_workflow(session, one_field(WORKFLOW, TRIGGER), run_id="bench", revision=1, now=now)
        trigger = TriggerDefinition(trigger_id=TRIGGER, workflow_id=WORKFLOW)
        automation.save_trigger(session, trigger, venture_id=VENTURE, run_id="bench", revision=1, now=now)
        automation.activate_workflow(session, WORKFLOW, now)


@contextmanager
def _worker(env: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "app", "worker", "--json"]
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=said, text=True)
    assert process.stdout is not None
    try:
        if '"started"' not in process.stdout.readline():
            raise RuntimeError(f"the worker did not start: {log.read_text()[-1000:]}")
        yield
    finally:
        process.terminate()
        process.communicate()


def insert(database: Database) -> tuple[str, float]:
    """One lead, by this application or past it, in turn; its address, and when its commit had returned."""
    number = next(_numbers)
    address, now = f"person{number}@example.test", datetime.now(UTC)
    if number % 2:
        with database.write() as session:
            insert_lead(session, NewLead(venture_id=VENTURE, email=address, first_name="Ada", consent="granted"), now)
    else:
        moment = now.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else now
        row = {"id": f"lead-other-{number}", "email": address, "no": False, "now": moment}
        with database.write() as session:
            session.connection().execute(text(INSERT_ONE), row)
    return address, time.time()


def idle(database: Database) -> Latencies:
    """One lead at a time, when nothing else happens."""
    committed = []
    for _ in range(IDLE_INSERTS):
        committed.append(insert(database))
        time.sleep(IDLE_PAUSE)
    return _measured(database, committed)


def loaded(database: Database, inserts: int) -> Latencies:
    """So many by four threads at once."""
    barrier = threading.Barrier(THREADS)

    def some(_: int) -> list[tuple[str, float]]:
        barrier.wait()
        return [insert(database) for _ in range(inserts // THREADS)]

    with ThreadPoolExecutor(THREADS) as pool:
        return _measured(database, [one for part in pool.map(some, range(THREADS)) for one in part])


def _measured(database: Database, committed: Sequence[tuple[str, float]]) -> Latencies:
    """Wait until everybody has moved, and read when.

    Raises:
        RuntimeError: somebody has not moved after minutes.
    """
    give_up = time.monotonic() + PATIENCE
    while not {address for address, _ in committed} <= (moved := first_moves(database)).keys():
        if time.monotonic() > give_up:
            raise RuntimeError(f"only {len(moved)} leads have moved after {PATIENCE:.0f} s")
        time.sleep(0.2)
    seconds = tuple(max(0.0, moved[address] - at) for address, at in committed)
    return Latencies(seconds, max(moved[address] for address, _ in committed) - min(at for _, at in committed))


def first_moves(database: Database) -> dict[str, float]:
    """When each lead's first move was written, by address, in seconds since 1970."""
    query = (
        "SELECT l.email, min(s.at) FROM step_log s JOIN enrolments e ON e.enrolment_no = s.enrolment_no"
        " JOIN leads l ON l.lead_no = e.lead_no GROUP BY l.email"
    )
    with database.engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    return {email: (moment_of(at) if isinstance(at, int) else at).timestamp() for email, at in rows}


def measure(kind: Kind, inserts: int) -> dict[str, Latencies]:
    """Both, on one kind of store."""
    with at_work(kind) as database:
        return {"at idle": idle(database), "under load": loaded(database, inserts)}


def main(inserts: int, kinds: tuple[Kind, ...]) -> None:
    """Measure and report."""
    print_conditions(
        "trigger_latency: from the commit of a lead to its enrolment's first move, under `gtm worker`",
        inserts=f"{inserts:,} by {THREADS} threads; {IDLE_INSERTS} one at a time at idle",
        leads="half by this application, half by plain INSERTs through the outbox",
        store="SQLite as the application opens it; PostgreSQL with fsync on",
    )
    for kind in kinds:
        for name, found in measure(kind, inserts).items():
            middle, longest = statistics.median(found.seconds), max(found.seconds)
            print(f"{kind} {name}: p50 {middle:.3f} s, p99 {found.p99:.3f} s, longest {longest:.3f} s", end=" ")
            print(f"({len(found.seconds):,} leads, {len(found.seconds) / found.took:,.0f} a second)")
            verdict = "met" if found.p99 < AIMS[name] else "MISSED"
            print(f"  aim: p99 under {AIMS[name]:g} s: {verdict}", flush=True)


if __name__ == "__main__":
    wanted: tuple[Kind, ...] = ("sqlite", "postgres")
    main(
        int(next((word for word in sys.argv[1:] if word.isdigit()), "5000")),
        tuple(kind for kind in wanted if kind in sys.argv[1:]) or wanted,
    )
