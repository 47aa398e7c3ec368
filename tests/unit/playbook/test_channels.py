import pytest

from gtm.domain.channels import campaign_name
from gtm.domain.errors import InvalidInput
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import SOCIAL_CHANNELS
from gtm.playbook.channels import draft_channels
from gtm.playbook.directives import Directives


def redraft(drafts, policies: Policies, asked: Directives):
    return draft_channels(drafts.brief, drafts.strategy, policies, drafts.preset, asked)


def changed(drafts, **update):
    return drafts.brief.model_copy(update=update)


@pytest.mark.parametrize(("name", "primary"), [("fleet", "linkedin"), ("life", "twitter_ads"), ("posthog", "email")])
def test_the_primary_channel_has_the_highest_overlap_and_ties_go_to_the_first_segment(ventures, name, primary) -> None:
    plan = ventures[name].channels
    assert plan.primary.channel == primary and plan.primary.overlap == max(c.overlap for c in plan.channels)


def test_roles_and_tiers(drafts, policies: Policies) -> None:
    roles = [c.role for c in drafts.channels.channels]
    assert roles.count("primary") == 1 and 2 <= roles.count("secondary") <= 3 and roles.count("experimental") <= 1
    assert {c.tier for c in drafts.channels.channels} == {"proven", "growth", "experimental"}
    assert drafts.channels.primary.tier == "proven"


def test_every_campaign_type_has_what_it_needs(drafts) -> None:
    used = {c.channel for c in drafts.channels.channels}
    assert "email" in used and used & SOCIAL_CHANNELS


def test_channels_of_the_other_audience_are_declined_with_who_asked(ventures, policies: Policies) -> None:
    assert (
        "Content marketing is not in the B2C list of channels; asked for by the brief"
        in ventures["life"].channels.declined
    )
    assert any(d.startswith("X (Twitter) Ads is not in the B2B list") for d in ventures["posthog"].channels.declined)
    for drafts in ventures.values():
        allowed = policies.audience(drafts.brief.audience).allowed_channels
        assert all(c.channel in allowed for c in drafts.channels.channels)


def test_a_hybrid_venture_takes_both_lists(ventures, policies: Policies) -> None:
    drafts = ventures["posthog"]
    hybrid = changed(drafts, segment_type="Hybrid")
    plan = draft_channels(hybrid, drafts.strategy, policies, None, Directives())
    assert plan.choice("twitter_ads") is not None


def test_fleet_keeps_its_own_codes_and_campaign_names(ventures) -> None:
    from datetime import date

    plan = ventures["fleet"].channels
    assert plan.choice("google_ads").utm_medium == "ps" and plan.choice("linkedin").utm_medium == "so"
    assert campaign_name(plan.utm, date(2026, 1, 5), "ps", "Brand") == "2026-01-ps-Brand"
    assert ventures["life"].channels.utm.lower_case_campaign


def test_one_source_and_medium_a_channel_all_in_the_vocabulary(drafts) -> None:
    plan = drafts.channels
    pairs = [(c.utm_source, c.utm_medium) for c in plan.channels]
    assert len(set(pairs)) == len(pairs)
    assert {s for s, _ in pairs} == set(plan.utm.sources) and {m for _, m in pairs} == set(plan.utm.mediums)


def test_credentials_are_references_and_connections_are_honest(drafts) -> None:
    for choice in drafts.channels.channels:
        assert choice.integration.startswith("not connected: ")
        owned = choice.channel in ("email", "content_marketing", "webinars", "events", "influencer_partnerships")
        expected = None if owned else f"vault://{drafts.brief.id}/{choice.channel}/api-token"
        assert choice.credential_ref == expected


@pytest.mark.parametrize(
    ("name", "model", "days"),
    [("fleet", "multi_touch", 90), ("life", "last_touch", 30), ("posthog", "multi_touch", 90)],
)
def test_attribution_follows_the_sales_cycle(ventures, name: str, model: str, days: int) -> None:
    found = ventures[name].channels.attribution
    assert (found.model, found.lookback_days) == (model, days)


@pytest.mark.parametrize(
    ("cycle", "model", "days"), [(7, "last_touch", 30), (30, "multi_touch", 90), (200, "multi_touch", 200)]
)
def test_attribution_of_other_cycles(ventures, policies: Policies, cycle: int, model: str, days: int) -> None:
    drafts = ventures["fleet"]
    brief = changed(drafts, pricing=drafts.brief.pricing.model_copy(update={"sales_cycle_days": cycle}))
    found = draft_channels(brief, drafts.strategy, policies, None, Directives()).attribution
    assert (found.model, found.lookback_days) == (model, days) and str(cycle) in found.rationale


def test_parameters_speak_of_the_venture(ventures) -> None:
    fleet = {p.name: p.value for p in ventures["fleet"].channels.choice("google_ads").parameters}
    assert "Jamf Pro alternative" in fleet["format"] and "CISO" in fleet["audience"]
    assert "$1,500.00 per qualified lead" in fleet["bid-strategy"] and "traditional ads" in fleet["manner"]
    life = {p.name: p.value for p in ventures["life"].channels.choice("influencer_partnerships").parameters}
    assert "500-2,000 USD (mid)" in life["format"] and "CAC 5 USD by influencers" in life["bid-strategy"]
    linkedin = {p.name: p.value for p in ventures["posthog"].channels.choice("linkedin").parameters}
    assert linkedin["manner"].startswith("On LinkedIn: company and culture")


def test_no_parameter_of_format_or_audience_is_shared_between_ventures(ventures) -> None:
    told = [p.value for d in ventures.values() for c in d.channels.channels for p in c.parameters if p.name == "format"]
    assert len(told) == len(set(told))


def test_a_channel_is_dropped_at_a_comment_unless_a_campaign_cannot_do_without(ventures, policies: Policies) -> None:
    plan = redraft(ventures["fleet"], policies, Directives(drop_channels=("google_ads", "email")))
    assert plan.choice("google_ads") is None and plan.choice("events") is not None
    assert any("Google Ads was dropped" in d for d in plan.declined)
    assert "kept against a comment" in plan.choice("email").rationale


def test_a_channel_is_added_at_a_comment_where_the_audience_allows_it(ventures, policies: Policies) -> None:
    assert redraft(ventures["fleet"], policies, Directives(add_channels=("events",))).choice("events") is not None
    refused = redraft(ventures["fleet"], policies, Directives(add_channels=("instagram_ads",)))
    assert refused.choice("instagram_ads") is None
    assert any("Instagram Ads" in d and "the approver's comment" in d for d in refused.declined)


def test_too_few_channels_are_refused(ventures, policies: Policies) -> None:
    asked = Directives(drop_channels=("instagram_ads", "twitter_ads", "influencer_partnerships", "facebook_ads"))
    with pytest.raises(InvalidInput, match="channel is left"):
        redraft(ventures["life"], policies, asked)


def test_three_channels_still_give_every_tier_one(ventures, policies: Policies) -> None:
    drafts = ventures["life"]
    plan = redraft(drafts, policies, Directives(drop_channels=("influencer_partnerships", "facebook_ads")))
    assert [c.role for c in plan.channels] == ["primary", "secondary", "secondary"]
    assert {c.tier for c in plan.channels} == {"proven", "growth", "experimental"}
