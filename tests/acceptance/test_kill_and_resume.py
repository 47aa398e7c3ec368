"""kill -9 at random moments of a run, then `gtm resume`: the store ends as if nothing had happened.

The moments are drawn from a printed seed. Each process is killed some time after its first word of progress, with
its whole group; whatever it was doing is done again by the next one, and nothing is done twice.
"""

import json
import os
import random
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.sameness import normal
from tests.acceptance.conftest import VENTURE, Reference
from tests.acceptance.support.processes import EXAMPLES, SECONDS, Finished, Home, kill, left_behind
from tests.acceptance.support.stores import difference, dump_file, rows

SEED = int(os.environ.get("GTM_TEST_SEED", "20260122"))
BRIEF = str(EXAMPLES / f"{VENTURE}.yaml")


@dataclass
class Disturbed:
    """One run that is killed again and again.

    Attributes:
        home: where it happens.
        longest: seconds after the first word of progress within which a kill comes.
        draw: where the moments come from.
        moments: what was killed when, in words.
    """

    home: Home
    longest: float
    draw: random.Random
    moments: list[str] = field(default_factory=list)

    def until_done(self, kills: int) -> Finished:
        """Kill so many times at most, then let it end; how it ended."""
        while len(self.moments) < kills:
            process = self.home.start(*self._command())
            if (done := self._disturb(process)) is not None:
                return done
        return self.home.run(*self._command())

    def _command(self) -> tuple[str, ...]:
        """What a person would type: `run` until there is a run, then `resume`."""
        store = self.home.state / "gtm.db"
        known = store.exists() and rows(store, "SELECT name FROM sqlite_master WHERE name = 'runs'")
        started = known and rows(store, "SELECT run_id FROM runs")
        standing = ("--approve-as", "all", "--json")
        return ("resume", VENTURE, *standing) if started else ("run", BRIEF, *standing)

    def _disturb(self, process: "subprocess.Popen[str]") -> Finished | None:
        """Kill it at the moment drawn; how it ended, when it was faster."""
        seconds = self.draw.uniform(0, self.longest)
        assert process.stdout is not None
        said = ""
        while _is_note(line := process.stdout.readline()):
            said += line
        said += line
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill(process)
        out, err = process.communicate()
        if process.returncode != -9:
            return Finished(process.returncode, said + out, err)
        last = [event for event in _events(said + out) if event["event"] != "note"]
        about = f"{last[-1]['event']} {last[-1].get('subject', '')}" if last else "nothing"
        self.moments.append(f"{seconds:.2f} s in, after {about}")
        return None


def test_three_kills(reference: Reference, tmp_path: Path) -> None:
    moments = _disturbed_runs_end_alike(reference, tmp_path, kills=3)
    print(f"seed {SEED}: {moments}")


@pytest.mark.slow
def test_twenty_kills(reference: Reference, tmp_path: Path) -> None:
    moments = _disturbed_runs_end_alike(reference, tmp_path, kills=20)
    print(f"seed {SEED}:")
    for moment in moments:
        print(f"  {moment}")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["2.1", "3.1", "3.2", "3.3"])
def test_a_kill_between_two_artifacts_of_one_step(reference: Reference, tmp_path: Path, step: str) -> None:
    """A step that stored some of its artifacts is not taken for done, also when what it stored passes the checks."""
    all_of_it = len(rows(reference.store, "SELECT 1 FROM artifacts WHERE step = :step", step=step))
    home, stored = _killed_inside(tmp_path, step, all_of_it)
    told = f"killed with {stored} of {all_of_it} artifacts of step {step}"
    done = home.run("resume", VENTURE, "--approve-as", "all", "--json")
    assert done.code == 0, done.err
    assert difference(dump_file(home.state / "gtm.db"), dump_file(reference.store)) == "", told
    _nothing_was_done_twice(home, told)
    _no_mail_was_doubled(home, reference, told)


def _killed_inside(folder: Path, step: str, all_of_it: int) -> tuple[Home, int]:
    """A run that was killed when a step had stored some of its artifacts and not all; how many.

    The run is watched from outside, and may be faster than the look: then another one is begun.
    """
    for attempt in range(8):
        home = Home(folder / str(attempt))
        home.folder.mkdir()
        process = home.start("run", BRIEF, "--approve-as", "all", "--json")
        _killed_at(process, home, step, 1)
        stored = _stored(home, step)
        if 1 <= stored < all_of_it:
            return home, stored
    pytest.fail(f"no kill of eight fell between two artifacts of step {step}")


