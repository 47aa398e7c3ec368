"""A pilot's arithmetic: how many, who, rates that are undefined of nobody, and when it must stop."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import bootstrap
from gtm.domain.campaign_limits import PilotShare
from gtm.domain.pilot import (
    ArmFigures,
    PilotPart,
    PilotResults,
    PilotRules,
    as_percent,
    chosen,
    rate_of,
    rules_of,
    size_of,
    stop_reasons,
)

RANGE = PilotShare(minimum=Decimal("0.05"), maximum=Decimal("0.10"), default=Decimal("0.10"))
SHARES = st.decimals(min_value="0.05", max_value="0.1", places=4)


@cache
def rules(segment_type: Any = "B2B_SMB") -> PilotRules:
    return rules_of(bootstrap.read_configuration().policies, segment_type)


def found(**changes: int) -> PilotResults:
    """A pilot of 100 delivered mails."""
    arm = {"sent": 100, "delivered": 100} | {name: n for name, n in changes.items() if name in ArmFigures.model_fields}
    own = {"due": 0, "due_converted": 0, "errors": 0} | {
        n: v for n, v in changes.items() if n in PilotResults.model_fields
    }
    return PilotResults(
        pilot_id="p", campaign_id="c", share=Decimal("0.1"), enrolled=100, mailed=100, answers=0, mean_score=None,
        parts=(PilotPart(workflow_id="w", version=1, definition_sha256="0", audience=1000, chosen=100),),
        arms=(ArmFigures(workflow_id="w", step="s", content_ref="a/b/1", variant="A", **arm),),
        **{"converted": 0, **own},
    )  # fmt: skip


@given(audience=st.integers(0, 100_000), share=SHARES)
def test_a_size_lies_in_the_range_or_is_nobody(audience: int, share: Decimal) -> None:
    size = size_of(audience, share, RANGE)
    assert size == 0 or RANGE.minimum * audience <= size <= RANGE.maximum * audience
    assert size > 0 or audience < 20
    assert size == 0 or abs(size - audience * share) <= 1


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=60), st.integers(0, 60), st.randoms())
def test_the_same_people_are_drawn_in_whatever_order_they_come(people: list[str], size: int, random: Any) -> None:
    drawn = chosen(people, size, "salt")
    assert len(drawn) == len(set(drawn)) == min(size, len(people))
    random.shuffle(people)
    assert chosen(people, size, "salt") == drawn
    assert chosen(people, max(size - 1, 0), "salt") == drawn[: max(size - 1, 0)]


def test_another_salt_draws_others_and_the_draw_is_even() -> None:
    people = [f"lead-{n}" for n in range(10_000)]
    one, two = set(chosen(people, 800, "a:1")), set(chosen(people, 800, "a:2"))
    assert 30 < len(one & two) < 110
    assert 330 < sum(1 for lead in one if int(lead[5:]) < 5_000) < 470


@pytest.mark.parametrize(
    ("part", "whole", "rate"), [(0, 0, None), (3, 0, None), (0, 5, Decimal(0)), (1, 3, Decimal("0.3333"))]
)
def test_a_rate_of_nobody_is_undefined(part: int, whole: int, rate: Decimal | None) -> None:
    assert rate_of(part, whole) == rate
    assert as_percent(rate_of(0, 0)) == "-" and as_percent(Decimal("0.0333")) == "3.3 %"


def test_the_numbers_are_those_of_the_policies_and_of_domain_md() -> None:
    assert (rules().conversion_alert, rules().conversion_days, rules().errors) == (Decimal("0.030"), 30, 5)
    mass = rules("B2C_Mass")
    assert (mass.conversion_alert, mass.conversion_days, mass.minimum_sample) == (Decimal("0.012"), 7, 50)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, ""),
        ({"complained": 1}, ""),
        ({"complained": 2}, "complaints: 2 of 100 (2 %), the line is 0.3 %"),
        ({"unsubscribed": 2}, ""),
        ({"unsubscribed": 3}, "unsubscribes: 3 of 100 (3 %), the line is 2 %"),
        ({"bounced": 5}, ""),
        ({"bounced": 6}, "bounces: 6 of 100 (6 %), the line is 5 %"),
        ({"complained": 9, "sent": 49, "delivered": 49}, ""),
        ({"complained": 2, "sent": 50, "delivered": 50}, "complaints: 2 of 50 (4 %), the line is 0.3 %"),
        ({"due": 100, "due_converted": 3}, ""),
        ({"due": 100, "due_converted": 2}, "conversion: 2 of 100 within 30 days (2 %), the alert line is 3 %"),
        ({"due": 49}, ""),
        ({"errors": 5}, ""),
        ({"errors": 6}, "6 workflow errors in a row, the SOP pauses above 5"),
    ],
)
def test_a_rule_breaks_above_its_line_and_from_its_sample_on(changes: dict[str, int], says: str) -> None:
    assert stop_reasons(found(**changes), rules()) == ((says,) if says else ())
