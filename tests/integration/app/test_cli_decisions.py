"""A run that waits at its first checkpoint, and everything that may be answered to it, rightly and wrongly."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import Result

from app import ROOT, bootstrap
from app.settings import Settings
from app.status_source import StoreSource
from crews.processes import between_steps, new_owner
from crews.stage17_gtm.handoff.agent_api import answer_schema
from gtm.domain.clock import SystemClock
from gtm.store.database import Database
from gtm.store.repositories import runs

LOOK = "gtm status fleet"
FLEET = ROOT / "examples" / "ventures" / "fleet.yaml"


@pytest.fixture
def store(settings: Settings, run_id: str) -> Iterator[Database]:
    """The test's own store."""
    database = bootstrap.open_store(settings)
    yield database
    database.close()


def decisions(database: Database) -> list[tuple[str, str | None, str | None]]:
    with database.read() as session:
        query = "SELECT status, decided_by, decided_via FROM approvals ORDER BY requested_at, round"
        return [(row[0], row[1], row[2]) for row in session.connection().execute(text(query))]


def audit_lines(database: Database) -> int:
    with database.read() as session:
        return int(session.connection().execute(text("SELECT COUNT(*) FROM audit_log")).scalar_one())


def test_run_tells_events_and_its_outcome_as_json(waiting_home: tuple[Path, list[dict[str, Any]]]) -> None:
    events = waiting_home[1]
    kinds = [event["event"] for event in events]
    assert kinds.count("gate_passed") == 2
    assert [e["subject"] for e in events if e["event"] == "step_done"] == ["1.1", "1.2", "1.3"]
    outcome = events[-1]
    assert (outcome["event"], outcome["status"], outcome["checkpoint"]) == ("outcome", "waiting_approval", "strategy")
    assert outcome["usage"]["calls"] > 0


def test_what_waits_can_be_seen(run_id: str, gtm_here: Callable[..., Result]) -> None:
    pending = json.loads(gtm_here("pending", "--json").stdout)
    assert [(p["venture_id"], p["checkpoint"], p["role"], p["run_id"]) for p in pending] == [
        ("fleet", "strategy", "LEAD", run_id)
    ]
    assert f"gtm approve {run_id} --as LEAD" in gtm_here("pending").stdout
    status = json.loads(gtm_here("status", "fleet", "--json").stdout)
    assert (status["run_id"], status["checkpoint"], status["steps_done"]) == (run_id, "strategy", 3)
    assert "checkpoint strategy" in gtm_here("status").stdout
    assert run_id in gtm_here("runs").stdout


def test_after_a_decision_the_run_is_said_to_wait_until_somebody_drives_it(
    run_id: str, gtm_here: Callable[..., Result], store: Database, settings: Settings
) -> None:
    assert gtm_here("approve", "fleet", "--as", "LEAD").exit_code == 0
    told = gtm_here("status", "fleet").stdout
    assert "waits to be resumed, no process drives it" in told and "running" not in told
    assert f"next     gtm resume {run_id}" in told
    assert "to be resumed" in gtm_here("runs").stdout
    head = gtm_here("show", run_id).stdout
    assert "waits to be resumed, no process drives it, begun" in head and "running" not in head
    assert json.loads(gtm_here("show", run_id, "--json").stdout)["state"] == "waits to be resumed, no process drives it"
    shown = json.loads(gtm_here("status", "fleet", "--json").stdout)
    assert (shown["run_status"], shown["driven"], shown["next"]) == ("running", False, f"gtm resume {run_id}")
    source = StoreSource(settings)
    answered, (listed,) = source.status("fleet"), source.overview()
    assert answered is not None and (answered["driven"], answered["next"]) == (False, f"gtm resume {run_id}")
    assert (listed["state"], listed["checkpoint"]) == ("waits to be resumed, no process drives it", "")
    with store.write() as session:
        runs.claim_lease(session, run_id, new_owner(), SystemClock().now(), 60)
    told = gtm_here("status", "fleet").stdout
    assert "(fleet): running" in told
    answered = source.status("fleet")
    assert answered is not None and answered["driven"] is True
    assert (answered["driven_by"], answered["next"]) == (f"process {os.getpid()} on {socket.gethostname()}", LOOK)
    assert "next     gtm status fleet" in told
    assert f"running, driven by process {os.getpid()}" in gtm_here("show", run_id).stdout
    with store.write() as session:
        runs.release(session, run_id, runs.require(session, run_id).lease_owner or "")
        runs.claim_lease(session, run_id, between_steps("gtm-run-1"), SystemClock().now(), 60)
    assert "(fleet): running, driven by Temporal, as gtm-run-1" in gtm_here("status", "fleet").stdout
    shown = json.loads(gtm_here("status", "fleet", "--json").stdout)
    assert (shown["driven"], shown["driven_by"], shown["next"]) == (True, "Temporal, as gtm-run-1", LOOK)
    assert list(answered) == list(answer_schema()["properties"])
    source.close()


