"""A million leads in a workflow: entering, waiting, all due at once, and a pause.

Usage: python -m benchmarks.waiting_leads [LEADS] [sqlite|postgres]

Yardsticks, each on the same database in the same run: a bare `INSERT … SELECT` of the same rows into a table of the
same columns and indexes; the same question asked with a hundredth of the leads; pgbench doing one such update and
insert in one statement, with as many clients as there are workers, and on SQLite a bare loop of both in transactions of
as many rows as a worker claims; a pause with a hundred in flight.

Durability is the same on both sides. PostgreSQL runs without fsync, which favours the yardstick: pgbench commits each
row by itself and would wait for the disk each time, workers commit hundreds of rows at once. SQLite is in WAL mode with
synchronous=NORMAL, as the application opens it.
"""

import re
import statistics
import sys
import time
from collections.abc import Callable

from sqlalchemy import text

from benchmarks import waiting_moves, waiting_pause
from benchmarks.conditions import print_conditions
from benchmarks.engine_store import START, TRIGGER, enrolment_bytes, fill, settle, store, store_bytes
from gtm.automation.triggers.bulk import enrol_all
from gtm.store.database import Database

LIMITS_MB = {"sqlite": 100, "postgres": 250}
POLLS = 30
IDLE_AIM = 1.5
"""An idle look costs the same however many wait; the rest is what such small figures are apart by themselves."""


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
    rows, bytes_, whole = _count(database, "enrolments"), enrolment_bytes(database), store_bytes(database)
    if rows != leads:
        raise RuntimeError(f"{rows} of {leads} leads are enrolled")
    bare = seconds(lambda: _bare_copy(database))
    told("bulk enrolment", leads / took, leads / bare, "leads/s", 0.5)
    limit = LIMITS_MB["sqlite" if database.is_sqlite else "postgres"] * leads / 1e6
    print(f"all that the engine adds, enrolments and indexes: {bytes_ / 1e6:.1f} MB, {bytes_ / leads:.0f} bytes each")
    print(f"  aim ≤ {limit:g} MB: {'met' if bytes_ / 1e6 <= limit else 'MISSED'}")
    print(
        f"  the whole database: {whole / 1e6:.1f} MB; before anybody entered, with the leads themselves: "
        f"{before / 1e6:.1f} MB; so the whole grew by {(whole - before) / 1e6:.1f} MB",
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
    looker = waiting_moves.worker(database, START)
    looker.tick(START)
    return statistics.median(seconds(lambda: looker.tick(START)) * 1000 for _ in range(POLLS))


def _count(database: Database, table: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def main(leads: int, kinds: tuple[str, ...]) -> None:
    """Measure and report."""
    print_conditions(
        "waiting_leads: many leads that wait in a workflow",
        rounds=1,
        leads=f"{leads:,}",
        durability="PostgreSQL without fsync, SQLite in WAL mode with synchronous=NORMAL, ours and theirs",
    )
    for kind in kinds:
        print(f"--- {kind}", flush=True)
        with store(kind) as few:
            fill(few, leads // 100)
            enrol_all(few, TRIGGER, START)
            settle(few)
            idle_few = idle(few)
        with store(kind) as database:
            fill(database, leads)
            entering(database, leads)
            idle_many = idle(database)
            ratio = idle_many / idle_few
            print(f"idle look: {idle_many:.2f} ms with {leads:,} waiting, {idle_few:.2f} ms with {leads // 100:,}")
            print(f"  ratio {ratio:.2f}, aim ≤ {IDLE_AIM:g}: {'met' if ratio <= IDLE_AIM else 'MISSED'}", flush=True)
            waiting_moves.told(database, kind)
        waiting_pause.told(kind, max(leads // 10, waiting_pause.FEW))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        (sys.argv[2],) if len(sys.argv) > 2 else ("sqlite", "postgres"),
    )
