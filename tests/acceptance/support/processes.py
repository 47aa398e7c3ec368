"""`gtm` as processes of its own, each in a home of its own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples" / "ventures"
SECONDS = 300.0
FOREIGN = ("CREWAI_", "OTEL_", "ANONYMIZED_", "HF_", "GTM_", "OPENAI_")
"""Variables that the tests set for themselves: a command must do without them, as on a stranger's machine."""


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON lines of a `--json` command."""
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    @property
    def outcome(self) -> dict[str, Any]:
        """The last event of a run."""
        return next(event for event in reversed(self.events) if event["event"] == "outcome")

    @property
    def problem(self) -> dict[str, Any]:
        """The problem details that a failed `--json` command writes to standard error."""
        lines = [line for line in self.err.splitlines() if line.startswith("{")]
        assert lines, f"no problem was told: {self.err or self.out}"
        problem: dict[str, Any] = json.loads(lines[-1])
        return problem


@dataclass(frozen=True)
class Home:
    """A place where commands run: state, handoffs and variables.

    Attributes:
        folder: holds `home` and `out`.
        variables: further GTM_ variables.
    """

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a command."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        # The language checkers take seconds and 430 MB a process; their own tests turn them on.
        own = {"GTM_HOME": str(self.state), "GTM_OUT": str(self.out), "GTM_PROOFREADING": "off"}
        return {**kept, **own, **self.variables}

    @property
    def state(self) -> Path:
        """GTM_HOME."""
        return self.folder / "home"

    @property
    def out(self) -> Path:
        """GTM_OUT."""
        return self.folder / "out"

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, timeout: float = SECONDS) -> Finished:
        """Run a command to its end."""
        return finish(self.start(*arguments), timeout)


def finish(process: "subprocess.Popen[str]", timeout: float = SECONDS) -> Finished:
    """Wait for a command that was started; one that hangs is killed, and fails the test."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        kill(process)
        out, err = process.communicate()
        raise AssertionError(f"{process.args} did not end in {timeout:.0f} s\n{out[-2000:]}\n{err[-2000:]}") from None
    return Finished(process.returncode, out, err)


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill a command's process group, as a power cut would."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def left_behind(home: Home) -> list[int]:
    """Processes that still live with this home in their environment; none where /proc does not tell."""
    mark = f"GTM_HOME={home.state}\0".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() + b"\0":
                found.append(int(folder.name))
        except OSError:
            continue
    return found
