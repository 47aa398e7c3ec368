"""Where a text reads on a brand's three scales, each 0-1, by counting alone: formality, emotion, complexity.

Formality follows Heylighen and Dewaele (Formality of Language, 1999): what stands by itself (articles, prepositions,
nouns, here by Latinate endings) against what leans on the situation (pronouns, adverbs, contractions, exclamations).
Emotion counts words of feeling, of setting out, of play and of emphasis against words of method. A mark, such as
`hereby` or `gonna`, moves a measure at once; all else moves it by at most `MOST`, and a short text by less.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from gtm.policies.voice_words import (
    ADVERB,
    ARTICLE,
    CASUAL,
    CONTRACTION,
    EMOTIVE,
    EVERYDAY,
    FEELING,
    INTENSE,
    LATINATE,
    PLAY,
    PREPOSITION,
    PRONOUN,
    SENTENCE,
    SLANG,
    SOBER,
    STIFF,
    STIRRING,
    WORD,
    YOU,
)

NEUTRAL = Decimal("0.5")
"""Where a text reads that leans to no side."""

MOST = Decimal("0.3")
"""How far a text without marks may lie from the middle."""

STEADY = 60
"""Words at which the counts of a text weigh half as much as those of an endless one."""

_LETTERS = re.compile(r"[A-Za-z]+")
_SLANG = re.compile(rf"\b(?:{SLANG})\b", re.I)
FORMALITY: tuple[tuple[Decimal, tuple[re.Pattern[str], ...]], ...] = (
    (Decimal("10.5"), (LATINATE,)),
    (Decimal("2.25"), (ARTICLE, PREPOSITION)),
    (Decimal("-2.25"), (PRONOUN, ADVERB)),
    (Decimal("-4.5"), (EVERYDAY,)),
)
"""How much the share of these words moves formality; `USUAL_FORMALITY` is what common business prose comes to."""

USUAL_FORMALITY = Decimal("0.497")
A_WORD_LONGER = Decimal("0.012")
"""How much a word more in the mean sentence moves formality, from `USUAL_LENGTH` on."""

USUAL_LENGTH = Decimal("9.4")

EMOTION: tuple[tuple[Decimal, tuple[re.Pattern[str], ...]], ...] = (
    (Decimal(12), (FEELING, STIRRING, PLAY)),
    (Decimal(4), (INTENSE,)),
    (Decimal(2), (YOU,)),
    (Decimal(-6), (SOBER,)),
    (Decimal(-3), (LATINATE,)),
)
USUAL_EMOTION = Decimal("0.18")


def measured_formality(text: str) -> Decimal:
    """Formality of a text: official words, Latinate words and long sentences push it up, talk pulls it down.

    Args:
        text: the copy as a reader sees it.
    """
    words = len(WORD.findall(text))
    sentences = sum(1 for sentence in SENTENCE.findall(text) if WORD.search(sentence))
    length = Decimal(words) / max(sentences, 1) - USUAL_LENGTH
    leaning = _weighed(text, "formality") - USUAL_FORMALITY + min(length, Decimal(10)) * A_WORD_LONGER
    return bounded(NEUTRAL + formal_marks(text) + _steady(leaning, words))


def measured_emotion(text: str) -> Decimal:
    """Emotion of a text: words of feeling, of play and of emphasis push it up, words of method pull it down.

    Args:
        text: the copy as a reader sees it.
    """
    leaning = _weighed(text, "emotion") - USUAL_EMOTION
    return bounded(NEUTRAL + emotive_marks(text) + _steady(leaning, len(WORD.findall(text))))


def measured_complexity(text: str) -> Decimal:
    """Complexity of a text, from the length of its sentences and the share of words above 8 letters."""
    words = WORD.findall(text)
    sentences = [s for s in SENTENCE.findall(text) if WORD.search(s)]
    length = Decimal(len(words)) / Decimal(max(len(sentences), 1))
    long_share = Decimal(sum(len(w) > 8 for w in words)) / Decimal(max(len(words), 1))
    return bounded((length - 5) / 30 + long_share * Decimal("1.5"))


def formal_marks(text: str) -> Decimal:
    """How far legal and official words push formality up, and contractions, slang and shouts pull it down."""
    casual = Decimal(2) * len(_SLANG.findall(text)) + 2 * len(CASUAL.findall(text)) + text.count("!")
    casual += Decimal("0.7") * len(CONTRACTION.findall(text))
    return (6 * len(STIFF.findall(text)) - 2 * casual) / _words(text)


def emotive_marks(text: str) -> Decimal:
    """How far words of strong feeling and exclamation marks push emotion up, and official words pull it down."""
    warm = len(EMOTIVE.findall(text)) + Decimal("0.5") * text.count("!")
    return (5 * warm - 6 * len(STIFF.findall(text))) / _words(text)


def bounded(value: Decimal) -> Decimal:
    """A value in 0-1 with two digits."""
    return min(max(value, Decimal(0)), Decimal(1)).quantize(Decimal("0.01"))


def _weighed(text: str, scale: Literal["formality", "emotion"]) -> Decimal:
    """The sum of each list's share among the words, weighed."""
    found = (_weight(word.lower(), scale) for word in _LETTERS.findall(text))
    return sum(found, Decimal(0)) / _words(text)


@lru_cache(maxsize=32768)
def _weight(word: str, scale: Literal["formality", "emotion"]) -> Decimal:
    """What a word weighs on a scale, in all lists that hold it."""
    lists = FORMALITY if scale == "formality" else EMOTION
    return sum((weight for weight, patterns in lists for one in patterns if one.fullmatch(word)), Decimal(0))


def _steady(leaning: Decimal, words: int) -> Decimal:
    """A leaning as far as so many words carry it."""
    held = min(max(leaning, Decimal(-1)), Decimal(1))
    return min(max(held * words / (words + STEADY), -MOST), MOST)


def _words(text: str) -> Decimal:
    return Decimal(max(len(WORD.findall(text)), 1))
