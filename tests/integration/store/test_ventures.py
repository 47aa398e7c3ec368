"""Ventures as briefs bring them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import NotFound
from gtm.domain.verdict import Finding
from gtm.store.database import Database
from gtm.store.repositories import ventures

from .conftest import brief_of, segment


def finding(code: str) -> Finding:
    return Finding(code=code, kind="contradiction", field="financial_model", detail="12 × 10 is not 100", ask="which?")


def test_a_brief_comes_back_whole(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        row = ventures.save_brief(session, brief_of(), (finding("sums"), finding("range")), clock.now())
        assert row.brief_sha256 == ventures.require(session, "acme").brief_sha256
    with database.read() as session:
        assert ventures.get_brief(session, "acme") == brief_of()
        assert [f.code for f in ventures.findings(session, "acme")] == ["sums", "range"]
        assert ventures.findings(session, "acme")[0] == finding("sums")
        first, second = ventures.segments(session, "acme")
        strategy = ventures.market_strategy(session, "acme")
    assert (first.segment_id, first.value_proposition) == ("depots", "Plan the day in a minute.")
    assert (second.status, second.value_proposition, second.channel_preferences) == ("draft", None, ["email"])
    assert strategy is not None and strategy.pricing_status == "aligned"


def test_a_brief_loaded_again_replaces_what_was_known(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        ventures.save_brief(session, brief_of(), (finding("sums"),), clock.now())
        ventures.set_paused(session, "acme", "rollback", clock.now())
    loaded = clock.now()
    clock.advance(timedelta(hours=1))
    with database.write() as session:
        assert ventures.get(session, "acme") is not None
        row = ventures.save_brief(session, brief_of(name="Acme Vans", segments=[segment("depots", 3)]), (), clock.now())
        assert (row.name, row.created_at, row.updated_at) == ("Acme Vans", loaded, clock.now())
        assert (row.paused_at, row.paused_reason) == (loaded, "rollback")
        assert [s.priority_rank for s in ventures.segments(session, "acme")] == [3]
        assert ventures.findings(session, "acme") == ()


def test_a_refused_brief_leaves_nothing_half_written(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        ventures.save_brief(session, brief_of(), (finding("sums"),), clock.now())
    twice = brief_of(name="Other", segments=[segment("depots", 1), segment("depots", 2)])
    with pytest.raises(Exception, match=r"(?i)unique"), database.write() as session:
        ventures.save_brief(session, twice, (), clock.now())
    with database.read() as session:
        assert ventures.require(session, "acme").name == "Acme"
        assert len(ventures.segments(session, "acme")) == 2
        assert len(ventures.findings(session, "acme")) == 1


def test_pausing_keeps_the_first_reason(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        ventures.save_brief(session, brief_of(), (), clock.now())
        assert ventures.set_paused(session, "acme", "first", clock.now())
        assert not ventures.set_paused(session, "acme", "second", clock.now())
        assert ventures.require(session, "acme").paused_reason == "first"
        assert ventures.clear_paused(session, "acme", clock.now())
        assert not ventures.clear_paused(session, "acme", clock.now())
        assert ventures.require(session, "acme").paused_at is None
        with pytest.raises(NotFound):
            ventures.set_paused(session, "ghost", "why", clock.now())


def test_ventures_are_listed_by_id(database: Database, clock: VirtualClock) -> None:
    with database.write() as session:
        for venture_id in ("zeta", "acme"):
            ventures.save_brief(session, brief_of(venture_id), (), clock.now())
    with database.read() as session:
        assert [row.venture_id for row in ventures.list_ventures(session)] == ["acme", "zeta"]
        assert ventures.get_brief(session, "ghost") is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ventures SET segment_type = 'B2G'",
        "UPDATE market_strategies SET strategy_status = 'maybe'",
        "UPDATE customer_segments SET status = 'imagined'",
        "INSERT INTO runs (run_id, venture_id, stage, status, provider, brief_sha256, created_at, updated_at) "
        "VALUES ('r', 'ghost', 17, 'created', 'playbook', '', '2026-01-05 09:00:00', '2026-01-05 09:00:00')",
    ],
)
def test_the_database_itself_refuses_other_words_and_strangers(
    database: Database, clock: VirtualClock, change: str
) -> None:
    with database.write() as session:
        ventures.save_brief(session, brief_of(), (), clock.now())
    with pytest.raises(Exception, match=r"(?i)check constraint|foreign key"), database.write() as session:
        session.connection().execute(text(change))
