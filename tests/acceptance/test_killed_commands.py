"""`gtm worker`, the command itself, is killed with signal 9 while it sends: every lead gets the mail once, and ends.

`python -m benchmarks.killed_workers` does the same at the size that is claimed, and hurries nothing.
"""

import pytest

from benchmarks.killed_workers import KILLS, LEADS, WORKERS, Kind, parse, prove


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "kills", "leads"),
    [
        ("sqlite", 5, 300),
        pytest.param("postgres", 5, 800, marks=pytest.mark.postgres),
        # Temporal misses a worker after half a minute of silence.
        pytest.param("temporal", 1, 200, marks=pytest.mark.postgres),
    ],
)
def test_every_mail_goes_out_once_however_often_workers_are_killed(kind: Kind, kills: int, leads: int) -> None:
    proof = prove(kind, kills, leads, hurried=True)
    found = proof.found
    print(f"{kind}: {proof.kills} kills, {WORKERS[kind]} workers, {leads} leads, {proof.seconds:.0f} s:", end=" ")
    print(f"{found.doubts} sends in doubt were settled by asking the server, {found.again} of them were sent again")
    assert proof.faults(leads) == []
    assert proof.kills == kills


def test_the_command_line_names_the_sizes_that_are_claimed() -> None:
    assert parse([]) == (200, 20_000, "sqlite") == (KILLS["sqlite"], LEADS, "sqlite")
    assert parse(["temporal"]) == (20, 20_000, "temporal")
    assert parse(["7", "100", "postgres"]) == (7, 100, "postgres")
