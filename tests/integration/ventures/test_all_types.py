"""Copy of all eight campaign types: every example venture in every voice, and briefs that are short of something."""

import functools
import itertools
import re
from typing import get_args

import pytest

from gtm.domain.campaign import CampaignTemplate, ContentPiece
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.vocabulary import BrandVoice
from gtm.playbook.copy_words import normal, sentences
from tests.integration.ventures.drafting import Change, Journey, brief_of, journey
from tests.integration.ventures.test_any_venture import both, called, every, few, put, wishing

VENTURES = ("fleet", "posthog", "life")
VOICES = get_args(BrandVoice)
DOUBLED = re.compile(r"\b(\w+) \1\b", re.I)
SHARED = 0.5
"""The most of their sentences that two segments' copies of a campaign, or two ventures' pieces of a step, may share."""

EACH = pytest.mark.parametrize(("name", "voice"), list(itertools.product(VENTURES, VOICES)))


@functools.cache
def everything(name: str, voice: str) -> Journey:
    """A venture with a wish for every type, in a voice."""
    return journey(brief_of(name, both(wishing(*KINDS), put("brand.voice", voice))))


def pieces(made: Journey) -> tuple[ContentPiece, ...]:
    assert made.dossier.content is not None
    return made.dossier.content.pieces


def template_of(made: Journey, piece: ContentPiece) -> CampaignTemplate:
    assert made.dossier.templates is not None
    found = made.dossier.templates.template(piece.template_id)
    assert found is not None
    return found


def said(piece: ContentPiece) -> set[str]:
    """The sentences of a piece, its button aside."""
    texts = [v.text for e in piece.elements if e.variable != "cta_text" for v in e.variants]
    return {normal(sentence) for text in texts for sentence in sentences(text)}


@EACH
def test_every_type_is_written_and_every_check_holds(name: str, voice: str) -> None:
    made = everything(name, voice)
    assert made.faults == ()
    assert {template_of(made, piece).type for piece in pieces(made)} == set(KINDS)


@EACH
def test_no_two_steps_of_a_sequence_share_a_sentence(name: str, voice: str) -> None:
    made = everything(name, voice)
    seen: dict[tuple[str, str, str], int] = {}
    for piece in pieces(made):
        if template_of(made, piece).kind.sequence:
            for sentence in said(piece):
                key = (piece.template_id, piece.segment_id, sentence)
                assert seen.setdefault(key, piece.step) == piece.step, (piece.piece_id, sentence)


@EACH
def test_versions_differ_in_the_element_under_test_and_only_there(name: str, voice: str) -> None:
    made = everything(name, voice)
    for piece in pieces(made):
        step = next(s for s in template_of(made, piece).steps if s.step == piece.step)
        assert piece.tested == step.tested and piece.framework
        counts = {element.variable: len({normal(v.text) for v in element.variants}) for element in piece.elements}
        assert {variable for variable, count in counts.items() if count > 1} == {piece.tested}, piece.piece_id
        assert all(len(e.variants) == 1 for e in piece.elements if e.variable != piece.tested)


@EACH
def test_no_word_stands_twice_and_nothing_is_left_open(name: str, voice: str) -> None:
    for piece in pieces(everything(name, voice)):
        for text in (v.text for e in piece.elements for v in e.variants):
            assert not DOUBLED.search(text), text
            assert not re.search(r"[{}]|\s[.,;:?]|[.,:]{2}|\?\.|  |!", text), text


@EACH
def test_segments_read_differently(name: str, voice: str) -> None:
    made = everything(name, voice)
    whole: dict[tuple[str, str], set[str]] = {}
    for piece in pieces(made):
        whole.setdefault((piece.template_id, piece.segment_id), set()).update(said(piece))
    for (one, ours), (other, theirs) in itertools.combinations(whole.items(), 2):
        if one[0] == other[0]:
            assert len(ours & theirs) / len(ours | theirs) < SHARED, (one, other)


@pytest.mark.parametrize("voice", VOICES)
def test_ventures_of_one_voice_read_differently(voice: str) -> None:
    for one, other in itertools.combinations(VENTURES, 2):
        ours, theirs = (by_place(everything(name, voice)) for name in (one, other))
        shares = [len(ours[key] & theirs[key]) / len(ours[key] | theirs[key]) for key in ours.keys() & theirs.keys()]
        assert len(shares) > 50 and max(shares) < SHARED and sum(shares) / len(shares) < SHARED / 5, (one, other)


def by_place(made: Journey) -> dict[tuple[str, str, int], set[str]]:
    """What is said in each step of each type, to the segment of each rank."""
    ranks = {segment.id: rank for rank, segment in enumerate(made.dossier.brief.ranked_segments)}
    return {(template_of(made, p).type, p.piece_id.split("/")[-1], ranks[p.segment_id]): said(p) for p in pieces(made)}


def without_own_facts(segment: str) -> Change:
    """A segment of which no fact speaks."""
    return lambda body: body.update(facts=[f for f in body["facts"] if segment not in f.get("segments", ())])


SHORT: dict[str, tuple[str, Change]] = {
    **{f"{name} with {n} facts": (name, few(n)) for name in VENTURES for n in (2, 3, 6)},
    "a segment without facts of its own": ("fleet", without_own_facts("it-providers")),
    "no situation, no roles": ("fleet", every("segments", roles=[], situation=None)),
    "no short forms": ("posthog", every("facts", short="")),
    "a name of emoji": ("life", called("🚀🎉")),
    "a name with a full stop": ("fleet", both(few(6), called("Acme Inc."))),
    "a situation from right to left": (
        "life", every("segments", situation={"value": "האם אתה יודע כמה עלה לך יום שלישי? לוח השנה שלך מסודר."})
    ),
    "a value from right to left": ("life", put("segments.0.value_proposition", "הזמן והכסף שלך על מסך אחד")),
}  # fmt: skip


@pytest.mark.parametrize(("example", "change"), SHORT.values(), ids=SHORT)
def test_a_brief_that_is_short_of_something_still_passes_every_check(example: str, change: Change) -> None:
    made = journey(brief_of(example, both(wishing(*KINDS), change)))
    assert made.faults == ()
    assert {template_of(made, piece).type for piece in pieces(made)} == set(KINDS)
    for piece in pieces(made):
        assert all(v.text.strip() for e in piece.elements for v in e.variants), piece.piece_id


def test_a_type_is_left_out_where_the_venture_lacks_what_it_needs() -> None:
    def without_session(body: dict[str, list[dict[str, str]]]) -> None:
        body["offers"] = [offer for offer in body["offers"] if offer["cta"] != "register_webinar"]

    made = journey(brief_of("life", both(wishing(*KINDS), without_session)))
    assert made.faults == ()
    assert {template_of(made, p).type for p in pieces(made)} == set(KINDS) - {"webinar_funnel", "event_promotion"}
