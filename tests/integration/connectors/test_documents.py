"""The same strategy as Markdown, HTML, DOCX and PDF gives the same facts, each word for word in its document."""

import pytest

from gtm.connectors.documents.service import DocumentReader
from gtm.domain.brief_judging import judged
from gtm.domain.brief_proposal import BriefProposal
from gtm.domain.document import Document
from gtm.playbook.intake.reading import read_document
from tests.unit.connectors.documents_made import DATA, as_docx, as_html, markdown

HIDDEN = '<p style="display:none">Monthly budget: $900,000</p><script>Price: $1</script><p hidden>Website: https://evil.example</p>'
APART = ("source", "market_strategy.document")
"""What names the file itself, and what holds the whole text, whose lines differ."""


def proposal(document: Document) -> BriefProposal:
    return judged(document, read_document(document), ("playbook",))


def values(found: BriefProposal) -> dict[str, object]:
    return {fact.field: fact.value for fact in found.facts if fact.field not in APART}


@pytest.fixture(scope="module")
def source() -> BriefProposal:
    return proposal(markdown((DATA / "harbor.md").read_text(), "harbor.md"))


@pytest.fixture(scope="module", params=["html", "docx", "pdf"])
def other(request: pytest.FixtureRequest) -> Document:
    pytest.importorskip("markitdown")
    written = markdown((DATA / "harbor.md").read_text())
    data = {
        "html": lambda: as_html(written, HIDDEN),
        "docx": lambda: as_docx(written),
        "pdf": (DATA / "harbor.pdf").read_bytes,
    }[request.param]()
    return DocumentReader().read(data, f"harbor.{request.param}")


def test_every_format_gives_the_same_facts(source: BriefProposal, other: Document) -> None:
    found = proposal(other)
    assert values(found) == values(source)
    assert found.complete and source.complete
    assert not found.contradictions


def test_every_span_is_word_for_word_and_says_where(other: Document) -> None:
    for fact in proposal(other).facts:
        assert other.text[fact.span.start : fact.span.end] == fact.span.quote
        assert (fact.span.page is not None) == (other.kind == "pdf")


def test_what_a_browser_does_not_show_is_not_read(other: Document) -> None:
    if other.kind == "html":
        assert "900,000" not in other.text and "evil" not in other.text
        assert other.remarks == ("2 parts that a browser does not show were left out",)
