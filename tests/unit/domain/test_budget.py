from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.budget import ReallocationTrigger, Split, allocate, pace, parse_trigger
from gtm.domain.budget_rules import ChannelFigures, DayFigures, LastFired, judge, observe, reduced
from gtm.domain.errors import InvalidInput

SPLIT = Split(proven=Decimal(70), growth=Decimal(20), experimental=Decimal(10))
TODAY = date(2026, 2, 1)


def trigger(condition: str, action: str, *, sample: int = 3, precedence: int = 1) -> ReallocationTrigger:
    return parse_trigger(
        condition, action, minimum_sample=sample, window_days=14, cooldown_days=7, precedence=precedence
    )


ROAS = trigger("ROAS < 2.0", "pause and review")
CAC = trigger("CAC > $100", "reduce spend by 20%", precedence=2)


def figures(*days: DayFigures, fired: tuple[LastFired, ...] = ()) -> ChannelFigures:
    return ChannelFigures(channel="linkedin", as_of=TODAY, days=days, fired=fired)


def day(ago: int = 0, **counts: object) -> DayFigures:
    return DayFigures.model_validate({"on": TODAY - timedelta(days=ago), **counts})


@given(
    st.decimals(min_value=1000, max_value=1_000_000, places=2),
    st.tuples(st.integers(50, 80), st.integers(10, 30)).filter(lambda s: 5 <= 100 - sum(s) <= 20),
    st.lists(st.decimals(min_value="0.01", max_value=1, places=4), min_size=3, max_size=10),
)
def test_lines_sum_to_the_total_and_tiers_to_their_share(
    total: Decimal, shares: tuple[int, int], weights: list[Decimal]
) -> None:
    split = Split(proven=Decimal(shares[0]), growth=Decimal(shares[1]), experimental=Decimal(100 - sum(shares)))
    channels = ["email", "linkedin", "google_ads", "facebook_ads", "instagram_ads", "twitter_ads", "content_marketing",
                "webinars", "events", "influencer_partnerships"]  # fmt: skip
    tiers = ["proven", "growth", "experimental"]
    members = [(channels[i], tiers[i % 3], weight) for i, weight in enumerate(weights)]
    lines = allocate(total, split, members)  # type: ignore[arg-type]
    assert sum(line.amount for line in lines) == total
    for tier, share in zip(tiers, (split.proven, split.growth, split.experimental), strict=True):
        given_to = sum((line.amount for line in lines if line.tier == tier), Decimal(0))
        assert abs(given_to - total * share / 100) < Decimal("0.01")


def test_the_sops_own_template() -> None:
    members = [
        ("linkedin", "proven", Decimal(1)),
        ("email", "growth", Decimal(1)),
        ("events", "experimental", Decimal(1)),
    ]
    lines = allocate(Decimal(50000), SPLIT, members)  # type: ignore[arg-type]
    assert [line.amount for line in lines] == [Decimal(35000), Decimal(10000), Decimal(5000)]


def test_a_tier_with_money_and_no_channel_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no channel is experimental"):
        allocate(Decimal(1000), SPLIT, [("linkedin", "proven", Decimal(1)), ("email", "growth", Decimal(1))])


def test_a_split_that_does_not_sum_to_100_is_refused() -> None:
    off = Split(proven=Decimal(70), growth=Decimal(20), experimental=Decimal("10.1"))
    with pytest.raises(InvalidInput, match="sum to 100"):
        allocate(Decimal(1000), off, [])


def test_pacing_follows_from_the_total() -> None:
    caps = pace(Decimal(50000), "monthly")
    assert (caps.daily_cap, caps.weekly_cap, caps.monthly_cap) == (
        Decimal("1666.67"),
        Decimal("11666.67"),
        Decimal(50000),
    )


def test_triggers_are_read_as_the_sop_writes_them() -> None:
    assert (CAC.metric, CAC.operator, CAC.threshold, CAC.reduce_percent) == ("cac", ">", 100, 20)
    assert (ROAS.metric, ROAS.action, ROAS.reduce_percent) == ("roas", "pause_and_review", None)
    for condition, action in (("CAC is high", "pause"), ("CAC > $100", "spend more"), ("CAC > $100; drop", "pause")):
        with pytest.raises(InvalidInput, match="cannot be read"):
            trigger(condition, action)


