"""A live model reads a document after the playbook has: it fills what the document's own form did not give away.

The document's tables and labels come first; where a model reads something else there, both are told and the
document's own stands. A model that does not answer leaves the playbook's reading as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.brief_checks import (
    FACTS,
    LISTS,
    SEGMENT,
    SEGMENT_CHANNEL,
    Dropped,
    Kept,
    ReadBrief,
    ReadConflict,
    ReadFact,
    checked,
    orders_of,
)
from agents.budget import RunBudget
from agents.models import ModelSettings
from agents.prompting import fill
from agents.usage import UsageLedger
from gtm.domain.base import sha256_of
from gtm.domain.brief_proposal import DocumentFinding, Reading
from gtm.domain.document import Document, Span
from gtm.domain.errors import shorten
from gtm.playbook.intake.notebook import Notebook, sentence
from gtm.playbook.intake.pieces import Piece
from gtm.playbook.intake.reading import noted, reading_of

PROMPT = "read_brief.md"
PART_CHARACTERS = 20_000
"""Characters of the document in one request; parts end where blocks do."""

MOST_PARTS = 12
ANSWER_TOKENS = 6000
_MANY = frozenset({"channels", "geography.countries", "geography.time_zones", *LISTS})
_TARGET_NOTE = "a target of the house, no promise"


@dataclass(frozen=True)
class ReaderModel:
    """What a reading by a model takes.

    Attributes:
        settings: a live model.
        ledger: takes every call.
        prompt: `read_brief.md`: the system prompt, a line of three hyphens, the user prompt.
        budget: the allowance of tokens, if there is one.
    """

    settings: ModelSettings
    ledger: UsageLedger
    prompt: str
    budget: RunBudget | None = None


def read_with_model(document: Document, model: ReaderModel) -> Reading:
    """What the playbook and then the model read in a document; each quote of the model's is looked up.

    Args:
        document: as it was read; it may say anything.
        model: which model, and what counts its calls.
    """
    notes = noted(document)
    answers, failures = _answers(document, model)
    notes.by = model.settings.model
    orders = orders_of(document)
    dropped: list[DocumentFinding] = []
    kept: list[Kept] = []
    for fact in (fact for answer in answers for fact in answer.facts):
        try:
            kept.append(checked(document, fact, orders))
        except Dropped as why:
            dropped.append(_dropped(fact, str(why)))
    _merge(notes, kept)
    for conflict in (conflict for answer in answers for conflict in answer.contradictions):
        _contradict(notes, conflict)
    reading = reading_of(notes)
    return reading.model_copy(update={"findings": (*reading.findings, *dropped, *failures)})


def _answers(document: Document, model: ReaderModel) -> tuple[list[ReadBrief], list[DocumentFinding]]:
    # OpenAI's client comes with it; nobody who has no model waits for that.
    from agents.writer import WriteRequest, write_all

    parts = list(_parts(document))
    system, _, user = model.prompt.partition("\n---\n")
    requests = [
        WriteRequest(
            id=f"intake-{number}",
            system=fill(system, {}),
            user=fill(user, {"document": document.text[start:end], "part": number, "parts": len(parts[:MOST_PARTS])}),
            output=ReadBrief,
            seed=int(sha256_of([document.sha256, number])[:8], 16) % 2**31,
            max_tokens=ANSWER_TOKENS,
            step="intake",
        )
        for number, (start, end) in enumerate(parts[:MOST_PARTS], 1)
    ]
    results = write_all(requests, model.settings, model.ledger, budget=model.budget)
    failures = [
        DocumentFinding(code="model", detail=f"{model.settings.model} did not read part {n}: {shorten(r.failure, 200)}")
        for n, r in enumerate(results, 1)
        if r.failure is not None
    ]
    if len(parts) > MOST_PARTS:
        rest = f"only the first {parts[MOST_PARTS][0]:,} characters were shown to {model.settings.model}"
        failures.append(DocumentFinding(code="model", detail=rest))
    return [result.value for result in results if result.value is not None], failures


def _parts(document: Document) -> Iterator[tuple[int, int]]:
    start = end = 0
    for block in document.blocks:
        if block.end - start > PART_CHARACTERS and end > start:
            yield start, end
            start = block.start
        end = block.end
    yield start, end


def _merge(notes: Notebook, kept: Sequence[Kept]) -> None:
    filled = {fact.field.split("[")[0] for fact in notes.facts}
    for one in kept:
        if one.field in FACTS:
            kind = FACTS[one.field]
            if not _covered(notes, one.piece):
                told = kind in ("target",)
                notes.fact(kind, one.piece, segment=_segment_id(notes, one.segment),
                           claimable=not told, note=_TARGET_NOTE if told else "")  # fmt: skip
        elif one.field == "segment" or one.field in SEGMENT or one.field == SEGMENT_CHANNEL:
            _segment(notes, one)
        elif one.field == "offer":
            _offer(notes, one, filled)
        elif one.field in _MANY:
            if one.field not in filled:
                notes.add(one.field, one.value, one.piece)
        else:
            _plain(notes, one)


def _plain(notes: Notebook, one: Kept) -> None:
    before = notes.value(one.field)
    if before is None:
        notes.put(one.field, one.value, one.piece)
        if one.field == "name" and not notes.has("id"):
            notes.put("id", notes.slug(str(one.value)), one.piece, "made of the name")
    elif _differs(before, one.value):
        notes.find("two_readings", f"{notes.by} reads {one.field} as “{shorten(str(one.value), 80)}”, "
                   f"the document's own form as “{shorten(str(before), 80)}”, which stands", one.piece)  # fmt: skip


def _differs(one: object, other: object) -> bool:
    """Whether two readings say different things; the shape of a sentence is none."""
    a, b = (re.sub(r"\W+", " ", str(value).casefold()).strip() for value in (one, other))
    return a not in b and b not in a


def _covered(notes: Notebook, piece: Piece) -> bool:
    """Whether a fact already stands on these words."""
    return any(
        fact.field.startswith("facts[") and fact.span.start < piece.end and piece.start < fact.span.end
        for fact in notes.facts
    )


def _index(notes: Notebook, name: str) -> int | None:
    wanted = name.casefold().strip(" .")
    for fact in notes.facts:
        if (found := re.fullmatch(r"segments\[(\d+)\]\.name", fact.field)) and str(fact.value).casefold() == wanted:
            return int(found[1])
    return None


def _segment_id(notes: Notebook, name: str) -> str:
    index = _index(notes, name) if name else None
    return "" if index is None else str(notes.value(f"segments[{index}].id"))


def _segment(notes: Notebook, one: Kept) -> None:
    if one.field == "segment":
        own = any(f.field.startswith("segments[") and f.by != notes.by for f in notes.facts)
        if not own and _index(notes, str(one.value)) is None:
            _new_segment(notes, one)
        return
    index = _index(notes, one.segment)
    if index is None:
        notes.find(
            "not_carried", f"{notes.by} names a segment “{shorten(one.segment, 60)}” that is not there", one.piece
        )
        return
    base = f"segments[{index}]"
    if one.field == SEGMENT_CHANNEL:
        notes.add(f"{base}.channels", one.value, one.piece)
    elif not notes.has(f"{base}.{SEGMENT[one.field]}"):
        notes.put(f"{base}.{SEGMENT[one.field]}", one.value, one.piece)


def _new_segment(notes: Notebook, one: Kept) -> None:
    number = notes.next("segments")
    base, name = f"segments[{number}]", sentence(str(one.value)).rstrip(".")[:200]
    notes.put(f"{base}.id", notes.slug(name), one.piece)
    notes.put(f"{base}.name", name, one.piece)
    notes.put(f"{base}.priority", number + 1, one.piece, "by its order")
    kind = str(notes.value("segment_type") or "")
    if kind[:3] in ("B2B", "B2C"):
        notes.put(f"{base}.audience", kind[:3].lower(), one.piece, "by the segment type")


def _offer(notes: Notebook, one: Kept, filled: set[str]) -> None:
    if "offers" in filled:
        return
    base = f"offers[{notes.next('offers')}]"
    shown = sentence(one.piece.text).rstrip(".")[:200]
    notes.put(f"{base}.id", notes.slug(f"offer {shown}").removeprefix("offer-"), one.piece)
    notes.put(f"{base}.name", shown, one.piece)
    notes.put(f"{base}.cta", one.value, one.piece)


def _contradict(notes: Notebook, conflict: ReadConflict) -> None:
    """A contradiction that a model saw counts when all of what it quotes is there."""
    spans: list[Span] = [span for quote in conflict.quotes if (span := notes.document.find(quote)) is not None]
    if len(spans) < 2 or len(spans) < len(conflict.quotes):
        detail = f"{notes.by} names a contradiction that the document does not hold: {shorten(conflict.detail, 120)}"
        notes.findings.append(DocumentFinding(code="not_carried", detail=detail))
        return
    notes.contradict(
        "document", f"{shorten(conflict.detail, 300)} (as {notes.by} reads it)", "Which holds?",
        *(Piece(span.quote, span.start) for span in spans),
    )  # fmt: skip


def _dropped(fact: ReadFact, why: str) -> DocumentFinding:
    return DocumentFinding(
        code="not_carried",
        detail=f"dropped: {shorten(fact.field, 60)} = “{shorten(fact.value, 80)}” {why}: “{shorten(fact.quote, 100)}”",
    )
