"""Campaigns from template to configured."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm.domain.campaign import Making
from gtm.domain.clock import VirtualClock
from gtm.domain.dossier import PieceScore, VoiceReport
from gtm.domain.errors import Conflict
from gtm.store.database import Database
from gtm.store.models.campaigns import CampaignPerformance
from gtm.store.repositories import campaigns, strategy

from .conftest import (
    NOW,
    budget_plan,
    campaign_of,
    channel_plan,
    content_of,
    flight,
    schedule_of,
    store_campaign,
    template_of,
)

ORIGIN: dict[str, Any] = {"run_id": "run-1", "revision": 1, "now": NOW}


def test_a_campaign_is_configured_once_nothing_is_missing(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    with database.write() as session:
        campaign = store_campaign(session)
        [row] = campaigns.exit_rows(session, "run-1")
        assert row == {
            "campaign_id": campaign.campaign_id,
            "status": "content_ready",
            "content_pieces": 1,
            "schedules": 2,
            "budget": Decimal("7000.00"),
            "channels": 1,
        }
        assert campaigns.set_configured(session, "run-1", now=clock.now()) == 1
        assert campaigns.set_configured(session, "run-1", now=clock.now()) == 0
        [stored] = campaigns.list_campaigns(session, "acme")
        assert (stored.status, stored.launches, stored.ends) == ("configured", date(2026, 1, 13), date(2026, 2, 10))
        assert campaigns.set_paused(session, "acme", now=clock.now()) == 1
        assert campaigns.exit_rows(session, "run-1")[0]["status"] == "paused"


@pytest.mark.parametrize("missing", ["approval", "schedule", "budget"])
def test_a_campaign_without_one_part_stays_as_it_is(
    database: Database, clock: VirtualClock, open_run: Callable[..., str], missing: str
) -> None:
    open_run()
    campaign = campaign_of()
    with database.write() as session:
        strategy.save_channels(session, channel_plan(), **ORIGIN)
        if missing != "budget":
            strategy.set_budgets(session, budget_plan(), **ORIGIN)
        campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        campaigns.save_content(session, content_of(campaign), **ORIGIN)
        if missing != "approval":
            campaigns.approve_content(session, "run-1", now=clock.now())
        if missing != "schedule":
            campaigns.save_schedule(session, schedule_of(campaign), **ORIGIN)
        assert campaigns.set_configured(session, "run-1", now=clock.now()) == 0


def test_every_variant_is_a_row_and_is_scored_and_approved(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    campaign = campaign_of()
    with database.write() as session:
        campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        campaigns.save_content(session, content_of(campaign), **ORIGIN)
        score = PieceScore(piece_id="email-drip-v1/depots/1", score=Decimal("0.8125"))
        campaigns.save_voice_scores(session, "run-1", 1, VoiceReport(minimum=Decimal("0.7"), scores=(score,)))
        assert campaigns.approve_content(session, "run-1", now=clock.now()) == 2
        assert campaigns.approve_content(session, "run-1", now=clock.now()) == 0
    with database.read() as session:
        first, second = campaigns.list_content(session, campaign.campaign_id)
    assert (first.variant, first.text, first.status) == ("A", "A plan in a minute", "approved")
    assert (second.variant, second.brand_voice_score) == ("B", Decimal("0.8125"))
    assert first.claims == [{"text": "in a minute", "fact_id": "minute"}]


def test_how_a_piece_was_made_stands_beside_its_copy(database: Database, open_run: Callable[..., str]) -> None:
    open_run()
    campaign = campaign_of()
    content = content_of(campaign)
    made = Making(model="gpt", seed=2**63 - 1, prompt_tokens=900, completion_tokens=80, cost=Decimal("0.00012345"))
    told = content.pieces[0].model_copy(update={"made": made, "framework": "AIDA", "tested": "headline"})
    with database.write() as session:
        campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        campaigns.save_content(session, content, **ORIGIN)
        unknown = campaigns.list_content(session, campaign.campaign_id)[0]
        assert (unknown.model, unknown.seed, unknown.tokens, unknown.cost, unknown.framework) == (None,) * 5
        campaigns.save_content(session, content.model_copy(update={"pieces": (told,)}), **ORIGIN)
    with database.read() as session:
        row = campaigns.list_content(session, campaign.campaign_id)[0]
    assert (row.model, row.seed, row.tokens) == ("gpt", 2**63 - 1, 980)
    assert (row.prompt_tokens, row.completion_tokens, row.cost) == (900, 80, Decimal("0.00012345"))
    assert (row.framework, row.tested, row.check_score) == ("AIDA", "headline", None)


def test_a_new_revision_replaces_what_the_one_before_left(database: Database, open_run: Callable[..., str]) -> None:
    open_run()
    drip, ads = campaign_of(), campaign_of(kind="social_ads", channel="linkedin")
    with database.write() as session:
        for campaign in (drip, ads):
            campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        campaigns.save_content(session, content_of(drip, ads), **ORIGIN)
        campaigns.save_template(session, "acme", drip, template_of(drip), **ORIGIN | {"revision": 2})
        [row] = campaigns.list_campaigns(session, "acme")
        assert (row.campaign_id, row.revision, row.status) == (drip.campaign_id, 2, "draft")
        assert campaigns.list_content(session, ads.campaign_id) == []
        again = content_of(drip)
        campaigns.save_content(session, again, **ORIGIN | {"revision": 2})
        assert {c.revision for c in campaigns.list_content(session, drip.campaign_id)} == {2}


def test_measured_campaigns_outlive_a_new_revision_paused(database: Database, open_run: Callable[..., str]) -> None:
    open_run()
    drip, ads = campaign_of(), campaign_of(kind="social_ads", channel="linkedin")
    with database.write() as session:
        for campaign in (drip, ads):
            campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        day = CampaignPerformance(
            campaign_id=ads.campaign_id,
            date=date(2026, 1, 14),
            impressions=100,
            clicks=2,
            conversions=1,
            spend=Decimal("9.99"),
            revenue=Decimal(0),
            time_spent=Decimal("12.5"),
        )
        session.add(day)
        session.flush()
        campaigns.save_template(session, "acme", drip, template_of(drip), **ORIGIN | {"revision": 2})
        statuses = {row.campaign_id: row.status for row in campaigns.list_campaigns(session, "acme")}
    assert statuses == {drip.campaign_id: "draft", ads.campaign_id: "paused"}


def test_another_ventures_campaign_is_not_taken(database: Database, open_run: Callable[..., str]) -> None:
    open_run()
    open_run("other", "run-2")
    campaign = campaign_of()
    with database.write() as session:
        campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        with pytest.raises(Conflict, match="belongs to acme"):
            campaigns.save_template(session, "other", campaign, template_of(campaign), **ORIGIN | {"run_id": "run-2"})


def test_a_schedule_is_stored_by_kind_and_replaced_whole(database: Database, open_run: Callable[..., str]) -> None:
    open_run()
    drip, ads = campaign_of(), campaign_of(kind="social_ads", channel="linkedin")
    with database.write() as session:
        for campaign in (drip, ads):
            campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        plan = schedule_of(drip, ads, flights=(flight(ads, "120.50"),))
        campaigns.save_schedule(session, plan, **ORIGIN)
        campaigns.save_schedule(session, plan, **ORIGIN | {"revision": 2})
        rows = campaigns.list_schedules(session, "acme")
    by_kind = {row.kind: row for row in rows}
    assert sorted(row.kind for row in rows) == ["ad_flight", "content", "email", "launch", "launch"]
    assert {row.revision for row in rows} == {2}
    assert by_kind["email"].rule == {
        "template_id": "email-drip-v1",
        "step": 1,
        "segment_id": "depots",
        "at": "10:30:00",
    }
    assert (by_kind["email"].zone, by_kind["content"].campaign_id) == ("recipient", None)
    assert by_kind["ad_flight"].budget == Decimal("120.50")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=st.decimals(min_value="1000.00", max_value="1000000.00", places=2),
    amounts=st.lists(st.decimals(min_value="0.00", max_value="5000.00", places=2), min_size=2, max_size=2),
)
def test_campaign_budgets_sum_to_the_channels_to_the_cent(
    sqlite_database: Database, total: Decimal, amounts: list[Decimal]
) -> None:
    kinds = ("social_ads", "content_series")
    ads = [campaign_of(kind=kind, channel="linkedin") for kind in kinds]
    flights = tuple(flight(c, str(amount)) for c, amount in zip(ads, amounts, strict=True))
    with sqlite_database.write() as session:
        _known(session)
        for campaign in ads:
            campaigns.save_template(session, "acme", campaign, template_of(campaign), **ORIGIN)
        strategy.save_channels(session, channel_plan(), **ORIGIN)
        strategy.set_budgets(session, budget_plan(total=str(total)), **ORIGIN)
        campaigns.save_schedule(session, schedule_of(*ads, flights=flights), **ORIGIN)
        rows = campaigns.list_campaigns(session, "acme")
        channels = {row.channel: row.budget for row in strategy.channels(session, "acme")}
        assert sum(row.budget or Decimal(0) for row in rows) == channels["linkedin"]


def _known(session: Any) -> None:
    from gtm.store.repositories import runs, ventures

    from .conftest import brief_of

    if ventures.get(session, "acme") is None:
        ventures.save_brief(session, brief_of(), (), NOW)
        runs.create(session, run_id="run-1", venture_id="acme", stage=17, provider="playbook", now=NOW)
