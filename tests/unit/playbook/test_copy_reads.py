"""What an editor would strike: words that do not fit where they stand, for every type, venture and voice."""

import re
from decimal import Decimal
from functools import cache

import pytest

from gtm.domain.brief import CampaignWish
from gtm.domain.campaign import ContentPiece
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.playbook_data import Move, VoicePhrases
from gtm.playbook.copy_words import normal, sentences, shared_words
from gtm.policies.voice_measures import measured_emotion, measured_formality
from gtm.policies.voice_words import CONTRACTION
from tests.unit.playbook.test_copy import BRIEFS, DATA, POLICIES, VENTURES, drafted

PLACED: tuple[Move, ...] = (
    "ask",
    "ask_short",
    "value_lead",
    "how_list",
    "post_lead",
    "post_list",
    "post_turn",
    "post_close",
)
"""Moves that stand in posts, ads and articles as well as in mails."""
PRESENT = re.compile(
    r"\b(?:thank(?:s| you) for (?:coming|joining|being there|attending|taking part|watching|your attention)|"
    r"have you (?:there|with us)|you came, you|your (?:hard )?questions|what did you think)\b",
    re.I,
)
TIMED = re.compile(r"\b(?:in a few days|a few more days|shortly|then we can show)\b", re.I)


@cache
def everything(name: str, voice: str = "") -> tuple[ContentPiece, ...]:
    changes: dict[str, object] = {"campaigns": tuple(CampaignWish(type=kind) for kind in KINDS)}
    if voice:
        changes["brand"] = BRIEFS[name].brand.model_copy(update={"voice": voice})
    return drafted(name, brief=BRIEFS[name].model_copy(update=changes))[2].pieces


def pieces(name: str, kind: str, step: str = "") -> list[ContentPiece]:
    wanted = f"{name}-{kind}"
    return [p for p in everything(name) if p.template_id == wanted and (not step or p.piece_id.endswith(f"-{step}"))]


def texts(piece: ContentPiece, variable: str) -> list[str]:
    return [v.text for e in piece.elements if e.variable == variable for v in e.variants]


@pytest.mark.parametrize("voice", DATA.voices, ids=lambda voice: voice.voice)
def test_only_mails_speak_of_mail(voice: VoicePhrases) -> None:
    told = [(move, phrase) for move in PLACED for phrase in voice.moves[move]]
    assert [(m, p) for m, p in told if re.search(r"\b(?:e-?mails?|inbox|newsletter)\b", p, re.I)] == []


@pytest.mark.parametrize("voice", DATA.voices, ids=lambda voice: voice.voice)
def test_a_follow_up_holds_for_whoever_registered_and_did_not_come(voice: VoicePhrases) -> None:
    """The workflow's follow-up goes to everybody who registered."""
    told = [p for move in ("webinar_after", "event_after", "subject_after") for p in voice.moves[move]]
    assert [p for p in told if PRESENT.search(p)] == []


@pytest.mark.parametrize("voice", DATA.voices, ids=lambda voice: voice.voice)
def test_a_teaser_promises_no_day(voice: VoicePhrases) -> None:
    """The calendar decides when the next mail goes out, and a launch may be the day of the teaser itself."""
    assert [p for p in voice.moves["launch_tease"] if TIMED.search(p)] == []


@pytest.mark.parametrize("name", VENTURES)
def test_an_article_opens_on_something_that_stands_by_itself(name: str) -> None:
    """`The idea behind it: …` has nothing to point back to in a first sentence."""
    told = [phrase.partition("{")[0].strip().lower() for voice in DATA.voices for phrase in voice.moves["value_lead"]]
    leads = tuple({lead for lead in told if lead.endswith(":")})
    assert len(leads) > 10
    for piece in pieces(name, "content-series"):
        for text in texts(piece, "post_article"):
            assert not text.lower().startswith(leads), piece.piece_id


@pytest.mark.parametrize("name", VENTURES)
def test_an_article_does_not_open_with_its_own_description(name: str) -> None:
    for piece in pieces(name, "content-series"):
        for article, told in zip(texts(piece, "post_article"), texts(piece, "post_description"), strict=False):
            assert normal(sentences(article)[0]) != normal(told), piece.piece_id


@pytest.mark.parametrize("name", VENTURES)
def test_a_belief_answers_no_problem_of_the_reader(name: str) -> None:
    bridges = {normal(s) for v in DATA.voices for p in v.moves["problem_bridge"] for s in sentences(p)}
    bridges |= {normal(s.replace("{venture}", BRIEFS[name].name)) for s in bridges}
    found = pieces(name, "email-newsletter", "belief")
    assert found
    for piece in found:
        said = {normal(s) for text in texts(piece, "email_body") for s in sentences(text)}
        assert not said & bridges, piece.piece_id


@pytest.mark.parametrize("name", VENTURES)
def test_a_newsletters_evidence_is_led_up_to_as_evidence(name: str) -> None:
    """`There is an easier way. Life costs $4.99 a month.` leads from nothing to nothing."""
    bridges = {normal(s) for v in DATA.voices for p in v.moves["problem_bridge"] for s in sentences(p)}
    for piece in pieces(name, "email-newsletter", "proof"):
        said = {normal(s) for text in texts(piece, "email_body") for s in sentences(text)}
        assert not said & {b.replace("{venture}", BRIEFS[name].name.lower()) for b in bridges}, piece.piece_id


@pytest.mark.parametrize("name", VENTURES)
def test_a_price_is_no_tip_where_there_is_anything_else(name: str) -> None:
    """`Put it on your wish list, then cross it off: $4.99 a month.`"""
    prices = {normal(f.short) for f in BRIEFS[name].facts if f.kind in ("pricing", "offer") and f.short}
    for piece in pieces(name, "email-newsletter"):
        for text in texts(piece, "tip_text"):
            assert not [p for p in prices if p and p in normal(text)], (piece.piece_id, text)


@pytest.mark.parametrize("name", VENTURES)
def test_a_pages_proof_says_something_else_than_its_features(name: str) -> None:
    for piece in pieces(name, "landing-page"):
        copy = piece.composed("A")
        features = [copy[f"feature_{n}_text"] for n in (1, 2, 3) if f"feature_{n}_text" in copy]
        assert max(shared_words(copy["proof"], text) for text in features) < 3, piece.piece_id


@pytest.mark.parametrize("voice", ["playful", "friendly"])
def test_the_words_of_a_light_voice_lie_near_its_profile(voice: str) -> None:
    """Its own words alone: a venture's facts stand in all voices alike, and pull whatever is written to the middle."""
    own = [s for v in DATA.voices if v.voice == voice for phrases in v.moves.values() for s in phrases]
    profile = next(p for p in POLICIES.voices if p.voice == voice)
    assert abs(measured_formality("\n".join(own)) - profile.formality) <= Decimal("0.1")
    assert abs(measured_emotion("\n".join(own)) - profile.emotion) <= Decimal("0.2")


def test_the_playful_voice_contracts_as_people_do() -> None:
    own = [s for v in DATA.voices if v.voice == "playful" for phrases in v.moves.values() for s in phrases]
    assert len(CONTRACTION.findall("\n".join(own))) >= 40
    assert not [s for s in own if re.search(r"\b(?:do|does|is|are|will|would) not\b", s)]
