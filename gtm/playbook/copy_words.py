"""Words: sentences, articles, capitals and lengths. Nothing here knows a venture."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from gtm.domain.names import small_start

T = TypeVar("T")

STEM = 5
"""Letters by which two longer words are told to be one."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"“‘(A-Z0-9$]|[^\x00-\x7f])")
_WORD = re.compile(r"[A-Za-z0-9$][\w$.,'’%+-]*")
_LETTERS_WITH_VOWEL_SOUND = "AEFHILMNORSX"
_CONSONANT_SOUND = re.compile(r"(?:uni(?![nm])|us[eau]|eu|ewe|one$|once|ubiquit|utili|utop|u[rk]l)")
_SILENT_H = ("heir", "honest", "hour", "honor", "honour")
_SPOKEN_VOWEL = re.compile(r"8|11(?:\D|\d{3}|$)|18(?:\D|\d{3}|$)")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order; a list line counts as one."""
    return tuple(
        part.strip() for line in text.splitlines() for part in _SENTENCE_END.split(line.lstrip("- ")) if part.strip()
    )


def count_words(text: str) -> int:
    """Words as a reader counts them."""
    return len(_WORD.findall(text))


def shared_words(one: str, other: str) -> int:
    """How many longer words two texts have in common, whatever their endings."""
    stems = [
        {word[:STEM] for word in re.findall(r"[a-z]+", text.lower()) if len(word) >= STEM} for text in (one, other)
    ]
    return len(stems[0] & stems[1])


def normal(text: str) -> str:
    """A sentence as it is compared: lower case, without punctuation at its ends."""
    return re.sub(r"\s+", " ", text.lower()).strip(" -.!?:;,\"“”'")


def capital(text: str) -> str:
    """The text with a capital at its start; a word with inner capitals (iOS, macOS) stays as it is."""
    first = text.split(" ", 1)[0]
    return text if any(c.isupper() for c in first[1:]) else text[:1].upper() + text[1:]


def stop(text: str) -> str:
    """The text with a full stop, where it has no end mark yet."""
    return text if text.endswith((".", "!", "?")) else text + "."


def with_article(noun: str) -> str:
    """The noun with `a` or `an` by its sound: a CISO, an IT manager, a user, an hour.

    Initialisms of up to three letters are spelled out when spoken; longer ones are read as words.
    """
    first = re.split(r"[\s/-]", noun, maxsplit=1)[0]
    word = first.lower()
    if first[:1].isdigit():
        vowel = bool(_SPOKEN_VOWEL.match(first.replace(",", "")))
    elif len(first) == 1 or (first.isupper() and len(first) <= 3):
        vowel = first[0].upper() in _LETTERS_WITH_VOWEL_SOUND
    elif word.startswith(_SILENT_H):
        vowel = True
    else:
        vowel = word[:1] in "aeiou" and not _CONSONANT_SOUND.match(word)
    return f"{'an' if vowel else 'a'} {noun}"


def role_in_text(role: str) -> str:
    """A role as it stands in a sentence: `Head of IT` becomes `head of IT`, `CISO` stays."""
    return small_start(role)


def seed_of(*parts: object) -> int:
    """A stable number from the parts: the same on every machine and in every process."""
    return int.from_bytes(hashlib.sha256("\x1f".join(str(p) for p in parts).encode()).digest()[:8], "big")


def shuffled(items: Sequence[T], seed: int) -> list[T]:
    """The items in an order that depends on the seed alone."""
    keys = {index: seed_of(seed, index) for index in range(len(items))}
    return [items[index] for index in sorted(keys, key=lambda i: keys[i])]


def rotated(items: Sequence[T], by: int) -> list[T]:
    """The items, starting `by` places later."""
    cut = by % len(items) if items else 0
    return [*items[cut:], *items[:cut]]


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words or phrases occurs in the text, as whole words, in any case."""
    return bool(_any_of(tuple(words)).search(text))


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    # A pattern that matches nothing when there is no word.
    told = "|".join(re.escape(word) for word in words if word) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{told})(?!\w)", re.I)
