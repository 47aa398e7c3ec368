"""What every benchmark prints first, and how its processes are measured."""

import os
import platform
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "ventures"

LOOK_SECONDS = 0.05
"""How often the memory of a process and its children is looked at."""


def print_conditions(title: str, **facts: object) -> None:
    """Print the machine, the versions and the benchmark's own settings."""
    print(f"# {title}")
    print(
        f"python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} before"
    )
    print(", ".join(f"{name} {version(name)}" for name in ("crewai", "sqlmodel", "fastapi", "typer")))
    for name, value in facts.items():
        print(f"{name.replace('_', ' ')}: {value}", flush=True)


def own_environment(folder: Path, **variables: str) -> dict[str, str]:
    """The variables of a process that works in `folder` and nowhere else; no setting of the caller reaches it.

    It may keep its bytecode, as an installed program does: the uncounted first round compiles, ours and theirs.
    """
    strangers = ("GTM_", "OPENAI_", "CREWAI_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
    return kept | {"GTM_HOME": str(folder / "home"), "GTM_OUT": str(folder / "out")} | variables


@dataclass(frozen=True)
class Measured:
    """One process that ended well.

    Attributes:
        seconds: wall time, from its start to its end.
        alone_mib: the most memory that it held itself, in MiB of resident set.
        peak_mib: the most memory that it and its children held at one time, in MiB, pages they share counted once.
        output: what it printed.
    """

    seconds: float
    alone_mib: float
    peak_mib: float
    output: str = ""


def measure(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Measured:
    """Run a command to its end and measure it.

    Its own memory is the operating system's figure; with its children it is the highest sum that was seen while
    looking (where /proc tells).

    Raises:
        RuntimeError: it did not exit with 0; carries the end of what it printed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with _watch(process.pid) as seen:
        assert process.stdout is not None
        output = process.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} exited with {process.returncode}: {output[-2000:]}")
    return Measured(seconds, _peak_mib(usage), max(_peak_mib(usage), *seen), output)


@contextmanager
def _watch(pid: int) -> Iterator[list[float]]:
    """Collects what a process and its children hold, in MiB, until the block ends.

    A child that has just been forked still shows its parent's memory, so the smaller of two looks in a row counts.
    """
    seen = [0.0]
    done = threading.Event()

    def look() -> None:
        before = 0.0
        while not done.wait(LOOK_SECONDS):
            now = tree_mib(pid)
            seen.append(min(before, now))
            before = now

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def tree_mib(pid: int) -> float:
    """MiB that a process and all its descendants hold, pages they share counted once; 0 where /proc does not tell."""
    total, queue = 0, [pid]
    while queue:
        one = queue.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup")
            held = (line for line in rollup.read_text().splitlines() if line.startswith("Pss:"))
            total += int(next(held).split()[1])
            queue += _children(one)
        except (OSError, StopIteration):
            continue
    return total / 1024


def tree_cpu_seconds(pid: int) -> float:
    """Seconds that the processor has worked for a process and all its descendants, in user and kernel.

    Children that have ended count where their parent has waited for them; threads count with their process.

    Raises:
        OSError: the process is gone, or there is no /proc to tell.
    """
    ticks, queue = _cpu_ticks(pid), _children(pid)
    while queue:
        child = queue.pop()
        try:
            ticks += _cpu_ticks(child)
            queue += _children(child)
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _cpu_ticks(pid: int) -> int:
    """utime, stime, cutime and cstime; the name before them may hold blanks and brackets."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15])


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}").glob("task/*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _peak_mib(usage: resource.struct_rusage) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 2**20


Pairs = tuple[list[Measured], list[Measured]]


def alternate(rounds: int, ours: Callable[[], Measured], theirs: Callable[[], Measured]) -> Pairs:
    """Measure both in turn, so that a machine whose speed drifts treats both alike; one uncounted round first."""
    ours()
    theirs()
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def report(
    name: str, ours: Sequence[float], theirs: Sequence[float], *, unit: str, aim: float, at_least: bool = False
) -> float:
    """Print both medians with their spread, and the median of the pairs' ratios beside the aim.

    Args:
        name: what was measured.
        ours: one figure a round.
        theirs: the yardstick's figure of the same round.
        unit: of the figures.
        aim: the ratio that we claim.
        at_least: whether the ratio shall be the aim or more; else the aim or less.

    Returns:
        The ratio.
    """
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    ratio = statistics.median(ratios)
    met = ratio >= aim if at_least else ratio <= aim
    print(f"{name}: {spread(ours, unit)} against {spread(theirs, unit)}")
    print(
        f"  ratio {ratio:.2f} ({min(ratios):.2f}-{max(ratios):.2f}), aim {'≥' if at_least else '≤'} {aim:g}: "
        f"{'met' if met else 'MISSED'}",
        flush=True,
    )
    return ratio


def spread(figures: Sequence[float], unit: str) -> str:
    """The median with its spread and the number of rounds, for a figure that is printed beside the others."""
    digits = 3 if statistics.median(figures) < 100 else 0
    low, middle, high = min(figures), statistics.median(figures), max(figures)
    return f"{middle:.{digits}f} {unit} ({low:.{digits}f}-{high:.{digits}f}, {len(figures)} rounds)"
