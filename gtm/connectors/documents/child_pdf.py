"""Within the reading process: the lines and tables of a PDF, page by page, by pdfplumber (on pdfminer.six)."""

import io
import logging
from typing import Any

from gtm.connectors.documents.schemas import Answer, DocumentSettings, PdfLine, PdfRow


def read_pdf(data: bytes, settings: DocumentSettings) -> Answer:
    """Lines with the size of their letters, and rows of ruled tables."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFSyntaxError
    from pdfplumber.utils.exceptions import PdfminerException

    logging.disable(logging.CRITICAL)
    if b"%PDF-" not in data[:1024]:
        return Answer(reason="not_this", detail="it is no PDF")
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return _pages(pdf, settings)
    except (PdfminerException, PDFSyntaxError, PDFEncryptionError, PDFPasswordIncorrect) as error:
        inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
        if isinstance(inner, MemoryError):
            raise inner from None
        if isinstance(inner, PDFEncryptionError | PDFPasswordIncorrect):
            return Answer(reason="encrypted", detail="it is protected by a password")
        return Answer(reason="broken", detail=f"{type(inner).__name__}: {inner}"[:200])


def _pages(pdf: Any, settings: DocumentSettings) -> Answer:
    if len(pdf.pages) > settings.pages:
        return Answer(reason="too_large", detail=f"it has {len(pdf.pages)} pages; at most {settings.pages} are read")
    lines: list[PdfLine] = []
    rows: list[PdfRow] = []
    tables = letters = 0
    for page in pdf.pages:
        found = [table for table in page.find_tables() if len(table.rows) > 1 and len(table.columns) > 1]
        for table in found:
            tables += 1
            rows += _rows(table, page.page_number, tables)
        lines += _lines(page, [table.bbox for table in found])
        letters += len(page.chars)
        page.close()
        if letters > settings.characters:
            return Answer(reason="too_large", detail=f"its text is longer than {settings.characters:,} characters")
    if not letters:
        return Answer(reason="no_text", detail="no page holds any text: it may be a scan")
    return Answer(lines=tuple(lines), rows=tuple(rows))


def _rows(table: Any, page: int, number: int) -> list[PdfRow]:
    cells = table.extract()
    return [
        PdfRow(page=page, table=number, top=row.bbox[1], cells=tuple(" ".join((cell or "").split()) for cell in texts))
        for row, texts in zip(table.rows, cells, strict=False)
    ]


def _lines(page: Any, tables: list[Any]) -> list[PdfLine]:
    def outside(thing: dict[str, Any]) -> bool:
        middle, across = (thing["top"] + thing["bottom"]) / 2, (thing["x0"] + thing["x1"]) / 2
        return not any(x0 <= across <= x1 and top <= middle <= bottom for x0, top, x1, bottom in tables)

    kept = page.filter(lambda thing: thing["object_type"] != "char" or outside(thing)) if tables else page
    found = []
    for line in kept.extract_text_lines(return_chars=True, strip=True):
        chars = [char for char in line["chars"] if char["text"].strip()]
        if not chars:
            continue
        sizes = sorted(char["size"] for char in chars)
        bold = all("bold" in char["fontname"].lower() or "black" in char["fontname"].lower() for char in chars)
        found.append(
            PdfLine(
                page=page.page_number, text=line["text"], size=round(sizes[len(sizes) // 2], 2), bold=bold,
                left=line["x0"], top=line["top"], bottom=line["bottom"],
            )
        )  # fmt: skip
    return found
