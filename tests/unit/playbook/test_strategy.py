from decimal import Decimal

import pytest

from gtm.domain.brief import WeightedObjective
from gtm.domain.errors import InvalidInput
from gtm.domain.spec import Policies
from gtm.playbook.directives import Directives
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.targets import target_figures


def resolved(policies: Policies, path: str) -> object:
    value: object = policies
    for part in path.split("."):
        listed = isinstance(value, tuple)
        value = next(v for v in value if v.segment_type == part) if listed else getattr(value, part)
    return value


def test_every_criterion_rests_on_a_number_that_exists(drafts, policies: Policies) -> None:
    for objective in drafts.strategy.objectives:
        assert objective.success_criteria
        for criterion in objective.success_criteria:
            kind, _, name = criterion.rests_on.partition(":")
            if kind == "policy":
                assert Decimal(str(resolved(policies, name))) == criterion.target
            else:
                fact = drafts.brief.fact(name)
                assert fact is not None and fact.kind == "target"


def test_weights_sum_to_one_and_fall(drafts) -> None:
    weights = [o.weight for o in drafts.strategy.objectives]
    assert sum(weights) == 1 and weights == sorted(weights, reverse=True)


def test_goals_are_told_in_the_ventures_own_words(ventures) -> None:
    told = {o.name: o.aligned_with for o in ventures["fleet"].strategy.objectives}
    assert told["consideration"] == "value distribution"
    assert told["conversion"] == "precision targeting of organizations above 1,000 employees"


def test_life_is_measured_by_its_own_numbers(ventures) -> None:
    criteria = {c.rests_on: c for o in ventures["life"].strategy.objectives for c in o.success_criteria}
    assert (criteria["fact:installs-1"].metric, criteria["fact:installs-1"].target) == ("installs", 5000)
    assert criteria["fact:installs-1"].window_days == 30
    assert (criteria["fact:paid-3"].target, criteria["fact:paid-3"].window_days) == (Decimal("0.02"), 90)
    assert (criteria["fact:retention-30"].metric, criteria["fact:retention-30"].target) == (
        "retention_rate",
        Decimal("0.1"),
    )
    assert (criteria["fact:cac-search"].operator, criteria["fact:cac-search"].target) == ("<=", 3)


def test_a_figure_of_the_house_is_a_criterion_of_one_objective(ventures, policies: Policies) -> None:
    for name, drafts in ventures.items():
        resting = [c.rests_on for o in drafts.strategy.objectives for c in o.success_criteria]
        assert len(resting) == len(set(resting)), name
    life = {o.name: {c.metric for c in o.success_criteria} for o in ventures["life"].strategy.objectives}
    assert "roas" in life["conversion"] and "roas" not in life["retention"]


@pytest.mark.parametrize(
    ("names", "criteria"),
    [
        (("conversion", "retention"), [["conversion_rate"], ["roas"]]),
        (("retention", "conversion"), [["roas"], ["conversion_rate"]]),
        (("consideration", "advocacy"), [["effectiveness"], ["effectiveness"]]),
    ],
)
def test_every_objective_keeps_a_criterion(ventures, policies: Policies, names, criteria) -> None:
    fleet = ventures["fleet"]
    goals = tuple(
        WeightedObjective(name=n, weight=w) for n, w in zip(names, (Decimal("0.6"), Decimal("0.4")), strict=True)
    )
    strategy = fleet.brief.market_strategy.model_copy(update={"objectives": goals})
    made = draft_strategy(fleet.brief.model_copy(update={"market_strategy": strategy}), policies, None, Directives())
    assert [[c.metric for c in o.success_criteria] for o in made.objectives] == criteria


def test_a_number_in_a_sentence_that_says_something_else_is_not_a_target(ventures) -> None:
    assert target_figures(ventures["fleet"].brief) == ()
    assert target_figures(ventures["posthog"].brief) == ()


def test_all_segments_in_order_with_their_own_value_proposition(drafts) -> None:
    told = {s.segment_id: s.value_proposition for s in drafts.strategy.target_segments}
    assert list(told) == [s.id for s in drafts.brief.ranked_segments]
    assert all(told[s.id] == s.value_proposition for s in drafts.brief.segments)


