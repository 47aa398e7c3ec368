"""How well copy keeps to a brand's voice, as a number that is the same every time (SOP step 2.2, quality checklist).

A text starts at 1 and loses a fixed amount for each thing that a reader of this brand would stumble over; nothing is
averaged, so that one shouted subject is not hidden by a long calm body.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from gtm.domain.base import Model, Share
from gtm.domain.brief import Brand, VentureBrief
from gtm.domain.campaign import CampaignContent, ContentPiece
from gtm.domain.dossier import PieceScore, VoiceReport
from gtm.domain.names import without_name
from gtm.policies.voice_measures import (
    NEUTRAL,
    bounded,
    emotive_marks,
    formal_marks,
    measured_complexity,
    measured_emotion,
    measured_formality,
)
from gtm.policies.voice_words import SENTENCE, SLANG, WORD

HYPE = (
    "10x|best-in-class|blazing(?:ly)? fast|bleeding-edge|cutting-edge|disrupt(?:ive|ion)?|epic|game[- ]chang(?:er|ing)|"
    "groundbreaking|incredible|insane(?:ly)?|jaw-dropping|magical(?:ly)?|mind-blowing|must-have|next-level|"
    "once-in-a-lifetime|paradigm|revolutionary|revolutioni[sz]e|seamless(?:ly)?|skyrocket|supercharge|synerg(?:y|ies)|"
    "turbocharge|unbelievable|unleash|unlock the power|unparalleled|world-class|act now|don't miss out|"
    "(?<!no )(?<!without )hurry|limited time|while supplies last"
)
SHOUTED = (
    "AMAZING|BEST|BUY|CLICK|DEAL|EVER|FREE|HURRY|INCREDIBLE|"
    "LAST|LIMITED|MUST|NEVER|NOW|ONLY|SALE|SAVE|STOP|TODAY|URGENT|WIN|WOW"
)

_HYPE = re.compile(rf"\b(?:{HYPE})\b", re.I)
_SLANG = re.compile(rf"\b(?:{SLANG})\b", re.I)
_SHOUTED = re.compile(rf"\b(?:{SHOUTED})\b")
_CAPS_RUN = re.compile(r"\b[A-Z][A-Z']{2,}(?:[ ,]+[A-Z][A-Z']{2,})+\b")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_WARM = re.compile(
    r"\b(?:you|your|we|our|us|love|enjoy|happy|glad|welcome|thanks?|friend|together|fun|feel|hope)\b", re.I
)

_FEWEST_WORDS = 18
"""A shorter text has no measurable formality, emotion or complexity."""

TOLERANCE = Decimal("0.45")
"""How far formality or complexity may lie from the brand's own before it costs: the measures are rough."""


ROUGH = Decimal("0.15")
"""The most that a lack takes off: copy that is plainer than its brand is not refused for that alone."""

STRONG = Decimal("0.35")
"""The most that one scale takes off where the text pulls away from its brand with words of its own."""


class VoiceScore(Model):
    """A score in 0-1 and what was taken off, a phrase each with the amount."""

    score: Share
    reasons: tuple[str, ...] = ()


def score(text: str, brand: Brand, name: str = "") -> VoiceScore:
    """Score a text against a brand.

    Args:
        text: the copy as a reader sees it.
        brand: voice, place on the three scales, preferred and banned words (stage 11).
        name: the venture's name, which is no hype whatever it is (Epic Games).
    """
    text = without_name(text, name)
    taken = [(amount, reason) for amount, reason in _losses(text, brand) if amount > 0]
    total = sum((amount for amount, _ in taken), Decimal(0))
    left = max(Decimal(0), Decimal(1) - total).quantize(Decimal("0.01"))
    return VoiceScore(score=left, reasons=tuple(f"{reason} (-{amount})" for amount, reason in taken))


def score_piece(piece: ContentPiece, brand: Brand, name: str = "") -> PieceScore:
    """The lowest score of the piece's variants, each read as one text."""
    labels = sorted({v.label for e in piece.elements for v in e.variants}) or ["A"]
    scored = [(label, score("\n".join(e.text(label) for e in piece.elements), brand, name)) for label in labels]
    label, lowest = min(scored, key=lambda item: item[1].score)
    return PieceScore(
        piece_id=piece.piece_id, score=lowest.score, reasons=tuple(f"{label}: {reason}" for reason in lowest.reasons)
    )


def voice_report(content: CampaignContent, brief: VentureBrief, minimum: Decimal) -> VoiceReport:
    """Scores of all pieces against the venture's brand; `minimum` is policies.brand_voice_minimum."""
    return VoiceReport(
        minimum=minimum, scores=tuple(score_piece(piece, brief.brand, brief.name) for piece in content.pieces)
    )


