"""A whole run without a key, as a process, against a bare CrewAI crew with as many tasks and model calls.

Usage: python -m benchmarks.whole_run [ROUNDS]

Both are measured from start to exit, imports included. Memory is told twice: of the process that runs the crew, and
together with the agent process that the exit gate asks, which runs anyway where an agent is deployed.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.conditions import EXAMPLES, Measured, alternate, measure, own_environment, print_conditions, report

VENTURE = "fleet"


@dataclass(frozen=True)
class Work:
    """What a run did, as it told itself: tasks that were begun, and model calls on its ledger."""

    tasks: int
    calls: int


def our_run(proofreading: str = "off") -> Measured:
    """One venture from its brief to the handoff, in a home of its own.

    Args:
        proofreading: `off`, as README's first command installs it, or `auto`: the checkers of the extra `language`.
    """
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
        command = [sys.executable, "-m", "app", "run", str(EXAMPLES / f"{VENTURE}.yaml")]
        env = own_environment(Path(folder), GTM_PROOFREADING=proofreading)
        done = measure([*command, "--approve-as", "all", "--json"], env=env)
        if not (Path(folder) / "out" / VENTURE / "report.html").is_file():
            raise RuntimeError(f"the run left no report: {done.output[-2000:]}")
    return done


def work_of(done: Measured) -> Work:
    """Tasks and model calls of a run, from its JSON lines."""
    events = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    outcome = events[-1]
    if outcome["event"] != "outcome" or outcome["status"] != "completed":
        raise RuntimeError(f"the run is not completed: {outcome}")
    return Work(sum(event["event"] == "step_started" for event in events), int(outcome["usage"]["calls"]))


def bare_crew(work: Work) -> Measured:
    """The yardstick, with as much to do as we had."""
    command = [sys.executable, "-m", "benchmarks.bare_crew", str(work.tasks), str(work.calls)]
    with tempfile.TemporaryDirectory(prefix="bare-crew-") as folder:
        return measure(command, env=own_environment(Path(folder), TMPDIR=folder))


def main(rounds: int) -> None:
    """Measure and report."""
    work = work_of(our_run())
    print_conditions(
        "whole_run: a whole run without a key against a bare crew",
        rounds=rounds,
        venture=VENTURE,
        tasks=work.tasks,
        model_calls=work.calls,
        language="the house's rules, as README's first command installs it; the extra's checkers in one run beside",
    )
    ours, theirs = alternate(rounds, our_run, lambda: bare_crew(work))
    report("time", [m.seconds for m in ours], [m.seconds for m in theirs], unit="s", aim=2.0)
    report("peak memory", [m.alone_mib for m in ours], [m.alone_mib for m in theirs], unit="MiB", aim=1.3)
    report("with the agent process", [m.peak_mib for m in ours], [m.peak_mib for m in theirs], unit="MiB", aim=1.3)
    full = our_run("auto")
    print(
        f"with the extra `language`, one run: {full.seconds:.1f} s, {full.alone_mib:.0f} MiB, {full.peak_mib:.0f} MiB"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
