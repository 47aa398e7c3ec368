"""Directives: what of a rejection comment is understood, and that the rest is kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.playbook.directives import Directives, read_comments


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ('Avoid "wry" and "single pane".', {"avoid_words": ("wry", "single pane")}),
        ("Please don't say 'synergy'", {"avoid_words": ("synergy",)}),
        ("Never use “cheap”", {"avoid_words": ("cheap",)}),
        ("Make it shorter", {"shorter": True}),
        ("The emails are too long.", {"shorter": True}),
        ("Use book_demo instead of start_trial", {"cta": "book_demo"}),
        ("Not book_demo but start_trial", {"cta": "start_trial"}),
        ('The CTA should be "start free trial"', {"cta": "start_trial"}),
        ("split 60/30/10", {"split": {"proven": Decimal(60), "growth": Decimal(30), "experimental": Decimal(10)}}),
        ("drop webinars and events", {"drop_channels": ("webinars", "events")}),
        ("without paid search", {"drop_channels": ("google_ads",)}),
        ("no influencers, add Instagram", {"drop_channels": ("influencer_partnerships",),
                                           "add_channels": ("instagram_ads",)}),
        ("friendlier", {"tone_shift": Decimal("-0.2")}),
        ("This must be more formal", {"tone_shift": Decimal("0.2")}),
        ("4 emails", {"email_count": 4}),
        ("three e-mails, please", {"email_count": 3}),
        ("Start on 2026-02-03", {"starts": date(2026, 2, 3)}),
        ("not before 2026-03-02", {"starts": date(2026, 3, 2)}),
    ],
)  # fmt: skip
def test_each_form_is_read(comment: str, told: dict[str, Any]) -> None:
    assert read_comments([comment]).model_dump(exclude_defaults=True) == told


@pytest.mark.parametrize(
    "comment",
    ["The sky is blue.", "split 60/30/20", "2 emails", "start on 2026-02-31", "no email copy about pricing",
     "I do not like it", "Who is this for?"],
)  # fmt: skip
def test_what_no_rule_covers_is_kept_as_it_was_written(comment: str) -> None:
    assert read_comments([comment]) == Directives(unhandled=(comment,))


def test_several_comments_add_up_and_the_later_one_wins() -> None:
    read = read_comments(["Add webinars. friendlier. 4 emails; Love it?", "Drop webinars. Warmer. 5 emails."])
    assert read.drop_channels == ("webinars",) and read.add_channels == ()
    assert read.tone_shift == Decimal("-0.4") and read.email_count == 5
    assert read.unhandled == ("Love it?",)


def test_notes_say_what_was_and_what_was_not_taken_up() -> None:
    notes = read_comments(['Avoid "wry". Shorter. The sky is blue.']).notes()
    assert notes == (
        "Avoided as asked: “wry”.",
        "Copy was shortened as asked.",
        "Not acted on (no rule of the playbook covers it): The sky is blue.",
    )
    assert Directives().empty and not Directives(shorter=True).empty and Directives().notes() == ()


@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_text_is_read_without_failing(comments: list[str]) -> None:
    read = read_comments(comments)
    assert -1 <= read.tone_shift <= 1
    assert all(text.strip() for text in read.unhandled)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_split_is_taken_only_when_it_sums_to_a_hundred(a: int, b: int, c: int) -> None:
    read = read_comments([f"The split should be {a}/{b}/{c}"])
    assert (read.split is not None) == (a + b + c == 100)
