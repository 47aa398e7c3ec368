"""Lines of a PDF to blocks, by what a reader goes by: size and weight of letters, bullets, gaps. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from gtm.connectors.documents.schemas import PdfLine, PdfRow, RawBlock

LARGER = 1.12
"""How much larger than the body a heading's letters are."""

LONGEST_HEADING = 120
_BULLET = re.compile(r"^(?:[•▪◦‣●○■–—*·-]|\(cid:\d+\)|\d{1,3}[.)])\s+(?=\S)")
_LABEL = re.compile(r"^[A-Z][^:.!?]{0,48}:\s")


def pdf_blocks(lines: Sequence[PdfLine], rows: Sequence[PdfRow]) -> Iterator[RawBlock]:
    """The blocks of a PDF in reading order.

    Args:
        lines: the lines outside tables.
        rows: the tables' rows; the first of a table names its columns.
    """
    sizes = sorted({round(line.size, 1) for line in lines if _is_heading(line, _body(lines))}, reverse=True)
    placed: list[tuple[int, float, RawBlock]] = []
    for group in _groups(lines, _body(lines)):
        placed.append((group[0].page, group[0].top, _block(group, sizes, _body(lines))))
    columns: dict[int, tuple[str, ...]] = {}
    for row in rows:
        if row.table not in columns:
            columns[row.table] = row.cells
            continue
        block = RawBlock(
            kind="row", text=" | ".join(row.cells), page=row.page, columns=columns[row.table], cells=row.cells,
            table=row.table,
        )  # fmt: skip
        placed.append((row.page, row.top, block))
    placed.sort(key=lambda one: one[:2])
    yield from (block for _, _, block in placed)


def _body(lines: Sequence[PdfLine]) -> float:
    return median(line.size for line in lines for _ in range(max(1, len(line.text) // 10))) if lines else 0.0


def _is_heading(line: PdfLine, body: float) -> bool:
    if len(line.text) > LONGEST_HEADING or (_BULLET.match(line.text) and not line.text[:1].isdigit()):
        return False
    return line.size >= body * LARGER or (line.bold and line.size >= body and not line.text.endswith((".", ",", ";")))


def _groups(lines: Sequence[PdfLine], body: float) -> Iterator[list[PdfLine]]:
    """Lines that belong together: one block each."""
    gap = _usual_gap(lines)
    group: list[PdfLine] = []
    for line in lines:
        if group and not _goes_on(group, line, gap, body):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _goes_on(group: Sequence[PdfLine], line: PdfLine, gap: float, body: float) -> bool:
    last = group[-1]
    if _BULLET.match(line.text) or _is_heading(line, body) != _is_heading(last, body):
        return False
    if _is_heading(line, body):
        return line.page == last.page and abs(line.size - last.size) < 0.3 and line.top - last.bottom < line.size * 0.6
    if line.page != last.page:
        # A sentence that goes on overleaf.
        return last.text[-1:] not in ".:!?" and line.text[:1].islower()
    if _LABEL.match(line.text) and _LABEL.match(group[0].text):
        return False
    return line.top - last.bottom <= gap * 1.35 + 1.0


def _usual_gap(lines: Sequence[PdfLine]) -> float:
    gaps = [b.top - a.bottom for a, b in pairwise(lines) if a.page == b.page and 0 <= b.top - a.bottom < a.size]
    return sorted(gaps)[len(gaps) // 4] if gaps else 0.0


def _block(group: Sequence[PdfLine], sizes: Sequence[float], body: float) -> RawBlock:
    text = ""
    for line in group:
        # A hyphen at a line's end stays: nobody can tell whether it was there before the line was broken.
        joint = "" if not text or (text.endswith("-") and text[-2:-1].isalnum()) else " "
        text += joint + line.text.strip()
    first = group[0]
    if _is_heading(first, body):
        return RawBlock(kind="heading", text=text, level=min(sizes.index(round(first.size, 1)) + 1, 6), page=first.page)
    shown, bullets = _BULLET.subn("", text, count=1)
    return RawBlock(kind="item" if bullets else "paragraph", text=shown, page=first.page)
