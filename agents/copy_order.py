"""What one call to the copywriter asks for, and a piece as a prompt shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.usage import PLAYBOOK
from gtm.domain.base import canonical_json
from gtm.domain.brief import Fact, VentureBrief
from gtm.domain.campaign import ContentPiece, Making, TemplateSet, Variable
from gtm.domain.drafting import stood_in
from gtm.domain.names import counted
from gtm.domain.page_address import NOT_SERVED, ServedPages
from gtm.domain.rework import Rework
from gtm.domain.statements import is_thin, statements
from gtm.domain.winners import Winner


@dataclass(frozen=True)
class Order:
    """What one call to the copywriter asks for."""

    brief: VentureBrief
    templates: TemplateSet
    rework: Rework
    variants: int
    tone: str
    revision: int
    winners: tuple[Winner, ...] = ()
    pages: ServedPages = NOT_SERVED

    def earlier(self, piece_id: str) -> Making | None:
        """How the version came about that the checks refused; None for a piece that begins anew."""
        before = self.rework.before.get(piece_id)
        return before.made if before is not None and piece_id in self.rework.findings else None

    def sent_back(self, piece_id: str) -> int:
        """How often a model's piece has gone back when it is asked for now."""
        earlier = self.earlier(piece_id)
        asked = earlier is not None and (
            earlier.model != PLAYBOOK or stood_in(self.rework.before[piece_id].generated_by)
        )
        return earlier.attempts if earlier is not None and asked else 0


def texts_of(piece: ContentPiece) -> tuple[str, ...]:
    """Every text of a piece, once."""
    return tuple(dict.fromkeys(v.text for e in piece.elements for v in e.variants))


def as_shown(piece: ContentPiece) -> str:
    """The texts of a piece as a prompt shows them."""
    return canonical_json([{e.variable: [v.text for v in e.variants]} for e in piece.elements])


def limits(variable: Variable, versions: int, taken: Sequence[str] = ()) -> str:
    """An element as a prompt asks for it: its name, how many versions, what for, how long at most, and what it may be.

    Args:
        variable: what is to be filled.
        versions: how many.
        taken: the only texts that are taken; empty for any.
    """
    words = f", at most {variable.max_words} words" if variable.max_words else ""
    count = counted(versions, "version")
    only = f"; only one of: {', '.join(taken)}" if taken else ""
    return f"{variable.name}, {count}: {variable.purpose} (at most {variable.max_characters} characters{words}){only}"


def tellable(brief: VentureBrief, segment_id: str) -> tuple[Fact, ...]:
    """What copy for a segment may rest on, as a model is told it."""
    facts = (fact for fact in brief.facts_for(segment_id) if not fact.assumed)
    return (*facts, *(statements(brief, segment_id) if is_thin(brief, segment_id) else ()))
