"""Where ventures stand: the slow path and the fast one answer alike."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import NotFound, StoreError
from gtm.store.database import Database
from gtm.store.fast_status import FastStatus, read_overview, read_status, sqlite_path
from gtm.store.repositories import approvals, runs, stages, strategy, ventures
from gtm.store.status import StatusSnapshot, status_overview, status_snapshot

from .conftest import brief_of


def seen(database: Database, venture_id: str = "acme") -> StatusSnapshot:
    """The snapshot; on SQLite both paths must agree on it."""
    slow = status_snapshot(database, venture_id)
    path = sqlite_path(database.url)
    if path is not None:
        assert read_status(path, venture_id) == slow
    return slow


def test_a_venture_without_a_run(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        ventures.save_brief(session, brief_of(), (), clock.now())
    snapshot = seen(database)
    assert (snapshot.status, snapshot.run_id, snapshot.steps_done, snapshot.steps_total) == ("operational", None, 0, 9)
    assert snapshot.last_updated == clock.now()


def test_a_run_in_the_middle(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    open_run()
    with database.write() as session:
        for step in ("1.1", "1.2"):
            runs.mark_started(session, "run-1", step, clock.now())
            runs.mark_done(session, "run-1", step, 1, generated_by="playbook", artifact_sha256="ab", now=clock.now())
        runs.open_revision(session, "run-1", "1.2", "again", clock.now())
        strategy.save_gtm_config(
            session, venture_id="acme", config={}, changed_by="LEAD", reason="1.1", now=clock.now(), run_id="run-1"
        )
        clock.advance(timedelta(minutes=5))
        runs.mark_started(session, "run-1", "1.2", clock.now())
    snapshot = seen(database)
    assert (snapshot.steps_done, snapshot.current_step, snapshot.config_version) == (1, "1.2", 1)
    assert snapshot.last_updated == clock.now()


def test_who_drives_a_run_is_told_to_us_and_not_in_the_json(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    assert (seen(database).lease_owner, seen(database).lease_until) == (None, None)
    with database.write() as session:
        runs.claim_lease(session, "run-1", "elsewhere/1/1/ab", clock.now(), 60)
    snapshot = seen(database)
    assert (snapshot.lease_owner, snapshot.lease_until) == ("elsewhere/1/1/ab", clock.now() + timedelta(seconds=60))
    assert not {"lease_owner", "lease_until"} & set(snapshot.as_json())


def test_a_run_that_waits_for_a_person(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    open_run()
    with database.write() as session:
        approvals.request(
            session,
            approval_id="apr-1",
            run_id="run-1",
            venture_id="acme",
            checkpoint="strategy",
            role="LEAD",
            round=1,
            artifact_sha256="ab",
            review=None,
            now=clock.now(),
        )
        runs.set_status(session, "run-1", "waiting_approval", checkpoint="strategy", detail="LEAD is asked")
    snapshot = seen(database)
    assert (snapshot.run_status, snapshot.checkpoint, snapshot.approval_id) == ("waiting_approval", "strategy", "apr-1")
    assert snapshot.detail == "LEAD is asked"


def test_a_finished_run_and_a_paused_venture(database: Database, clock: VirtualClock, finished: str) -> None:
    snapshot = seen(database)
    assert (snapshot.status, snapshot.run_status, snapshot.stage_status) == ("operational", "completed", "completed")
    with database.write() as session:
        ventures.set_paused(session, finished, "CAC doubled", clock.now())
        stages.open_rollback(
            session,
            rollback_id="rb-1",
            venture_id=finished,
            run_id="run-1",
            reason="CAC doubled",
            triggered_by="person:ann",
            facts={},
            workflows_paused=1,
            now=clock.now(),
        )
    snapshot = seen(database)
    assert (snapshot.status, snapshot.paused_reason, snapshot.open_rollbacks) == ("paused", "CAC doubled", 1)
    assert snapshot.paused_since == clock.now()


def test_the_newest_run_counts_and_overviews_are_by_id(database: Database, clock: VirtualClock, finished: str) -> None:
    clock.advance(timedelta(days=1))
    with database.write() as session:
        runs.create(session, run_id="run-0", venture_id="acme", stage=17, provider="openai", now=clock.now())
    overview = status_overview(database)
    assert [(row.venture_id, row.run_id) for row in overview] == [("acme", "run-0"), ("other", "run-2")]
    path = sqlite_path(database.url)
    assert path is None or read_overview(path) == overview


def test_as_json_shows_status_and_last_updated_first_as_the_sop_does(database: Database, finished: str) -> None:
    shown = json.dumps(seen(database).as_json())
    assert shown.startswith('{"status": "operational", "last_updated": "2026-01-05T09:00:00Z", "venture_id": "acme"')


def test_no_such_venture(database: Database) -> None:
    with pytest.raises(NotFound):
        status_snapshot(database, "ghost")
    path = sqlite_path(database.url)
    if path is not None:
        with pytest.raises(NotFound):
            read_status(path, "ghost")


def test_the_fast_path_sees_what_is_written_meanwhile(sqlite_database: Database, clock: VirtualClock) -> None:
    path = sqlite_path(sqlite_database.url)
    assert path is not None
    with FastStatus(path) as status:
        assert status.overview() == []
        with sqlite_database.write() as session:
            ventures.save_brief(session, brief_of(), (), clock.now())
            assert status.overview() == []
        assert status.snapshot("acme").name == "Acme"
    assert status.snapshot("acme").last_updated == datetime(2026, 1, 5, 9, tzinfo=UTC)
    status.close()


def test_a_store_that_is_missing_or_no_store_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        read_status(tmp_path / "missing.db", "acme")
    assert not (tmp_path / "missing.db").exists()
    (tmp_path / "text.db").write_text("this is no database, but long enough to look at" * 10)
    with pytest.raises(StoreError, match="not a database"):
        read_status(tmp_path / "text.db", "acme")
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="no such table"):
        read_status(tmp_path / "empty.db", "acme")
