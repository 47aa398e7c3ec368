"""The SOP's own SQL, run as it stands there against a store as a finished run leaves it."""

import re

import pytest
from sqlalchemy import text

from gtm.domain.clock import VirtualClock
from gtm.store import sop_queries
from gtm.store.database import Database
from gtm.store.repositories import automation, ventures

SOP = {
    "MARKET_STRATEGY_DEFINED": """
        SELECT venture_id, strategy_status, last_updated
        FROM market_strategies
        WHERE venture_id = $VENTURE_ID
          AND strategy_status = 'approved'
          AND value_proposition IS NOT NULL;""",
    "SEGMENTS_IDENTIFIED": """
        SELECT segment_id, segment_name, priority_rank
        FROM customer_segments
        WHERE venture_id = $VENTURE_ID
          AND status = 'validated'
        ORDER BY priority_rank;""",
    "CAMPAIGNS_CONFIGURED": """
        SELECT campaign_id, campaign_name, status, channel_count
        FROM campaigns c
        JOIN campaign_channels cc ON c.campaign_id = cc.campaign_id
        WHERE c.venture_id = $VENTURE_ID
          AND c.status = 'configured'
          AND cc.channel_count >= 1;""",
    "WORKFLOWS_ACTIVE": """
        SELECT workflow_id, status, test_execution_count
        FROM automation_workflows
        WHERE venture_id = $VENTURE_ID
          AND status = 'active'
          AND test_execution_count >= 1;""",
    "PAUSE_WORKFLOWS": """
        UPDATE automation_workflows
        SET status = 'paused', paused_at = NOW(), paused_reason = $REASON
        WHERE venture_id = $VENTURE_ID AND status = 'active';""",
}


@pytest.mark.parametrize("name", SOP)
def test_the_queries_are_the_sops_word_for_word(name: str) -> None:
    theirs = re.sub(r"\$([A-Z_]+)", lambda match: f":{match.group(1).lower()}", SOP[name])
    ours = getattr(sop_queries, name).replace("SELECT c.campaign_id", "SELECT campaign_id")
    assert ours.split() == theirs.split()


def rows(database: Database, query: str, venture_id: str = "acme") -> list[tuple[object, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.connection().execute(text(query), {"venture_id": venture_id})]


def test_entry_gate_1_finds_the_approved_strategy(database: Database, finished: str) -> None:
    [(venture_id, status, updated)] = rows(database, sop_queries.MARKET_STRATEGY_DEFINED)
    assert (venture_id, status, str(updated)) == (finished, "approved", "2026-01-02")


@pytest.mark.parametrize("change", [{"status": "draft"}, {"value_proposition": ""}, {"value_proposition": "  "}])
def test_entry_gate_1_finds_nothing_without_approval_or_value(
    database: Database, clock: VirtualClock, finished: str, change: dict[str, str]
) -> None:
    with database.write() as session:
        brief = ventures.get_brief(session, finished)
        assert brief is not None
        strategy = brief.market_strategy.model_copy(update=change)
        ventures.save_brief(session, brief.model_copy(update={"market_strategy": strategy}), (), clock.now())
    assert rows(database, sop_queries.MARKET_STRATEGY_DEFINED) == []


def test_entry_gate_2_finds_validated_segments_in_rank(database: Database, finished: str) -> None:
    assert rows(database, sop_queries.SEGMENTS_IDENTIFIED) == [("depots", "Depots", 1)]


def test_exit_gate_2_finds_the_configured_campaign(database: Database, finished: str) -> None:
    assert rows(database, sop_queries.CAMPAIGNS_CONFIGURED) == [("acme-email-drip", "Acme email_drip", "configured", 1)]
    assert rows(database, sop_queries.CAMPAIGNS_CONFIGURED, "other") == []


def test_exit_gate_3_finds_the_active_workflow(database: Database, finished: str) -> None:
    assert rows(database, sop_queries.WORKFLOWS_ACTIVE) == [("acme-drip", "active", 5)]
    assert rows(database, sop_queries.WORKFLOWS_ACTIVE, "other") == []


def test_the_rollback_query_pauses_every_active_workflow(database: Database, finished: str) -> None:
    with database.write() as session:
        parameters = {"venture_id": finished, "reason": "five errors"}
        hit = session.connection().execute(text(sop_queries.PAUSE_WORKFLOWS), parameters).rowcount
    assert hit == 1
    assert rows(database, sop_queries.WORKFLOWS_ACTIVE) == []
    with database.read() as session:
        row = automation.get_workflow(session, "acme-drip")
    assert (row.status, row.paused_reason) == ("paused", "five errors")
    assert row.paused_at is not None and row.paused_at.tzinfo is not None


def test_now_is_the_stores_clock_on_sqlite(sqlite_database: Database, clock: VirtualClock) -> None:
    with sqlite_database.read() as session:
        stored = session.connection().execute(text("SELECT NOW()")).scalar_one()
    assert stored == "2026-01-05 09:00:00.000000"