def banned_words(text: str, brand: Brand) -> tuple[tuple[int, int, str], ...]:
    """The brand's banned words in a text, as (start, end, word); a plural or other ending counts too."""
    found = []
    for word in brand.banned_words:
        pattern = rf"(?<!\w){re.escape(word)}(?:s|es|ed|d|ing|ly)?(?!\w)"
        found += [(m.start(), m.end(), word) for m in re.finditer(pattern, text, re.I)]
    return tuple(sorted(found))


def _losses(text: str, brand: Brand) -> Iterator[tuple[Decimal, str]]:
    for _, _, word in banned_words(text, brand):
        yield Decimal("0.25"), f"banned word “{word}”"
    plain = (
        re.sub("|".join(rf"\b{re.escape(w)}\b" for w in brand.preferred_words), " ", text)
        if brand.preferred_words
        else text
    )
    yield from _shouting(plain, brand)
    for match in _HYPE.finditer(text):
        yield Decimal("0.12"), f"hype: “{match.group()}”"
    slang_costs = Decimal("0.12") if brand.formality > Decimal("0.15") else Decimal("0.06")
    for match in _SLANG.finditer(text):
        yield slang_costs, f"slang: “{match.group()}”"
    yield from _distances(text, brand)


def _shouting(text: str, brand: Brand) -> Iterator[tuple[Decimal, str]]:
    for match in _CAPS_RUN.finditer(text):
        if _SHOUTED.search(match.group()):
            yield Decimal("0.15"), f"shouting: “{match.group()}”"
    for match in _SHOUTED.finditer(_CAPS_RUN.sub(" ", text)):
        yield Decimal("0.10"), f"shouting: “{match.group()}”"
    marks = text.count("!")
    free = 1 if brand.emotion >= Decimal("0.5") else 0
    if marks > free:
        yield min(Decimal("0.06") * (marks - free), Decimal("0.3")), f"{marks} exclamation marks"
    if re.search(r"[!?]{2,}", text):
        yield Decimal("0.1"), "repeated exclamation or question marks"
    emoji = len(_EMOJI.findall(text))
    allowed = 2 if brand.formality < Decimal("0.35") and brand.emotion >= Decimal("0.5") else 0
    if emoji > allowed:
        yield min(Decimal("0.06") * (emoji - allowed), Decimal("0.24")), f"{emoji} emoji"


def _distances(text: str, brand: Brand) -> Iterator[tuple[Decimal, str]]:
    """How far the text reads from the brand's place on the three scales.

    A text without marks of its own reads as neutral and loses little. One that pulls the other way, stiff for a
    friendly brand, gushing for a sober one, winding for a plain one, loses by how far.
    """
    words = WORD.findall(text)
    if len(words) < _FEWEST_WORDS:
        return
    lacking = ROUGH
    complexity = measured_complexity(text)
    for name, target, measured, marked in (
        ("formality", brand.formality, measured_formality(text), bounded(NEUTRAL + formal_marks(text))),
        ("emotion", brand.emotion, measured_emotion(text), bounded(NEUTRAL + emotive_marks(text))),
        ("complexity", brand.complexity, complexity, complexity if complexity > brand.complexity else NEUTRAL),
    ):
        # Only words that tell by themselves refuse a text; what lies in how it is built takes off a little.
        pulled = abs(marked - target) - TOLERANCE if marked != NEUTRAL else Decimal(0)
        beyond = abs(measured - target) - TOLERANCE
        if pulled > 0:
            yield min(pulled, STRONG).quantize(Decimal("0.01")), f"{name} reads as {marked}, the brand's is {target}"
        elif beyond > 0:
            loss = min(beyond * Decimal("0.6"), lacking).quantize(Decimal("0.01"))
            lacking -= loss
            yield loss, f"{name} reads as {measured}, the brand's is {target}"
    yield from _lacks(text, brand, len(words), lacking)


def _lacks(text: str, brand: Brand, words: int, left: Decimal) -> Iterator[tuple[Decimal, str]]:
    """What a longer text of this brand would have: a word to the reader, one of its own words, sentences that end."""
    if words < 60:
        return
    found: list[tuple[Decimal, str]] = []
    if brand.emotion >= Decimal("0.6") and not _WARM.search(text):
        found.append((Decimal("0.05"), "no word addresses the reader, the brand is warm"))
    if brand.preferred_words and not any(preferred_words(text, brand)):
        found.append((Decimal("0.03"), "none of the brand's own words"))
    long_sentences = [s for s in SENTENCE.findall(text) if len(WORD.findall(s)) > 45]
    if long_sentences:
        amount = min(Decimal("0.05") * len(long_sentences), Decimal("0.15"))
        found.append((amount, f"{len(long_sentences)} sentences above 45 words"))
    for amount, reason in found:
        yield min(amount, left), reason
        left -= min(amount, left)


def preferred_words(text: str, brand: Brand) -> Iterator[str]:
    """The brand's preferred words that a text uses."""
    for word in brand.preferred_words:
        if re.search(rf"(?<!\w){re.escape(word)}(?:s|es)?(?!\w)", text, re.I):
            yield word
