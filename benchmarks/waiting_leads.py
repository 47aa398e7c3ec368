"""A million leads in a workflow: entering, waiting, all due at once, and a pause.

Usage: python -m benchmarks.waiting_leads [LEADS] [sqlite|postgres]

Yardsticks, each on the same database in the same run: a bare `INSERT … SELECT` of the same rows into a table of the
same columns and indexes; the same question asked with a hundredth of the leads; pgbench doing one such update and
insert in one statement, with as many clients as there are workers.
"""

import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from benchmarks.conditions import ROOT, own_environment, print_conditions
from benchmarks.engine_store import START, TRIGGER, VENTURE, enrolment_bytes, fill, settle, store, store_bytes
from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.pausing import pause_venture
from gtm.automation.ports import Services
from gtm.automation.triggers.bulk import enrol_all
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from gtm.store.models.enrolments import micros
from gtm.store.repositories import automation
from gtm.store.testing import find_binaries

LIMITS_MB = {"sqlite": 100, "postgres": 250}
DUE = START + timedelta(hours=49)
PGBENCH_SECONDS = 15
POLLS = 30


def _no_mail() -> SmtpConnector:
    """A connector that would fail at once: no step here sends anything."""
    return SmtpConnector(
        SmtpSettings(
            host="127.0.0.1",
            port=1,
            security="plain",
            sender="bench@bench.test",
            unsubscribe_url="https://bench.test/unsubscribe",
        )
    )


def worker(database: Database) -> Worker:
    """A worker that has nothing to send."""
    return Worker(database, VirtualClock(START), Services(FakeEmailSource(), _no_mail()), name="bench")


def told(name: str, ours: float, theirs: float, unit: str, aim: float) -> None:
    """Print two figures, their ratio and whether it is at least the aim."""
    ratio = ours / theirs
    print(f"{name}: {ours:,.0f} {unit} against {theirs:,.0f} {unit}")
    print(f"  ratio {ratio:.2f}, aim ≥ {aim:g}: {'met' if ratio >= aim else 'MISSED'}", flush=True)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def entering(database: Database, leads: int) -> None:
    """Bulk enrolment, and the bytes that it takes."""
    before = store_bytes(database)
    took = seconds(lambda: enrol_all(database, TRIGGER, START))
    settle(database)
    rows, bytes_ = _count(database, "enrolments"), enrolment_bytes(database)
    if rows != leads:
        raise RuntimeError(f"{rows} of {leads} leads are enrolled")
    bare = seconds(lambda: _bare_copy(database))
    told("bulk enrolment", leads / took, leads / bare, "leads/s", 0.5)
    limit = LIMITS_MB["sqlite" if database.is_sqlite else "postgres"] * leads / 1e6
    megabytes = bytes_ / 1e6
    print(
        f"enrolments with their indexes: {megabytes:.0f} MB, {bytes_ / leads:.0f} bytes a lead; aim ≤ {limit:.0f} MB: "
        f"{'met' if megabytes <= limit else 'MISSED'} (the leads themselves: {before / 1e6:.0f} MB)",
        flush=True,
    )
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE bare_enrolments"))
    settle(database)


def _bare_copy(database: Database) -> None:
    """The yardstick: the same rows into a table of the same columns and indexes."""
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("CREATE TABLE bare_enrolments (LIKE enrolments INCLUDING ALL)"))
        else:
            found = connection.execute(
                text("SELECT sql FROM sqlite_master WHERE tbl_name = 'enrolments' AND sql <> ''")
            )
            for (statement,) in found.all():
                connection.execute(text(re.sub(r"\b(ix_|uq_|pk_|ck_)?enrolments", r"\1bare_enrolments", statement)))
        connection.execute(text("INSERT INTO bare_enrolments SELECT * FROM enrolments ORDER BY enrolment_no"))


def idle(database: Database) -> float:
    """Milliseconds of a look at a store where nothing is due, at the median."""
    looker = worker(database)
    looker.tick(START)
    return statistics.median(seconds(lambda: looker.tick(START)) * 1000 for _ in range(POLLS))


def moving(database: Database, kind: str, leads: int) -> None:
    """All due at once: transitions a second with 1, 2 and 4 workers, each a process."""
    for workers in (1, 2, 4) if kind == "postgres" else (1,):
        with database.engine.begin() as connection:
            past = START - timedelta(hours=1)
            done = connection.execute(
                text("UPDATE enrolments SET due_at = :past WHERE enrolment_no <= :n"),
                {"n": min(leads, 100_000 * workers), "past": micros(past) if database.is_sqlite else past},
            ).rowcount
        settle(database)
        moved, took, flat = _work(database.url, workers)
        if moved != done:
            raise RuntimeError(f"{moved} of {done} transitions were written")
        rate = moved / took
        if kind == "postgres":
            told(f"transitions with log, {workers} workers", rate, _pgbench(database, workers), "a second", 0.5)
        else:
            print(f"transitions with log, {workers} worker: {rate:,.0f} a second ({moved:,})")
        print(f"  a worker's memory: {flat}", flush=True)


