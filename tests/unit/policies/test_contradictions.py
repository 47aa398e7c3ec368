"""Contradictions of a brief: the ones in the real ventures, and each rule by itself."""

from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.brief import (
    Fact,
    FinancialModel,
    LeadScoring,
    Milestone,
    ScoreRule,
    SourcedAmount,
    VentureBrief,
    WeightedObjective,
)
from gtm.policies.contradictions import find_contradictions
from gtm.policies.serving import serving_faults
from tests.unit.policies.support import at, brief, policies, with_

FLEET = brief()
D = Decimal


def codes(of: VentureBrief) -> list[str]:
    return [f.code for f in find_contradictions(of, policies())]


def money(**changes: Any) -> VentureBrief:
    model = FinancialModel(monthly=SourcedAmount(value=D(changes.pop("monthly", 2000))), **changes)
    return with_(FLEET, financial_model=model)


def strategy(**changes: Any) -> VentureBrief:
    return with_(FLEET, market_strategy=with_(FLEET.market_strategy, **changes))


def pricing(**amounts: int) -> VentureBrief:
    clean = {"annual_contract_value": None, "lifetime_value": None, "target_cac": None}
    named = {name: SourcedAmount(value=D(value)) for name, value in amounts.items()}
    return with_(FLEET, pricing=with_(FLEET.pricing, **(clean | named)))


def fact(text: str, **fields: Any) -> VentureBrief:
    extra = Fact(**({"id": "extra", "kind": "feature", "text": text} | fields))
    return with_(FLEET, facts=(*FLEET.facts, extra))


def scoring(maximum: int, cut: int, *rules: tuple[str, str, int]) -> VentureBrief:
    made = tuple(ScoreRule(attribute=a, value=v, points=p) for a, v, p in rules)
    return with_(FLEET, lead_scoring=LeadScoring(maximum=maximum, cut=cut, rules=made))


LAUNCH = (Milestone(name="Launch", week=2),)
CASES = [
    ("budget.totals", money(annual_total=D(24000), by_month=(D(2000),) * 11)),
    ("budget.monthly", money(by_month=(D(1500), D(2500)))),
    ("budget.annual", money(annual_total=D(30000))),
    ("budget.range", money(monthly=999)),
    ("budget.range", money(monthly=1_000_001)),
    ("budget.range", money(by_month=(D(2000), D(999)))),
    ("segments.value_proposition", with_(FLEET, segments=at(FLEET.segments, 0, value_proposition=" "))),
    ("text.percentage", fact("It covers 120 % of all devices.")),
    ("text.share", fact("It has a share of 1.4 in its market.")),
    ("objectives.weights", strategy(objectives=FLEET.market_strategy.objectives[:2])),
    ("objectives.duplicate", strategy(objectives=(WeightedObjective(name="awareness", weight=D("0.5")),) * 2)),
    ("positioning.length", strategy(positioning="x" * 49)),
    ("positioning.length", strategy(positioning="x" * 201)),
    ("channels.audience", with_(FLEET, channels=("instagram_ads",))),
    ("segments.audience", with_(FLEET, segments=at(FLEET.segments, 0, audience="b2c"))),
    ("pricing.cac_above_ltv", pricing(lifetime_value=50, target_cac=60)),
    ("pricing.thin_margin", pricing(lifetime_value=50, target_cac=20)),
    ("pricing.acv_above_ltv", pricing(lifetime_value=50, annual_contract_value=60)),
    ("pricing.zero", pricing(target_cac=0)),
    ("segments.duplicate", with_(FLEET, segments=(*FLEET.segments, FLEET.segments[0]))),
    ("facts.duplicate", with_(FLEET, facts=(*FLEET.facts, FLEET.facts[0]))),
    ("offers.duplicate", with_(FLEET, offers=(*FLEET.offers, FLEET.offers[0]))),
    ("facts.segment", fact("For ghosts.", segments=("ghosts",))),
    ("lead_scoring.two_numbers", scoring(6, 3, ("role", "CTO", 6), ("role", "cto", 3))),
    ("lead_scoring.maximum", scoring(10, 5, ("role", "CTO", 6), ("size", "big", 3), ("mail", "private", -5))),
    ("lead_scoring.cut", scoring(6, 7, ("role", "CTO", 6))),
    ("claims.unclaimable", fact("10,000+ users.", kind="proof", claimable=False)),
    ("claims.before_launch", with_(fact("It has 10,000+ users.", kind="proof"), launch=LAUNCH)),
    ("claims.superlative", fact("It is the best console.")),
    (
        "claims.value_proposition",
        with_(FLEET, segments=at(FLEET.segments, 0, value_proposition="save 37 % of the work")),
    ),
]


def test_fleet_has_none() -> None:
    assert codes(FLEET) == []


@pytest.mark.parametrize(("code", "broken"), CASES)
def test_a_contradiction_is_found_and_asked(code: str, broken: VentureBrief) -> None:
    found = next(f for f in find_contradictions(broken, policies()) if f.code == code)
    assert found.detail
    assert found.ask
    assert found.field


def test_life_does_not_add_up_and_says_more_than_its_facts() -> None:
    found = {f.code: f for f in find_contradictions(brief("life"), policies())}
    assert "$25,000.00" in found["budget.totals"].detail
    assert "$24,000.00" in found["budget.totals"].detail
    assert "month 1 ($500.00)" in found["budget.range"].detail
    unclaimable = [f.field for f in find_contradictions(brief("life"), policies()) if f.code == "claims.unclaimable"]
    assert "facts.users-before-launch" in unclaimable


def test_posthog_scores_leadership_and_product_twice() -> None:
    found = [f for f in find_contradictions(brief("posthog"), policies()) if f.code == "lead_scoring.two_numbers"]
    assert len(found) == 2
    assert any("leadership" in f.detail and "6 (table), 3 (text)" in f.detail for f in found)
    assert "lead_scoring.maximum" not in codes(brief("posthog"))


@pytest.mark.parametrize(
    "text", ["Revenue grew by 120 %.", "A growth of 150 percent.", "100 % of hosts.", "99.5 % uptime."]
)
def test_growth_may_be_above_a_hundred(text: str) -> None:
    assert "text.percentage" not in codes(fact(text))


def test_totals_that_agree_are_silent() -> None:
    assert codes(money(annual_total=D(24000), by_month=(D(2000),) * 12)) == []
    assert codes(money(annual_total=D(24000))) == []


def test_plans_of_the_house_are_no_contradiction() -> None:
    assert codes(fact("On Reddit: be plain.", kind="belief", claimable=False, note="internal: manners")) == []


@pytest.mark.parametrize(("name", "mark", "plain"), [("4ever 21!", "!", "4ever 21"), ("Who? Us", "?", "Who Us")])
def test_a_name_that_ends_sentences_is_told_with_what_to_write(name: str, mark: str, plain: str) -> None:
    found = [f for f in serving_faults(with_(FLEET, name=name), policies()) if f.field == "name"]
    assert [f.code for f in found] == ["serve.name"]
    assert f"“{name}” holds “{mark}”" in found[0].detail and f"“{plain}”" in found[0].ask
    assert not [f for f in serving_faults(with_(FLEET, name=plain), policies()) if f.field == "name"]
