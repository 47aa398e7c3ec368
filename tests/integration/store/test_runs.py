"""Runs, their steps and gates."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import Conflict, NotFound
from gtm.domain.verdict import Check, Verdict
from gtm.store.database import Database
from gtm.store.repositories import logs, runs


def create(database: Database, clock: VirtualClock, run_id: str, venture_id: str = "acme") -> None:
    with database.write() as session:
        runs.create(session, run_id=run_id, venture_id=venture_id, stage=17, provider="playbook", now=clock.now())


def test_a_venture_has_one_unfinished_run(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with pytest.raises(Conflict, match="run-1 of acme is not finished"):
        create(database, clock, "run-2")
    with database.write() as session:
        runs.finish(session, "run-1", clock.now())
    clock.advance(timedelta(hours=1))
    create(database, clock, "run-2")
    with database.read() as session:
        assert [run.run_id for run in runs.list_runs(session, "acme")] == ["run-2", "run-1"]
        latest, held = runs.latest_of(session, "acme"), runs.unfinished(session, "acme")
    assert latest is not None and held is not None
    assert latest.run_id == held.run_id == "run-2"


def test_a_run_needs_a_venture(database: Database, clock: VirtualClock) -> None:
    with pytest.raises(NotFound, match="no venture 'ghost'"):
        create(database, clock, "run-1", "ghost")


def test_a_conflict_leaves_the_transaction_usable(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        with pytest.raises(Conflict):
            runs.create(session, run_id="run-2", venture_id="acme", stage=17, provider="playbook", now=clock.now())
        runs.set_status(session, "run-1", "running", detail="goes on", now=clock.now())
    with database.read() as session:
        assert runs.require(session, "run-1").detail == "goes on"


def test_status_says_where_it_waits(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    open_run()
    with database.write() as session:
        runs.set_status(session, "run-1", "waiting_approval", checkpoint="content", detail="LEAD is asked")
    with database.read() as session:
        run = runs.require(session, "run-1")
        assert (run.status, run.checkpoint, run.detail) == ("waiting_approval", "content", "LEAD is asked")
    with database.write() as session:
        runs.set_status(session, "run-1", "running")
        assert runs.require(session, "run-1").checkpoint is None
        with pytest.raises(NotFound):
            runs.set_status(session, "run-9", "running")


def test_only_the_driver_notes_a_failure(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    open_run()
    with database.write() as session:
        assert not runs.note_failure(session, "run-1", "ann", "lost")
        runs.claim_lease(session, "run-1", "ann", clock.now(), 60)
        assert runs.note_failure(session, "run-1", "ann", "no answer")
        assert runs.require(session, "run-1").status == "failed"
        runs.finish(session, "run-1", clock.now())
        assert not runs.note_failure(session, "run-1", "ann", "too late")
        assert runs.require(session, "run-1").status == "completed"


def test_a_step_is_started_failed_and_done(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        assert runs.current_revision(session, "run-1", "1.1") == 0
        runs.mark_started(session, "run-1", "1.1", clock.now())
        assert runs.count_failure(session, "run-1", "1.1") == 1
        row = runs.mark_started(session, "run-1", "1.1", clock.now() + timedelta(minutes=1))
        assert (row.attempts, row.failures, row.started_at) == (2, 1, clock.now())
        closing = {"generated_by": "playbook", "artifact_sha256": "ab", "now": clock.now()}
        assert runs.mark_done(session, "run-1", "1.1", 1, **closing)
        assert not runs.mark_done(session, "run-1", "1.1", 1, **closing)
        assert runs.is_done(session, "run-1", "1.1")
        with pytest.raises(Conflict, match=r"revision 2 of step 1\.1 is not the current one"):
            runs.mark_done(session, "run-1", "1.1", 2, **closing)
        run = runs.require(session, "run-1")
        assert run.started_at == clock.now()


def test_revisions_keep_every_comment_and_supersede_the_one_before(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        runs.mark_started(session, "run-1", "2.2", clock.now())
        runs.open_revision(session, "run-1", "2.2", "shorter", clock.now())
        runs.open_revision(session, "run-1", "2.2", "", clock.now())
        row = runs.open_revision(session, "run-1", "2.2", "warmer", clock.now())
        assert (row.revision, row.comments, row.status) == (4, ["shorter", "warmer"], "pending")
        assert [step.status for step in runs.steps(session, "run-1")] == ["superseded"] * 3 + ["pending"]
        [newest] = runs.newest_steps(session, "run-1")
        assert newest.revision == runs.current_revision(session, "run-1", "2.2") == 4
        with pytest.raises(Conflict):
            runs.mark_done(session, "run-1", "2.2", 1, generated_by="x", artifact_sha256="y", now=clock.now())


def test_a_reviews_failures_are_counted_in_the_agents_log(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    line = {"crew": "c", "agent": "LEAD", "task": "review:strategy", "venture_id": "acme", "run_id": "run-1"}
    with database.write() as session:
        for expected in (1, 2):
            logs.agent_log(session, **line, status="failed", now=clock.now())
            assert runs.count_failure(session, "run-1", "review:strategy") == expected


def test_the_newest_answer_of_a_gate_counts(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()

    def verdict(passed: bool) -> Verdict:
        check = Check(name="entry.market_strategy.document_exists", sop="exists", passed=passed, detail="found")
        return Verdict(policy="entry.market_strategy", checks=(check,))

    with database.write() as session:
        for gate, passed in (("one", False), ("two", True), ("one", True)):
            runs.record_gate(
                session,
                run_id="run-1",
                gate=gate,
                verdict=verdict(passed),
                failure_action="" if passed else "escalate",
                now=clock.now(),
            )
    with database.read() as session:
        newest = runs.newest_gate_results(session, "run-1")
    assert [(row.gate, row.passed, row.failure_action) for row in newest] == [("two", True, None), ("one", True, None)]
    assert Verdict.model_validate(newest[0].verdict) == verdict(True)


def test_of_two_runs_opened_at_once_exactly_one_stands(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        runs.finish(session, "run-1", clock.now())
    start, told = threading.Barrier(2), []

    def race(run_id: str) -> None:
        start.wait()
        try:
            create(database, clock, run_id)
        except Conflict as conflict:
            told.append(conflict.detail)

    threads = [threading.Thread(target=race, args=(run_id,)) for run_id in ("run-2", "run-3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        held = runs.unfinished(session, "acme")
    assert held is not None
    assert told == [f"run {held.run_id} of acme is not finished"]
