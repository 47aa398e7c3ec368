"""Everybody due at once: transitions with their log, by workers that are processes, against the bare database.

Measured as part of `python -m benchmarks.waiting_leads`; a worker process is `python -m benchmarks.waiting_moves URL`.
"""

import gc
import json
import re
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from benchmarks.conditions import ROOT, own_environment
from benchmarks.engine_store import START, settle, store_bytes
from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.ports import Services
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from gtm.store.models.enrolments import micros
from gtm.store.testing import find_binaries

AIM = 0.5
DUE = START + timedelta(hours=49)
BATCH = 500
"""Rows that a worker claims at a time."""
MEMORY_MIB = 16.0
"""By so much a worker's memory may grow once its first batches have filled caches."""
WARM_BATCHES = 5
PGBENCH_SECONDS = 15

_ROW = "step = 1, status = 0, attempt = 0, owner = NULL"
_PGBENCH = f"""
\\set id random(1, {{rows}})
WITH moved AS (
    UPDATE yard SET seq = seq + 1, due_at = now() + interval '48 hours', {_ROW}
    WHERE enrolment_no = :id RETURNING enrolment_no, seq, workflow_no)
INSERT INTO yard_log SELECT enrolment_no, seq, workflow_no, 0, 'waited', 0, now(), NULL FROM moved;
"""
_UPDATE = f"UPDATE yard SET seq = seq + 1, due_at = ?, {_ROW} WHERE enrolment_no = ?"
_INSERT = "INSERT INTO yard_log VALUES (?, ?, ?, 0, 'waited', 0, ?, NULL)"


def worker(database: Database, now: datetime) -> Worker:
    """A worker that has nothing to send, and whose connector would fail at once."""
    nowhere = SmtpSettings(
        host="127.0.0.1",
        port=1,
        security="plain",
        sender="bench@bench.test",
        unsubscribe_url="https://bench.test/unsubscribe",
    )
    services = Services(FakeEmailSource(), SmtpConnector(nowhere))
    return Worker(database, VirtualClock(now), services, name="bench", batch=BATCH)


def told(database: Database, kind: str) -> None:
    """Have everybody due, once for each number of workers, and report.

    Raises:
        RuntimeError: not every transition was written.
    """
    yard = _loop if kind == "sqlite" else _pgbench
    name = "a bare loop" if kind == "sqlite" else "pgbench"
    for workers in (1,) if kind == "sqlite" else (1, 2, 4):
        due = make_due(database)
        before = store_bytes(database)
        moved, took, grown = _work(database.url, workers)
        if moved != due:
            raise RuntimeError(f"{moved} of {due} transitions were written")
        settle(database)
        log = (store_bytes(database) - before) / moved
        ours, theirs = moved / took, yard(database, workers)
        plural = "s" if workers > 1 else ""
        print(
            f"{moved:,} due at once, transitions with log, {workers} worker{plural}: {ours:,.0f} a second against "
            f"{theirs:,.0f} a second of {name}"
        )
        print(f"  ratio {ours / theirs:.2f}, aim ≥ {AIM:g}: {'met' if ours / theirs >= AIM else 'MISSED'}")
        print(
            f"  a worker's memory grew by {grown:.1f} MiB, aim ≤ {MEMORY_MIB:g} MiB: "
            f"{'met' if grown <= MEMORY_MIB else 'MISSED'}; the whole database by {log:.0f} bytes a transition",
            flush=True,
        )


def make_due(database: Database) -> int:
    """Everybody is due now; how many."""
    past = START - timedelta(hours=1)
    with database.engine.begin() as connection:
        done = connection.execute(
            text("UPDATE enrolments SET due_at = :past"), {"past": micros(past) if database.is_sqlite else past}
        ).rowcount
    settle(database)
    return done


