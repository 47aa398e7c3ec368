"""Claims that copy makes in words, and whether a statement of the venture carries them."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from gtm.policies.claim_contexts import DENIES, HEDGES, PRESUPPOSES, REQUESTS
from gtm.policies.claim_form import ClaimForm
from gtm.policies.claim_forms import FORMS
from gtm.policies.claim_words import RIVAL, VENTURE
from gtm.policies.numbers import numbers_in
from gtm.policies.words import similarity

CARRIED_SIMILARITY = 0.6
"""Share of a clause's content words that the statement must have, beside every word of the claim itself."""

_ENDS = re.compile(r"(?<=[.!?…])[\s”\"’')]+|\n+")
_CLAUSE = re.compile(r"[^,;:.!?()\n–—…]*")
_SMALL_WORDS_TEXT = """
a an the of to for by in on at with as is are was were be been it its you your we our us they their that this has have
had will and or ll ve re s
"""
_SMALL_WORDS = frozenset(_SMALL_WORDS_TEXT.split())


class Phrase(NamedTuple):
    """A claim in words and where it stands."""

    start: int
    end: int
    span: str
    form: ClaimForm


def unproved_phrases(
    text: str, statements: Sequence[str], venture: str = "", rivals: Collection[str] = ()
) -> Iterator[Phrase]:
    """The claims in words that no statement carries, in their order, none within another.

    A statement carries a claim when it has the claim's own words and most of those of the clause around it; numbers
    are traced by themselves.

    Args:
        text: any copy.
        statements: what may be said again, one statement each: a fact with its short form, a value proposition.
        venture: the venture's name.
        rivals: names of competitors.
    """
    found: list[Phrase] = []
    for phrase in _phrases(text, venture, tuple(rivals)):
        if any(phrase.start < other.end and other.start < phrase.end for other in found):
            continue
        if not any(carries(statement, phrase, text) for statement in statements):
            found.append(phrase)
    yield from sorted(found, key=lambda phrase: phrase.start)


@lru_cache(maxsize=4096)
def _phrases(text: str, venture: str, rivals: tuple[str, ...]) -> tuple[Phrase, ...]:
    """Everything in a text that claims something in words, by form: looked for once, as copy is judged several times.

    What is denied claims nothing. Neither do a doubtful clause and a plain question, but for literal forms
    (`ClaimForm.literal`).
    """
    marked = _marked(text, venture, rivals)
    found: list[Phrase] = []
    for form in FORMS:
        if not form.pattern.search(marked):
            continue
        shown = form.fair_pattern.sub(lambda m: " " * len(m.group()), marked) if form.fair_pattern else marked
        for match in form.pattern.finditer(shown):
            phrase = Phrase(match.start(), match.end(), text[match.start() : match.end()], form)
            if not DENIES.search(text[: phrase.start]) and (form.literal or not _is_doubtful(phrase, text)):
                found.append(phrase)
    return tuple(found)


def _is_doubtful(phrase: Phrase, text: str) -> bool:
    return is_plain_question(text, phrase.start, phrase.end) or HEDGES.search(_clause(text, phrase)) is not None


def is_plain_question(text: str, start: int, end: int) -> bool:
    """Whether the sentence around a span asks, and does not take for granted what it asks about."""
    sentence = _sentence(text, start, end)
    return sentence.endswith("?") and PRESUPPOSES.match(sentence) is None


def is_request(text: str, start: int, end: int) -> bool:
    """Whether the sentence around a span asks the reader for something."""
    return REQUESTS.match(_sentence(text, start, end)) is not None


def _sentence(text: str, start: int, end: int) -> str:
    begins = max((m.end() for m in _ENDS.finditer(text) if m.end() <= start), default=0)
    ends = next((m.start() for m in _ENDS.finditer(text) if m.start() >= end), len(text))
    return text[begins:ends].rstrip(" ”\"’')")


def _marked(text: str, venture: str, rivals: Collection[str]) -> str:
    names = [(venture, VENTURE), *((rival, RIVAL) for rival in sorted(rivals, key=len, reverse=True))]
    for name, mark in names:
        if name.strip():
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", mark * len(name), text)
    return text


def carries(statement: str, phrase: Phrase, text: str) -> bool:
    """Whether a statement says what a claim of a text says: the claim's own words, and most of its clause's."""
    if phrase.form.literal:
        return phrase.span.lower() in statement.lower()
    said = _plain(statement)
    if not all(any(_same(word, other) for other in said) for word in _plain(phrase.span) - _SMALL_WORDS):
        return False
    return similarity(_without_numbers(_clause(text, phrase)), statement) >= CARRIED_SIMILARITY


def _clause(text: str, phrase: Phrase) -> str:
    before = _CLAUSE.match(text[: phrase.start][::-1])
    after = _CLAUSE.match(text[phrase.end :])
    return f"{before.group()[::-1] if before else ''}{phrase.span}{after.group() if after else ''}"


def _without_numbers(text: str) -> str:
    for start, end, _, _ in reversed(numbers_in(text)):
        text = f"{text[:start]} {text[end:]}"
    return text


def _plain(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.lower()))


def _same(word: str, other: str) -> bool:
    """Whether two words differ at most in their ending."""
    return word.rstrip("s") == other.rstrip("s") or (len(word) > 4 and word[:5] == other[:5])
