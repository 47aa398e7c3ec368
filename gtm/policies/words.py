"""Words of a text, reduced so that two texts can be compared without a language model."""

import re
from collections.abc import Iterator
from functools import lru_cache

_STOP_TEXT = """
a an the and or but nor so of to in on at by for from with without into onto over under as is are was were be been
being it its this that these those they them their there here you your yours we our ours us i me my he she his her
not no do does did have has had can could will would may might should must if then than when while who whom whose
which what one how why all any each some such more most less least very just only also too up down out off about
between
"""
_STOP = frozenset(_STOP_TEXT.split())
_SUFFIX = re.compile(r"(?:ing|edly|ed|ies|es|s|ly|ment|ments|ation|ations|er|ers)$")


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """The content words of a text, lower case, without common endings."""
    words = re.findall(r"[a-z0-9][a-z0-9'’+-]*", text.lower())
    return frozenset(_stem(w.replace("’", "'").removesuffix("'s")) for w in words if w not in _STOP)


def _stem(word: str) -> str:
    if len(word) > 5 and word.endswith("ies"):
        return f"{word[:-3]}y"  # queries and query are one word
    short = _SUFFIX.sub("", word) if len(word) > 4 else word.removesuffix("s") if len(word) > 3 else word
    return (short if len(short) >= 3 else word).rstrip("e")


def similarity(of: str, within: str) -> float:
    """Share of the content words of one text that stand in another, 0-1."""
    wanted = stems(of)
    return len(wanted & stems(within)) / len(wanted) if wanted else 1.0


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, without their marks and outer spaces."""
    for part in re.split(r"(?<=[.!?])\s+|\n+", text):
        cleaned = part.strip(" \t.!?…")
        if cleaned:
            yield cleaned
