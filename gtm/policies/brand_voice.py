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
from gtm.domain.names import counted, without_name

HYPE = (
    "10x|best-in-class|blazing(?:ly)? fast|bleeding-edge|cutting-edge|disrupt(?:ive|ion)?|epic|game[- ]chang(?:er|ing)|"
    "groundbreaking|incredible|insane(?:ly)?|jaw-dropping|magical(?:ly)?|mind-blowing|must-have|next-level|"
    "once-in-a-lifetime|paradigm|revolutionary|revolutioni[sz]e|seamless(?:ly)?|skyrocket|supercharge|synerg(?:y|ies)|"
    "turbocharge|unbelievable|unleash|unlock the power|unparalleled|world-class|act now|don't miss out|"
    "(?<!no )(?<!without )hurry|limited time|while supplies last"
)
SLANG = (
    "ain't|bro|cuz|dope|dude|fam|gimme|gonna|gotta|kinda|lemme|lit|lol|omg|outta|sick deal|"
    "sorta|wanna|wtf|y'all|yo|u r|ur|thx|pls"
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
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_SENTENCE = re.compile(r"[^.!?\n]+")
_CONTRACTION = re.compile(r"\b\w+(?:n['’]t|['’](?:re|ve|ll|d|m))\b", re.I)
_WARM = re.compile(
    r"\b(?:you|your|we|our|us|love|enjoy|happy|glad|welcome|thanks?|friend|together|fun|feel|hope)\b", re.I
)

TOLERANCE = Decimal("0.45")
"""How far formality or complexity may lie from the brand's own before it costs: the measures are rough."""


ROUGH = Decimal("0.15")
"""The most that these measures take off together: a brand at the end of a scale is not refused for them alone."""


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
    """How far the text reads from the brand's place on the scales; the measures are rough and cost little together."""
    left = ROUGH
    for amount, reason in _measured(text, brand):
        yield min(amount, left), reason
        left -= min(amount, left)


def _measured(text: str, brand: Brand) -> Iterator[tuple[Decimal, str]]:
    words = _WORD.findall(text)
    if len(words) < 25:
        return  # too short to measure
    for name, target, measured in (
        ("formality", brand.formality, measured_formality(text)),
        ("complexity", brand.complexity, measured_complexity(text)),
    ):
        beyond = abs(measured - target) - TOLERANCE
        if beyond > 0:
            loss = min(beyond * Decimal("0.6"), Decimal("0.2")).quantize(Decimal("0.01"))
            yield loss, f"{name} reads as {measured}, the brand's is {target}"
    if brand.emotion >= Decimal("0.6") and len(words) >= 60 and not _WARM.search(text):
        yield Decimal("0.05"), "no word addresses the reader, the brand is warm"
    long_sentences = [s for s in _SENTENCE.findall(text) if len(_WORD.findall(s)) > 45]
    if long_sentences:
        yield (
            min(Decimal("0.05") * len(long_sentences), Decimal("0.15")),
            f"{counted(len(long_sentences), 'sentence')} above 45 words",
        )


def measured_formality(text: str) -> Decimal:
    """Formality of a text in 0-1: contractions, slang, exclamations and direct address pull it down."""
    words = max(len(_WORD.findall(text)), 1)
    informal = 2 * len(_CONTRACTION.findall(text)) + 4 * len(_SLANG.findall(text)) + 2 * text.count("!")
    informal += len(re.findall(r"\byou(?:r|rs)?\b", text, re.I)) // 2
    return _bounded(Decimal("0.7") - Decimal(4 * informal) / Decimal(words))


def measured_complexity(text: str) -> Decimal:
    """Complexity of a text in 0-1, from the length of its sentences and the share of words above 8 letters."""
    words = _WORD.findall(text)
    sentences = [s for s in _SENTENCE.findall(text) if _WORD.search(s)]
    length = Decimal(len(words)) / Decimal(max(len(sentences), 1))
    long_share = Decimal(sum(len(w) > 8 for w in words)) / Decimal(max(len(words), 1))
    return _bounded((length - 5) / 30 + long_share * Decimal("1.5"))


def _bounded(value: Decimal) -> Decimal:
    return min(max(value, Decimal(0)), Decimal(1)).quantize(Decimal("0.01"))
