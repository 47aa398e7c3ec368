"""A version wins only where the figures say so; else what is missing is told."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.winners import Judged, VersionCount, judge, metric_of, p_of

ALPHA = Decimal("0.05")


def version(label: str, delivered: int, did: int) -> VersionCount:
    return VersionCount(label=label, delivered=delivered, did=did)


def of(*figures: tuple[int, int], sample: int = 50) -> Judged:
    return judge([version("ABCDE"[n], *one) for n, one in enumerate(figures)], sample, ALPHA)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        # By hand: pooled 0.25, z = 0.1 / sqrt(0.25 * 0.75 * 2 / 200) = 2.309; and so on.
        ((60, 200), (40, 200), "0.0209"),
        ((30, 100), (30, 100), "1.0000"),
        ((45, 100), (30, 100), "0.0285"),
        ((15, 50), (5, 50), "0.0124"),
    ],
)
def test_the_p_value_is_the_textbooks(one: tuple[int, int], other: tuple[int, int], p: str) -> None:
    assert p_of(version("A", one[1], one[0]), version("B", other[1], other[0])) == Decimal(p)


@pytest.mark.parametrize("did", [0, 10])
def test_nothing_is_said_where_all_or_nobody_did(did: int) -> None:
    assert p_of(version("A", 10, did), version("B", 10, did)) is None
    assert p_of(version("A", 0, 0), version("B", 10, 5)) is None


def test_a_clear_difference_wins() -> None:
    assert of((200, 60), (200, 40)) == Judged(winner="A", p_value=Decimal("0.0209"))
    assert of((200, 40), (200, 60)).winner == "B"


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ([(49, 40), (200, 10)], "A has 49 of 50 delivered"),
        ([(0, 0), (200, 10)], "A has 0 of 50 delivered"),
        ([(100, 20), (100, 4)], "B has 4 who did and 96 who did not, of 5 each"),
        ([(60, 58), (60, 30)], "A has 58 who did and 2 who did not, of 5 each"),
        ([(100, 30), (100, 28)], "p = 0.7553 is above 0.05; 8077 delivered each would tell"),
        ([(100, 30), (100, 30)], "no difference"),
    ],
)
def test_without_enough_there_is_no_winner_and_what_is_missing_is_told(
    figures: list[tuple[int, int]], told: str
) -> None:
    judged = of(*figures)
    assert judged.winner is None and told in " ".join(judged.missing)


def test_one_version_alone_is_no_test() -> None:
    assert of((1000, 500)).missing == ("there is no other version to compare with",)


def test_with_three_versions_each_comparison_has_its_part() -> None:
    # p of A against B is 0.0285: enough for two versions, and too much for three.
    assert of((100, 45), (100, 30)).winner == "A"
    judged = of((100, 45), (100, 30), (100, 20))
    assert judged.winner is None and judged.missing == (
        "A 45.0 % against B 30.0 %: p = 0.0285 is above 0.025; 194 delivered each would tell",
    )
    assert of((100, 55), (100, 30), (100, 20)).winner == "A"


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=5))
def test_whoever_wins_has_the_highest_rate_and_a_small_p(figures: list[tuple[int, int]]) -> None:
    judged = of(*[(max(pair), min(pair)) for pair in figures])
    assert (judged.winner is None) == bool(judged.missing)
    if judged.winner is not None:
        rates = {"ABCDE"[n]: min(pair) / max(pair) for n, pair in enumerate(figures)}
        assert rates[judged.winner] == max(rates.values())
        assert judged.p_value is not None and judged.p_value <= ALPHA


def test_chance_wins_about_as_often_as_the_significance_says() -> None:
    """Two thousand tests of two versions with the same rate."""
    draw = Random(17).random
    wins = sum(
        of(*((120, sum(draw() < 0.3 for _ in range(120))) for _ in range(2))).winner is not None for _ in range(2000)
    )
    assert 60 <= wins <= 140


@pytest.mark.parametrize(
    ("variable", "metric"),
    [("email_subject", "opened"), ("webinar_preheader", "opened"), ("email_body", "clicked"), ("cta_text", "clicked")],
)
def test_what_is_seen_before_the_opening_goes_by_openings(variable: str, metric: str) -> None:
    assert metric_of(variable) == metric
