"""Numbers in one spelling, in digits or in words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.policies.numbers import is_part, numbers_in


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("10,000+ users", ["10000"]),
        ("the first million events", ["1000000"]),
        ("Five thousand recordings and 5k more", ["5000", "5000"]),
        ("$4.99 a month, 4.990", ["4.99", "4.99"]),
        ("3 % or 3 percent", ["3%", "3%"]),
        ("10x faster, twice as fast", ["10x", "2x"]),
        ("tens of thousands of hosts", ["tens of thousands"]),
        ("two apps, six operating systems, two hours, three tools", ["6", "2", "3"]),
        ("15-500 people", ["15", "500"]),
        ("one console, many customers", []),
        ("read it twice", []),
        ("half your week, 50 % of it, fifty percent, cut in half", ["50%", "50%", "50%", "50%"]),
        ("a tenth of the time, drops by a third, three quarters of it", ["10%", "33%", "75%"]),
        ("33.3 % and two thirds and 66.7 %", ["33%", "67%", "67%"]),
        ("cut the 40 hours you spend on it in two.", ["40", "50%"]),
        ("twofold, double, 2x, two times faster", ["2x", "2x", "2x", "2x"]),
        ("tenfold, 10-fold, ten times as fast", ["10x", "10x", "10x"]),
        ("three times a day", ["3"]),
        ("one in five laptops, two out of three admins, 9 out of 10", ["20%", "67%", "90%"]),
        ("four hundred thousand, a hundred and twenty customers", ["400000", "120"]),
        ("twenty-five hosts, seventeen days", ["25", "17"]),
        ("half a million hosts, two and a half thousand users", ["500000", "2500"]),
        ("half a dozen operating systems, a dozen tools", ["6", "12"]),
        ("half an hour, thirty minutes", ["30", "30"]),
        ("a fraction of the price, scores of teams", ["fraction", "scores"]),
        ("half an eye on it, half the battle, half of the way, half a dozen invoices", []),
        ("at a hundred.", []),
        ("a third console, the second part, double-check it, all in one", []),
        ("split the list in two parts, and then the page in two.", []),
        ("1Password on https://x.example/123 for {{ count_5 }}", []),
    ],
)
def test_numbers_in_one_spelling(text: str, values: list[str]) -> None:
    assert [value for _, _, _, value in numbers_in(text)] == values


@given(st.integers(0, 10**9))
def test_separators_do_not_change_a_number(number: int) -> None:
    assert (
        [v for *_, v in numbers_in(f"{number:,} hosts")]
        == [v for *_, v in numbers_in(f"{number} hosts")]
        == [str(number)]
    )


@given(st.text(max_size=200))
def test_spans_lie_in_the_text(text: str) -> None:
    assert all(text[start:end] == span for start, end, span, _ in numbers_in(text))


@given(st.text(max_size=200))
def test_no_number_lies_within_another(text: str) -> None:
    found = numbers_in(text)
    assert all(before[1] <= after[0] for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("text", "part"), [("half of it", True), ("one in five", True), ("50 %", False), ("2x", False)]
)
def test_a_part_is_told_in_words(text: str, part: bool) -> None:
    assert [is_part(number) for number in numbers_in(text)] == [part]
