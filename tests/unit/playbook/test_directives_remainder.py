"""A comment that is half understood says which half was not; one that is read whole leaves nothing."""

import re
from pathlib import Path

import pytest

from gtm.playbook.directives import read_comments

HALF_READ = [
    ('Make every email mention our Berlin office, and avoid "wry".', ("Make every email mention our Berlin office",)),
    ('make it rhyme, and avoid "seamless"', ("make it rhyme",)),
    ("shorter and remove the workshop offer", ("remove the workshop offer",)),
    ("shorter, and cut the third paragraph", ("cut the third paragraph",)),
    ("rewrite the headlines and make it shorter", ("rewrite the headlines",)),
    ("make the Berlin emails shorter", ("make the Berlin emails",)),
    ("Make every email shorter than 80 words", ("than 80 words",)),
    ("Drop webinars, add events and talk to the press", ("talk to the press",)),
]
READ = [
    "Please make the emails shorter and friendlier, thank you.",
    "shorter, tighter, more concise",
    "I would like it friendlier",
    "Drop webinars and add events, then put awareness first",
    "Send on Wednesdays at 11:00, not on Mondays",
    "Less for LinkedIn, because our audience is not there",
    'Avoid the words "wry" and "nifty" in all emails.',
    "Change the delay from 48 to 96 hours",
    "Start on 2026-03-02, not before.",
    "Drop Google Ads and add events.",
]


@pytest.mark.parametrize(("comment", "left"), HALF_READ)
def test_what_no_form_reads_is_kept(comment: str, left: tuple[str, ...]) -> None:
    asked = read_comments([comment])
    assert asked.unhandled == left
    assert asked.model_copy(update={"unhandled": ()}) != read_comments([])


@pytest.mark.parametrize("comment", READ)
def test_a_comment_that_is_read_whole_leaves_nothing(comment: str) -> None:
    assert read_comments([comment]).unhandled == ()


def test_every_form_that_the_guide_promises_is_read_whole() -> None:
    guide = (Path(__file__).parents[3] / "docs/how-to/approve.md").read_text(encoding="utf-8")
    rows = [line for line in guide.splitlines() if re.match(r"\| (?:strategy|content|campaigns|automation) \|", line)]
    forms = [form for row in rows for form in re.findall(r"`([^`]+)`", row.split("|", 2)[2])]
    assert len(forms) > 20
    for form in forms:
        asked = read_comments([form])
        assert asked.unhandled == () and not asked.empty, form
