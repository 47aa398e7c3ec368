"""What is being taken from a document: values with their places, facts with their ids, and what could not be read."""

import re
from decimal import Decimal

from gtm.domain.brief_proposal import Contradiction, DocumentFinding, FindingCode, Proposed, Value
from gtm.domain.document import Document
from gtm.playbook.intake.pieces import Piece

_IDLE = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "is",
        "are",
        "be",
        "it",
        "its",
        "as",
        "that",
        "than",
        "then",
    ]
)

MOST_FACTS = 200
"""Statements of a brief."""

MOST_ITEMS = 50
"""Items of any other list of a brief."""


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

    def put(self, field: str, value: Value, piece: Piece, note: str = "") -> None:
        """Propose a value."""
        if isinstance(value, str) and not value.strip():
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
