"""Which words are ordinary English, so that a sentence that starts with another one starts with a name.

The list is the 10, 20 and 35 levels of SCOWL (Spell Checker Oriented Word Lists) without the words that follow from a
shorter one, and some words of the trade.

Copyright 2000-2018 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these word lists, the
associated scripts, the output created from the scripts, and its documentation for any purpose is hereby granted without
fee, provided that the above copyright notice appears in all copies and that both that copyright notice and this
permission notice appear in supporting documentation. Kevin Atkinson makes no representations about the suitability of
this array for any purpose. It is provided "as is" without express or implied warranty.
"""

from collections.abc import Iterator
from functools import cache, lru_cache

_ENDINGS_TEXT = """
ies:y es: es:e s: ied:y ed: ed:e ing: ing:e er: er:e ier:y iest:y est: est:e ly: ily:y ally:al ally:ic bly:ble ness:
iness:y less: ful: able: able:e ment: ation:e ation: ion:e ion: ization:ize or:e or: ity: ity:e ability:able ive:e ive:
al: ship: like: ish: ist: ism:
"""
_ENDINGS = tuple((ending, instead) for ending, _, instead in (pair.partition(":") for pair in _ENDINGS_TEXT.split()))
_BEGINNINGS_TEXT = "un re in im dis non over under out mis pre inter sub super self counter co"
_BEGINNINGS = tuple(_BEGINNINGS_TEXT.split())
_DEPTH = 4
"""How many endings and beginnings a word may have."""


@lru_cache(maxsize=8192)
def is_english(word: str) -> bool:
    """Whether a word, in any case, is an ordinary English one or follows from one by its ending or beginning."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    known, seen, these = _words(), {word}, [word]
    for _ in range(_DEPTH):
        if any(one in known for one in these):
            return True
        these = [shorter for one in these for shorter in _shorter(one) if shorter not in seen]
        seen.update(these)
    return False


def _shorter(word: str) -> Iterator[str]:
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)] + instead
            yield stem
            if not instead and len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]
    yield from (word[len(b) :] for b in _BEGINNINGS if word.startswith(b) and len(word) - len(b) >= 3)


@cache
def _words() -> frozenset[str]:
    # Read when the first claim is judged, not when the policies are imported.
    from gtm.policies.english import words_1, words_2, words_3

    return frozenset(word for part in (words_1, words_2, words_3) for word in part.TEXT.split())
