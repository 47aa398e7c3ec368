"""Numbers in one spelling, and the likeness of two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.policies.words import numbers_in, sentences, similarity, stems


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("10,000+ users", ["10000"]),
        ("the first million events", ["1000000"]),
        ("Five thousand recordings and 5k more", ["5000", "5000"]),
        ("$4.99 a month, 4.990", ["4.99", "4.99"]),
        ("3 % or 3 percent", ["3%", "3%"]),
        ("10x faster, twice as fast", ["10x", "x2"]),
        ("tens of thousands of hosts", ["tens of thousands"]),
        ("two apps, six operating systems, two hours, three tools", ["6", "2", "3"]),
        ("15-500 people", ["15", "500"]),
        ("one console, many customers", []),
        ("read it twice", []),
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


def test_likeness_sees_past_endings_and_small_words() -> None:
    assert similarity("managing the devices", "It manages a device.") == 1
    assert similarity("managing devices", "calendar and money") == 0
    assert similarity("", "anything") == 1
    assert "every" in stems("every OS")


def test_sentences_without_their_marks() -> None:
    assert list(sentences("One. Two!\n\nThree?")) == ["One", "Two", "Three"]
