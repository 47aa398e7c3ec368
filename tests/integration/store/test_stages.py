"""Stage tracking, rollbacks, handoffs, the crew registry and the vault's rows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import AlreadyDecided, NotFound, VenturePaused
from gtm.store.database import Database
from gtm.store.repositories import stages, vault, ventures


def test_a_stage_is_tracked_from_start_to_completion(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    started = clock.now()
    with database.write() as session:
        stages.track(session, "acme", 17, "in_progress", run_id="run-1", now=started)
        assert not stages.is_completed(session, "run-1", 17)
        clock.advance(timedelta(hours=1))
        stages.track(session, "acme", 17, "completed", run_id="run-1", now=clock.now())
        assert stages.is_completed(session, "run-1", 17)
        assert not stages.is_completed(session, "run-2", 17)
        row = stages.stage_of(session, "acme", 17)
        assert row is not None
        assert (row.started_at, row.completed_at) == (started, clock.now())
        clock.advance(timedelta(days=1))
        stages.track(session, "acme", 17, "in_progress", run_id="run-1", now=clock.now())
        assert (row.started_at, row.completed_at) == (clock.now(), None)
        stages.request_review(session, "acme", 16, run_id="run-1", now=clock.now())
        asked = stages.stage_of(session, "acme", 16)
        assert asked is not None and asked.status == "review_requested"


def test_nothing_goes_on_while_a_venture_is_paused(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        stages.refuse_when_paused(session, "acme")
        ventures.set_paused(session, "acme", "CAC doubled", clock.now())
        with pytest.raises(VenturePaused, match=r"paused since 2026-01-05T09:00:00\+00:00: CAC doubled"):
            stages.refuse_when_paused(session, "acme")
        ventures.clear_paused(session, "acme", clock.now())
        stages.refuse_when_paused(session, "acme")


def test_a_rollback_is_decided_once(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    open_run()
    with database.write() as session:
        stages.open_rollback(
            session,
            rollback_id="rb-1",
            venture_id="acme",
            run_id="run-1",
            reason="five errors",
            triggered_by="person:ann",
            facts={"errors": 6},
            workflows_paused=2,
            now=clock.now(),
        )
        assert [row.rollback_id for row in stages.open_rollbacks(session)] == ["rb-1"]
        row = stages.decide_rollback(
            session, "rb-1", decision="recurse", target_stage=11, by="person:lead", now=clock.now()
        )
        assert (row.status, row.target_stage, row.facts) == ("decided", 11, {"errors": 6})
        assert stages.open_rollbacks(session, "acme") == []
        with pytest.raises(AlreadyDecided, match="decided by person:lead: recurse"):
            stages.decide_rollback(
                session, "rb-1", decision="fix_and_retry", target_stage=None, by="x", now=clock.now()
            )
        with pytest.raises(NotFound):
            stages.decide_rollback(
                session, "rb-9", decision="fix_and_retry", target_stage=None, by="x", now=clock.now()
            )
        assert len(stages.rollbacks(session, "acme")) == 1


def hand_over(database: Database, clock: VirtualClock, handoff_id: str, sha256: str, run_id: str = "run-1") -> str:
    with database.write() as session:
        return stages.record_handoff(
            session,
            handoff_id=handoff_id,
            venture_id="acme",
            run_id=run_id,
            from_stage=17,
            to_stage=18,
            path="out/acme",
            manifest_sha256=sha256,
            now=clock.now(),
        ).handoff_id


def test_the_same_package_is_recorded_once_and_a_new_one_supersedes_it(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    assert hand_over(database, clock, "hof-1", "aa") == hand_over(database, clock, "hof-2", "aa") == "hof-1"
    clock.advance(timedelta(minutes=1))
    assert hand_over(database, clock, "hof-3", "bb") == "hof-3"
    with database.read() as session:
        newest = stages.handoff_of(session, "run-1")
        assert newest is not None and newest.handoff_id == "hof-3"
        assert [row.status for row in stages.handoffs(session, "acme")] == ["created", "superseded"]
        assert stages.handoff_of(session, "run-9") is None


def test_a_crews_configuration_is_versioned_when_it_changes(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        stages.register(session, "gtm-crew", 17, ["LEAD"], ["1.1"], now=clock.now())
        assert stages.save_crew_config(session, "gtm-crew", {"a": 1}, now=clock.now()) == 1
        assert stages.save_crew_config(session, "gtm-crew", {"a": 1}, now=clock.now()) == 1
        assert stages.save_crew_config(session, "gtm-crew", {"a": 2}, now=clock.now()) == 2
        stages.register(session, "gtm-crew", 17, ["LEAD", "PLAN"], ["1.1"], now=clock.now())
        crew = stages.crew(session, "gtm-crew")
        assert crew is not None and (crew.agents, crew.status) == (["LEAD", "PLAN"], "active")
        assert stages.crew_config_versions(session, "gtm-crew") == 2
        assert stages.crew(session, "other") is None


def test_the_vault_keeps_ciphertext_by_reference(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        vault.put_ciphertext(session, "vault://acme/email/token", "gAAA", clock.now())
        vault.put_ciphertext(session, "vault://acme/email/token", "gBBB", clock.now())
        assert vault.get_ciphertext(session, "vault://acme/email/token") == "gBBB"
        assert vault.references(session) == ["vault://acme/email/token"]
        assert vault.delete(session, "vault://acme/email/token")
        assert not vault.delete(session, "vault://acme/email/token")
        assert vault.get_ciphertext(session, "vault://acme/email/token") is None
