"""Step 1.2, with the UTM rules."""

from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.brief import MediumRule
from gtm.domain.channels import Attribution, ChannelParameter, ChannelPlan
from gtm.policies.channels import allowed_channels, configured, overlaps
from gtm.policies.facts import ChannelsFacts
from tests.unit.policies.support import assert_fails, at, brief, common, drafts, lines, policies, with_

GOOD = drafts().channels
LINKEDIN = next(n for n, c in enumerate(GOOD.channels) if c.channel == "linkedin")
EMAIL = next(n for n, c in enumerate(GOOD.channels) if c.channel == "email")
SECONDARY = [n for n, c in enumerate(GOOD.channels) if c.role == "secondary"]


def choice(index: int, **changes: Any) -> ChannelPlan:
    return with_(GOOD, channels=at(GOOD.channels, index, **changes))


def utm(**changes: Any) -> ChannelPlan:
    return with_(GOOD, utm=with_(GOOD.utm, **changes))


def judge(plan: ChannelPlan | None) -> Any:
    return configured(ChannelsFacts(**common(), brief=brief(), artifact=plan))


SWAPPED = with_(
    GOOD,
    channels=tuple(
        with_(c, role="primary") if n == EMAIL else with_(c, role="secondary") if c.role == "primary" else c
        for n, c in enumerate(GOOD.channels)
    ),
)
BROKEN = [
    ("channels.primary_selected", SWAPPED, "email overlaps 0"),
    ("channels.primary_selected", choice(0, role="secondary"), "0 channels are primary"),
    ("channels.primary_selected", choice(LINKEDIN, overlap=Decimal("0.1")), "states an overlap"),
    ("channels.secondary_selected", with_(GOOD, channels=GOOD.channels[:1]), "0 secondary"),
    ("channels.credentials_secure", choice(LINKEDIN, credential_ref="vault://life/linkedin/token"), "another venture"),
    ("channels.credentials_secure", choice(LINKEDIN, tracking="password = hunter2hunter2"), "tracking holds"),
    (
        "channels.credentials_secure",
        choice(LINKEDIN, parameters=(ChannelParameter(name="token", value="AKIAIOSFODNN7EXAMPLE"),)),
        "AWS",
    ),
    ("channels.utm_schema_defined", utm(mediums=("email",)), "not in the schema's vocabulary"),
    ("channels.utm_schema_defined", utm(sources=()), "there are no sources"),
    ("channels.utm_schema_defined", choice(LINKEDIN, utm_medium="social"), "own medium is 'so'"),
    ("channels.utm_schema_defined", choice(EMAIL, utm_medium="ps"), "venture's medium for google_ads"),
    ("channels.utm_schema_defined", utm(campaign_pattern="{name}"), "campaign pattern"),
    ("channels.utm_schema_defined", utm(content_pattern="{email}"), "personal data"),
    ("channels.utm_schema_defined", utm(campaign_pattern="{year"), "cannot be read"),
    ("channels.utm_schema_defined", choice(LINKEDIN, utm_source="newsletter", utm_medium="email"), "told apart"),
    (
        "channels.attribution_selected",
        with_(GOOD, attribution=Attribution(model="last_touch", lookback_days=7, rationale="short")),
        "sales cycle of 90",
    ),
    ("channels.fit_audience", choice(LINKEDIN, channel="instagram_ads"), "instagram_ads is not for B2B"),
    ("channels.fit_audience", choice(LINKEDIN, segments=("ghosts",)), "ghosts"),
    ("channels.fit_audience", with_(GOOD, channels=(*GOOD.channels, GOOD.channels[0])), "chosen twice"),
    ("channels.parameters_defined", choice(LINKEDIN, parameters=()), "no parameter"),
]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_pass(name: str) -> None:
    d = drafts(name)
    verdict = configured(ChannelsFacts(**common(), brief=d.brief, artifact=d.channels))
    assert verdict.passed, verdict.explain()


@pytest.mark.parametrize(("name", "plan", "word"), BROKEN)
def test_a_broken_plan_fails_the_named_check(name: str, plan: ChannelPlan, word: str) -> None:
    assert_fails(judge(plan), name, word)


def test_every_line_has_a_failing_case() -> None:
    assert lines("channels.configured") <= {row[0] for row in BROKEN}


def test_nothing_stored_fails() -> None:
    assert_fails(judge(None), "channels.primary_selected", "nothing is stored for step 1.2")


def test_the_secret_itself_is_never_repeated() -> None:
    plan = choice(LINKEDIN, integration="token: abcdef0123456789")
    assert "abcdef0123456789" not in judge(plan).model_dump_json()


def test_more_than_three_secondary_channels_are_too_many() -> None:
    extra = tuple(with_(c, role="secondary") for c in GOOD.channels[1:])
    more = with_(GOOD, channels=(GOOD.channels[0], *extra, with_(GOOD.channels[EMAIL], channel="events")))
    assert_fails(judge(more), "channels.secondary_selected", "5 secondary")


def test_overlap_weighs_segments_by_priority_and_leaves_foreign_channels_out() -> None:
    known = overlaps(brief("posthog"), policies())
    assert "twitter_ads" not in known
    assert all(0 <= value <= 1 for value in known.values())


def test_a_hybrid_venture_takes_both_lists() -> None:
    hybrid = with_(brief(), segment_type="Hybrid")
    assert {"webinars", "instagram_ads"} <= allowed_channels(hybrid, policies())
    assert "instagram_ads" not in allowed_channels(brief(), policies())


def test_a_venture_pattern_in_its_own_spelling_is_the_same_rule() -> None:
    spelled = with_(brief(), utm=with_(brief().utm, campaign_pattern="YYYY-MM-<medium>-<Name>"))
    assert configured(ChannelsFacts(**common(), brief=spelled, artifact=GOOD)).passed


def test_capitals_in_campaign_names_need_a_rule_of_the_venture() -> None:
    bare = with_(brief(), utm=with_(brief().utm, campaign_pattern="", mediums=()))
    plan = utm(lower_case_campaign=False)
    verdict = configured(ChannelsFacts(**common(), brief=bare, artifact=plan))
    assert_fails(verdict, "channels.utm_schema_defined", "not lower case")


def test_a_rule_for_one_social_network_serves_its_siblings() -> None:
    rules = with_(brief().utm, mediums=(MediumRule(medium="so", channel="facebook_ads", meaning="paid social"),))
    verdict = configured(ChannelsFacts(**common(), brief=with_(brief(), utm=rules), artifact=GOOD))
    assert next(c for c in verdict.checks if c.name == "channels.utm_schema_defined").passed
