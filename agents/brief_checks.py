"""What a model says it read in a document, against the document: no quote, no fact; no value in the quote, no fact.

The document is data. A model that followed an order in it could only answer with other fields and quotes, and those
are judged here like any.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import Field

from gtm.domain.base import Model
from gtm.domain.brief_proposal import Value
from gtm.domain.document import Document, Span
from gtm.domain.instructions import is_instruction
from gtm.playbook.intake.pieces import Piece
from gtm.playbook.intake.values import (
    CHANNELS,
    CTAS,
    VOICES,
    Words,
    amounts,
    countries,
    day,
    segment_type,
    word,
    zones,
)

TEXTS = frozenset({
    "name", "product", "category", "market_strategy.value_proposition", "market_strategy.positioning", "pricing.model",
    "pricing.price", "brand.description", "source", "postal_address.value",
})  # fmt: skip
LISTS = frozenset({
    "market_strategy.competitors", "market_strategy.differentiators", "brand.preferred_words", "brand.banned_words",
})  # fmt: skip
MONEY = frozenset({
    "pricing.annual_contract_value.value", "pricing.lifetime_value.value", "pricing.target_cac.value",
    "financial_model.monthly.value", "financial_model.annual_total",
})  # fmt: skip
SHARES = frozenset({"brand.formality", "brand.emotion", "brand.complexity"})
WORDS = frozenset({
    "segment_type", "market_strategy.status", "pricing.status", "brand.voice", "market_strategy.last_updated",
    "website.value", "channels", "geography.countries", "geography.time_zones", "offer",
})  # fmt: skip
SEGMENT = {
    "segment.profile": "profile",
    "segment.value_proposition": "value_proposition",
    "segment.size": "characteristics.size.value",
    "segment.growth": "characteristics.growth.value",
    "segment.accessibility": "characteristics.accessibility.value",
}
SEGMENT_CHANNEL = "segment.channels"
FACTS = {f"fact.{kind}": kind for kind in ("feature", "proof", "belief", "pricing", "privacy", "target", "theme")}
FIELDS = ("segment", SEGMENT_CHANNEL, *sorted({*TEXTS, *LISTS, *MONEY, *SHARES, *WORDS, *SEGMENT, *FACTS}))
"""Everything a model may answer; whatever else it says is dropped."""


class ReadFact(Model):
    """One statement as a model returns it.

    Attributes:
        field: one of the fields named in the prompt.
        segment: for fields of a segment, the segment's name.
        value: the value, in the document's words where it is text.
        quote: the words of the document that say so, copied exactly.
    """

    field: Annotated[str, Field(max_length=80)]
    segment: Annotated[str, Field(max_length=200)]
    value: Annotated[str, Field(max_length=4000)]
    quote: Annotated[str, Field(max_length=4000)]


class ReadConflict(Model):
    """Two places of the document that cannot both hold, as a model returns them."""

    detail: Annotated[str, Field(max_length=400)]
    quotes: Annotated[tuple[str, ...], Field(max_length=4)]


class ReadBrief(Model):
    """What a model returns for one part of a document."""

    facts: Annotated[tuple[ReadFact, ...], Field(max_length=200)]
    contradictions: Annotated[tuple[ReadConflict, ...], Field(max_length=20)]


@dataclass(frozen=True)
class Kept:
    """A statement that holds: the value as the brief takes it, and where the document says so."""

    field: str
    segment: str
    value: Value
    piece: Piece


class Dropped(Exception):
    """A statement that does not hold; the text says why."""


def checked(document: Document, fact: ReadFact, orders: tuple[tuple[int, int], ...]) -> Kept:
    """The statement, if the document carries it.

    Args:
        document: what was read.
        fact: as the model returned it.
        orders: where the document gives orders to machines; nothing there is a fact.

    Raises:
        Dropped: an unknown field, a quote that is not in the document, or a value that is not in its quote.
    """
    if fact.field not in FIELDS:
        raise Dropped("is no field of a brief that may be read")
    span = document.find(fact.quote)
    if span is None:
        raise Dropped("quotes what the document does not say")
    if any(start < span.end and span.start < end for start, end in orders):
        raise Dropped("rests on an order to a machine")
    value, piece = _value(document, fact, span)
    return Kept(fact.field, fact.segment.strip(), value, piece)


def orders_of(document: Document) -> tuple[tuple[int, int], ...]:
    """The blocks in which the document gives orders to machines."""
    return tuple((block.start, block.end) for block in document.blocks if is_instruction(block.text))


def _value(document: Document, fact: ReadFact, span: Span) -> tuple[Value, Piece]:
    quote = Piece(span.quote, span.start)
    if fact.field in MONEY:
        return _money(fact.value, quote), quote
    if fact.field in SHARES:
        return _share(fact.value, quote), quote
    if fact.field in WORDS or fact.field == SEGMENT_CHANNEL:
        return _word(fact.field, fact.value.strip(), quote), quote
    found = document.find(fact.value.strip().rstrip("."), begin=span.start, end=span.end)
    if found is None:
        raise Dropped("says something else than its quote")
    return found.quote, Piece(found.quote, found.start)


def _money(value: str, quote: Piece) -> Decimal:
    wanted = [money.value for money in amounts(value)] or [_decimal(value)]
    if wanted[0] not in [money.value for money in amounts(quote.text)]:
        raise Dropped("gives an amount that is not in its quote")
    return wanted[0]


def _share(value: str, quote: Piece) -> Decimal:
    wanted = _decimal(value)
    if not 0 <= wanted <= 1 or not re.search(rf"(?<![\d.]){re.escape(str(wanted))}(?![\d.])", quote.text):
        raise Dropped("gives a number that is not in its quote")
    return wanted


def _decimal(text: str) -> Decimal:
    try:
        made = Decimal(re.sub(r"[,$\s]|USD", "", text))
    except InvalidOperation:
        raise Dropped("gives no number") from None
    if not made.is_finite():
        raise Dropped("gives no number")
    return made


def _word(field: str, value: str, quote: Piece) -> str:
    """A word of a closed vocabulary counts when the house reads the same out of the quote."""
    if value not in _words_in(field, value, quote):
        raise Dropped("gives a word that its quote does not carry")
    return value


def _words_in(field: str, value: str, quote: Piece) -> set[str]:
    text = quote.text
    match field:
        case "segment_type":
            return {segment_type(text) or ""}
        case "channels" | "segment.channels":
            return _each(text, CHANNELS)
        case "brand.voice":
            return _each(text, VOICES)
        case "offer":
            return _each(text, CTAS)
        case "geography.countries":
            return {code for code, _, _ in countries(text)}
        case "geography.time_zones":
            return {zone for zone, _, _ in zones(text)}
        case "market_strategy.last_updated":
            found = day(quote)
            return {found[0].isoformat()} if found else set()
        case "website.value":
            return (
                {value}
                if value.startswith("https://") and value.removeprefix("https://").rstrip("/") in text
                else set()
            )
        case "market_strategy.status":
            return {w for w in ("approved", "draft") if re.search(rf"\b{w}\b", text, re.I)}
        case _:
            return {w for w in ("aligned", "draft") if re.search(rf"\b{w}\b", text, re.I)}


def _each(text: str, words: Words) -> set[str]:
    return {value for value, pattern in words if word(text, ((value, pattern),))}
