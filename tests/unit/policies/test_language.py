"""Grammar and spelling at the spine's level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.policies.language import article_for, slips
from gtm.policies.misspellings import MISSPELLINGS

WRONG = [
    ("We ship the the code.", "the the", "twice"),
    ("One  space too many.", "  ", "two spaces"),
    ("A space before a comma , like this.", "a ,", "before a punctuation"),
    ("What is this?!", "?!", "repeated"),
    ("Stop.. now.", "..", "repeated"),
    ("One,two words here.", "ne,", "no space"),
    ("It is a API for you.", "a API", "“a” before"),
    ("It is an user.", "an user", "“an” before"),
    ("A hour is enough.", "A hour", "“A” before"),
    ("In a 8-week plan.", "a 8-week", "“a” before"),
    ("It starts. then it stops.", "then", "small letter"),
    ("An open (bracket.", "(", "balance"),
    ("He said “yes.", "“", "balance"),
    ('He said "yes.', '"', "left open"),
    ("We recieve it.", "recieve", "misspelling"),
]
RIGHT = [
    "An API, a UI, an MDM, a unit, an hour, a European, a one-time fee, an iOS app, an SQL query.",
    "It works with e.g. macOS and iOS. osquery answers. macOS too.",
    "Wait... then it stops. What? Yes! It had had enough, and that that was so.",
    "He said “yes” (twice). An 8-week plan, a 9-day plan, an 11-day plan, a 110-day plan.",
    "It's the team's plan; don't worry: 10:30 is fine, 1,000 too.",
    "Read https://example.com/a,b?x=1 first.",
]


@pytest.mark.parametrize(("text", "span", "why"), WRONG)
def test_a_slip_is_found_where_it_is(text: str, span: str, why: str) -> None:
    found = slips(text)
    assert any(span in text[s.start : s.end] and why in s.why and s.repair for s in found), found


@pytest.mark.parametrize("text", RIGHT)
def test_right_sentences_are_left_alone(text: str) -> None:
    assert slips(text, names=("osquery", "macOS")) == ()


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("apple", "an"), ("user", "a"), ("university", "a"), ("uninteresting", "an"), ("hour", "an"), ("house", "a"),
        ("MDM", "an"), ("API", "an"), ("UI", "a"), ("URL", "a"), ("B2B", "a"), ("iPhone", "an"), ("18-month", "an"),
        ("180", "a"), ("11,000", "an"), ("8", "an"), ("$8", "an"), ("x", "an"), ("SAML", ""), ("one-time", "a"),
    ],
)  # fmt: skip
def test_the_article_follows_the_sound(word: str, article: str) -> None:
    assert article_for(word) == article


def test_the_list_of_misspellings_is_sound() -> None:
    assert len(MISSPELLINGS) > 180
    assert not set(MISSPELLINGS) & set(MISSPELLINGS.values())


@given(st.text(max_size=200))
def test_any_text_is_read_and_spans_lie_in_it(text: str) -> None:
    for slip in slips(text):
        assert 0 <= slip.start < slip.end <= len(text)
