"""The same strategy in other formats, made by hand of the Markdown: HTML, DOCX, and the parts of bad ones."""

import html
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from gtm.connectors.documents.blocks import build
from gtm.connectors.documents.markdown import markdown_blocks
from gtm.domain.document import Block, Document

DATA = Path(__file__).resolve().parents[2] / "data" / "documents"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns='
    '"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)


def markdown(text: str, name: str = "strategy.md") -> Document:
    """The document of a Markdown text."""
    return build(name, "markdown", "0" * 64, markdown_blocks(text))


def cells(block: Block) -> list[str]:
    """The texts of a row."""
    return [block.text[cell.start : cell.end] for cell in block.cells]


def groups(document: Document) -> Iterator[tuple[str, list[Block]]]:
    """Blocks by kind, so that lists and tables stand together."""
    for (kind, _), found in groupby(document.blocks, key=lambda b: (b.kind, b.table)):
        yield kind, list(found)


def as_html(document: Document, extra: str = "") -> bytes:
    """The document as a web page."""
    parts = []
    for kind, blocks in groups(document):
        if kind == "item":
            parts.append("<ul>" + "".join(f"<li>{html.escape(b.text)}</li>" for b in blocks) + "</ul>")
        elif kind == "row":
            head = "".join(f"<th>{html.escape(cell.column)}</th>" for cell in blocks[0].cells)
            rows = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in cells(b)) + "</tr>" for b in blocks)
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
        else:
            parts += [_tagged(b.text, f"h{b.level}" if kind == "heading" else "p") for b in blocks]
    style = "<style>body{font:11pt sans-serif}td,th{border:1px solid #000;padding:3px}"
    style += "table{border-collapse:collapse}</style>"
    page = f"<!DOCTYPE html><html><head><meta charset='utf-8'>{style}</head><body>{''.join(parts)}{extra}</body></html>"
    return page.encode()


def _tagged(text: str, tag: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>"


def as_docx(document: Document) -> bytes:
    """The document as Word writes it: styles for headings and lists, a table with a head."""
    body = []
    for kind, blocks in groups(document):
        if kind == "row":
            body.append(_table([[c.column for c in blocks[0].cells], *(cells(b) for b in blocks)]))
        else:
            styles = {"item": "ListParagraph", "heading": "Heading"}
            body += [_paragraph(b.text, styles.get(kind, ""), b.level) for b in blocks]
    return docx("".join(body))


def docx(body: str, *, before: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    """A DOCX with this body; `before` stands ahead of its root element, `parts` are added to the archive."""
    main = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", main)
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return made.getvalue()


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{html.escape(text, quote=False)}</w:t></w:r>'


def _paragraph(text: str, style: str, level: int) -> str:
    name = f"{style}{level}" if style == "Heading" else style
    marked = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if style == "ListParagraph" else ""
    dressed = f'<w:pPr><w:pStyle w:val="{name}"/>{marked}</w:pPr>' if name else ""
    return f"<w:p>{dressed}{_run(text)}</w:p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    made = []
    for number, row in enumerate(rows):
        head = "<w:trPr><w:tblHeader/></w:trPr>" if number == 0 else ""
        made.append(f"<w:tr>{head}" + "".join(f"<w:tc><w:p>{_run(cell)}</w:p></w:tc>" for cell in row) + "</w:tr>")
    return f"<w:tbl>{''.join(made)}</w:tbl>"


def pdf(content: bytes, *, trailer: bytes = b"", compressed: bytes | None = None) -> bytes:
    """A PDF of one page; `compressed` stands in for the content as it lies in the file."""
    stream = compressed if compressed is not None else zlib.compress(content)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + table + b"trailer\n<< /Size 6 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(made))
