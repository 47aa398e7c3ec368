"""What a brief needs, and how to say to a person what to add: required by its form, or asked for by the entry gates."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gtm.domain.brief_proposal import Missing

_APART = "a number from 0 to 1"
WANTED: tuple[tuple[str, bool, str, str], ...] = (
    ("id", True, "a short id of the venture", "id: harbor"),
    ("name", True, "the venture's name", "name: Harbor"),
    ("website.value", True, "the address that campaign links lead to", 'website: {value: "https://www.example.com"}'),
    ("product", True, "what the product is, in a sentence or two", "product: …"),
    ("category", True, "what kind of product it is, in a few words", "category: open-source device management"),
    ("segment_type", True, "whom the venture sells to: B2B_Enterprise, B2B_SMB, B2C_Mass, B2C_Premium or Hybrid",
     "segment_type: B2B_SMB"),
    ("market_strategy.status", True, "whether the strategy is approved or a draft (the entry gate asks for approved)",
     "status: approved"),
    ("market_strategy.last_updated", True, "the day the strategy was last changed", "last_updated: 2026-01-31"),
    ("market_strategy.document", True, "the market strategy in words", "document: …"),
    ("market_strategy.positioning", False, "the positioning: what is different, and from whom", "positioning: …"),
    ("market_strategy.objectives", False, "goals with weights that sum to 1",
     "objectives: [{name: awareness, weight: 0.4}, {name: conversion, weight: 0.6}]"),
    ("segments", True, "at least one customer segment",
     "segments: [{id: town, name: Town marinas, priority: 1, audience: b2b}]"),
    ("segments[].audience", True, "b2b or b2c", "audience: b2b"),
    ("segments[].profile", False, "who they are", "profile: …"),
    ("segments[].value_proposition", False, "what this segment gets", "value_proposition: …"),
    ("segments[].characteristics.size.value", False, "how large the segment is", "size: {value: 900 companies}"),
    ("segments[].characteristics.growth.value", False, "how it grows", "growth: {value: 4 % a year}"),
    ("segments[].characteristics.accessibility.value", False, "how it is reached", "accessibility: {value: …}"),
    ("segments[].channels", False, "the channels of this segment", "channels: [linkedin, email]"),
    ("facts", True, "statements that copy may use", "facts: [{id: free, kind: pricing, text: A first look is free.}]"),
    ("offers", True, "what a call to action leads to",
     "offers: [{id: demo, name: Demo, cta: book_demo, path: /demo, cta_text: Book a demo}]"),
    ("offers[].path", True, "the page it leads to, from the root of the website", "path: /demo"),
    ("offers[].cta", True, "what it asks for: book_demo, start_trial, download_resource, register_webinar, "
     "contact_sales, learn_more or buy_now", "cta: book_demo"),
    ("pricing.status", True, "whether pricing is aligned or a draft (the entry gate asks for aligned)",
     "status: aligned"),
    ("pricing.model", True, "how it is priced", "model: per user and month"),
    ("pricing.price", True, "the price, or that there is no public one", "price: 4.99 USD a month"),
    ("brand.voice", True, "one of professional, friendly, authoritative, playful, inspirational, technical",
     "voice: friendly"),
    ("brand.description", True, "the voice in words", "description: plain, open, a little wry"),
    ("brand.formality", True, f"{_APART}; 0.2 is casual, 0.8 is formal", "formality: 0.4"),
    ("brand.emotion", True, f"{_APART}; 0.2 is sober, 0.8 is warm", "emotion: 0.4"),
    ("brand.complexity", True, f"{_APART}; 0.2 is plain, 0.8 is for experts", "complexity: 0.4"),
    ("financial_model.monthly.value", True, "the marketing budget of the month that is planned, in US dollars",
     "monthly: {value: 5000}"),
    ("geography.countries", True, "the countries, most important first, in two letters", "countries: [US, GB]"),
    ("geography.time_zones", True, "the recipients' time zones by IANA name",
     "time_zones: [America/New_York, Europe/London]"),
    ("source", True, "where the facts come from", "source: …"),
)  # fmt: skip
"""Field (`[]` stands for each item), whether the brief cannot be without it, what to add, and its form."""

LEAST_FACTS = 2


def missing_in(data: Mapping[str, Any]) -> Iterator[Missing]:
    """What a brief that is being made does not hold yet.

    Args:
        data: the brief so far, in the form of its YAML.
    """
    for field, required, ask, example in WANTED:
        holder, _, rest = field.partition("[].")
        if not rest:
            if not _at(data, field):
                yield Missing(field=field, ask=ask, example=example, required=required)
            continue
        for index, item in enumerate(_at(data, holder) or ()):
            if not _at(item, rest):
                told = f"{ask} ({item['name']})" if isinstance(item.get("name"), str) else ask
                yield Missing(field=f"{holder}[{index}].{rest}", ask=told, example=example, required=required)
    yield from _few_facts(data)


def _few_facts(data: Mapping[str, Any]) -> Iterator[Missing]:
    facts = data.get("facts") or []
    kinds = ("feature", "proof", "offer", "belief", "pricing", "privacy")
    usable = [f for f in facts if f.get("kind") in kinds and f.get("claimable", True) and not f.get("assumed")]
    for segment in data.get("segments") or []:
        own = [f for f in usable if not f.get("segments") or segment.get("id") in f["segments"]]
        if facts and len(own) < LEAST_FACTS:
            yield Missing(
                field="facts",
                ask=f"{LEAST_FACTS - len(own)} more statements that copy for {segment.get('name')} may use",
                example="{id: …, kind: feature, text: …}",
                required=False,
            )


def _at(value: Any, field: str) -> Any:
    for name in re.split(r"\.", field):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if not isinstance(value, str) or value.strip() else None