def _work(url: str, workers: int) -> tuple[int, float, float]:
    """Transitions, seconds, and the most MiB by which a worker's memory grew."""
    command = [sys.executable, "-m", "benchmarks.waiting_moves", url]
    with TemporaryDirectory() as folder:
        env = own_environment(Path(folder))
        running = [
            subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(workers)
        ]
        for one in running:
            _line(one)
        started = time.perf_counter()
        for one in running:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        answers = [json.loads(_line(one)) for one in running]
        took = time.perf_counter() - started
        for one in running:
            one.communicate()
    return sum(answer["moved"] for answer in answers), took, max(answer["grown_mib"] for answer in answers)


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def work(url: str) -> None:
    """A worker process: says that it is ready, waits for a word, moves everything that is due, tells how many."""
    mover = worker(Database(url, VirtualClock(DUE)), DUE)
    mover.tick(START - timedelta(days=9000))
    # As `gtm worker` does.
    gc.freeze()
    print("ready", flush=True)
    sys.stdin.readline()
    moved, peaks = 0, [_peak()]
    while True:
        tick = mover.tick(START)
        moved += tick.moved
        peaks.append(_peak())
        if not tick.claimed:
            break
    grown = peaks[-1] - peaks[min(WARM_BATCHES, len(peaks) - 1)]
    print(json.dumps({"moved": moved, "grown_mib": grown}), flush=True)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def copy_of_tables(database: Database) -> int:
    """The tables `yard` and `yard_log`, like those of the enrolments and their log, with the same rows; how many."""
    with database.engine.begin() as connection:
        for theirs, ours in (("yard", "enrolments"), ("yard_log", "step_log")):
            connection.execute(text(f"DROP TABLE IF EXISTS {theirs}"))
            if not database.is_sqlite:
                connection.execute(text(f"CREATE TABLE {theirs} (LIKE {ours} INCLUDING ALL)"))
                continue
            named = text("SELECT sql FROM sqlite_master WHERE tbl_name = :name AND sql <> '' AND type <> 'trigger'")
            for (statement,) in connection.execute(named, {"name": ours}).all():
                connection.execute(text(re.sub(rf"\b(ix_|uq_|pk_|ck_)?{ours}", rf"\1{theirs}", statement)))
        rows = connection.execute(text("INSERT INTO yard SELECT * FROM enrolments ORDER BY enrolment_no")).rowcount
    settle(database)
    return rows


def _loop(database: Database, _: int) -> float:
    """Rows a second of the same update and insert, one after the other, in transactions of as many as are claimed."""
    copy_of_tables(database)
    with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as bare:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            bare.execute(f"PRAGMA {pragma}")
        rows = bare.execute("SELECT enrolment_no, seq, workflow_no FROM yard ORDER BY enrolment_no").fetchall()
        now, due = micros(DUE), micros(DUE + timedelta(hours=48))
        started = time.perf_counter()
        for first in range(0, len(rows), BATCH):
            bare.execute("BEGIN IMMEDIATE")
            for number, seq, workflow in rows[first : first + BATCH]:
                bare.execute(_UPDATE, (due, number))
                bare.execute(_INSERT, (number, seq + 1, workflow, now))
            bare.execute("COMMIT")
        took = time.perf_counter() - started
    _drop_copies(database)
    return len(rows) / took


def _pgbench(database: Database, clients: int) -> float:
    """Transactions a second of pgbench with the same update and insert in one statement."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("there is no pgbench")
    rows = copy_of_tables(database)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "yard.sql"
        script.write_text(_PGBENCH.format(rows=rows))
        host = str(database.engine.url.query["host"])
        command = [str(binaries / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(clients)]
        command += ["-T", str(PGBENCH_SECONDS), "-f", str(script), "-h", host, "-U", "postgres", "postgres"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    _drop_copies(database)
    return float(found.group(1))


def _drop_copies(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE yard"))
        connection.execute(text("DROP TABLE yard_log"))
    settle(database)


if __name__ == "__main__":
    work(sys.argv[1])
