"""20 ventures at a time in one process, with a thread each, against the same 20 one after another.

Usage: python -m benchmarks.parallel_runs [RUNS]

Once with a model on a server that takes its time, which runs wait for beside each other; once with the embedded
playbook, where nothing is waited for and one interpreter does all the work, so that there is no time to be won.

The ventures are copies of the examples under other ids. Every run must reach its handoff with artifacts of its own
that equal those of its twin in the other mode, save for ids and moments.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from app import bootstrap
from app.settings import Settings
from benchmarks.conditions import EXAMPLES, print_conditions, report
from benchmarks.sameness import normal
from crews.approvals import decide
from crews.intake import load_venture
from crews.outcome import Outcome
from crews.runner import advance, start_run
from crews.services import Services
from gtm.domain.base import canonical_json
from gtm.store.dossier import load_dossier
from gtm.store.models.runs import Artifact

LATENCY = 0.2
"""Seconds that the served model takes for each answer."""

EVEN = 1.05
"""Where nothing is waited for: as long as in a row, give or take what a machine's speed drifts."""

Artifacts = dict[tuple[str, int, str], str]
"""(step, revision, name) → body, without ids and moments."""


@contextmanager
def model_server() -> Iterator[str]:
    """The base URL of a model server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.model_server", str(LATENCY)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


@contextmanager
def parts(folder: Path, base_url: str = "") -> Iterator[Services]:
    """The application in a home of its own; the agent process that the exit gate asks is up before time runs.

    Args:
        folder: holds that home.
        base_url: of the model server; without one the playbook answers.
    """
    settings = Settings(home=folder / "home", out=folder / "out")
    if base_url:
        settings = Settings(
            home=folder / "home", out=folder / "out", provider="compatible", model="test-model", base_url=base_url
        )
    services = bootstrap.build(settings, bootstrap.read_configuration(), bootstrap.open_store(settings))
    services.agent_probe("nobody")
    try:
        yield services
    finally:
        services.database.close()


def load(services: Services, number: int) -> str:
    """A copy of one of the examples under another id; returns the id."""
    examples = sorted(EXAMPLES.glob("*.yaml"))
    text = examples[number % len(examples)].read_text()
    copied = re.sub(r"(?m)^id: .*$", f"id: copy-{number:02d}", text, count=1).encode()
    brief, _ = load_venture(services.database, services.clock, services.policies, copied, "copy.yaml", "benchmark")
    return brief.id


def go(services: Services, venture_id: str) -> str:
    """One venture to its handoff, every checkpoint approved as it comes; returns the run's id.

    Raises:
        RuntimeError: it ended otherwise.
    """
    run_id = start_run(services, venture_id)
    outcome: Outcome = advance(services, run_id)
    while outcome.status == "waiting_approval":
        with services.database.read() as session:
            record = next(a for a in load_dossier(session, run_id).approvals if a.status == "pending")
        decide(
            services.database,
            services.clock,
            services.stage,
            ref=record.approval_id,
            role=record.role,
            by="benchmark",
            approve=True,
        )
        outcome = advance(services, run_id)
    if outcome.status != "completed" or not (Path(outcome.handoff) / "report.html").is_file():
        raise RuntimeError(f"{venture_id} is not handed over: {outcome}")
    return run_id


def artifacts_of(services: Services, run_id: str) -> Artifacts:
    """What a run has stored."""
    from sqlmodel import select

    with services.database.read() as session:
        rows = session.exec(select(Artifact).where(Artifact.run_id == run_id)).all()
        return {(row.step, row.revision, row.name): canonical_json(normal(row.body)) for row in rows}


def timed(
    folder: Path, runs: int, drive: Callable[[Services, list[str]], list[str]], base_url: str = ""
) -> tuple[float, list[Artifacts]]:
    """Seconds that all runs took together, and what each has stored."""
    with parts(folder, base_url) as services:
        ventures = [load(services, number) for number in range(runs)]
        started = time.perf_counter()
        run_ids = drive(services, ventures)
        seconds = time.perf_counter() - started
        return seconds, [artifacts_of(services, run_id) for run_id in run_ids]


def in_a_row(services: Services, ventures: list[str]) -> list[str]:
    """One after another."""
    return [go(services, venture) for venture in ventures]


def at_a_time(services: Services, ventures: list[str]) -> list[str]:
    """All at once, a thread each."""
    with ThreadPoolExecutor(len(ventures)) as pool:
        return list(pool.map(lambda venture: go(services, venture), ventures))


def compare(name: str, runs: int, aim: float, base_url: str = "") -> None:
    """Measure both modes, compare what they have stored, and report.

    Raises:
        RuntimeError: a run has other artifacts than its twin.
    """
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
        timed(Path(folder, "warm"), 1, in_a_row, base_url)
        row, expected = timed(Path(folder, "row"), runs, in_a_row, base_url)
        together, found = timed(Path(folder, "together"), runs, at_a_time, base_url)
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        if strangers := sorted(key for key in {*one, *other} if one.get(key) != other.get(key)):
            raise RuntimeError(f"run {number} has other artifacts than its twin: {strangers}")
    print(f"correct: {len(found)} of {runs} runs handed over, {len(found[0])} artifacts each, equal to their twins'")
    report(name, [together], [row], unit="s", aim=aim)


def main(runs: int) -> None:
    """Measure with a served model and with the playbook."""
    print_conditions(
        "parallel_runs: runs at a time in one process against the same runs in a row",
        runs=runs,
        served_model=f"{LATENCY:g} s an answer, in a process of its own",
    )
    with model_server() as base_url:
        compare("time of all, with a served model", runs, 1.0, base_url)
    compare("time of all, with the playbook", runs, EVEN)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