def _killed_at(process: "subprocess.Popen[str]", home: Home, step: str, count: int) -> None:
    """Kill a run as soon as so many artifacts of a step stand."""
    deadline = time.monotonic() + SECONDS
    while _stored(home, step) < count and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    kill(process)
    process.communicate()
    assert process.returncode == -9, "the run ended before the step did"


def _stored(home: Home, step: str) -> int:
    try:
        with sqlite3.connect(f"file:{home.state / 'gtm.db'}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT count(*) FROM artifacts WHERE step = ?", (step,)).fetchone()
        connection.close()
    except sqlite3.OperationalError:
        return 0
    return int(found[0])


def _disturbed_runs_end_alike(reference: Reference, folder: Path, kills: int) -> list[str]:
    """Run after run until so many kills have hit; each must end as the reference did. Returns the moments."""
    assert reference.finished.code == 0, reference.finished.err
    draw = random.Random(SEED)
    expected = dump_file(reference.store)
    moments: list[str] = []
    while len(moments) < kills:
        home = Home(folder / f"run-{len(moments)}")
        run = Disturbed(home, _working_seconds(reference) / 2, draw)
        done = run.until_done(kills - len(moments))
        moments += [f"{home.folder.name}: {moment}" for moment in run.moments]
        told = f"seed {SEED}, {moments}"
        assert done.code == 0, (told, done.err)
        assert done.outcome["status"] == "completed", told
        assert difference(dump_file(home.state / "gtm.db"), expected) == "", told
        _nothing_was_done_twice(home, told)
        _no_mail_was_doubled(home, reference, told)
        _the_package_is_the_same(done, reference, told)
        _nothing_lives_on(home, told)
    return moments


def _nothing_was_done_twice(home: Home, told: str) -> None:
    store = home.state / "gtm.db"
    done = rows(store, "SELECT task, count(*) AS n FROM agent_execution_logs WHERE status = 'completed' GROUP BY task")
    assert {row["task"]: row["n"] for row in done if row["n"] > 1} == {}, told
    assert {row["task"] for row in done if ":" not in row["task"]} == {f"{a}.{b}" for a in (1, 2, 3) for b in (1, 2, 3)}
    for action in ("artifact.stored", "approval.approved", "approval.applied", "stage.completed"):
        query = "SELECT subject, count(*) AS n FROM audit_log WHERE action = :action GROUP BY subject"
        found = rows(store, query, action=action)
        assert found, action
        assert [row for row in found if row["n"] > 1] == [], told
    assert rows(store, "SELECT failures FROM run_steps WHERE failures > 0") == [], told
    assert len(rows(store, "SELECT handoff_id FROM handoffs")) == 1, told


def _no_mail_was_doubled(home: Home, reference: Reference, told: str) -> None:
    """What the sink took in the tests that count: each message once, and as many as without a kill."""
    mails, expected = Counter(_mails(home)), Counter(_mails(reference.home))
    assert max(mails.values()) == 1, told
    assert len(mails) == len(expected), told
    assert rows(home.state / "gtm.db", "SELECT send_id FROM email_sends") == [], told


def _mails(home: Home) -> Iterator[tuple[str, str]]:
    for path in sorted(home.state.glob("evidence/*/*/deliveries.json")):
        for mail in json.loads(path.read_text()):
            yield mail["to"], mail["message_id"]


def _the_package_is_the_same(done: Finished, reference: Reference, told: str) -> None:
    def files(finished: Finished) -> list[str]:
        folder = Path(finished.outcome["handoff"])
        return sorted(normal(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file())

    assert files(done) == files(reference.finished), told


def _nothing_lives_on(home: Home, told: str) -> None:
    """The agent process of the exit gate ends with the process that started it, also when that is killed."""
    deadline = time.monotonic() + 10
    while (living := left_behind(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert living == [], told


def _working_seconds(reference: Reference) -> float:
    """Seconds between the first and the last word of progress of the undisturbed run."""
    from datetime import datetime

    moments = [datetime.fromisoformat(event["at"]) for event in reference.finished.events if "at" in event]
    return (moments[-1] - moments[0]).total_seconds()


def _is_note(line: str) -> bool:
    return bool(line) and json.loads(line)["event"] == "note"


def _events(text: str) -> list[dict[str, Any]]:
    """The JSON lines; the last one may be cut in the middle."""
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
