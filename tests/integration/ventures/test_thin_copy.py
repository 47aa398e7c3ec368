"""Copy for a brief of three or four facts: every message says something of the venture, and none refers to nothing."""

import functools
import re
from pathlib import Path

import pytest

from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import ContentPiece
from gtm.domain.intake import read_brief
from gtm.domain.statements import fact_of
from gtm.policies.piece_checks import substance_faults
from gtm.policies.words import sentences, similarity
from tests.integration.ventures.drafting import Journey, gates, journey

BRIEFS = Path(__file__).parent / "briefs"
NAMES = ("bakery", "cranes")
BODIES = ("email_body", "webinar_body")
JOINING, CONNECTING = 5, 6
"""Sentences of more than five words that two thin ventures' mails may share: the ones that only join."""


@functools.cache
def brief(name: str) -> VentureBrief:
    return read_brief((BRIEFS / f"{name}.yaml").read_bytes(), name=name, limit_bytes=100_000)


@functools.cache
def drafted(name: str) -> Journey:
    return journey(brief(name))


def pieces(name: str) -> tuple[ContentPiece, ...]:
    content = drafted(name).dossier.content
    assert content is not None
    return content.pieces


def bodies(name: str) -> list[tuple[ContentPiece, str]]:
    return [
        (piece, variant.text)
        for piece in pieces(name)
        for element in piece.elements
        if element.variable in BODIES
        for variant in element.variants
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_thin_brief_passes_every_check(name: str) -> None:
    assert drafted(name).faults == ()
    assert not [fault for piece in pieces(name) for fault in substance_faults(piece, brief(name))]


@pytest.mark.parametrize("name", NAMES)
def test_every_body_tells_a_fact_and_two_mails_tell_different_ones(name: str) -> None:
    for piece, text in bodies(name):
        told = [f for c in piece.claims if (f := fact_of(brief(name), c.fact_id)) and similarity(f.text, text) > 0.9]
        assert told, f"{piece.piece_id}: {text}"
        assert len(text.split()) >= 25, f"{piece.piece_id}: {text}"


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_refers_to_what_was_not_said(name: str) -> None:
    for piece, text in bodies(name):
        first = next(iter(sentences(text)))
        assert not re.match(r"(?:This is the situation|It is a common|There is a more|That is)\b", first), text
        if "these points" in text.lower():
            assert len(list(sentences(text))) > 3, f"{piece.piece_id}: {text}"


@pytest.mark.parametrize("name", NAMES)
def test_headlines_and_titles_are_whole(name: str) -> None:
    schedule = drafted(name).dossier.schedule
    assert schedule is not None
    lines = [e.title for e in schedule.calendar]
    lines += [v.text for p in pieces(name) for e in p.elements for v in e.variants]
    channels = drafted(name).dossier.channels
    assert channels is not None
    lines += [p.value for c in channels.channels for p in c.parameters]
    assert not [line for line in lines if re.search(r"\b[ap]\.m(?!\.)", line)]


def test_two_ventures_of_one_voice_share_hardly_a_sentence() -> None:
    bakery, cranes = brief("bakery"), brief("cranes")
    spoken = bakery.model_copy(update={"brand": bakery.brand.model_copy(update={"voice": cranes.brand.voice})})
    said = [
        [s.lower() for p in told.dossier.content.pieces for e in p.elements if e.variable in BODIES
         for v in e.variants for s in sentences(v.text)]
        for told in (journey(spoken), drafted("cranes")) if told.dossier.content is not None
    ]  # fmt: skip
    shared = {s for s in said[0] if s in said[1] and len(s.split()) > JOINING}
    assert len(shared) <= CONNECTING, shared


def test_intake_says_how_many_facts_are_wanting() -> None:
    found = [f for f in gates(brief("cranes"))[0].findings if f.code == "facts.few"]
    assert [f.detail.split(":")[0] for f in found] == [
        "4 facts for 5 mails to Fleet managers", "4 facts for 5 mails to Safety officers"
    ]  # fmt: skip
    assert "Add up to 11 facts for Fleet managers" in found[0].ask
