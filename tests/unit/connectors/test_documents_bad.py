"""Documents that cannot be read: one clear error each, that says what is wrong, what is allowed and what to do."""

import subprocess
import sys
import zlib

import pytest

from gtm.connectors.documents import client, service
from gtm.connectors.documents.child import answer_to
from gtm.connectors.documents.schemas import DocumentSettings
from gtm.connectors.documents.service import DocumentReader
from gtm.domain.errors import ConfigError, GtmError, InvalidInput, PermanentFailure
from tests.unit.connectors.documents_made import docx, pdf

TEXT = "<w:p><w:r><w:t>Budget: $5 a month</w:t></w:r></w:p>"
ENTITY = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LOCKED = (
    b"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"
)


def deflated(megabytes: int) -> bytes:
    """A stream that unpacks to so many megabytes, made without packing them."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + piece * megabytes + packer.flush()


def refused(data: bytes, name: str, settings: DocumentSettings | None = None) -> GtmError:
    with pytest.raises(GtmError) as caught:
        DocumentReader(settings).read(data, name)
    error = caught.value
    assert error.field == "FILE" and error.allowed and error.hint and "Traceback" not in error.detail
    return error


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"x", "plan.pages", "of a type that is not read"),
        (b"x", "plan", "of a type that is not read"),
        (b" \n\t", "plan.md", "is empty"),
        (b"", "plan.docx", "is empty"),
        (b"x" * 11_000_000, "plan.md", "longer than a document may be"),
        (b"Budget: 5 \x80", "plan.md", "is not UTF-8: byte 11"),
        (b"MZ\x90\x00\x03", "plan.txt", "is not UTF-8"),
        (b"a\x00b", "plan.md", "holds zero bytes"),
        (b"# \n\n---\n", "plan.md", "holds no text"),
        (b"x" * 1_000_001, "plan.md", "longer than is read"),
    ],
)
def test_what_no_parser_is_needed_for(data: bytes, name: str, told: str) -> None:
    error = refused(data, name)
    assert told in error.detail and isinstance(error, InvalidInput) and error.exit_code == 2 and error.value is not None


def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the reader's own functions; its process is started in other tests."""
    monkeypatch.setattr(service, "ask", answer_to)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"no archive", "it is no DOCX"),
        (docx(TEXT, parts={"word/media/a.xml": b" " * 3_000_000}), "unpacks to 3,000,000 bytes"),
        (docx(TEXT, parts={f"p{n}": bytes([n]) * 900_000 for n in range(60)}), "more than 50,000,000 bytes"),
        (docx(TEXT, before=ENTITY), "declares a document type or an entity"),
        (docx(TEXT, parts={"word/b.xml": ENTITY.encode("utf-16")}), "declares a document type or an entity"),
        (docx(TEXT)[:300], "it is no DOCX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "protected by a password, or of the old .doc format"),
    ],
    ids=["no-zip", "bomb-by-ratio", "bomb-by-sum", "xxe", "xxe-utf16", "cut-off", "encrypted"],
)
def test_a_bad_docx(data: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)
    error = refused(data, "plan.docx")
    assert told in error.detail and error.exit_code == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"no pdf at all", "it is no PDF"),
        (pdf(b"BT ET", trailer=LOCKED), "protected by a password"),
        (pdf(b"0 0 m 5 5 l S"), "it may be a scan"),
    ],
    ids=["no-pdf", "encrypted", "scan"],
)
def test_a_bad_pdf(data: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pdfplumber")
    monkeypatch.setattr("logging.disable", lambda level: None)
    in_this_process(monkeypatch)
    error = refused(data, "plan.pdf")
    assert told in error.detail and error.exit_code == 2


def test_a_stream_that_unpacks_to_more_than_the_memory() -> None:
    pytest.importorskip("pdfplumber")
    tight = DocumentSettings(memory_bytes=400_000_000)
    error = refused(pdf(b"", compressed=deflated(500)), "plan.pdf", tight)
    assert "takes more than 400,000,000 bytes" in error.detail and error.exit_code == 2


def test_html_of_an_unnamed_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("markitdown")
    in_this_process(monkeypatch)
    assert "is not UTF-8" in refused(b"<p>caf\xe9</p>", "plan.html").detail


@pytest.mark.parametrize(
    ("name", "package"), [("plan.docx", "markitdown"), ("plan.html", "bs4"), ("plan.pdf", "pdfplumber")]
)
def test_a_missing_package_is_named_once(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)
    monkeypatch.setitem(sys.modules, package, None)
    error = refused(docx(TEXT), name)
    assert isinstance(error, ConfigError) and error.exit_code == 2
    assert package in error.detail and error.hint == "pip install -e '.[documents]'"


def test_reading_that_takes_too_long_ends() -> None:
    with pytest.raises(PermanentFailure, match=r"could not be read in 0\.05 seconds") as caught:
        client.ask("pdf", pdf(b"BT ET"), DocumentSettings(timeout_seconds=0.05))
    assert caught.value.exit_code == 1 and caught.value.hint


def test_a_process_that_breaks_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PermanentFailure, match="broke the process that read it"):
        client.ask("pdf", b"", DocumentSettings())


ATTEMPTS = """
import socket, subprocess, os, sys
from gtm.connectors.documents.child import _confine
from gtm.connectors.documents.schemas import DocumentSettings
_confine(DocumentSettings())
for what in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.getaddrinfo("example.com", 80),
             lambda: subprocess.run(["true"]), lambda: os.system("true"), lambda: open(sys.argv[1], "w"),
             lambda: os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY), lambda: os.fork()):
    try:
        what()
    except PermissionError:
        print("refused")
"""


def test_the_reading_process_reaches_nothing(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ATTEMPTS, f"{tmp_path}/x"], capture_output=True, text=True, cwd=client.ROOT, check=True
    )
    assert done.stdout.split() == ["refused"] * 7
