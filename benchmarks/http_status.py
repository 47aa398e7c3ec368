"""Status commands a second over HTTP, against an empty FastAPI endpoint under the same server.

Usage: python -m benchmarks.http_status [ROUNDS]

Both servers are processes of their own on the loopback and take the same requests from the same load generator.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.agent_probe import PATH
from benchmarks.conditions import EXAMPLES, ROOT, measure, own_environment, print_conditions, report
from benchmarks.http_load import Load, generate

SOP_SECONDS = 5.0
"""SOP exit gate 1: the agent answers within 5 s."""

CONNECTIONS = 16
SECONDS = 3.0
VENTURE = "fleet"
COMMAND = json.dumps({"command": "status", "venture_id": VENTURE}).encode()


@contextmanager
def server(module: str, *arguments: str, env: Mapping[str, str]) -> Iterator[str]:
    """A server that prints its URL as JSON and lives as long as its standard input; yields the URL."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["url"])
        finally:
            process.communicate()


def load(url: str) -> Load:
    """One round.

    Raises:
        RuntimeError: an answer was not 200.
    """
    done = generate(url, COMMAND, connections=CONNECTIONS, seconds=SECONDS)
    if done.failures:
        raise RuntimeError(f"{done.failures} of {len(done.latencies)} answers of {url} were not 200")
    return done


def main(rounds: int) -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
        env = own_environment(Path(folder))
        measure([sys.executable, "-m", "app", "run", str(EXAMPLES / f"{VENTURE}.yaml"), "--json"], env=env)
        print_conditions(
            "http_status: status commands over HTTP against an empty FastAPI endpoint",
            rounds=rounds,
            seconds_a_round=SECONDS,
            connections=CONNECTIONS,
            command=COMMAND.decode(),
        )
        agent = server("app.answering", env=env)
        with agent as ours, server("benchmarks.empty_endpoint", env=env) as theirs:
            load(ours + PATH)
            load(theirs)
            pairs = [(load(ours + PATH), load(theirs)) for _ in range(rounds)]
    report(
        "throughput",
        [a.per_second for a, _ in pairs],
        [b.per_second for _, b in pairs],
        unit="requests/s",
        aim=0.5,
        at_least=True,
    )
    _latency("status command", [a for a, _ in pairs])
    _latency("empty endpoint", [b for _, b in pairs])


def _latency(name: str, loads: list[Load]) -> None:
    middle, tail = (statistics.median(one.percentile(p) for one in loads) for p in (50, 99))
    longest = max(one.longest for one in loads)
    print(
        f"{name}: p50 {middle:.1f} ms, p99 {tail:.1f} ms, longest {longest:.1f} ms "
        f"({longest / SOP_SECONDS / 10:.1f} % of the SOP's {SOP_SECONDS:g} s)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
