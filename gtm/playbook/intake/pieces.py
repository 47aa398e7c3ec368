"""Pieces of a document's text that keep their place, and how they are cut: at semicolons, commas, sentences, quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BRACKETS = re.compile(r"\([^()]{0,600}\)|\[[^\[\]]{0,600}\]")
_BOUNDARY = re.compile(r"[.!?][\"'’”)]?\s+(?=[A-Z0-9\"'“‘(])")
_SHORT_FORM = re.compile(r"(?:\b(?:e\.g|i\.e|vs|etc|approx|incl|no|Inc|Ltd|Co|Mr|Ms|Dr|St|U\.S)|\b[A-Z])\.$")
_QUOTED = re.compile(r"[“\"]([^”\"]{2,300})[”\"]|(?<!\w)[‘']([^’'\n]{2,300}(?:[’']\w[^’'\n]*){0,8})[’'](?!\w)")
_THOUSANDS = re.compile(r",\d{3}(?!\d)")
_NUMBERED = re.compile(r"\((\d{1,2})\)\s+")


@dataclass(frozen=True)
class Piece:
    """A text and where it begins in the document's text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    def part(self, begin: int, end: int | None = None) -> "Piece":
        """The part from `begin` to `end`, without the spaces around it."""
        cut = self.text[begin:end]
        lead = len(cut) - len(cut.lstrip())
        return Piece(cut.strip(), self.start + begin + lead)

    def trimmed(self, marks: str = " .,;:") -> "Piece":
        """Without these marks at either end."""
        lead = len(self.text) - len(self.text.lstrip(marks))
        return Piece(self.text.strip(marks), self.start + lead)


def _cut(piece: Piece, places: list[tuple[int, int]]) -> Iterator[Piece]:
    """The pieces between places, each a (begin, end) of what separates."""
    begin = 0
    for stop, after in [*places, (len(piece.text), len(piece.text))]:
        if (found := piece.part(begin, stop)).text:
            yield found
        begin = after


def _held(text: str) -> bytearray:
    """One byte a character: 1 within brackets or quotation marks, whose marks separate nothing."""
    mask = bytearray(len(text))
    for pattern in (_BRACKETS, _QUOTED):
        for found in pattern.finditer(text):
            mask[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    return mask


def _outside(text: str, marks: str) -> list[int]:
    """Where one of the marks stands outside brackets and quotation marks."""
    held = _held(text)
    return [index for index, character in enumerate(text) if character in marks and not held[index]]


def clauses(piece: Piece) -> Iterator[Piece]:
    """What semicolons separate."""
    yield from _cut(piece, [(place, place + 1) for place in _outside(piece.text, ";")])


def listed(piece: Piece) -> Iterator[Piece]:
    """What commas, semicolons and a last `and` or `or` separate; `and` only where there is a comma or nothing else."""
    # The comma of 1,500 separates nothing.
    places = [(p, p + 1) for p in _outside(piece.text, ",;") if not _THOUSANDS.match(piece.text, p)]
    if places:
        last = max(places)[1]
        if found := re.match(r"\s*(?:and|or|then)\s+", piece.text[last:]):
            places[places.index(max(places))] = (last - 1, last + found.end())
        elif found := re.search(r"\s(?:and|or)\s", piece.text[last:]):
            places.append((last + found.start(), last + found.end()))
    elif found := re.search(r"\s(?:and|or)\s", piece.text):
        places.append((found.start(), found.end()))
    for one in _cut(piece, sorted(places)):
        yield one.trimmed()


def sentences(piece: Piece) -> Iterator[Piece]:
    """The sentences; brackets hold theirs together."""
    held = _held(piece.text)
    places = []
    for found in _BOUNDARY.finditer(piece.text):
        after, stop = found.end(), found.start()
        if not (held[stop] and held[after]) and not _SHORT_FORM.search(piece.text, max(0, stop - 8), stop + 1):
            places.append((after, after))
    yield from _cut(piece, places)


def numbered(piece: Piece) -> list[Piece]:
    """What `(1) …; (2) …` counts; empty where nothing is counted."""
    marks = list(_NUMBERED.finditer(piece.text))
    if len(marks) < 2 or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(piece.text)]
    return [piece.part(mark.end(), end).trimmed(" ;,.") for mark, end in zip(marks, ends, strict=True)]


def quoted(piece: Piece) -> Piece | None:
    """The first thing in quotation marks."""
    if (found := _QUOTED.search(piece.text)) is None:
        return None
    group = 1 if found[1] is not None else 2
    return piece.part(found.start(group), found.end(group))
