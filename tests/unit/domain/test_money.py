from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.money import cents, split_by_weights, usd

amounts = st.decimals(min_value=0, max_value=1_000_000, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=1000, places=4), min_size=1, max_size=40).filter(
    lambda w: sum(w) > 0
)


@given(amounts, weights)
def test_no_cent_is_lost_and_none_is_made(total: Decimal, parts: list[Decimal]) -> None:
    split = split_by_weights(total, parts)
    assert sum(split) == total
    assert all(part >= 0 and part == part.quantize(Decimal("0.01")) for part in split)


@given(amounts, weights)
def test_each_part_is_within_a_cent_of_its_exact_share(total: Decimal, parts: list[Decimal]) -> None:
    whole = sum(parts)
    for part, weight in zip(split_by_weights(total, parts), parts, strict=True):
        assert abs(part - total * weight / whole) < Decimal("0.0100001")


def test_odd_cents_go_to_the_earliest_of_equals() -> None:
    assert split_by_weights(Decimal("100.00"), [Decimal(1)] * 3) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]


@pytest.mark.parametrize("bad", [[], [Decimal(0)], [Decimal(2), Decimal(-1)]])
def test_weights_that_mean_nothing_are_refused(bad: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="weights are non-negative"):
        split_by_weights(Decimal(1), bad)


def test_amounts_are_rounded_half_up_and_written_for_people() -> None:
    assert cents("2.005") == Decimal("2.01")
    assert usd(Decimal("50000")) == "$50,000.00"
    assert usd(None) == "undefined"
