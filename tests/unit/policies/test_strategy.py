"""Step 1.1."""

from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.strategy import GtmStrategy
from gtm.policies.facts import StrategyFacts
from gtm.policies.strategy import encoded
from tests.unit.policies.support import assert_fails, at, brief, common, drafts, lines, with_

GOOD = drafts().strategy
FIRST = GOOD.objectives[0]


def judge(artifact: GtmStrategy | None) -> Any:
    return encoded(StrategyFacts(**common(), brief=brief(), artifact=artifact))


def criterion(**changes: Any) -> GtmStrategy:
    return with_(GOOD, objectives=at(GOOD.objectives, 0, success_criteria=at(FIRST.success_criteria, 0, **changes)))


BROKEN = [
    ("strategy.json_validates", with_(GOOD, competitive_positioning="too short"), "competitive_positioning"),
    ("strategy.json_validates", with_(GOOD, venture_id="life"), "life"),
    (
        "strategy.value_proposition_per_segment",
        with_(GOOD, target_segments=GOOD.target_segments[1:]),
        "is not targeted",
    ),
    ("strategy.value_proposition_per_segment", with_(GOOD, target_segments=GOOD.target_segments * 2), "named twice"),
    (
        "strategy.value_proposition_per_segment",
        with_(GOOD, target_segments=at(GOOD.target_segments, 0, segment_id="ghosts")),
        "ghosts",
    ),
    ("strategy.objectives_align", with_(GOOD, objectives=at(GOOD.objectives, 0, weight=Decimal("0.9"))), "sum to"),
    (
        "strategy.objectives_align",
        with_(GOOD, objectives=at(GOOD.objectives, 0, name="advocacy")),
        "no goal of the venture",
    ),
    ("strategy.objectives_align", with_(GOOD, objectives=GOOD.objectives[::-1]), "not ranked"),
    ("strategy.objectives_align", with_(GOOD, objectives=()), "no objective"),
    (
        "strategy.success_criteria",
        with_(GOOD, objectives=at(GOOD.objectives, 0, success_criteria=())),
        "no success criterion",
    ),
    ("strategy.success_criteria", criterion(rests_on="fact:no-such-fact"), "no-such-fact"),
    ("strategy.success_criteria", criterion(rests_on="a feeling"), "a feeling"),
]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_pass(name: str) -> None:
    d = drafts(name)
    verdict = encoded(StrategyFacts(**common(), brief=d.brief, artifact=d.strategy))
    assert verdict.passed, verdict.explain()


@pytest.mark.parametrize(("name", "artifact", "word"), BROKEN)
def test_a_broken_strategy_fails_the_named_check(name: str, artifact: GtmStrategy, word: str) -> None:
    assert_fails(judge(artifact), name, word)


def test_every_line_has_a_failing_case() -> None:
    assert lines("strategy.encoded") <= {row[0] for row in BROKEN}


def test_prose_without_an_artifact_is_nothing() -> None:
    verdict = judge(None)
    assert len(verdict.failures) == len(lines("strategy.encoded"))
    assert all(c.detail == "nothing is stored for step 1.1." for c in verdict.failures)
