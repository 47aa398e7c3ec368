"""What is being taken from a document: values with their places, facts with their ids, and what could not be read."""

import re
from bisect import bisect_right
from decimal import Decimal
from itertools import islice, takewhile

from gtm.domain.brief_proposal import Contradiction, DocumentFinding, FindingCode, Proposed, Value
from gtm.domain.document import Document
from gtm.domain.speech_acts import Act, act_of, without_cadence
from gtm.playbook.intake.pieces import Piece, clauses, sentences

_IDLE_TEXT = "a an the and or of to in on at by for from with is are be it its as that than then"
_IDLE = frozenset(_IDLE_TEXT.split())

MOST_FACTS = 200
"""Statements of a brief."""

MOST_ITEMS = 50
"""Items of any other list of a brief."""

MOST_LEFT_OUT = 200
"""Instructions and plans that are told one by one."""

_STATED = re.compile(
    r"product|pricing\.(?:model|price)|market_strategy\.(?:positioning|value_proposition|differentiators\[\d+\])|"
    r"segments\[\d+\]\.(?:profile|value_proposition)"
)
"""Fields whose words copy may repeat, as it does a fact's."""

_PLANNED = frozenset({"target", "milestone", "theme"})
"""Kinds of facts that say what is intended, and are never claimed or only name a topic."""


