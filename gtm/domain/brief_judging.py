"""Readings become one proposal: two values of one field leave it open, and what is missing is named."""

from collections import defaultdict
from collections.abc import Sequence

from gtm.domain.brief import VentureBrief
from gtm.domain.brief_proposal import BriefProposal, Contradiction, Proposed, Reading, carried
from gtm.domain.brief_wanted import missing_in
from gtm.domain.document import Document

_ORDER = {name: index for index, name in enumerate(VentureBrief.model_fields)}


def judged(document: Document, reading: Reading, by: Sequence[str]) -> BriefProposal:
    """The proposal of a reading.

    Args:
        document: what was read; a value whose span does not hold in it is dropped.
        reading: what was taken from it.
        by: who read it.
    """
    kept, contradictions = _settled(carried(reading.facts, document))
    facts = tuple(sorted(kept, key=lambda fact: _ORDER.get(fact.field.split(".")[0].split("[")[0], 99)))
    proposal = BriefProposal(
        document=document.name, kind=document.kind, sha256=document.sha256, by=tuple(by), facts=facts,
        contradictions=(*contradictions, *reading.contradictions), findings=reading.findings,
    )  # fmt: skip
    return proposal.model_copy(update={"missing": tuple(missing_in(proposal.data()))})


def _settled(facts: Sequence[Proposed]) -> tuple[list[Proposed], list[Contradiction]]:
    by_field: dict[str, list[Proposed]] = defaultdict(list)
    for fact in facts:
        by_field[fact.field].append(fact)
    open_fields, contradictions = set[str](), []
    for field, found in by_field.items():
        values = {str(fact.value).casefold(): fact for fact in found}
        if len(values) > 1:
            open_fields.add(field)
            contradictions.append(_two(field, list(values.values())))
    kept = [
        found[0] for field, found in by_field.items() if field not in open_fields and not _hangs(field, open_fields)
    ]
    return kept, contradictions


def _two(field: str, found: Sequence[Proposed]) -> Contradiction:
    told = " and ".join(f"“{fact.value}”" for fact in found[:4])
    return Contradiction(
        field=field,
        detail=f"{field} is said to be {told}.",
        ask="Which holds? Until somebody says, the field is left out.",
        spans=tuple(fact.span for fact in found[:4]),
    )


def _hangs(field: str, open_fields: set[str]) -> bool:
    """Whether a field only says something of one that is left out, such as `assumed` beside a value."""
    head, _, last = field.rpartition(".")
    return last in ("assumed", "note") and f"{head}.value" in open_fields
