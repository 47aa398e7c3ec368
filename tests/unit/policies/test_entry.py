"""Entry gates 1 and 2: each line passes for a real venture and fails for the one thing that is taken away."""

from typing import Any

import pytest

from gtm.domain.brief import Characteristics, Sourced, VentureBrief
from gtm.policies.entry import SERVED, market_strategy, segments
from gtm.policies.facts import EntryFacts
from tests.unit.policies.support import assert_only_fails, at, brief, common, lines, with_


def strategy_with(**changes: Any) -> VentureBrief:
    return with_(brief(), market_strategy=with_(brief().market_strategy, **changes))


def segment_with(**changes: Any) -> VentureBrief:
    return with_(brief(), segments=at(brief().segments, 1, **changes))


GATE_1 = [
    ("document_exists", strategy_with(status="draft"), "draft"),
    ("segments_described", segment_with(profile="", roles=()), "security"),
    ("positioning_documented", strategy_with(positioning=" "), "positioning"),
    ("value_proposition_per_segment", segment_with(value_proposition=""), "security"),
    ("value_proposition_per_segment", strategy_with(value_proposition=""), "market_strategy"),
    ("pricing_aligned", with_(brief(), pricing=with_(brief().pricing, status="draft")), "draft"),
]
GATE_2 = [
    ("defined", segment_with(status="draft"), "security is draft"),
    (
        "characteristics_documented",
        segment_with(characteristics=Characteristics(size=Sourced(value="big"))),
        "lacks growth",
    ),
    ("priorities_ranked", segment_with(priority=1), "priority 1"),
    ("channels_identified", segment_with(channels=()), "security"),
]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_example_ventures_pass_both_gates(name: str) -> None:
    for gate in (market_strategy, segments):
        verdict = gate(EntryFacts(**common(), brief=brief(name)))
        assert verdict.passed, verdict.explain()
        assert {c.name for c in verdict.checks} - {SERVED} == lines(verdict.policy)


@pytest.mark.parametrize(("line", "broken", "word"), GATE_1)
def test_a_line_of_gate_1_fails_alone(line: str, broken: VentureBrief, word: str) -> None:
    verdict = market_strategy(EntryFacts(**common(), brief=broken))
    assert_only_fails(verdict, f"entry.market_strategy.{line}", word)


@pytest.mark.parametrize(("line", "broken", "word"), GATE_2)
def test_a_line_of_gate_2_fails_alone(line: str, broken: VentureBrief, word: str) -> None:
    assert_only_fails(segments(EntryFacts(**common(), brief=broken)), f"entry.segments.{line}", word)


def test_every_line_of_both_gates_has_a_failing_case() -> None:
    assert {f"entry.market_strategy.{row[0]}" for row in GATE_1} == lines("entry.market_strategy")
    assert {f"entry.segments.{row[0]}" for row in GATE_2} == lines("entry.segments")


@pytest.mark.parametrize("gate", [market_strategy, segments])
def test_without_a_brief_every_line_fails_and_says_how_to_load_one(gate: Any) -> None:
    verdict = gate(EntryFacts(**common(), brief=None))
    assert len(verdict.failures) == len(verdict.checks) > 0
    assert all("gtm venture load" in check.fix for check in verdict.failures)


def test_assumptions_and_contradictions_are_findings_and_do_not_stop() -> None:
    verdict = market_strategy(EntryFacts(**common(), brief=brief("life")))
    assert verdict.passed
    kinds = {f.kind for f in verdict.findings}
    assert {"assumption", "contradiction"} <= kinds
    assert any(f.field == "pricing.lifetime_value" and "50" in f.detail for f in verdict.findings)
    assert all(f.ask for f in verdict.findings)


def test_one_segment_passes_with_a_note() -> None:
    alone = with_(brief(), segments=brief().segments[:1])
    verdict = segments(EntryFacts(**common(), brief=alone))
    assert verdict.passed
    assert [f.code for f in verdict.findings] == ["segments.count"]
