"""20 ventures at a time in one process, with a thread each, against the same 20 one after another.

Usage: python -m benchmarks.parallel_runs [RUNS]

The ventures are copies of the examples under other ids. Every run must reach its handoff with artifacts of its own
that equal those of its twin in the other mode, save for ids and moments.
"""

import re
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

Artifacts = dict[tuple[str, int, str], str]
"""(step, revision, name) → body, without ids and moments."""


@contextmanager
def parts(folder: Path) -> Iterator[Services]:
    """The application in a home of its own; the agent process that the exit gate asks is up before time runs."""
    settings = Settings(home=folder / "home", out=folder / "out")
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


def timed(folder: Path, runs: int, drive: Callable[[Services, list[str]], list[str]]) -> tuple[float, list[Artifacts]]:
    """Seconds that all runs took together, and what each has stored."""
    with parts(folder) as services:
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


def main(runs: int) -> None:
    """Measure, compare and report."""
    print_conditions("parallel_runs: runs at a time in one process against the same runs in a row", runs=runs)
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
        timed(Path(folder, "warm"), 1, in_a_row)
        row, expected = timed(Path(folder, "row"), runs, in_a_row)
        together, found = timed(Path(folder, "together"), runs, at_a_time)
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        if strangers := sorted(key for key in {*one, *other} if one.get(key) != other.get(key)):
            raise RuntimeError(f"run {number} has other artifacts than its twin: {strangers}")
    print(f"correct: {len(found)} of {runs} runs handed over, {len(found[0])} artifacts each, equal to their twins'")
    report("time of all", [together], [row], unit="s", aim=1.0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
