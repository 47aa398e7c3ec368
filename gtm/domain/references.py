"""What a finding, a criterion or a claim rests on, as a person reads it: no identifier reaches a reader as stored.

References are `fact:ID`, `policy:NAME`, dotted fields of the brief, names of policies that judged, and ids of records.
"""

from collections.abc import Iterator, Sequence

from gtm.domain.brief import VentureBrief
from gtm.domain.names import counted, in_text, name_of
from gtm.domain.statements import fact_of, without_stop

NAMED = 3
"""More facts than these are counted and not quoted."""

_JUDGED = frozenset(
    {"strategy", "channels", "budget", "templates", "content", "schedule", "workflows", "triggers", "testing"}
)
"""First parts of the names of guardrails."""


def grounds_told(references: Sequence[str], brief: VentureBrief | None = None) -> str:
    """What something rests on, in words; empty where it rests on records that the finding names itself.

    Args:
        references: as they are stored.
        brief: names facts and segments; they are counted without it.
    """
    told = [*_facts(references, brief), *_policies(references), *_segments(references, brief)]
    told += [*_checks(references), *(words for r in references if (words := _field(r)))]
    return ", ".join(dict.fromkeys(told))


def _facts(references: Sequence[str], brief: VentureBrief | None) -> Iterator[str]:
    ids = [r.removeprefix("fact:") for r in references if r.startswith("fact:")]
    known = [fact for i in ids if brief is not None and (fact := fact_of(brief, i))]
    if ids and len(known) == len(ids) <= NAMED:
        yield from (f"“{fact.short or without_stop(fact.text)}”" for fact in known)
    elif ids:
        yield f"{counted(len(ids), 'fact')} of the brief"


def _policies(references: Sequence[str]) -> Iterator[str]:
    names = [r.removeprefix("policy:").split(".") for r in references if r.startswith("policy:")]
    named = [parts[-1] if parts[-1] != "default" else parts[0] for parts in names]
    last = [" ".join(in_text(word) for word in name.split("_")) for name in named]
    if last:
        yield f"the house's figures for {', '.join(dict.fromkeys(last))}"


def _segments(references: Sequence[str], brief: VentureBrief | None) -> Iterator[str]:
    ids = [r.split(".")[1] for r in references if r.startswith("segments.")]
    names = [s.name for s in brief.ranked_segments if s.id in ids] if brief else []
    if ids and len(names) == len(dict.fromkeys(ids)):
        yield from names
    elif ids:
        yield counted(len(set(ids)), "segment")


def _checks(references: Sequence[str]) -> Iterator[str]:
    heads = [r.split(".")[0] for r in references if "." in r and " " not in r]
    if "entry" in heads:
        yield "both entry gates" if heads.count("entry") > 1 else "an entry gate"
    judged = list(dict.fromkeys(h for h in heads if h in _JUDGED))
    if judged:
        yield f"the checks of {', '.join(in_text(h) for h in judged)}"
    if "exits" in heads:
        yield "exit criteria and exit gates"


def _field(reference: str) -> str:
    """A field of the brief or a plain word; nothing for what is told elsewhere and for ids of records."""
    head = reference.split(".")[0]
    if ":" in reference or "-" in reference or head in ("segments", "entry", "exits") or head in _JUDGED:
        return in_text(reference) if reference in _JUDGED else ""
    return " › ".join(name_of(part) if at == 0 else in_text(part) for at, part in enumerate(reference.split(".")))
