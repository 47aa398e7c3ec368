"""Within the reading process: DOCX and HTML to Markdown, by markitdown's converters."""

import io
import re
import zipfile

from gtm.connectors.documents.schemas import Answer, DocumentSettings

MAX_PARTS = 5_000
"""Files in a DOCX."""

RATIO = 200
"""How many times larger than packed a part of more than a megabyte may be."""

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_UNSHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])", re.I
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_docx(data: bytes, settings: DocumentSettings) -> Answer:
    """The Markdown of a DOCX, after its parts were looked at."""
    if data.startswith(_OLE):
        return Answer(reason="encrypted", detail="it is protected by a password, or of the old .doc format")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        return Answer(reason="not_this", detail="it is no DOCX")
    with archive:
        if fault := _unsafe(archive, settings):
            return fault
    from markitdown import StreamInfo
    from markitdown.converters import DocxConverter

    found = DocxConverter().convert(  # type: ignore[no-untyped-call,unused-ignore]
        io.BytesIO(data), StreamInfo(extension=".docx")
    )
    return Answer(markdown=found.markdown)


def _unsafe(archive: zipfile.ZipFile, settings: DocumentSettings) -> Answer | None:
    parts = archive.infolist()
    if not any(part.filename.casefold().replace("\\", "/") == "word/document.xml" for part in parts):
        return Answer(reason="not_this", detail="it has no word/document.xml")
    if any(part.flag_bits & 1 for part in parts):
        return Answer(reason="encrypted", detail="its parts are encrypted")
    if len(parts) > MAX_PARTS:
        return Answer(reason="too_large", detail=f"it has {len(parts):,} parts; at most {MAX_PARTS:,} are read")
    total = 0
    for part in parts:
        if part.file_size > max(1_000_000, part.compress_size * RATIO):
            return Answer(reason="too_large", detail=f"{part.filename} unpacks to {part.file_size:,} bytes")
        found, size = _part(archive, part, settings.unpacked_bytes - total)
        total += size
        if total > settings.unpacked_bytes:
            return Answer(reason="too_large", detail=f"it unpacks to more than {settings.unpacked_bytes:,} bytes")
        if found:
            return Answer(reason="unsafe", detail=f"{part.filename} declares a document type or an entity")
    return None


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> tuple[bool, int]:
    """Whether a part declares what XML of Word never does, and its true size; the stated one may be a lie."""
    size, tail, found = 0, b"", False
    looks = part.filename.casefold().endswith((".xml", ".rels"))
    with archive.open(part) as stream:
        while size <= room and (piece := stream.read(1 << 16)):
            size += len(piece)
            # UTF-16 holds a zero beside every letter.
            window = (tail + piece).replace(b"\0", b"")
            found = found or (looks and _DOCTYPE.search(window) is not None)
            tail = piece[-64:]
    return found, size


def read_html(data: bytes) -> Answer:
    """The Markdown of an HTML page, without what a browser would not show."""
    from bs4 import BeautifulSoup
    from markitdown import StreamInfo
    from markitdown.converters import HtmlConverter

    if (charset := _charset(data)) is None:
        return Answer(reason="not_this", detail="it is not UTF-8, and names no other encoding")
    soup = BeautifulSoup(data.decode(charset, "strict"), "html.parser")
    hidden = 0
    for tag in soup.find_all(True):
        if tag.decomposed:
            continue
        unshown = tag.has_attr("hidden") or _UNSHOWN.search(str(tag.get("style", ""))) is not None
        if unshown or tag.name in ("script", "style", "template", "noscript", "head", "svg", "iframe", "object"):
            hidden += unshown and bool(tag.get_text(strip=True))
            tag.decompose()
    found = HtmlConverter().convert(io.BytesIO(str(soup).encode()), StreamInfo(extension=".html", charset="utf-8"))
    remarks = (f"{hidden} parts that a browser does not show were left out",) if hidden else ()
    return Answer(markdown=found.markdown, remarks=remarks)


def _charset(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8-sig")
        return "utf-8-sig"
    except UnicodeDecodeError:
        named = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", data[:4096], re.I)
    name = named[1].decode().lower() if named else ""
    try:
        data.decode(name)
    except (LookupError, UnicodeDecodeError):
        return None
    return name
