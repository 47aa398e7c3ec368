"""What the checks of copy find: faults with their exact place, and the report on a piece and on all of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Model, Share
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
    "content.readability",
    "content.links",
    "content.spam",
    "content.accessibility",
    "content.unsubscribe",
    "content.language",
    "content.origin",
    "content.html",
]
"""The checks of copy; `content.origin` finds instructions that were copied from a brief or a document."""

Severity = Literal["block", "warn"]


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
        severity: whether it stops the step; a warning is shown to the approver.
        score: what the check measured, where it measures.
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
    severity: Severity = "block"
    score: Decimal | None = None

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


@dataclass(frozen=True)
class NotChecked:
    """A checker that is not there or gave no answer: what it would have found is not known.

    Attributes:
        check: the check that it belongs to.
        by: whose check it is, such as `the language checkers`.
        why: why there is no answer.
    """

    check: CopyCheck
    by: str
    why: str

    def sentence(self) -> str:
        """The line that whoever decides sees."""
        return f"{self.check} was not checked by {self.by}: {self.why}"


class PieceReport(Model):
    """What the checks say of one piece as it stood.

    Attributes:
        sha256: hash of the piece that was judged; of another text it says nothing.
        scores: what each check measured, in 0-1, higher is better.
        faults: everything found, blocking or not.
    """

    piece_id: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    scores: Mapping[CopyCheck, Share] = Field(default_factory=dict)
    faults: tuple[CopyFault, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether a fault stops the piece."""
        return any(fault.severity == "block" for fault in self.faults)


class ContentReport(Model):
    """What the checks say of a run's copy, a report a piece.

    Attributes:
        not_checked: the checkers that are not there or gave no answer: what they would have found is in no report.
    """

    pieces: tuple[PieceReport, ...]
    not_checked: tuple[NotChecked, ...] = ()

    def piece(self, piece_id: str) -> PieceReport | None:
        """The report on a piece, if there is one."""
        return next((report for report in self.pieces if report.piece_id == piece_id), None)
