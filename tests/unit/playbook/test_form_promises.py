"""What the voices say of a form: they ask for nothing that the served form has no field for."""

import re

import pytest

from gtm.automation.campaign_page import FIELDS
from gtm.automation.page_form import read_form
from tests.unit.playbook.test_copy import DATA

ASKED = {
    r"\b(e-?mail|reach you|find you|where to)\b": "email",
    r"\b(name|who you are)\b": "first_name",
    r"\b(company|organi[sz]ation|employer)\b": "company",
    r"\b(questions?|message|ask|what you|what hurts|you (?:want|need) to know|where you want to go)\b": "message",
    r"\b(phone|number|call you|address|street|role|title|budget|team size|country|date|file|attach|photo)\b": "",
}
"""What a phrase asks for → the field that takes it; empty where none does."""
PHRASES = [(voice.voice, phrase) for voice in DATA.voices for phrase in voice.moves["form_intro"]]


def fields_asked_for(phrase: str) -> set[str]:
    return {field for words, field in ASKED.items() if re.search(words, phrase, re.I)}


@pytest.mark.parametrize(("voice", "phrase"), PHRASES)
def test_a_voice_asks_for_what_the_form_takes(voice: str, phrase: str) -> None:
    assert fields_asked_for(phrase) <= set(FIELDS)
    # The form of a consumer's page has no company.
    assert "company" not in fields_asked_for(phrase)


def test_some_voices_ask_for_a_message_and_a_form_takes_it() -> None:
    asking = {voice for voice, phrase in PHRASES if "message" in fields_asked_for(phrase)}
    assert asking == {"authoritative", "inspirational", "professional", "technical"}
    posted = read_form({"email": "ada@example.test", "message": "What does it cost?"})
    assert (posted.faults, posted.typed["message"]) == ({}, "What does it cost?")


@pytest.mark.parametrize("phrase", ["Leave your phone number.", "Name your budget.", "Attach a file."])
def test_what_no_field_takes_is_seen(phrase: str) -> None:
    assert not fields_asked_for(phrase) <= set(FIELDS)
