"""A large file of people, every tenth row bad: everybody good is stored, every bad row is told, memory stays small.

GTM_TEST_IMPORT_ROWS=1000000 takes a million rows.
"""

import csv
import os
import re
from pathlib import Path

import pytest

from benchmarks.lead_import import BAD, imported, write_people

ROWS = int(os.environ.get("GTM_TEST_IMPORT_ROWS", "200000"))


@pytest.mark.slow
def test_a_large_file_loses_nobody_and_takes_little_memory(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    bad = write_people(people, ROWS)
    assert bad == ROWS // 10
    done = imported(tmp_path, people, ROWS, bad)
    few = tmp_path / "few.csv"
    small = imported(tmp_path / "few", few, 2_000, write_people(few, 2_000))
    # What a hundred times the rows take more is what SQLite may keep of its pages, not the people.
    assert done.alone_mib - small.alone_mib < 60, (done.alone_mib, small.alone_mib)
    with (tmp_path / "rejects.csv").open(newline="", encoding="utf-8") as file:
        rejected = list(csv.reader(file))[1:]
    numbers = [int(row[0]) for row in rejected]
    assert numbers == [n + 2 for n in range(0, ROWS, 10)] and all(row[1] for row in rejected)
    assert len({re.sub(r"[^a-z ]+", "", row[1])[:12] for row in rejected}) == len(BAD)
