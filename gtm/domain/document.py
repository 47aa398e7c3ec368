"""A document as it was read: its text without markup, block by block, each block with its place in the original.

`text` is what a reader of the document sees, one block a line; a span points into it and holds what stands there, so
that every statement taken from a document can be looked up.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from gtm.domain.base import Model

BlockKind = Literal["heading", "paragraph", "item", "row", "code"]
DocumentKind = Literal["markdown", "docx", "html", "pdf"]

_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


class Span(Model):
    """A place in a document and what stands there, word for word.

    Attributes:
        start: where it begins in the document's text, in characters.
        end: where it ends.
        quote: `text[start:end]`.
        page: of a PDF, counted from 1.
        line: of a text file, counted from 1.
        block: which heading, paragraph, item or row of the document it begins in, counted from 1.
        path: the headings above it.
    """

    start: int
    end: int
    quote: str
    page: int | None = None
    line: int | None = None
    block: int = 1
    path: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The place as a person looks it up: a page or a line, and the heading above, where it is not the title."""
        at = f"page {self.page}" if self.page else f"line {self.line}" if self.line else f"paragraph {self.block}"
        return f"{at}, {self.path[-1]}" if len(self.path) > 1 else at


class Cell(Model):
    """One cell of a table's row: what its column is called, and where it stands in the block's text."""

    column: str
    start: int
    end: int


class Block(Model):
    """A heading, a paragraph, an item of a list, a row of a table or code.

    Attributes:
        text: on one line, without markup.
        start: where it begins in the document's text.
        level: of a heading, 1 is the first.
        path: the headings above it.
        line: of the original where it begins, if it has lines.
        breaks: offsets in `text` at which a further line of the original begins.
        cells: of a row.
        table: number of the table that a row belongs to.
    """

    kind: BlockKind
    text: str
    start: int
    level: int = 0
    path: tuple[str, ...] = ()
    page: int | None = None
    line: int | None = None
    breaks: tuple[int, ...] = ()
    cells: tuple[Cell, ...] = ()
    table: int = 0

    @property
    def end(self) -> int:
        """Where it ends in the document's text."""
        return self.start + len(self.text)


class Document(Model):
    """A document that was read.

    Attributes:
        name: the file's name.
        sha256: of the file's bytes.
        text: the blocks' texts, one a line.
        remarks: what was left out in reading, a sentence each.
    """

    name: str
    kind: DocumentKind
    sha256: str
    text: str
    blocks: tuple[Block, ...]
    remarks: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """The span from `start` to `end`, without the spaces around it."""
        quote = self.text[start:end]
        start += len(quote) - len(quote.lstrip())
        end = start + len(quote.strip())
        index = self._index(start)
        block = self.blocks[index]
        line = None if block.line is None else block.line + bisect_right(block.breaks, start - block.start)
        return Span(
            start=start,
            end=end,
            quote=self.text[start:end],
            page=block.page,
            line=line,
            block=index + 1,
            path=block.path,
        )

    def block_at(self, place: int) -> Block:
        """The block in which a place of the text lies."""
        return self.blocks[self._index(place)]

    def _index(self, place: int) -> int:
        return max(bisect_right(self.blocks, place, key=lambda block: block.start) - 1, 0)

    def holds(self, span: Span) -> bool:
        """Whether the span's quote stands at its place, word for word."""
        return bool(span.quote) and 0 <= span.start < span.end and self.text[span.start : span.end] == span.quote

    def find(self, quote: str, *, begin: int = 0, end: int | None = None) -> Span | None:
        """Where a quote stands, the shape of quotation marks, dashes and spaces not counted; None where it does not.

        Args:
            quote: what is looked for, capitals as they are.
            begin: where to start looking in the text.
            end: where to stop.
        """
        words = quote.translate(_QUOTES).split()
        if not words:
            return None
        pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
        found = pattern.search(self.text.translate(_QUOTES), begin, len(self.text) if end is None else end)
        return None if found is None else self.span(found.start(), found.end())

    def body(self) -> Iterator[Block]:
        """The blocks that state something: no headings, no code."""
        return (block for block in self.blocks if block.kind not in ("heading", "code"))
