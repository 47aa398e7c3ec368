"""The forms of a comment on plan and times, each with what it must not be taken for."""

from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.playbook.directives import Directives, read_comments


def share(channel: str, kind: str, percent: int) -> dict[str, Any]:
    return {"shares": ({"channel": channel, "kind": kind, "percent": Decimal(percent)},)}


def weight(objective: str, amount: str) -> dict[str, Any]:
    return {"weights": ({"objective": objective, "weight": Decimal(amount)},)}


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("wait 72 hours", {"delay_hours": 72}),
        ("Wait 3 days between the emails.", {"delay_hours": 72}),
        ("Three days between the mails, please", {"delay_hours": 72}),
        ("Change the delay from 48 to 96 hours", {"delay_hours": 96}),
        ("change the 48 h wait to 72 h", {"delay_hours": 72}),
        ("Wait 72 hours, not 48 hours.", {"delay_hours": 72}),
        ("Not 48 but wait 72 hours", {"delay_hours": 72}),
        ("A delay of one week", {"delay_hours": 168}),
        ("at most 2 per week", {"rate_limit": "2 per week", "rate_asked": "2 per week"}),
        ("Limit the triggers to 5 per hour", {"rate_limit": "5 per hour", "rate_asked": "5 per hour"}),
        ("no more than once a week", {"rate_limit": "1 per week", "rate_asked": "1 per week"}),
        ("limit to 1 per day per lead", {"rate_limit": "1 per lead", "rate_asked": "1 per day for each lead"}),
        ("put revenue first", {"lead_objective": "conversion"}),
        ("Conversion should come first", {"lead_objective": "conversion"}),
        ("Prioritise retention", {"lead_objective": "retention"}),
        ("awareness weight 0.5", weight("awareness", "0.5")),
        ("weight of awareness to 50 %", weight("awareness", "0.5")),
        ("Give conversion a weight of 0.6", weight("conversion", "0.6")),
        ("drop the awareness objective", {"drop_objectives": ("awareness",)}),
        ("give LinkedIn 40 %", share("linkedin", "to", 40)),
        ("email budget to 30%", share("email", "to", 30)),
        ("Cut the LinkedIn budget to 50%.", share("linkedin", "to", 50)),
        ("30 % of the money for webinars", share("webinars", "to", 30)),
        ("cut LinkedIn by 20 %", share("linkedin", "by", -20)),
        ("raise the budget of Google Ads by 10 percent", share("google_ads", "by", 10)),
        ("Cut LinkedIn by 5 percentage points", share("linkedin", "points", -5)),
        ("send on Wednesdays", {"send_days": (2,)}),
        ("Send the emails on Tuesday and Thursday only", {"send_days": (1, 3)}),
        ("Don't send on Thursdays", {"avoid_days": (3,)}),
        ("no mail on Thursday", {"avoid_days": (3,)}),
        ("Do not send on Tuesday, Wednesday", {"avoid_days": (1, 2)}),
        ("Send on Wednesdays instead of Tuesdays", {"send_days": (2,), "avoid_days": (1,)}),
        ("Don't send on Tuesdays but on Wednesdays", {"send_days": (2,), "avoid_days": (1,)}),
        ("send at 11:00", {"send_from": time(11), "send_until": time(12)}),
        ("Send mails between 10 and 12", {"send_from": time(10), "send_until": time(12)}),
        ("Send mails at 7 pm", {"send_from": time(19), "send_until": time(20)}),
    ],
)
def test_each_form_is_read(comment: str, told: dict[str, Any]) -> None:
    assert read_comments([comment]).model_dump(exclude_defaults=True) == told


@pytest.mark.parametrize(
    "comment",
    [
        "Don't wait 72 hours.",
        "Wait three days before email 3.",
        "The webinar reminder should wait 3 days.",
        "at most 2 emails per week",
        "at most 3 emails a week",
        "Don't limit it to 1 per day",
        "Don't put revenue first",
        "don't drop the awareness objective",
        "Don't cut LinkedIn by 20%",
        "Never give LinkedIn 40 %.",
        "give LinkedIn 40 % more",
        "Publish the articles on Monday",
        "Launch on Monday",
        "The mails read well",
        "Don't make it more formal",
        "The emails aren't too long",
        'Don\'t drop "wry".',
        "Don't send 5 emails",
        "The CTA should not be buy now",
        "Don't split it 60/30/10",
    ],
)
def test_what_is_denied_or_about_something_else_asks_for_nothing(comment: str) -> None:
    assert read_comments([comment]) == Directives(unhandled=(comment,))


@pytest.mark.parametrize(
    ("comment", "why"),
    [("wait 40 days", "1 to 720 hours"), ("give LinkedIn 100 %", "less than everything"),
     ("cut LinkedIn to 0 %", "drop it"), ("limit to 0 per day", "switch off")],
)  # fmt: skip
def test_what_nobody_can_have_is_refused_with_a_reason(comment: str, why: str) -> None:
    (refused,) = read_comments([comment]).refused
    assert why in refused.why
    assert f"Not possible: {refused.asked}" in " ".join(read_comments([comment]).notes())


def test_two_shares_of_one_sentence_are_both_read() -> None:
    read = read_comments(["Give LinkedIn 40 % and email 30 %.", "Less for LinkedIn, more for webinars."])
    assert [s.told for s in read.shares] == ["LinkedIn to 40 %", "Email to 30 %", "LinkedIn by -20 %",
                                             "Webinars by +20 %"]  # fmt: skip


def test_a_share_is_no_order_to_drop_the_channel() -> None:
    for comment in ("Cut LinkedIn by 20 %", "Drop LinkedIn to 50 %", "Cut the LinkedIn budget to 50%."):
        read = read_comments([comment])
        assert read.drop_channels == () and len(read.shares) == 1


def test_a_later_comment_wins_and_shares_build_on_each_other() -> None:
    read = read_comments(
        ["Wait 24 hours. Send on Tuesdays. awareness weight 0.5. cut LinkedIn by 10 %",
         "Wait 72 hours. Send on Wednesdays. awareness weight 0.4. cut LinkedIn by 10 %"]
    )  # fmt: skip
    assert (read.delay_hours, read.send_days) == (72, (2,))
    assert [w.weight for w in read.weights] == [Decimal("0.4")]
    assert [s.percent for s in read.shares] == [Decimal(-10), Decimal(-10)]


@given(st.integers(1, 9999), st.sampled_from(["hours", "h", "days", "weeks"]))
def test_a_delay_is_in_range_or_refused(count: int, unit: str) -> None:
    read = read_comments([f"wait {count} {unit}"])
    hours = count * {"h": 1, "d": 24, "w": 168}[unit[0]]
    assert (read.delay_hours == hours) if hours <= 720 else (read.delay_hours is None and len(read.refused) == 1)