def test_the_review_stands_beside_the_artifact(run_id: str, gtm_here: Callable[..., Result]) -> None:
    shown = gtm_here("show", "fleet", "strategy").stdout
    assert "LEAD's review" in shown and "Recommends to approve" in shown
    assert "$50,000.00" in shown and "LinkedIn" in shown and "ROAS below 2.0" in shown
    assert "policy:" not in shown and "multi_touch" not in shown and "it-platform" not in shown
    told = json.loads(gtm_here("show", run_id, "strategy", "--json").stdout)
    assert told["approval"]["status"] == "pending"
    assert told["budget"]["total"] == "50000.00"
    assert "1.3 Allocate Budgets" in gtm_here("show", run_id).stdout
    assert gtm_here("show", told["approval"]["approval_id"]).stdout == shown


@pytest.mark.parametrize("what", [[], ["strategy"], ["budget"], ["brief"], ["gates", "--full"]])
def test_what_is_shown_to_a_pipe_is_plain(what: list[str], run_id: str, gtm_here: Callable[..., Result]) -> None:
    shown = gtm_here("show", run_id, *what).stdout
    drawn = {letter for letter in shown if "\u2500" <= letter <= "\u259f"}
    assert len(shown) > 200 and not drawn and "\x1b" not in shown
    assert len([line for line in gtm_here("venture", "show", "fleet").stdout if "\u2500" <= line <= "\u259f"]) == 0


def test_what_is_not_made_yet_cannot_be_shown(run_id: str, gtm_here: Callable[..., Result]) -> None:
    early = gtm_here("show", run_id, "content")
    assert early.exit_code == 1 and "has nothing to show under content yet" in early.stderr
    unknown = gtm_here("show", run_id, "horoscope")
    assert unknown.exit_code == 2 and "strategy, content" in unknown.stderr
    handoff = gtm_here("handoff", run_id)
    assert handoff.exit_code == 1 and "no handoff yet" in handoff.stderr


def test_an_approval_is_written_once(run_id: str, gtm_here: Callable[..., Result], store: Database) -> None:
    sha = json.loads(gtm_here("pending", "--json").stdout)[0]["sha256"]
    first = gtm_here("approve", "fleet", "--as", "lead", "--by", "grace", "--sha", sha[:16])
    assert first.exit_code == 0 and f"gtm resume {run_id}" in first.stdout
    assert decisions(store) == [("approved", "person:grace", "cli")]
    lines = audit_lines(store)
    again = gtm_here("approve", run_id, "--as", "LEAD")
    assert again.exit_code == 1 and "waits for no approval" in again.stderr
    assert f"gtm resume {run_id} goes on" in again.stderr, "no hint that leads from command to command"
    approval = json.loads(gtm_here("show", run_id, "--json").stdout)["approvals"][0]["approval_id"]
    twice = gtm_here("approve", approval, "--as", "LEAD", "--json")
    assert twice.exit_code == 1 and json.loads(twice.stderr)["code"] == "already-decided"
    assert "grace" in twice.stderr
    assert decisions(store) == [("approved", "person:grace", "cli")]
    assert audit_lines(store) == lines


@pytest.mark.parametrize("role", ["PLAN", "EXEC"])
def test_the_wrong_role_is_refused(role: str, run_id: str, gtm_here: Callable[..., Result], store: Database) -> None:
    lines = audit_lines(store)
    done = gtm_here("approve", run_id, "--as", role, "--json")
    assert done.exit_code == 1
    problem = json.loads(done.stderr)
    assert problem["code"] == "forbidden" and "LEAD" in str(problem)
    assert decisions(store) == [("pending", None, None)]
    assert audit_lines(store) == lines


def test_the_hash_of_something_else_is_refused_and_the_approval_waits_on(
    run_id: str, gtm_here: Callable[..., Result], store: Database
) -> None:
    stands = json.loads(gtm_here("pending", "--json").stdout)[0]["sha256"]
    lines = audit_lines(store)
    done = gtm_here("approve", run_id, "--as", "LEAD", "--sha", "0" * 64, "--json")
    assert done.exit_code == 1
    problem = json.loads(done.stderr)
    assert (problem["code"], problem["value"], problem["allowed"]) == ("artifact-changed", "0" * 64, stands)
    short = gtm_here("approve", run_id, "--as", "LEAD", "--sha", stands[:7])
    assert short.exit_code == 2 and "first 8 or more" in short.stderr and "--json" in short.stderr
    assert decisions(store) == [("pending", None, None)]
    assert audit_lines(store) == lines
    assert json.loads(gtm_here("status", "fleet", "--json").stdout)["run_status"] == "waiting_approval"
    assert gtm_here("approve", run_id, "--as", "LEAD", "--sha", stands[:8]).exit_code == 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--comment", "  "], "comment"),
        (["--comment", "no", "--step", "2.1"], "2.1"),
        (["--comment", "no", "--step", "9.9"], "9.9"),
        (["--comment", "x" * 5000], "4000"),
    ],
)
def test_a_rejection_says_what_must_change(
    options: list[str], word: str, run_id: str, gtm_here: Callable[..., Result], store: Database
) -> None:
    done = gtm_here("reject", run_id, "--as", "LEAD", *options)
    assert done.exit_code == 2 and word in done.stderr
    assert decisions(store) == [("pending", None, None)]


