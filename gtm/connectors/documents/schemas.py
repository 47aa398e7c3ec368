"""Settings of the document reader, and what its process answers."""

from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Model
from gtm.domain.document import BlockKind, DocumentKind

KINDS: dict[str, DocumentKind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "markdown",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
}
"""What a document is by the end of its name."""

Reason = Literal["not_this", "encrypted", "too_large", "unsafe", "broken", "missing", "no_text"]


class DocumentSettings(Model):
    """The limits within which a document is read.

    Attributes:
        limit_bytes: the largest file.
        unpacked_bytes: the most that the parts of a DOCX may come to, unpacked.
        pages: the most pages of a PDF.
        characters: the longest text.
        timeout_seconds: how long reading may take.
        memory_bytes: address space of the process that reads.
    """

    limit_bytes: Annotated[int, Field(gt=0)] = 10_000_000
    unpacked_bytes: Annotated[int, Field(gt=0)] = 50_000_000
    pages: Annotated[int, Field(gt=0)] = 300
    characters: Annotated[int, Field(gt=0)] = 1_000_000
    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0
    memory_bytes: Annotated[int, Field(gt=0)] = 1_500_000_000


class PdfLine(Model):
    """A line of a page of a PDF: its letters' size, whether they are bold, and where it stands from the top left."""

    page: int
    text: str
    size: float
    bold: bool
    left: float
    top: float
    bottom: float


class PdfRow(Model):
    """A row of a table of a PDF; `table` counts the document's tables from 1."""

    page: int
    table: int
    top: float
    cells: tuple[str, ...]


class Answer(Model):
    """What the reading process found: Markdown (DOCX, HTML), lines and rows (PDF), or why it could not.

    Attributes:
        reason: why there is nothing.
        detail: the same in words.
        remarks: what was left out, a sentence each.
    """

    markdown: str = ""
    lines: tuple[PdfLine, ...] = ()
    rows: tuple[PdfRow, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    remarks: tuple[str, ...] = ()


class RawBlock(Model):
    """A block before its place in the whole text is known; see `gtm.domain.document.Block`."""

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    line: int | None = None
    breaks: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    table: int = 0
