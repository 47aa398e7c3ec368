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
from functools import partial

from sqlalchemy import text

from benchmarks import waiting_moves, waiting_pause
from benchmarks.conditions import print_conditions
from benchmarks.engine_store import START, TRIGGER, enrolment_bytes, fill, settle, store, store_bytes
from gtm.automation.triggers.bulk import enrol_all
from gtm.store.database import Database

LIMITS_MB = {"sqlite": 100, "postgres": 250}
POLLS = 100
ENTRIES = 3
"""Rounds of bulk enrolment and its yardstick, in turn."""
ENTRY_AIM = 0.5
IDLE_AIM = 1.5
"""An idle look costs the same however many wait; the rest is what such small figures are apart by themselves."""


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def entering(database: Database, leads: int) -> None:
    """Bulk enrolment, and the bytes that it takes."""
    before = store_bytes(database)
    ours, bare = list[float](), list[float]()
    for number in range(ENTRIES):
        if number:
            with database.engine.begin() as connection:
                connection.execute(text("DELETE FROM enrolments" if database.is_sqlite else "TRUNCATE enrolments"))
            settle(database)
        ours.append(leads / seconds(lambda: enrol_all(database, TRIGGER, START)))
        rows = _count(database, "enrolments")
        if rows != leads:
            raise RuntimeError(f"{rows} of {leads} leads are enrolled")
        settle(database)
        if not number:
            bytes_, whole = enrolment_bytes(database), store_bytes(database)
        bare.append(leads / seconds(lambda: _bare_copy(database)))
        with database.engine.begin() as connection:
            connection.execute(text("DROP TABLE bare_enrolments"))
        settle(database)
    ratio = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    print(f"bulk enrolment, median of {ENTRIES}: {statistics.median(ours):,.0f} leads/s", end=" ")
    print(f"against {statistics.median(bare):,.0f} leads/s")
    print(f"  ratio {ratio:.2f}, aim ≥ {ENTRY_AIM:g}: {'met' if ratio >= ENTRY_AIM else 'MISSED'}", flush=True)
    limit = LIMITS_MB["sqlite" if database.is_sqlite else "postgres"] * leads / 1e6
    print(f"all that the engine adds, enrolments and indexes: {bytes_ / 1e6:.1f} MB, {bytes_ / leads:.0f} bytes each")
    print(f"  aim ≤ {limit:g} MB: {'met' if bytes_ / 1e6 <= limit else 'MISSED'}")
    print(
        f"  the whole database: {whole / 1e6:.1f} MB; before anybody entered, with the leads themselves: "
        f"{before / 1e6:.1f} MB; so the whole grew by {(whole - before) / 1e6:.1f} MB",
        flush=True,
    )


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


def idle(database: Database, few: Database, leads: int) -> None:
    """What a look costs at a store where nothing is due, in turn with one where a hundredth of the leads wait."""
    lookers = [waiting_moves.worker(one, START) for one in (database, few)]
    looks: tuple[list[float], list[float]] = ([], [])
    for _ in range(POLLS):
        for looker, times in zip(lookers, looks, strict=True):
            times.append(seconds(partial(looker.tick, START)) * 1000)
    many, less = (statistics.median(times[1:]) for times in looks)
    ratio = many / less
    print(f"idle look: {many:.2f} ms with {leads:,} waiting, {less:.2f} ms with {leads // 100:,}")
    print(f"  ratio {ratio:.2f}, aim ≤ {IDLE_AIM:g}: {'met' if ratio <= IDLE_AIM else 'MISSED'}", flush=True)


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
        with store(kind) as database:
            fill(database, leads)
            entering(database, leads)
            with store(kind) as few:
                fill(few, leads // 100)
                enrol_all(few, TRIGGER, START)
                settle(few)
                idle(database, few, leads)
            waiting_moves.told(database, kind)
        waiting_pause.told(kind, max(leads // 10, waiting_pause.FEW))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        (sys.argv[2],) if len(sys.argv) > 2 else ("sqlite", "postgres"),
    )