def test_a_rejection_opens_a_revision_of_the_steps_it_names(
    run_id: str, gtm_here: Callable[..., Result], store: Database
) -> None:
    done = gtm_here("reject", run_id, "--as", "LEAD", "--comment", "Less for LinkedIn", "--step", "1.3", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["status"] == "rejected"
    with store.read() as session:
        query = "SELECT revision, comments FROM run_steps WHERE step = '1.3' ORDER BY revision"
        rows = session.connection().execute(text(query)).all()
    assert [row[0] for row in rows] == [1, 2]
    assert "Less for LinkedIn" in str(rows[1][1])


def test_of_two_approvals_at_once_one_wins(run_id: str, gtm: Any, store: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda who: gtm("approve", run_id, "--as", "LEAD", "--by", who), ["ada", "grace"]))
    assert sorted(done.code for done in both) == [0, 1]
    loser = next(done for done in both if done.code)
    assert "decided before" in loser.err or "waits for no approval" in loser.err
    assert len(decisions(store)) == 1


def test_a_second_run_is_refused_while_one_is_open(run_id: str, gtm_here: Callable[..., Result]) -> None:
    done = gtm_here("run", "fleet")
    assert done.exit_code == 1
    assert f"gtm resume {run_id}" in done.stderr


def test_rollback_and_its_decision(run_id: str, gtm_here: Callable[..., Result]) -> None:
    opened = gtm_here("rollback", "fleet", "--reason", "The figures do not hold")
    assert opened.exit_code == 0, opened.stderr
    assert "workflows paused" in opened.stdout and "LEAD" in opened.stdout
    assert "paused by a rollback" in gtm_here("status", "fleet").stdout
    assert "fleet: a rollback waits for LEAD" in gtm_here("pending").stdout
    waiting = [row for row in json.loads(gtm_here("pending", "fleet", "--json").stdout) if row["role"] == "LEAD"]
    assert ("rollback", "The figures do not hold") in [(row["checkpoint"], row.get("reason")) for row in waiting]
    assert gtm_here("rollback", "fleet", "--reason", "again").exit_code == 1
    assert gtm_here("approve", run_id, "--as", "LEAD").exit_code == 1
    assert gtm_here("run", "fleet").exit_code == 1
    wrong = gtm_here("rollback", "fleet", "--decide", "fix_and_retry", "--as", "PLAN")
    assert wrong.exit_code == 1 and "LEAD" in wrong.stderr
    assert gtm_here("rollback", "fleet", "--decide", "recurse", "--to", "12", "--as", "LEAD").exit_code == 2
    assert gtm_here("rollback", "fleet", "--decide", "fix_and_retry", "--to", "11", "--as", "LEAD").exit_code == 2
    decided = gtm_here("rollback", "fleet", "--decide", "recurse", "--to", "11", "--as", "LEAD", "--json")
    assert decided.exit_code == 0, decided.stderr
    assert json.loads(decided.stdout)["target_stage"] == 11
    status = gtm_here("status", "fleet").stdout
    assert "goes back to stage 11" in status and "gtm venture load FILE" in status
    assert json.loads(gtm_here("status", "fleet", "--json").stdout)["recurse_to"] == 11
    early = gtm_here("run", "fleet")
    assert early.exit_code == 1 and "stage 11" in early.stderr and "gtm venture load FILE" in early.stderr
    assert gtm_here("rollback", "fleet", "--decide", "fix_and_retry", "--as", "LEAD").exit_code == 1


UNHURRIED = """
import time
from app.__main__ import main
from app.cli.progress import PlainView

listen = PlainView.listen

def lingering(view, event):
    listen(view, event)
    if event.kind == "step_started":
        time.sleep(10)

PlainView.listen = lingering
main()
"""
"""The command, taking its time over each step: the playbook's would be over before anybody could interrupt it."""


def _interrupted(env: dict[str, str], brief: Path) -> tuple[int, str]:
    """A run that is told to stop as soon as a step has started: its exit code, and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", UNHURRIED, "run", str(brief)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=env,
        # A shell has what it runs in the background ignore the signal, and every child inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "step started" in line:
            break
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    return process.returncode, told


def test_an_interrupted_run_can_be_resumed(env: dict[str, str], gtm_here: Callable[..., Result]) -> None:
    code, told = _interrupted(env, FLEET)
    assert code == 130, told
    assert "Interrupted." in told and "gtm resume" in told and "Traceback" not in told
    run = next(r for r in json.loads(gtm_here("runs", "--json").stdout) if r["venture_id"] == FLEET.stem)
    assert run["status"] in ("running", "created", "failed")
    began = time.monotonic()
    resumed = gtm_here("resume", run["run_id"], "--json")
    assert resumed.exit_code == 0, resumed.stderr
    assert json.loads(resumed.stdout.splitlines()[-1])["checkpoint"] == "strategy"
    assert time.monotonic() - began < 100