class Notebook:
    """Collects proposals, each with its place.

    Args:
        document: what is read.

    Attributes:
        by: who reads.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.by = "playbook"
        self.facts: list[Proposed] = []
        self.contradictions: list[Contradiction] = []
        self.findings: list[DocumentFinding] = []
        self._counts: dict[str, int] = {}
        self._ids: set[str] = set()
        self._told: set[str] = set()
        self._left: set[tuple[int, int]] = set()
        self._cut: dict[int, list[Piece]] = {}

    def put(self, field: str, value: Value, piece: Piece, note: str = "") -> None:
        """Propose a value."""
        if isinstance(value, str):
            value = self._said(value, piece) if _STATED.fullmatch(field) else value
            if not value.strip():
                return
        span = self.document.span(piece.start, piece.end)
        self.facts.append(Proposed(field=field, value=value, span=span, by=self.by, note=note))

    def add(self, listed: str, value: Value, piece: Piece, note: str = "") -> None:
        """Propose one more item of a list of plain values; what is there already is not put twice."""
        if self.room(listed, piece) and not any(
            f.value == value for f in self.facts if f.field.rpartition("[")[0] == listed
        ):
            self.put(f"{listed}[{self.next(listed)}]", value, piece, note)

    def next(self, listed: str) -> int:
        """The next free place of a list."""
        self._counts[listed] = self._counts.get(listed, -1) + 1
        return self._counts[listed]

    def room(self, listed: str, piece: Piece) -> bool:
        """Whether one more item of a list is taken; the first that is not is told."""
        if self._counts.get(listed, -1) + 1 < MOST_ITEMS:
            return True
        self.full(f"more than {MOST_ITEMS} items for {listed}", piece)
        return False

    def has(self, field: str) -> bool:
        """Whether something is proposed for a field, or for a part of it."""
        return any(f.field == field or f.field.startswith((f"{field}.", f"{field}[")) for f in self.facts)

    def value(self, field: str) -> Value | None:
        """What is proposed first for a field."""
        return next((f.value for f in self.facts if f.field == field), None)

    def find(self, code: FindingCode, detail: str, piece: Piece) -> None:
        """Note something that a person should see."""
        self.findings.append(DocumentFinding(code=code, detail=detail, span=self.document.span(piece.start, piece.end)))

    def contradict(self, field: str, detail: str, ask: str, *pieces: Piece) -> None:
        """Note two places that cannot both hold."""
        spans = tuple(self.document.span(piece.start, piece.end) for piece in pieces)
        self.contradictions.append(Contradiction(field=field, detail=detail, ask=ask, spans=spans))

    def full(self, what: str, piece: Piece) -> None:
        """Note once that there is more than a brief holds; the rest is left out."""
        detail = f"{what}; from here on they are left out"
        if not any(finding.detail == detail for finding in self.findings):
            self.find("not_read", detail, piece)

    def fact(
        self,
        kind: str,
        piece: Piece,
        *,
        segment: str = "",
        claimable: bool = True,
        assumed: bool = False,
        note: str = "",
    ) -> None:
        """Propose a statement about the venture, in the document's words."""
        piece = piece.trimmed(" ,;:.'\"“”‘’") if not piece.text.endswith(")") else piece.trimmed(" ,;:'\"")
        if kind == "theme":
            piece = self._topic(piece)
        if self._aside(piece, planned=kind in _PLANNED, customers=kind not in ("proof", "belief")):
            return
        key = " ".join(piece.text.lower().split())
        if len(piece.text) < 3 or len(piece.text) > 600 or key in self._told:
            return
        if len(self._told) >= MOST_FACTS:
            self.full(f"more than the {MOST_FACTS} statements that a brief holds", piece)
            return
        self._told.add(key)
        base = f"facts[{self.next('facts')}]"
        self.put(f"{base}.id", self.slug(piece.text), piece)
        self.put(f"{base}.kind", kind, piece)
        self.put(f"{base}.text", sentence(piece.text), piece)
        if len(piece.text) <= 90:
            self.put(f"{base}.short", piece.text, piece)
        if segment:
            self.put(f"{base}.segments[0]", segment, piece)
        if assumed:
            self.put(f"{base}.assumed", True, piece)
        if not claimable:
            self.put(f"{base}.claimable", False, piece)
            self.put(f"{base}.note", note, piece)

    def _said(self, value: str, piece: Piece) -> str:
        """The value without its sentences that instruct or plan; those are noted."""
        parts = list(sentences(piece)) or [piece]
        kept = [part for part in parts if not self._aside(part)]
        return value if len(kept) == len(parts) else sentence(" ".join(part.text for part in kept)) if kept else ""

    def _topic(self, piece: Piece) -> Piece:
        """A theme without how often it comes, which is a plan."""
        topic = piece.part(0, len(without_cadence(piece.text))).trimmed()
        if len(topic.text) < len(piece.trimmed().text):
            self._leave("plan", piece.part(len(topic.text)).trimmed(" .,:;()-–—"))
        return topic

    def _aside(self, piece: Piece, *, planned: bool = False, customers: bool = True) -> bool:
        """Whether the clauses around these words instruct or plan, which is noted: a quote may be cut narrower."""
        for clause in self._around(piece):
            act = act_of(clause.text, customers=customers)
            if act == "instruction" or (act == "plan" and not planned):
                self._leave(act, clause)
                return True
        return False

    def _around(self, piece: Piece) -> list[Piece]:
        """The clauses of the document in which a piece lies."""
        block = self.document.block_at(piece.start)
        if block.start not in self._cut:
            whole = Piece(block.text, block.start)
            cells = [whole.part(cell.start, cell.end) for cell in block.cells] or [whole]
            self._cut[block.start] = [part for cell in cells for one in sentences(cell) for part in clauses(one)]
        cut = self._cut[block.start]
        first = max(bisect_right(cut, piece.start, key=lambda part: part.start) - 1, 0)
        return list(takewhile(lambda part: part.start < piece.end, islice(cut, first, None)))

    def _leave(self, act: Act, piece: Piece) -> None:
        """Note once what is left out, and why."""
        if (piece.start, piece.end) in self._left:
            return
        self._left.add((piece.start, piece.end))
        if len(self._left) <= MOST_LEFT_OUT:
            self.find("left_out", f"reads as {'an instruction' if act == 'instruction' else 'a plan'}", piece)
        elif len(self._left) == MOST_LEFT_OUT + 1:
            self.find("left_out", "from here on, instructions and plans are left out without a line each", piece)

    def slug(self, text: str) -> str:
        """An id of the first telling words of a text, not used before."""
        words = [w for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in _IDLE] or ["fact"]
        base = "-".join(words[:4])[:50].strip("-")
        made, number = base, 2
        while made in self._ids:
            made, number = f"{base}-{number}", number + 1
        self._ids.add(made)
        return made

    def number(self, field: str, text: str, piece: Piece) -> None:
        """Propose a number from 0 to 1, written so or in percent."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%|percent)?", text.strip())
        if found is None:
            self.find("not_read", f"{field} is no number: {text}", piece)
            return
        value = Decimal(found[1]) / (100 if found[2] else 1)
        self.put(field, value, piece)


def sentence(text: str) -> str:
    """A statement with a capital at its head and a full stop at its end; names like iOS keep their letters."""
    first = text.split(" ", 1)[0]
    head = text if any(c.isupper() for c in first[1:]) else text[:1].upper() + text[1:]
    return head if head.endswith((".", "!", "?")) else f"{head}."
