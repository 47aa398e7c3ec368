"""What a brief states outside its facts, as facts: a thin brief's copy rests on them as well.

Each has an id of its own (`stated-…`), so that a claim can name it and a reader can look it up. A statement that a fact
bars (`claimable: false`) is none.
"""

import re
from collections.abc import Iterator

from gtm.domain.base import identifier
from gtm.domain.brief import Fact, FactKind, Segment, VentureBrief
from gtm.domain.names import small_start

FACTS_A_LETTER = 3
"""How many facts a letter needs, so that a sequence neither repeats itself nor fills up with phrases."""

SHORTEST_SEQUENCE = 3
"""domain.md: an e-mail sequence has at least 3 mails."""

ENOUGH_FACTS = FACTS_A_LETTER * SHORTEST_SEQUENCE
"""Below this a brief's other statements stand in beside its facts."""

_ABBREVIATION = re.compile(r"(?:\b(?:[A-Za-z]\.){2,}|\b(?:Inc|Ltd|Co|Corp|etc|approx|incl|vs|No)\.)$")
_REFERS = re.compile(r"\b(?:same|these|those|such|others?|they|their)\b", re.I)
"""Words by which one segment's profile leans on another's."""

_ARTICLE = re.compile(r"^(?:The|A|An) ")
_LONGEST_DIFFERENCE = 60


def without_stop(text: str) -> str:
    """The text without its full stop; that of an abbreviation (`7 a.m.`) belongs to the word and stays."""
    plain = text.rstrip()
    return plain if _ABBREVIATION.search(plain) else plain.removesuffix(".")


def fact_of(brief: VentureBrief, fact_id: str) -> Fact | None:
    """The fact or the statement of that id, if there is one."""
    return brief.fact(fact_id) or next((f for f in stated(brief) if f.id == fact_id), None)


def stated(brief: VentureBrief) -> tuple[Fact, ...]:
    """The statements of a brief that no fact bars, in the order in which copy takes them."""
    return tuple(f for f in _stated(brief) if not brief.barred_in(f.text))


def statements(brief: VentureBrief, segment_id: str) -> tuple[Fact, ...]:
    """The brief's statements that speak to a segment."""
    return tuple(f for f in stated(brief) if not f.segments or segment_id in f.segments)


def is_thin(brief: VentureBrief, segment_id: str) -> bool:
    """Whether a segment has fewer facts than the shortest sequence tells."""
    return len(brief.copy_facts(segment_id)) < ENOUGH_FACTS


def _stated(brief: VentureBrief) -> Iterator[Fact]:
    name, strategy = brief.name, brief.market_strategy
    yield _fact("stated-product", "feature", f"{name}: {small_start(_first_sentence(brief.product))}")
    if strategy.value_proposition.strip():
        yield _fact("stated-value", "feature", strategy.value_proposition)
    different = [d for d in strategy.differentiators if len(d) <= _LONGEST_DIFFERENCE]
    if different:
        told = "; ".join(small_start(without_stop(d)) for d in different)
        yield _fact("stated-differences", "feature", f"What sets {without_stop(name)} apart: {told}")
    positioning = _first_sentence(strategy.positioning)
    if _ARTICLE.match(positioning):
        yield _fact("stated-positioning", "belief", f"{name} is {small_start(positioning)}")
    priced = any(f.kind == "pricing" and f.claimable for f in brief.facts)
    if not priced and re.search(r"\d", brief.pricing.price):
        yield _fact("stated-price", "pricing", f"The price: {small_start(_first_sentence(brief.pricing.price))}")
    yield from (_profile(name, s) for s in brief.segments if s.profile.strip() and not _REFERS.search(s.profile))


def _profile(name: str, segment: Segment) -> Fact:
    text = f"{name} is made for {small_start(_first_sentence(segment.profile))}"
    return _fact(identifier("stated-profile", segment.id), "belief", text, (segment.id,))


def _fact(fact_id: str, kind: FactKind, text: str, segments: tuple[str, ...] = ()) -> Fact:
    plain = " ".join(text.split())
    ended = plain if plain.endswith((".", "!", "?")) else f"{plain}."
    return Fact(id=fact_id, kind=kind, text=ended, segments=segments)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[a-z\d)][.!?])\s+(?=[A-Z])", " ".join(text.split()), maxsplit=1)[0]
