"""Raw blocks become a document: unseen characters left out, headings followed, every place counted."""

import re
import unicodedata
from collections.abc import Iterable

from gtm.connectors.documents.schemas import RawBlock
from gtm.domain.document import Block, Cell, Document, DocumentKind

CELL_GAP = " | "
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}


def seen(text: str) -> str:
    """The text as a reader sees it: spaces are spaces, ligatures letters, and nothing stands there unseen."""
    plain = re.sub(r"\s+", " ", text.translate(_LIGATURES)).strip()
    if plain.isascii() and plain.isprintable():
        return plain
    kept = (c for c in plain if unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(kept).split())


def build(
    name: str, kind: DocumentKind, sha256: str, raw: Iterable[RawBlock], remarks: tuple[str, ...] = ()
) -> Document:
    """The document of these blocks.

    Args:
        name: the file's name.
        kind: what it is.
        sha256: of the file's bytes.
        raw: the blocks in their order; empty ones are left out.
        remarks: what reading left out.
    """
    blocks: list[Block] = []
    path: list[tuple[int, str]] = []
    place = hidden = 0
    for one in raw:
        cells, text = _text_of(one)
        hidden += sum(unicodedata.category(c) in _UNSEEN and c not in "\n\t\r" for c in one.text)
        if not text:
            continue
        if one.kind == "heading":
            path = [(level, title) for level, title in path if level < one.level]
        blocks.append(
            Block(
                kind=one.kind, text=text, start=place, level=one.level, path=tuple(title for _, title in path),
                page=one.page, line=one.line, breaks=one.breaks if len(text) == len(one.text) else (),
                cells=cells, table=one.table,
            )
        )  # fmt: skip
        if one.kind == "heading":
            path.append((one.level, text))
        place += len(text) + 1
    if hidden:
        remarks = (*remarks, f"{hidden} characters that cannot be seen were left out")
    whole = "\n".join(block.text for block in blocks)
    return Document(name=name, kind=kind, sha256=sha256, text=whole, blocks=tuple(blocks), remarks=remarks)


def _text_of(one: RawBlock) -> tuple[tuple[Cell, ...], str]:
    if one.kind != "row":
        return (), seen(one.text)
    cells, text = [], ""
    for index, cell in enumerate(one.cells):
        shown = seen(cell)
        text += CELL_GAP if index else ""
        column = seen(one.columns[index]) if index < len(one.columns) else ""
        cells.append(Cell(column=column, start=len(text), end=len(text) + len(shown)))
        text += shown
    return tuple(cells), text if text.replace(CELL_GAP.strip(), "").strip() else ""
