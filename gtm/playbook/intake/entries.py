"""The statements of a document: each with its topic, the label it stands under, and its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gtm.domain.document import Block, Document
from gtm.domain.instructions import is_instruction
from gtm.playbook.intake.pieces import Piece, sentences
from gtm.playbook.intake.topics import SECTIONS, lead_topic, topic_of

_LABEL = re.compile(r"([^\W\d_][^:.!?;|]{0,60}?)(?:\s*\([^()]{0,40}\))?\s*:\s+(?=\S)")


@dataclass(frozen=True)
class Entry:
    """One statement.

    Attributes:
        topic: what it speaks of, by its label or else by the heading above it; None where neither says.
        label: the words before its colon, in lower case; empty where there are none.
        piece: what it says.
        block: where it stands.
        section: the nearest topic of the headings above.
    """

    topic: str | None
    label: str
    piece: Piece
    block: Block
    section: str | None

    @property
    def own(self) -> bool:
        """Whether its own label gives the topic, not the heading."""
        return bool(self.label) and self.topic is not None


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells by the column's topic and by the column's words."""

    cells: dict[str, Piece]
    block: Block
    section: str | None


@dataclass(frozen=True)
class Statements:
    """A document taken apart. `tables` are the rows of each table that has more to it than keys and values."""

    entries: tuple[Entry, ...]
    tables: tuple[tuple[Row, ...], ...]


def statements(document: Document) -> Statements:
    """Take a document apart; a block in which a sentence gives orders to a machine is left out as a whole."""
    entries: list[Entry] = []
    tables: list[tuple[Row, ...]] = []
    for (kind, _), group in groupby(document.body(), key=lambda b: (b.kind == "row", b.table)):
        blocks = list(group)
        if not kind:
            for block in blocks:
                entries += _entries(block)
        elif _is_pairs(blocks):
            entries += [entry for block in blocks for entry in _pair(block)]
        else:
            tables.append(tuple(_row(block) for block in blocks))
    return Statements(tuple(entries), tuple(row for row in tables if row))


def _is_pairs(blocks: Sequence[Block]) -> bool:
    columns = [cell.column for cell in blocks[0].cells]
    if len(columns) != 2:
        return False
    known = {topic_of(column) for column in columns}
    named = sum(1 for block in blocks if topic_of(block.text[block.cells[0].start : block.cells[0].end]))
    return None in known or named > len(blocks) / 2


def _entries(block: Block) -> Iterator[Entry]:
    if is_instruction(block.text):
        return
    section = section_of(block)
    topic, label, kept = section, "", list[Piece]()

    def close() -> Iterator[Entry]:
        if kept:
            whole = Piece(block.text[kept[0].start - block.start : kept[-1].end - block.start], kept[0].start)
            yield Entry(topic, label, whole, block, section)

    for number, sentence in enumerate(sentences(Piece(block.text, block.start))):
        found = _LABEL.match(sentence.text)
        named = topic_of(found[1]) if found else None
        leading = None if named else lead_topic(sentence.text)
        if found and (named or number == 0 or len(found[1].split()) <= 3):
            yield from close()
            topic, label = named or section, found[1].strip().lower()
            kept = [rest] if (rest := sentence.part(found.end())).text else []
        elif leading:
            yield from close()
            topic, label, kept = leading, "", [sentence]
        else:
            kept.append(sentence)
    yield from close()


def _pair(block: Block) -> Iterator[Entry]:
    if len(block.cells) < 2 or is_instruction(block.text):
        return
    key, value = (Piece(block.text, block.start).part(cell.start, cell.end) for cell in block.cells[:2])
    if key.text and value.text:
        section = section_of(block)
        yield Entry(topic_of(key.text) or section, key.text.lower(), value, block, section)


def _row(block: Block) -> Row:
    cells: dict[str, Piece] = {}
    if not is_instruction(block.text):
        for cell in block.cells:
            piece = Piece(block.text, block.start).part(cell.start, cell.end)
            if piece.text:
                cells.setdefault(topic_of(cell.column) or cell.column.lower(), piece)
    return Row(cells, block, section_of(block))


def section_of(block: Block) -> str | None:
    """The nearest topic that the headings above a block have."""
    found = (topic_of(title) for title in reversed(block.path))
    return next((topic for topic in found if topic in SECTIONS), None)
