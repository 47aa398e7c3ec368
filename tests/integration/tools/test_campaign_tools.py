"""The tools of substage 17.2 on each database: templates, copy, voice scores and schedules, stored once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gtm.store.models.campaigns import (
    CampaignChannel,
    CampaignContentRow,
    CampaignRow,
    CampaignSchedule,
    CampaignTemplateRow,
)
from tests.integration.crews.scenes import VENTURE, Bench, Scene
from tests.integration.tools.test_strategy_tools import receipt, refused, stored_once
from tools.base import REFUSED

At = Callable[[str], Scene]
Standing = Callable[[str], Bench]
TYPES = ("email_drip", "social_ads", "landing_page", "webinar_funnel")


def test_each_type_becomes_one_campaign_with_its_template(at: At) -> None:
    scene = at("started:2.1")
    bench = scene.bench()
    for name, draft in bench.drafts("2.1"):
        stored_once(bench, "2.1", name, draft, f"template-{draft['type']}")
    campaigns = scene.rows(CampaignRow, venture_id=VENTURE)
    assert sorted(row.campaign_type for row in campaigns) == sorted(TYPES)
    assert {(row.status, row.budget, row.run_id, row.revision) for row in campaigns} == {
        ("draft", None, scene.run_id, 1)
    }
    templates = {row.template_id: row for row in scene.rows(CampaignTemplateRow, venture_id=VENTURE)}
    assert {row.template_id for row in campaigns} == set(templates)
    drip = next(row for row in templates.values() if row.type == "email_drip")
    assert 3 <= len(drip.structure) <= 5
    declared = {variable["name"] for variable in drip.variables}
    assert {"email_subject", "first_name", "cta_url", "unsubscribe_url", "postal_address"} <= declared
    for row in campaigns:
        links = scene.rows(CampaignChannel, campaign_id=row.campaign_id)
        assert links and {link.channel_count for link in links} == {len(links)}


def test_the_crews_choices_are_taken_up(sqlite_at: At) -> None:
    scene = sqlite_at("started:2.1")
    bench = scene.bench()
    draft = bench.draft("2.1", "create_template") | {"campaign_name": "Fleet spring", "steps": 3, "cta": "learn_more"}
    assert draft["type"] == "email_drip"
    bench.call("2.1", "create_template", draft)
    (row,) = scene.rows(CampaignRow)
    assert (row.campaign_name, row.cta) == ("Fleet spring", "learn_more")
    (template,) = scene.rows(CampaignTemplateRow)
    assert len(template.structure) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "skywriting"}, ("type",)),
        ({"steps": 11}, ("steps",)),
        ({"steps": 0}, ("steps",)),
        ({"steps": 2}, ("an e-mail sequence has 3 to 10 e-mails: 2", "allowed: 3 to 10")),
        ({"cta": "dance"}, ("cta",)),
        ({"campaign_id": "mine"}, ("campaign_id: Extra inputs",)),
    ],
)
def test_a_template_that_does_not_fit_is_refused(
    standing: Standing, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    bench = standing("started:2.1")
    refused(bench, "2.1", "create_template", bench.draft("2.1", "create_template") | change, *words)
    assert bench.scene.rows(CampaignRow) == []


def test_a_campaign_that_the_house_has_no_structure_for_is_refused(sqlite_at: At) -> None:
    bench = sqlite_at("started:2.1").bench()
    context = bench.context()
    without = replace(context, templates=tuple(t for t in context.templates if t.type != "social_ads"))
    draft = next(draft for _, draft in bench.drafts("2.1") if draft["type"] == "social_ads")
    answer = bench.call("2.1", "create_template", draft, without)
    assert answer.startswith(f"{REFUSED}: no campaign of type social_ads fits this venture's channels; allowed: email_")
    assert bench.scene.rows(CampaignRow) == []


def test_the_copy_of_every_campaign_is_stored_once_as_a_draft(at: At) -> None:
    scene = at("started:2.2")
    bench = scene.bench()
    draft = bench.draft("2.2", "generate_content")
    stored_once(bench, "2.2", "generate_content", draft, "content")
    content = scene.dossier().content
    assert content is not None
    rows = scene.rows(CampaignContentRow)
    assert len(rows) == sum(len(element.variants) for piece in content.pieces for element in piece.elements)
    assert {(row.status, row.generated_by, row.brand_voice_score, row.revision) for row in rows} == {
        ("draft", "playbook", None, 1)
    }
    assert {row.campaign_id for row in rows} == set(draft["campaign_ids"])
    segments = {segment.id for segment in scene.dossier().brief.segments}
    for campaign_id in draft["campaign_ids"]:
        assert {row.segment_id for row in rows if row.campaign_id == campaign_id} == segments


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"campaign_ids": ["fleet-email-drip", "acme-drip"]}, ("unknown campaigns: ['acme-drip']", "fleet-social-ads")),
        ({"campaign_ids": []}, ("campaign_ids",)),
        ({"variants": 1}, ("variants",)),
        ({"variants": 6}, ("variants",)),
        ({"tone": ""}, ("tone",)),
    ],
)
def test_copy_for_what_is_not_there_is_refused(
    standing: Standing, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    bench = standing("started:2.2")
    refused(bench, "2.2", "generate_content", bench.draft("2.2", "generate_content") | change, *words)
    assert bench.scene.rows(CampaignContentRow) == []


def test_the_voice_is_scored_beside_the_copy(at: At) -> None:
    scene = at("started:2.2")
    bench = scene.bench()
    refused(bench, "2.2", "validate_brand_voice", {}, "there is no content yet", "call generate_content first")
    bench.call("2.2", "generate_content", bench.draft("2.2", "generate_content"))
    answer = bench.call("2.2", "validate_brand_voice", {})
    assert '"already_there":false' in answer and '"lowest"' in answer
    report = scene.dossier().voice
    assert report is not None and min(score.score for score in report.scores) >= report.minimum
    scores = {score.piece_id: score.score for score in report.scores}
    for row in scene.rows(CampaignContentRow):
        assert row.brand_voice_score == scores[row.piece_id].quantize(Decimal("0.0001"))
    assert '"already_there":true' in bench.call("2.2", "validate_brand_voice", {})
    assert [row.name for row in scene.artifacts("2.2")] == ["content", "voice"]


def test_copy_below_the_voice_minimum_is_named(sqlite_at: At) -> None:
    scene = sqlite_at("started:2.2")
    strict = scene.services.policies.model_copy(update={"brand_voice_minimum": Decimal(1)})
    bench = scene.with_services(policies=strict).bench()
    bench.call("2.2", "generate_content", bench.draft("2.2", "generate_content"))
    answer = bench.call("2.2", "validate_brand_voice", {})
    assert answer.startswith(f"{REFUSED}: below the brand voice minimum of 1: ")
    assert "/it-platform/" in answer


def test_the_schedule_and_the_shares_of_the_budget_are_stored_once(at: At) -> None:
    scene = at("started:2.3")
    bench = scene.bench()
    stored_once(bench, "2.3", "schedule_campaign", bench.draft("2.3", "schedule_campaign"), "schedule")
    plan = scene.dossier().schedule
    assert plan is not None
    rows = scene.rows(CampaignSchedule, venture_id=VENTURE)
    assert {row.kind for row in rows} == {"launch", "email", "ad_flight", "content"}
    assert min(row.starts for row in rows) >= date(2026, 1, 12)
    campaigns = scene.rows(CampaignRow, venture_id=VENTURE)
    dates = {d.campaign_id: (d.launches, d.ends) for d in plan.campaigns}
    assert {row.campaign_id: (row.launches, row.ends) for row in campaigns} == dates
    shares = scene.rows(CampaignChannel)
    for row in campaigns:
        own = [link.budget for link in shares if link.campaign_id == row.campaign_id and link.budget is not None]
        assert row.budget == (sum(own) if own else None)


@pytest.mark.parametrize("days", [1, 7, 400])
def test_a_start_before_the_first_day_is_refused(standing: Standing, days: int) -> None:
    bench = standing("started:2.3")
    first = bench.context().starts
    assert first == date(2026, 1, 12)
    draft = bench.draft("2.3", "schedule_campaign") | {"starts": (first - timedelta(days=days)).isoformat()}
    refused(bench, "2.3", "schedule_campaign", draft, "lies in the past", "allowed: 2026-01-12 or later")
    assert bench.scene.rows(CampaignSchedule) == []


@pytest.mark.parametrize("starts", ["tomorrow", "2026-02-30", 17])
def test_a_start_that_is_no_day_is_refused(standing: Standing, starts: Any) -> None:
    bench = standing("started:2.3")
    draft = bench.draft("2.3", "schedule_campaign") | {"starts": starts}
    refused(bench, "2.3", "schedule_campaign", draft, "starts")


def test_a_later_start_moves_everything(sqlite_at: At) -> None:
    bench = sqlite_at("started:2.3").bench()
    draft = bench.draft("2.3", "schedule_campaign") | {"starts": "2026-03-02"}
    assert receipt(bench.call("2.3", "schedule_campaign", draft))["already_there"] is False
    assert min(row.starts for row in bench.scene.rows(CampaignSchedule)) >= date(2026, 3, 2)
