"""How hard a text is to read: its Flesch-Kincaid school grade, held against the target of the venture's voice."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault
from gtm.domain.spec import Policies
from gtm.domain.statements import stated
from gtm.policies.words import sentences

FEWEST_WORDS = 20
"""Shorter texts, such as headlines and buttons, have no grade."""

_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*")
_SENTENCE_END = re.compile(r"[.!?…]+(?:\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouyäöüéèà]+")
GRACE = 2
"""Grades by which a text may read above its target: the measure is rough on short texts."""

STEP = Decimal("0.1")
"""What a grade beyond the target takes from the score."""


def syllables(word: str) -> int:
    """The syllables of a word, by its groups of vowels; a silent e at the end is none."""
    word = word.lower()
    count = len(_VOWELS.findall(word))
    if count > 1 and word.endswith("e") and not word.endswith(("le", "ee", "ye")):
        count -= 1
    if count > 1 and word.endswith("ed") and not word.endswith(("ted", "ded")):
        count -= 1
    return max(count, 1)


def grade(text: str) -> Decimal | None:
    """The Flesch-Kincaid grade of a text; None where it is too short to have one."""
    words = _WORD.findall(text)
    if len(words) < FEWEST_WORDS:
        return None
    parts = [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    per_sentence = Decimal(len(words)) / max(len(parts), 1)
    per_word = Decimal(sum(map(syllables, words))) / len(words)
    return (Decimal("0.39") * per_sentence + Decimal("11.8") * per_word - Decimal("15.59")).quantize(Decimal("0.1"))


def readability(text: str, brief: VentureBrief, policies: Policies) -> Decimal:
    """1 within the grades of the voice, less for each grade beside them; a text too short to measure has 1."""
    measured, target = grade(text), policies.grades(brief.brand.voice)
    if measured is None:
        return Decimal(1)
    beside = max(measured - Decimal(target.maximum), Decimal(target.minimum) - measured, Decimal(0))
    return max(Decimal(1) - STEP * beside, Decimal(0)).quantize(Decimal("0.01"))


@lru_cache(maxsize=16)
def _own(brief: VentureBrief) -> re.Pattern[str]:
    facts = (text for fact in brief.facts for text in (fact.text, fact.short))
    values = (segment.value_proposition for segment in brief.segments)
    said = (fact.text for fact in stated(brief))
    whole = (*facts, *values, *said, brief.product, brief.market_strategy.positioning)
    texts = {text.strip(" .!?") for text in (*whole, *(part for text in whole for part in sentences(text)))} - {""}
    return re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)) or r"(?!)", re.I)


def _without(text: str, own: re.Pattern[str]) -> str:
    """The text without the venture's own sentences: how its facts are put is not the copywriter's choice."""
    return own.sub(". ", text)


def readability_faults(piece: ContentPiece, brief: VentureBrief, policies: Policies) -> Iterator[CopyFault]:
    """Texts that read above the highest grade of the voice. A text that is easier than asked only scores lower."""
    most, own = policies.grades(brief.brand.voice).maximum, _own(brief)
    for element in piece.elements:
        for variant in element.variants:
            measured = grade(_without(variant.text, own))
            if measured is not None and measured > most + GRACE:
                yield CopyFault(
                    check="content.readability",
                    piece=piece.piece_id,
                    element=element.variable,
                    variant=variant.label,
                    span=variant.text,
                    end=len(variant.text),
                    score=readability(variant.text, brief, policies),
                    why=f"it reads at school grade {measured}, a {brief.brand.voice} voice at most at {most}",
                    repair="split the long sentences and take shorter words",
                )
