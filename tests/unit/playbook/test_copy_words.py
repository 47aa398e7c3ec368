"""Words and phrase data: articles, capitals, sentences, and the form of the phrase banks."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gtm.domain.campaign import CampaignTemplate
from gtm.domain.names import small_start
from gtm.domain.playbook_data import PlaybookData, slots_of
from gtm.playbook.copy_words import (
    capital,
    count_words,
    mentions,
    normal,
    rotated,
    sentences,
    shuffled,
    with_article,
)
from gtm.playbook.templates import check_template

ROOT = Path(__file__).parents[3]


def read(path: str | Path) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


DATA = PlaybookData.assemble(
    read("config/playbook/common.yaml"), [read(p) for p in sorted((ROOT / "config/playbook/voices").glob("*.yaml"))]
)
LIBRARY = [
    CampaignTemplate.model_validate(read(p)) for p in sorted((ROOT / "config/campaign_templates").glob("*/*.yaml"))
]


@pytest.mark.parametrize(
    ("noun", "told"),
    [("CISO", "a CISO"), ("IT manager", "an IT manager"), ("head of IT", "a head of IT"), ("user", "a user"),
     ("engineer", "an engineer"), ("hour", "an hour"), ("HR lead", "an HR lead"), ("CTO", "a CTO"),
     ("one-person team", "a one-person team"), ("SRE", "an SRE")],
)  # fmt: skip
def test_articles_follow_the_sound(noun: str, told: str) -> None:
    assert with_article(noun) == told


def test_phrase_data_is_held_to_its_form() -> None:
    voices = [v.model_dump() for v in DATA.voices]
    with pytest.raises(ValidationError, match="no phrases for the voice"):
        PlaybookData.assemble(DATA.common.model_dump(), voices[1:])
    broken = {**voices[0], "moves": {**voices[0]["moves"], "ask": ("{nobody}, come.", "b c", "d e")}}
    with pytest.raises(ValidationError, match="unknown slot nobody"):
        PlaybookData.assemble(DATA.common.model_dump(), [broken, *voices[1:]])


def test_the_library_declares_what_it_uses() -> None:
    for template in LIBRARY:
        check_template(template)


def test_no_phrase_stands_in_two_voices_or_holds_a_hype_word() -> None:
    seen: dict[str, str] = {}
    for voice in DATA.voices:
        for phrases in voice.moves.values():
            for phrase in phrases:
                if len(sentences(phrase)) and count_words(phrase) > 3 and slots_of(phrase) != {"cta"}:
                    assert seen.setdefault(normal(phrase), voice.voice) == voice.voice, phrase
                assert not mentions(phrase, DATA.common.hype_words), phrase
                assert "!" not in phrase


def test_a_capital_leaves_names_with_inner_capitals_alone() -> None:
    assert [capital(text) for text in ("iOS and Android", "every cost")] == ["iOS and Android", "Every cost"]
    texts = ("LinkedIn posts", "Book it", "English-speaking residents", "German bakers", "Polish the floor", "iOS apps")
    kept = ["LinkedIn posts", "book it", "English-speaking residents", "German bakers", "polish the floor", "iOS apps"]
    assert [small_start(text) for text in texts] == kept


def test_sentences_keep_quotes_and_amounts_whole() -> None:
    text = 'If the answer to "is it patched?" is no, stop. It costs $4.99 a month. "Ask them" is a plan.\n- A list line'
    assert sentences(text) == (
        'If the answer to "is it patched?" is no, stop.',
        "It costs $4.99 a month.",
        '"Ask them" is a plan.',
        "A list line",
    )


@given(st.lists(st.integers(), max_size=8), st.integers(-20, 20))
def test_orders_lose_nothing(items: list[int], by: int) -> None:
    assert sorted(rotated(items, by)) == sorted(shuffled(items, by)) == sorted(items)
    assert shuffled(items, by) == shuffled(items, by)
