"""The brand voice score: plain good copy is above .8, shouting, hype, slang and banned words are below."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.brief import Brand
from gtm.policies.brand_voice import banned_words, score, voice_report
from gtm.policies.voice_measures import measured_complexity
from tests.unit.policies.support import brief, drafts, policies

LIMIT = policies().brand_voice_minimum
PLAIN = [
    "Manage every operating system from one console, and keep the configuration in git. A change is a pull request: "
    "somebody proposes it, somebody reviews it, and the history says who did what.",
    "Your calendar and your spending sit on one screen. Look at last week, see what it cost, and plan the next "
    "one with a clear head. You can try it for free.",
    "Every product tool you need lives next to your code. Paste one snippet, ship, and look at what people really do. "
    "If it does not help you, we would like to hear why.",
    "Book a demo",
    "We measure what our readers do with what we write, and we publish the results each quarter. The method is "
    "described in the appendix, together with its limits.",
]
BAD = [
    "AMAZING DEAL!!! BUY NOW and SAVE big, dude! Don't miss out!!!",
    "Our revolutionary, game-changing platform will skyrocket your growth and unleash your mind-blowing potential.",
    "Yo fam, this is lit. You gonna love it, wanna try? Gotta be quick lol.",
    "HURRY! LIMITED OFFER! CLICK NOW!",
    "🚀🚀🚀 This is it! 🔥🔥 So good!! 🎉🎉",
]


@pytest.mark.parametrize("venture", ["fleet", "life", "posthog"])
@pytest.mark.parametrize("text", PLAIN)
def test_plain_copy_is_above_the_minimum_for_every_brand(text: str, venture: str) -> None:
    assert score(text, brief(venture).brand).score > LIMIT


@pytest.mark.parametrize("venture", ["fleet", "life", "posthog"])
@pytest.mark.parametrize("text", BAD)
def test_shouting_hype_and_slang_are_below(text: str, venture: str) -> None:
    scored = score(text, brief(venture).brand)
    assert scored.score < LIMIT
    assert scored.reasons


@pytest.mark.parametrize("text", ["A seamless way to manage devices.", "Seamlessly manage devices."])
def test_one_banned_word_is_enough(text: str) -> None:
    scored = score(text, brief().brand)
    assert scored.score < LIMIT
    assert "seamless" in scored.reasons[0]


def test_a_banned_word_inside_another_word_is_none() -> None:
    brand = brief().brand.model_copy(update={"banned_words": ("art",)})
    assert banned_words("Start the party", brand) == ()
    assert [word for _, _, word in banned_words("Modern art", brand)] == ["art"]


def test_acronyms_and_preferred_words_are_no_shouting() -> None:
    assert score("Full Apple MDM parity, by UI, API or GitOps, on HIPAA and SOC terms", brief().brand).score == 1


def test_the_drafts_reach_the_minimum() -> None:
    for name in ("fleet", "life", "posthog"):
        report = voice_report(drafts(name).content, brief(name), LIMIT)
        assert len(report.scores) == len(drafts(name).content.pieces)
        assert min(s.score for s in report.scores) >= LIMIT


@given(st.text(max_size=400))
def test_a_score_is_always_in_range_and_the_same_again(text: str) -> None:
    brand: Brand = brief("life").brand
    first = score(text, brand)
    assert 0 <= first.score <= 1
    assert first == score(text, brand)
    assert (first.score == 1) == (not first.reasons)


def test_long_words_in_long_sentences_read_as_complex() -> None:
    plain = "We keep it short. You read it fast. It is fine."
    heavy = (
        "Organizational transformation necessitates comprehensive interdepartmental collaboration considerations " * 3
    )
    assert measured_complexity(heavy) > Decimal("0.8") > measured_complexity(plain)
