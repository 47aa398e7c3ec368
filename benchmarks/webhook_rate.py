"""From webhook to ended execution: `gtm serve` against n8n and Node-RED doing the same trivial workflow, in one run.

Usage: python -m benchmarks.webhook_rate --n8n FOLDER --node-red FOLDER [--node FILE] [--rounds N] [--seconds S]

The folders may also be named by GTM_BENCH_N8N and GTM_BENCH_NODE_RED, the interpreter by GTM_BENCH_NODE; by default it
is the `node` of the PATH. How to install them (about ten minutes, 2.2 GB), each in a folder of its own:

    mkdir node && cd node && npm init -y && npm install node@24
    export PATH="$PWD/node_modules/node/bin:$PATH"
    export npm_config_nodedir="$(dirname "$(dirname "$(dirname "$(find "$PWD" -name node.h)")")")"
    mkdir ../n8n && cd ../n8n && npm init -y
    npm install n8n@2.41.1 --ignore-scripts --legacy-peer-deps && npm rebuild sqlite3 && npm rebuild isolated-vm
    mkdir ../node-red && cd ../node-red && npm init -y && npm install node-red@5.0.7

All three are servers of their own on the loopback, in turn under the same load: signed webhooks, each with another
person, over keep-alive connections. The client signs. We check the signature, store the person, enrol them, write one
field of theirs, and log the step; n8n takes it unsigned and stores the execution, as it does by default; Node-RED
stores nothing. n8n runs twice: as it comes, and with N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE, which spares workflows without
expressions an engine for them. An execution counts when it has ended in the store (at Node-RED, when it is answered).
CPU seconds are those of a server's whole process tree from the first request until the last execution has ended.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.conditions import print_conditions, report, spread, tree_cpu_seconds
from benchmarks.http_load import Message, generate_each
from benchmarks.webhook_servers import SECRET, Server, n8n, node_red, ours
from gtm.domain.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

AIM = 10.0
CONNECTIONS = 16
N8N_VERSION, NODE_RED_VERSION = "2.41.1", "5.0.7"

WARM_UP = 2
"""Rounds that do not count: both interpreters of JavaScript compile what has run often."""
DRAIN_SECONDS = 300.0
"""How long what was taken may need to end."""
LOOK_SECONDS = 0.05
"""How often the store is asked whether everything has ended."""

_numbers = count()


@dataclass(frozen=True)
class Round:
    """What one server did under load.

    Attributes:
        executions: how many were started, and ended.
        seconds: from the first request until the last execution had ended.
        cpu_seconds: what the server's processes worked meanwhile.
    """

    executions: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Executions a second."""
        return self.executions / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Executions a second of the processor."""
        return self.executions / self.cpu_seconds


def message() -> Message:
    """A signed webhook with a person whom nobody has sent before."""
    number = next(_numbers)
    person = {"email": f"lead{number}@example.test", "first_name": "Ada", "company": "Acme"}
    body = json.dumps(person).encode()
    timestamp = str(int(time.time()))
    return Message(body, {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: sign(SECRET, timestamp, body)})


def one_round(server: Server, seconds: float) -> Round:
    """Load a server for so long, and wait until everything that it took has ended.

    Raises:
        RuntimeError: an answer was not of the 2xx, or an execution did not end well.
    """
    before = server.ended() if server.ended is not None else 0
    worked = tree_cpu_seconds(server.pid)
    began = time.perf_counter()
    load = generate_each(server.url, message, connections=CONNECTIONS, seconds=seconds)
    if load.failures:
        raise RuntimeError(f"{load.failures} of {len(load.latencies)} answers of {server.name} were not of the 2xx")
    sent = len(load.latencies)
    _drain(server, before + sent)
    return Round(sent, time.perf_counter() - began, tree_cpu_seconds(server.pid) - worked)


def _drain(server: Server, expected: int) -> None:
    if server.ended is None:
        return
    until = time.monotonic() + DRAIN_SECONDS
    while (ended := server.ended()) < expected:
        if time.monotonic() > until:
            raise RuntimeError(f"{expected - ended} executions of {server.name} did not end")
        time.sleep(LOOK_SECONDS)


def main(arguments: argparse.Namespace) -> None:
    """Measure in turn and report."""
    scripts = [
        installed(arguments.n8n, "n8n", N8N_VERSION, "bin/n8n"),
        installed(arguments.node_red, "node-red", NODE_RED_VERSION, "red.js"),
    ]
    node = shutil.which(arguments.node) or missing(f"there is no interpreter {arguments.node}")
    print_conditions(
        "webhook_rate: webhook to ended execution, against n8n and Node-RED",
        n8n=f"{N8N_VERSION}, regular mode, SQLite, executions saved",
        node_red=f"{NODE_RED_VERSION}, stores nothing",
        node=subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip(),
        ours="one process with its worker, SQLite",
        rounds=arguments.rounds,
        seconds_a_round=arguments.seconds,
        connections=CONNECTIONS,
    )
    rounds: dict[str, list[Round]] = {}
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gtm-benchmark-"))) for _ in range(4)]
        servers = [
            stack.enter_context(ours(folders[0])),
            stack.enter_context(n8n(scripts[0], node, folders[1])),
            stack.enter_context(n8n(scripts[0], node, folders[2], lazy=True)),
            stack.enter_context(node_red(scripts[1], node, folders[3])),
        ]
        for number in range(WARM_UP + arguments.rounds):
            for server in servers:
                done = one_round(server, arguments.seconds)
                if number >= WARM_UP:
                    rounds.setdefault(server.name, []).append(done)
    tell(*rounds.values())


def tell(mine: list[Round], theirs: list[Round], lazy: list[Round], bare: list[Round]) -> None:
    """Print ours against n8n as it comes, against n8n at its fastest, and Node-RED beside."""
    figures: dict[tuple[str, str], Callable[[Round], float]] = {
        ("executions a second", "/s"): lambda one: one.per_second,
        ("executions a CPU second", "/CPU s"): lambda one: one.per_cpu_second,
    }
    for (name, unit), figure in figures.items():
        here, default, spared, nothing = ([figure(one) for one in each] for each in (mine, theirs, lazy, bare))
        report(f"{name}, n8n as it comes", here, default, unit=unit, aim=AIM, at_least=True)
        report(f"{name}, n8n with lazy expressions", here, spared, unit=unit, aim=AIM, at_least=True)
        print(f"  Node-RED beside, which stores nothing: {spread(nothing, unit)}", flush=True)


def installed(folder: str, package: str, version: str, script: str) -> Path:
    """The start script of a package in a folder that npm installed into; ends the process where it is another."""
    if not folder:
        missing(f"no folder with {package} {version} is named")
    home = Path(folder).resolve() / "node_modules" / package
    try:
        found = json.loads((home / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError):
        missing(f"{folder} has no {package} {version} in its node_modules")
    if found != version:
        missing(f"{folder} has {package} {found}; the figures are claimed against {version}")
    return home / script


def missing(what: str) -> str:
    """Say what is missing and how to install it; ends the process with 2."""
    print(f"{what}\n\n{__doc__}", file=sys.stderr)
    raise SystemExit(2)


def parse() -> argparse.Namespace:
    """The command line."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m benchmarks.webhook_rate", description=__doc__, formatter_class=plain)
    parser.add_argument("--n8n", default=os.environ.get("GTM_BENCH_N8N", ""), help="folder with n8n's node_modules")
    parser.add_argument("--node-red", default=os.environ.get("GTM_BENCH_NODE_RED", ""), help="the same of Node-RED")
    parser.add_argument("--node", default=os.environ.get("GTM_BENCH_NODE", "node"), help="node 24")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of load a round")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse())
