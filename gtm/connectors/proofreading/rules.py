"""Which rules of the checkers count, so that good copy is left alone.

Style, regional preferences and loose guesses are not slips. A misspelling counts only where every checker that is
installed finds it: each of them takes words of the trade for one.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from gtm.connectors.proofreading.schemas import Found

LT_CATEGORIES = frozenset({"GRAMMAR", "TYPOS", "CONFUSED_WORDS"})
LT_RULES = frozenset({"ENGLISH_WORD_REPEAT_RULE", "EN_A_VS_AN"})
"""Rules of other categories that count."""

LT_REFUSED = frozenset(
    {"A_NNS", "COMMA_COMPOUND_SENTENCE", "CONDITIONAL_CLAUSE", "HAVE_A_LOOK", "LUNCH_TO_FOR", "WHAT_IS_REASON"}
)
"""Rules that object to copy that is right."""

LT_SPELLING = re.compile(r"^(?:MORFOLOGIK|HUNSPELL)_RULE")
HARPER_KINDS = frozenset(
    {"Agreement", "BoundaryError", "Eggcorn", "Grammar", "Malapropism", "Nonstandard", "Repetition"}
)
"""Not among them: Style, Regionalism, Capitalization, WordChoice, Miscellaneous, Typo, Punctuation."""

HARPER_SPELLING = "Spelling"
_SHIELDED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|(?:https?://|www\.)\S+|\S+@\S+\.\S+", re.S)
_WORDS = re.compile(r"[^\W\d_]+")


class Objection(NamedTuple):
    """What one checker says of a span, given in code points."""

    start: int
    end: int
    rule: str
    category: str
    message: str
    suggestions: tuple[str, ...]

    @property
    def spelling(self) -> bool:
        """Whether it is only that the word is not in the dictionary."""
        return bool(LT_SPELLING.match(self.rule)) or self.category == HARPER_SPELLING

    @property
    def counts(self) -> bool:
        """Whether the rule is one that good copy never breaks."""
        if self.category in HARPER_KINDS:
            return True
        return self.rule not in LT_REFUSED and (self.category in LT_CATEGORIES or self.rule in LT_RULES)


def code_points(text: str, offset: int) -> int:
    """The place in a text of an offset in the bytes of its UTF-8."""
    return len(text.encode()[:offset].decode(errors="ignore"))


def slips_of(text: str, checkers: Sequence[Iterable[Objection]], names: Collection[str]) -> tuple[Found, ...]:
    """The slips of a text, in order of place and each place once.

    Args:
        text: one element of copy.
        checkers: what each checker objects to.
        names: words that keep their spelling, in lower case.
    """
    told = [tuple(checker) for checker in checkers]
    shielded = [match.span() for match in _SHIELDED.finditer(text)]
    found: list[Found] = []
    for objection in sorted(_counting(text, told, names)):
        apart = all(objection.start >= end or objection.end <= start for start, end in shielded)
        if apart and all(objection.start >= one.end or objection.end <= one.start for one in found):
            found.append(Found(objection.start, objection.end, _why(objection), _repair(objection)))
    return tuple(found)


def _counting(text: str, told: Sequence[tuple[Objection, ...]], names: Collection[str]) -> Iterator[Objection]:
    for objections in told:
        for one in objections:
            if one.spelling:
                words = _WORDS.findall(text[one.start : one.end].lower())
                named = bool(words) and all(word in names or word.rstrip("s") in names for word in words)
                if not named and all(_misspelt(one, others) for others in told):
                    yield one
            elif one.counts:
                yield one


def _misspelt(one: Objection, others: Iterable[Objection]) -> bool:
    return any(other.spelling and other.start < one.end and one.start < other.end for other in others)


def _why(objection: Objection) -> str:
    if objection.spelling:
        return "a misspelling, or a name that the brief does not know"
    return re.sub(r"</?suggestion>", "“", objection.message).strip().rstrip(".").replace("`", "“")[:200]


def _repair(objection: Objection) -> str:
    choices = [f"“{choice}”" for choice in objection.suggestions[:3] if choice.strip()]
    return f"write {' or '.join(choices)}" if choices else "write it anew"