def test_a_rule_fires_on_enough_events_and_says_what_it_saw() -> None:
    (fired,) = judge([CAC], [figures(day(spend="400.00", customers=2), day(3, spend="300.00", customers=1))])
    assert fired.observed == Decimal(700) / 3 and fired.sample == 3
    assert fired.reason == "CAC $233.33 over 14 days, 3 events: CAC > $100"
    assert judge([CAC], [figures(day(spend="9000.00", customers=2))]) == ()


def test_undefined_metrics_never_fire() -> None:
    assert judge([CAC, ROAS], [figures(day(spend="90000.00"))]) == ()
    assert judge([ROAS], [figures(day(conversions=50))]) == ()
    assert observe("cac", [day(spend="5.00")]) == (None, 0)
    assert observe("roas", [day(conversions=9)])[0] is None


def test_the_higher_rule_silences_the_lower_on_its_channel_alone() -> None:
    bad = day(spend="1000.00", revenue="100.00", customers=5, conversions=5)
    other = ChannelFigures(channel="email", as_of=TODAY, days=(day(spend="1000.00", revenue="9000.00", customers=5,
                                                                   conversions=5),))  # fmt: skip
    fired = judge([CAC, ROAS], [figures(bad), other])
    assert [(f.channel, f.trigger.metric) for f in fired] == [("linkedin", "roas"), ("email", "cac")]


@pytest.mark.parametrize(("ago", "count"), [(0, 0), (6, 0), (7, 1), (30, 1)])
def test_cooldown_counts_from_the_day_it_fired(ago: int, count: int) -> None:
    before = LastFired(condition="CAC > $100", on=TODAY - timedelta(days=ago))
    assert len(judge([CAC], [figures(day(spend="1000.00", customers=5), fired=(before,))])) == count


@pytest.mark.parametrize(("ago", "count"), [(13, 1), (14, 0), (-1, 0)])
def test_only_days_of_the_window_count(ago: int, count: int) -> None:
    assert len(judge([CAC], [figures(day(ago, spend="1000.00", customers=5))])) == count


counts = st.integers(0, 30)
dollars = st.decimals(min_value=0, max_value=10_000, places=2)
day_figures = st.builds(
    lambda ago, spend, revenue, customers, conversions, leads: day(
        ago, spend=spend, revenue=revenue, customers=customers, conversions=conversions, leads=leads
    ),
    st.integers(-2, 40), dollars, dollars, counts, counts, counts,
)  # fmt: skip


@given(st.lists(day_figures, max_size=12), st.integers(1, 40))
def test_whatever_fires_holds_on_enough_events_and_at_most_once_a_channel(days: list[DayFigures], sample: int) -> None:
    rules = [
        trigger("CAC > $100", "reduce by 20%", sample=sample, precedence=2),
        trigger("ROAS < 2.0", "pause", sample=sample),
    ]
    fired = judge(rules, [figures(*days)])
    assert len(fired) <= 1
    for rule in fired:
        inside = [d for d in days if 0 <= (TODAY - d.on).days < 14]
        observed, seen = observe(rule.trigger.metric, inside)
        assert observed == rule.observed and seen == rule.sample >= sample
        assert observed is not None
        assert observed > 100 if rule.trigger.metric == "cac" else observed < 2


@given(st.lists(day_figures, max_size=12))
def test_judging_does_not_depend_on_the_order_of_days_or_rules(days: list[DayFigures]) -> None:
    assert judge([CAC, ROAS], [figures(*days)]) == judge([ROAS, CAC], [figures(*reversed(days))])


def test_what_the_action_leaves_of_an_amount() -> None:
    assert reduced(Decimal("99.99"), CAC) == Decimal("79.99")
    assert reduced(Decimal("99.99"), ROAS) == 0