def test_assumptions_name_what_no_public_figure_carries(ventures) -> None:
    said = " ".join(ventures["fleet"].strategy.assumptions)
    assert "financial_model.monthly: $50,000.00 (no public figure exists)" in said
    assert "pricing.sales_cycle_days: 90 days" in said and "pricing.lifetime_value: $150,000.00" in said


def test_the_rationale_does_the_sums(ventures) -> None:
    fleet, life = ventures["fleet"].strategy.rationale, ventures["life"].strategy.rationale
    assert "$583.33 a lead" in fleet and "$19,444.44 a customer: within the ceiling of $50,000.00" in fleet
    assert "$116.67 a customer: above the ceiling of $3.00" in life
    assert "Jamf Pro, NinjaOne and Intune" in fleet


def test_without_objectives_the_defaults_of_the_policies_stand_in(ventures, policies: Policies) -> None:
    brief = ventures["posthog"].brief
    bare = brief.model_copy(update={"market_strategy": brief.market_strategy.model_copy(update={"objectives": ()})})
    drafted = draft_strategy(bare, policies, None, Directives())
    assert [(o.name, o.weight) for o in drafted.objectives] == [
        ("lead_generation", Decimal("0.6")),
        ("conversion", Decimal("0.4")),
    ]
    theirs = [f.text for f in brief.facts] + [brief.market_strategy.document, brief.market_strategy.value_proposition]
    assert all(any(o.aligned_with in text for text in theirs) for o in drafted.objectives)


def test_the_title_of_a_strategy_is_no_goal_of_the_venture(ventures, policies: Policies) -> None:
    brief = ventures["posthog"].brief
    strategy = brief.market_strategy
    bare = tuple(goal.model_copy(update={"in_their_words": ""}) for goal in strategy.objectives)
    titled = strategy.model_copy(update={"document": "PostHog strategy 2026.", "objectives": bare})
    drafted = draft_strategy(brief.model_copy(update={"market_strategy": titled}), policies, None, Directives())
    said = {o.name: o.aligned_with for o in drafted.objectives}
    assert "PostHog strategy 2026." not in said.values() and strategy.value_proposition in said.values()
    named = titled.model_copy(update={"document": "PostHog strategy 2026. Awareness comes from talks."})
    again = draft_strategy(brief.model_copy(update={"market_strategy": named}), policies, None, Directives())
    assert {o.name: o.aligned_with for o in again.objectives}["awareness"] == "Awareness comes from talks."


def test_a_segment_without_value_proposition_is_not_papered_over(ventures, policies: Policies) -> None:
    brief = ventures["fleet"].brief
    mute = brief.segments[1].model_copy(update={"value_proposition": " "})
    broken = brief.model_copy(update={"segments": (brief.segments[0], mute)})
    with pytest.raises(InvalidInput, match="security has no value proposition"):
        draft_strategy(broken, policies, None, Directives())


@pytest.mark.parametrize(("text", "fits"), [("x" * 10, False), ("word " * 60, True), ("word, " * 12, True)])
def test_positioning_is_brought_to_length_or_refused(ventures, policies: Policies, text: str, fits: bool) -> None:
    brief = ventures["fleet"].brief
    market = brief.market_strategy.model_copy(update={"positioning": text, "differentiators": ()})
    changed = brief.model_copy(update={"market_strategy": market})
    if fits:
        assert 50 <= len(draft_strategy(changed, policies, None, Directives()).competitive_positioning) <= 200
    else:
        with pytest.raises(InvalidInput, match="too short"):
            draft_strategy(changed, policies, None, Directives())


def test_what_a_comment_asked_for_and_could_not_get_is_said(ventures, policies: Policies) -> None:
    asked = Directives(unhandled=("Make it pop.",))
    assert "Make it pop." in draft_strategy(ventures["life"].brief, policies, None, asked).rationale


def test_no_two_ventures_share_a_rationale_or_positioning(ventures) -> None:
    assert len({d.strategy.rationale for d in ventures.values()}) == 3
    assert len({d.strategy.competitive_positioning for d in ventures.values()}) == 3
