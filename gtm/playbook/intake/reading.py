"""A document to a reading: what it states, where it contradicts itself, what in it a person should see. Pure."""

from bisect import bisect_left
from collections.abc import Iterator

from gtm.domain.brief_proposal import DocumentFinding, Reading
from gtm.domain.document import Document
from gtm.domain.instructions import instructions_in
from gtm.playbook.intake.entries import statements
from gtm.playbook.intake.facts import read_facts
from gtm.playbook.intake.money import read_money
from gtm.playbook.intake.notebook import Notebook
from gtm.playbook.intake.scalars import read_scalars
from gtm.playbook.intake.segments import read_segments

MOST_UNREAD = 200
"""Statements of which nothing was taken that are told one by one."""

LOOK_BACK = 400
"""Spans before a statement's end that are looked at; no statement of a brief has more."""


def read_document(document: Document) -> Reading:
    """What the document says of itself, by its tables, headings, lists and `key: value` lines.

    Args:
        document: as it was read; it may say anything.
    """
    return reading_of(noted(document))


def noted(document: Document) -> Notebook:
    """A notebook with what the document says of itself, for whoever reads on."""
    notes, said = Notebook(document), statements(document)
    read_scalars(notes, said, document)
    read_segments(notes, said)
    read_money(notes, said)
    read_facts(notes, said)
    return notes


def reading_of(notes: Notebook) -> Reading:
    """What stands in a notebook, with what nothing was taken from."""
    document = notes.document
    findings = (*_remarks(document), *orders_in(document), *notes.findings, *_unread(notes))
    return Reading(facts=tuple(notes.facts), contradictions=tuple(notes.contradictions), findings=findings)


def orders_in(document: Document) -> Iterator[DocumentFinding]:
    """Sentences that speak to a machine or to whoever reads the document: data, and no facts."""
    for start, end in instructions_in(document.text):
        yield DocumentFinding(
            code="instruction",
            detail="left out: speaks to whoever reads the document; it changes nothing, and nothing is taken from the "
            "block around it",
            span=document.span(start, end),
        )


def _remarks(document: Document) -> Iterator[DocumentFinding]:
    return (DocumentFinding(code="remark", detail=f"{remark}.") for remark in document.remarks)


def _unread(notes: Notebook) -> Iterator[DocumentFinding]:
    """Statements of which nothing was taken, so that nobody thinks that they were."""
    document, said = notes.document, statements(notes.document)
    # The document as a whole covers everything and reads nothing.
    spans = [fact.span for fact in notes.facts if fact.field != "market_strategy.document"]
    spans += [finding.span for finding in notes.findings if finding.span is not None]
    taken = sorted((span.start, span.end) for span in spans)
    stated = [(entry.piece.start, entry.piece.end) for entry in said.entries]
    stated += [(row.block.start, row.block.end) for table in said.tables for row in table if row.cells]
    told = 0
    for start, end in sorted(stated):
        index = bisect_left(taken, (end,))
        if not any(stop > start for _, stop in taken[max(0, index - LOOK_BACK) : index]):
            told += 1
            if told <= MOST_UNREAD:
                detail = "nothing was taken from this"
                yield DocumentFinding(code="not_read", detail=detail, span=document.span(start, end))
    if told > MOST_UNREAD:
        yield DocumentFinding(code="not_read", detail=f"nothing was taken from {told - MOST_UNREAD:,} statements more")
