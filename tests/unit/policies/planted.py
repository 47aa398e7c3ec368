"""Sentences with planted faults and correct ones, by check (tests/data/planted), and how a check fares on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from gtm.domain.campaign import Claim, ContentElement, ContentPiece, Variant
from tests.unit.policies.support import ROOT

FOLDER = ROOT / "tests" / "data" / "planted"
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How many planted faults were found, and what was missed and falsely alarmed."""

    check: str
    planted: int
    missed: tuple[str, ...]
    correct: int
    false: tuple[str, ...]

    @property
    def found(self) -> int:
        return self.planted - len(self.missed)

    def told(self) -> str:
        lines = [
            f"{self.check}: found {self.found} of {self.planted}, false alarms {len(self.false)} of {self.correct}",
            *(f"  missed: {text}" for text in self.missed),
            *(f"  false alarm: {text}" for text in self.false),
        ]
        return "\n".join(lines)


def planted(check: str) -> Mapping[str, list[Entry]]:
    """The entries of a set: `wrong` and `right`, 20 of each or more."""
    found: Mapping[str, list[Entry]] = yaml.safe_load((FOLDER / f"{check}.yaml").read_text("utf-8"))
    return found


def measured(check: str, spans: Callable[[Entry], list[str]]) -> Outcome:
    """Try a check on its sentences; a fault with a span counts as found where one of the check's spans meets it.

    Args:
        check: name of the file.
        spans: the spans that the check finds in an entry; an empty text where it means the whole.
    """
    entries = planted(check)
    missed = tuple(str(e.get("text", e)) for e in entries["wrong"] if not _meets(e, spans(e)))
    false = tuple(f"{e.get('text', e)} → {found}" for e in entries["right"] if (found := spans(e)))
    return Outcome(check, len(entries["wrong"]), missed, len(entries["right"]), false)


def _meets(entry: Entry, spans: list[str]) -> bool:
    wanted = entry.get("span")
    return any(not wanted or not span or wanted in span or span in wanted for span in spans)


def piece_of(entry: Entry, element: str = "email_body") -> ContentPiece:
    """A piece that says an entry's text and names its claims."""
    return ContentPiece(
        piece_id="x/y/1-z",
        campaign_id="x",
        template_id="t",
        segment_id=entry.get("segment", "it-platform"),
        step=1,
        elements=(ContentElement(variable=element, variants=(Variant(label="A", text=entry["text"]),)),),
        cta="book_demo",
        cta_url="https://x.example",
        claims=tuple(Claim(text=_fact_text(entry, f), fact_id=f) for f in entry.get("claims", ())),
        generated_by="test",
        prompt_version="1",
    )


def _fact_text(entry: Entry, fact_id: str) -> str:
    from tests.unit.policies.support import brief

    fact = brief(entry.get("venture", "fleet")).fact(fact_id)
    assert fact is not None, f"{fact_id} is no fact"
    return fact.text
