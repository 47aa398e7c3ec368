"""A CSV of people with every tenth row bad, imported by `gtm lead import`: rows a second and peak memory.

Usage: python -m benchmarks.lead_import [ROWS]

Yardstick: a bare loop of the csv module and executemany into the same table of a store of its own, which checks
nothing and knows nobody. Both are processes of their own, on SQLite.
"""

import csv
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.conditions import EXAMPLES, Measured, measure, own_environment, print_conditions

ROWS = 1_000_000
BAD = (
    "nobody,Ada,,,new,1",
    'stray{n}@example.test,"never closed,,,new,1',
    "nul{n}@example.test,A\0da,,,new,1",
    "score{n}@example.test,Ada,,,new,99999999999999999999",
    "many{n}@example.test,Ada,,,new,1,2,3",
)
_BARE = """
import csv, sqlite3, sys
from itertools import islice
store = sqlite3.connect(sys.argv[1])
columns = "lead_id, venture_id, email, first_name, company, country, status, score"
fixed = "last_name, role, segment_id, lead_source, time_zone, consent, is_test, own_writes, created_at, attributes"
insert = (f"INSERT OR IGNORE INTO leads ({columns}, {fixed}) VALUES (?, 'bare', ?, ?, ?, ?, ?, ?,"
          " '', '', '', 'import', 'UTC', 'unknown', 0, 1, '2026-01-05 09:00:00', '{}')")
with open(sys.argv[2], newline="") as file:
    rows = csv.reader(file)
    next(rows)
    numbered = ((f"lead-{n}", *row[:6]) for n, row in enumerate(rows) if len(row) > 5)
    while batch := list(islice(numbered, 5000)):
        with store:
            store.executemany(insert, batch)
"""


def write_people(path: Path, rows: int) -> int:
    """A file of people, every tenth of them bad in one of five ways; how many are bad."""
    bad = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("email,first_name,company,country,status,score\n")
        for number in range(rows):
            if number % 10:
                file.write(f"person{number}@example.test,Ada,Acme,DE,new,{number % 100}\n")
            else:
                file.write(BAD[bad % len(BAD)].replace("{n}", str(number)) + "\n")
                bad += 1
    return bad


def imported(folder: Path, people: Path, rows: int, bad: int) -> Measured:
    """Import by the command, and see that every row came to something."""
    env = own_environment(folder)
    gtm = [sys.executable, "-m", "app"]
    measure([*gtm, "venture", "load", str(EXAMPLES / "fleet.yaml")], env=env)
    rejects = folder / "rejects.csv"
    command = [*gtm, "lead", "import", "fleet", str(people), "--no-triggers", "--rejects", str(rejects), "--json"]
    done = measure(command, env=env)
    told = json.loads(done.output.strip().splitlines()[-1])
    if (told["rows"], told["new"], told["rejected"]) != (rows, rows - bad, bad):
        raise RuntimeError(f"of {rows} rows, {bad} of them bad, this became: {told}")
    with rejects.open(newline="", encoding="utf-8") as file:
        listed = sum(1 for _ in csv.reader(file)) - 1
    if listed != bad:
        raise RuntimeError(f"{listed} of {bad} bad rows stand in the rejects file")
    return done


def bare(folder: Path, people: Path) -> Measured:
    """The yardstick, into the leads of a store of its own."""
    env = own_environment(folder)
    measure([sys.executable, "-m", "app", "venture", "load", str(EXAMPLES / "fleet.yaml")], env=env)
    plain = people.with_name("plain.csv")
    plain.write_text(people.read_text(encoding="utf-8").replace("\0", "").replace('"', ""), encoding="utf-8")
    return measure([sys.executable, "-c", _BARE, str(folder / "home" / "gtm.db"), str(plain)], env=env)


def main() -> None:
    """Import, then the yardstick; print both."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print_conditions("gtm lead import against csv and executemany", rows=f"{rows:,}, every tenth bad")
    with TemporaryDirectory() as name:
        folder = Path(name)
        people = folder / "people.csv"
        bad = write_people(people, rows)
        ours = imported(folder / "ours", people, rows, bad)
        theirs = bare(folder / "bare", people)
    for who, done in (("gtm lead import", ours), ("csv and executemany", theirs)):
        print(f"{who}: {rows / done.seconds:,.0f} rows/s, {done.seconds:.1f} s, peak {done.peak_mib:.0f} MiB")
    print(f"ratio {theirs.seconds / ours.seconds:.2f}; every bad row stands in the rejects file, nobody is missing")


if __name__ == "__main__":
    main()
