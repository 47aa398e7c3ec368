"""Copy in English, in letters that can be read: other languages, scripts and characters that nobody sees are found."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault
from gtm.domain.text_faults import unseen_in
from gtm.policies.claims import known_names
from gtm.policies.english import is_english

FEWEST_WORDS = 4
"""A shorter run of words, such as a name, belongs to no language."""

SHARE = 0.6
"""Of a sentence's words must be English or the venture's own."""

_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SHIELDED = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\{\{.*?\}\}")
Span = tuple[int, int, str]


def foreign_spans(text: str, names: Collection[str]) -> Iterator[Span]:
    """What of a text is not English or cannot be read, as (start, end, what is wrong).

    Args:
        text: one element of copy.
        names: words of the venture, in lower case.
    """
    plain = _SHIELDED.sub(lambda m: " " * len(m.group()), text)
    if (unseen := unseen_in(plain)) is not None:
        place = plain.index(unseen)
        yield place, place + 1, f"the character U+{ord(unseen):04X} cannot be seen"
    for match in _SENTENCE.finditer(plain):
        # A single letter belongs to every language.
        words = [word for word in _WORD.finditer(match.group()) if len(word.group()) > 1 or not word.group().isascii()]
        strange = [word for word in words if not _latin(word.group()) and word.group().lower() not in names]
        if strange:
            start, end = match.start() + strange[0].start(), match.start() + strange[-1].end()
            yield start, end, f"letters of another script ({_script(strange[0].group())})"
        elif len(words) >= FEWEST_WORDS and _share(words, names) < SHARE:
            start, end = match.start() + words[0].start(), match.start() + words[-1].end()
            yield start, end, "it is not English"


def language_faults(piece: ContentPiece, brief: VentureBrief) -> Iterator[CopyFault]:
    """Sentences of a piece that its readers did not ask for in that language or script."""
    names = known_names(brief)
    for element in piece.elements:
        for variant in element.variants:
            for start, end, why in foreign_spans(variant.text, names):
                yield CopyFault(
                    check="content.language",
                    piece=piece.piece_id,
                    element=element.variable,
                    variant=variant.label,
                    span=variant.text[start:end],
                    start=start,
                    end=end,
                    why=why,
                    repair="write it in English, in plain letters",
                )


def _share(words: list["re.Match[str]"], names: Collection[str]) -> float:
    # Words with a capital are mostly names, and German nouns: both tell little.
    known = sum(is_english(_base(w.group())) or _base(w.group()).lower() in names for w in words)
    return known / len(words)


def _base(word: str) -> str:
    return re.sub(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))$", "", word)


def _latin(word: str) -> bool:
    return word.isascii() or all(
        unicodedata.name(letter, "").startswith("LATIN") for letter in word if letter.isalpha()
    )


def _script(word: str) -> str:
    letter = next((c for c in word if c.isalpha() and not c.isascii()), word[0])
    return unicodedata.name(letter, "unknown").split(" ")[0].capitalize()
