"""One fault in copy: where exactly it is, why it is one, and what would mend it."""

from dataclasses import dataclass
from typing import Literal

from gtm.domain.errors import shorten
from gtm.domain.verdict import Finding

CopyCheck = Literal[
    "content.brand_voice",
    "content.value_proposition",
    "content.cta",
    "content.grammar",
    "content.variants",
    "content.claims_traced",
    "content.lengths",
    "content.variables_filled",
    "content.steps_differ",
    "content.complete",
]


@dataclass(frozen=True)
class CopyFault:
    """A fault.

    Attributes:
        check: the check that it fails.
        piece: id of the piece; element and variant are empty where the whole piece is meant.
        start: first character of the span in the variant's text.
        end: the character after the last.
        span: the text itself.
        why: what is wrong with it.
        repair: what to write instead, or what to do.
    """

    check: CopyCheck
    piece: str
    why: str
    repair: str
    element: str = ""
    variant: str = ""
    span: str = ""
    start: int = 0
    end: int = 0

    @property
    def place(self) -> str:
        """Where it is: `piece/element/variant[start:end]`."""
        where = "/".join(part for part in (self.piece, self.element, self.variant) if part)
        return f"{where}[{self.start}:{self.end}]" if self.end else where

    def sentence(self) -> str:
        """The fault for a person or a model that is asked again."""
        quoted = f" “{shorten(self.span, 60)}”" if self.span else ""
        return f"{self.place}{quoted}: {self.why}; {self.repair}"

    def as_finding(self) -> Finding:
        """The fault as something that the approver sees."""
        quoted = f"“{shorten(self.span, 80)}”: " if self.span else ""
        return Finding(code=self.check, kind="risk", field=self.place, detail=f"{quoted}{self.why}", ask=self.repair)