def _work(url: str, workers: int) -> tuple[int, float, str]:
    command = [sys.executable, "-m", "benchmarks.waiting_leads", "--work", url]
    with TemporaryDirectory() as folder:
        env = own_environment(Path(folder))
        running = [
            subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(workers)
        ]
        for one in running:
            assert one.stdout is not None
            one.stdout.readline()
        started = time.perf_counter()
        answers = []
        for one in running:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        for one in running:
            assert one.stdout is not None
            answers.append(json.loads(one.stdout.readline()))
        took = time.perf_counter() - started
        for one in running:
            one.communicate()
    grown = max(answer["grown_mib"] for answer in answers)
    return sum(answer["moved"] for answer in answers), took, f"grew {grown:.0f} MiB while it worked"


def work(url: str) -> None:
    """A worker process: says that it is ready, waits for a word, moves everything that is due, tells how many."""
    database = Database(url, VirtualClock(DUE))
    mover = Worker(database, VirtualClock(DUE), Services(FakeEmailSource(), _no_mail()), name="bench")
    mover.tick(START - timedelta(days=9000))
    print("ready", flush=True)
    sys.stdin.readline()
    moved, peaks = 0, [_peak()]
    while True:
        tick = mover.tick(START)
        moved += tick.moved
        peaks.append(_peak())
        if not tick.claimed:
            break
    # The first batches fill caches; from then on memory shall stay as it is.
    print(json.dumps({"moved": moved, "grown_mib": peaks[-1] - peaks[min(5, len(peaks) - 1)]}), flush=True)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_YARD = """
\\set id random(1, {rows})
WITH moved AS (
    UPDATE yard SET seq = seq + 1, step = 1, status = 0, attempt = 0, due_at = now() + interval '48 hours', owner = NULL
    WHERE enrolment_no = :id RETURNING enrolment_no, seq, workflow_no)
INSERT INTO yard_log SELECT enrolment_no, seq, workflow_no, 0, 'waited', 0, now(), NULL FROM moved;
"""


def _pgbench(database: Database, clients: int) -> float:
    """Transactions a second of the yardstick."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("there is no pgbench")
    with database.engine.begin() as connection:
        for statement in (
            "DROP TABLE IF EXISTS yard",
            "DROP TABLE IF EXISTS yard_log",
            "CREATE TABLE yard (LIKE enrolments INCLUDING ALL)",
            "CREATE TABLE yard_log (LIKE step_log INCLUDING ALL)",
            "INSERT INTO yard SELECT * FROM enrolments",
        ):
            connection.execute(text(statement))
    settle(database)
    rows = _count(database, "yard")
    with TemporaryDirectory() as folder:
        script = Path(folder) / "yard.sql"
        script.write_text(_YARD.format(rows=rows))
        host = str(database.engine.url.query["host"])
        command = [str(binaries / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(clients)]
        command += ["-T", str(PGBENCH_SECONDS), "-f", str(script), "-h", host, "-U", "postgres", "postgres"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found.group(1))


def pausing(database: Database) -> float:
    """Milliseconds of a venture's pause and the look that follows; nothing may be claimed after it."""

    def pause() -> None:
        with database.write() as session:
            pause_venture(session, VENTURE, "benchmark", START)
        if worker(database).tick(DUE).claimed:
            raise RuntimeError("something was claimed after the pause")

    took = seconds(pause) * 1000
    with database.write() as session:
        automation.activate_workflow(session, "bench-drip", START)
    return took


def _count(database: Database, table: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def main(leads: int, kinds: tuple[str, ...]) -> None:
    """Measure and report."""
    print_conditions("waiting_leads: many leads that wait in a workflow", rounds=1, leads=f"{leads:,}")
    for kind in kinds:
        print(f"--- {kind}{' (without durability, both sides)' if kind == 'postgres' else ''}", flush=True)
        with store(kind) as few:
            fill(few, leads // 100)
            enrol_all(few, TRIGGER, START)
            settle(few)
            idle_few, pause_few = idle(few), pausing(few)
        with store(kind) as database:
            fill(database, leads)
            entering(database, leads)
            idle_many, pause_many = idle(database), pausing(database)
            print(f"idle look: {idle_many:.2f} ms with {leads:,} waiting, {idle_few:.2f} ms with {leads // 100:,}")
            print(f"pause: {pause_many:.1f} ms with {leads:,} in flight, {pause_few:.1f} ms with {leads // 100:,}")
            moving(database, kind, leads)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2])
    else:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
            (sys.argv[2],) if len(sys.argv) > 2 else ("sqlite", "postgres"),
        )
