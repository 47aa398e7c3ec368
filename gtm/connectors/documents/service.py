"""Reads a document: Markdown here, anything that needs a parser in a process of its own."""

import hashlib
from collections.abc import Iterator
from pathlib import PurePath

from gtm.connectors.documents.blocks import build
from gtm.connectors.documents.client import ask
from gtm.connectors.documents.markdown import markdown_blocks
from gtm.connectors.documents.pdf import pdf_blocks
from gtm.connectors.documents.schemas import KINDS, Answer, DocumentSettings, RawBlock, Reason
from gtm.domain.document import Document, DocumentKind
from gtm.domain.errors import ConfigError, GtmError, InvalidInput

_ALLOWED = "a document of text: " + ", ".join(KINDS)
_ADVICE: dict[Reason, tuple[str, str]] = {
    "not_this": ("a document that is what its name says", "save it anew as what its name says, or rename it"),
    "encrypted": ("a document that opens without a password", "save a copy without a password"),
    "too_large": ("a document within the limits", "save its text as Markdown, or split it"),
    "unsafe": ("plain parts without document types or entities", "save it anew with a word processor"),
    "broken": ("a document that another program opens without complaint", "open it, save it anew, and import that"),
    "no_text": ("a document with text", "run text recognition over it, or type what matters into Markdown"),
}


class DocumentReader:
    """Reads documents within limits; the same bytes always give the same document.

    Args:
        settings: the limits.
    """

    def __init__(self, settings: DocumentSettings | None = None) -> None:
        self.settings = settings or DocumentSettings()

    def read(self, data: bytes, name: str) -> Document:
        """The document in a file.

        Args:
            data: the file's bytes.
            name: its name; the ending says what it is.

        Raises:
            InvalidInput: too large, empty, of an unknown type, not what its name says, encrypted, unsafe, broken, or
                without text.
            ConfigError: the packages that read this kind of document are not installed.
            PermanentFailure: reading took too long or broke the process that read.
        """
        kind = self._kind(data, name)
        digest = hashlib.sha256(data).hexdigest()
        if kind == "markdown":
            document = build(name, kind, digest, markdown_blocks(self._text(data, name)))
        else:
            answer = ask(kind, data, self.settings)
            if answer.reason is not None:
                raise _refused(answer, kind, name)
            raw = pdf_blocks(answer.lines, answer.rows) if kind == "pdf" else self._converted(answer, name)
            document = build(name, kind, digest, raw, answer.remarks)
        if not document.text:
            raise _invalid("the document holds no text", name, *_ADVICE["no_text"])
        return document

    def _kind(self, data: bytes, name: str) -> DocumentKind:
        kind = KINDS.get(PurePath(name).suffix.lower())
        if kind is None:
            raise _invalid(f"{name} is of a type that is not read", PurePath(name).suffix or name, _ALLOWED,
                           "save it as one of these")  # fmt: skip
        if len(data) > self.settings.limit_bytes:
            raise _invalid(
                f"{name} is longer than a document may be", f"{len(data):,} bytes",
                f"at most {self.settings.limit_bytes:,} bytes", "leave pictures out, or save its text as Markdown",
            )  # fmt: skip
        if not data.strip():
            raise _invalid(f"{name} is empty", "0 bytes", "a document with text", "check that this is the right file")
        return kind

    def _converted(self, answer: Answer, name: str) -> Iterator[RawBlock]:
        return markdown_blocks(self._within(answer.markdown, name), numbered=False)

    def _text(self, data: bytes, name: str) -> str:
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        try:
            text = data.decode("utf-16" if utf16 else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise _invalid(
                f"{name} is not UTF-8: byte {error.start + 1} cannot be read",
                f"0x{data[error.start]:02x}", "a text in UTF-8", "save the file as UTF-8",
            ) from None  # fmt: skip
        if "\0" in text:
            raise _invalid(
                f"{name} is no text: it holds zero bytes", f"byte {text.index(chr(0)) + 1}", _ALLOWED,
                "give the file the ending of what it is",
            )  # fmt: skip
        return self._within(text, name)

    def _within(self, text: str, name: str) -> str:
        if len(text) > self.settings.characters:
            raise _invalid(
                f"the text of {name} is longer than is read", f"{len(text):,} characters",
                f"at most {self.settings.characters:,} characters", "import the part that tells the strategy",
            )  # fmt: skip
        return text


def _refused(answer: Answer, kind: DocumentKind, name: str) -> GtmError:
    if answer.reason is None or answer.reason == "missing":
        return ConfigError(
            f"reading a {kind.upper()} needs a package that is not installed: {answer.detail}",
            field="FILE", value=name, allowed="Markdown, which needs none",
            hint="pip install -e '.[documents]'",
        )  # fmt: skip
    return _invalid(f"{name} cannot be read: {answer.detail}", name, *_ADVICE[answer.reason])


def _invalid(detail: str, value: str, allowed: str, hint: str) -> InvalidInput:
    return InvalidInput(detail, field="FILE", value=value, allowed=allowed, hint=hint)
