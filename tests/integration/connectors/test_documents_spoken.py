"""Instructions and plans in Markdown, HTML and DOCX become no fact; what is stated does."""

import pytest

from gtm.connectors.documents.service import DocumentReader
from gtm.domain.brief_judging import judged
from gtm.domain.brief_proposal import BriefProposal
from gtm.playbook.intake.reading import read_document
from tests.unit.connectors.documents_made import as_docx, as_html, markdown
from tests.unit.playbook.spoken_lines import ASIDE, ASIDE_HELD_OUT, STATED, STATED_HELD_OUT, document_of

SETS = {"Harbor": (ASIDE, STATED), "Staffel": (ASIDE_HELD_OUT, STATED_HELD_OUT)}


def _proposal(name: str, kind: str) -> BriefProposal:
    aside, stated = SETS[name]
    lines = tuple(line for pair in zip(stated, aside, strict=True) for line in pair)
    source = document_of(name, lines)
    made = markdown(source)
    if kind != "markdown":
        pytest.importorskip("markitdown")
    data = {"markdown": source.encode, "html": lambda: as_html(made), "docx": lambda: as_docx(made)}[kind]()
    document = DocumentReader().read(data, "strategy.md" if kind == "markdown" else f"strategy.{kind}")
    return judged(document, read_document(document), ("playbook",))


@pytest.mark.parametrize("kind", ["markdown", "html", "docx"])
@pytest.mark.parametrize("name", SETS)
def test_instructions_and_plans_are_left_out_and_statements_are_taken(name: str, kind: str) -> None:
    aside, stated = SETS[name]
    found = _proposal(name, kind)
    texts = [str(one.value) for one in found.facts if one.field.endswith(".text")]
    taken = [line for _, line in aside if any(line.rstrip(".") in text for text in texts)]
    lost = [line for _, line in stated if not any(line.rstrip(".") in text for text in texts)]
    print(f"{name}, {kind}: left out {len(aside) - len(taken)} of {len(aside)}, statements lost {len(lost)}: {lost}")
    assert (taken, lost) == ([], [])
    told = [one.span.quote for one in found.findings if one.code in ("left_out", "instruction") and one.span]
    assert [line for _, line in aside if not any(quote.rstrip(".") in line for quote in told)] == []
    assert len(texts) == len(stated)
