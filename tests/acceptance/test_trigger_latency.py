"""A trigger fires soon after the commit of a lead, at idle and under load; `python -m benchmarks.trigger_latency`."""

import statistics

import pytest

from benchmarks.trigger_latency import AIMS, Kind, measure


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_trigger_fires_within_a_second_at_idle_and_within_a_minute_under_load(kind: Kind) -> None:
    found = measure(kind, 400)
    for name, one in found.items():
        print(f"{kind} {name}: p50 {statistics.median(one.seconds):.3f} s, p99 {one.p99:.3f} s")
    assert len(found["under load"].seconds) == 400
    assert found["under load"].p99 < AIMS["under load"]
    # The machine may have other things to do: the benchmark holds the 99th percentile against the second.
    assert statistics.median(found["at idle"].seconds) < AIMS["at idle"]
