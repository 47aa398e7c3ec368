"""What does not add up in a brief: shown to LEAD at the entry gate, never corrected in silence."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Literal

from gtm.domain.brief import ScoreRule, VentureBrief
from gtm.domain.money import usd
from gtm.domain.names import counted, joined, name_of
from gtm.domain.spec import Policies
from gtm.domain.verdict import Finding
from gtm.policies.channels import allowed_channels
from gtm.policies.claim_promises import SUPERLATIVES
from gtm.policies.numbers import numbers_in
from gtm.policies.serving import serving_faults, serving_notes

Kind = Literal["contradiction", "assumption", "missing", "risk"]

_PERCENT = re.compile(r"(?<![\d.,])(\d{1,6}(?:[.,]\d+)?) ?(?:%|percent\b)", re.I)
_SHARE = re.compile(
    r"\bshares? (?:of|:) ?(\d{1,4}(?:\.\d+)?)(?! ?%)(?![\d.]*\s*(?:percent|USD|dollars|users|people))", re.I
)
_GROWTH = re.compile(r"\b(?:grow|grew|grown|growth|increase|more|faster|return|ROI|ROAS|rise|up by|higher)\b", re.I)
_OWNED = re.compile(
    r"\b\d[\d,.]*\+? (?:active |paying |happy )?(?:users|customers|installs|downloads|subscribers)\b", re.I
)


def find_contradictions(brief: VentureBrief, policies: Policies) -> tuple[Finding, ...]:
    """Every contradiction, gap and risk that can be seen in the brief itself, in a fixed order.

    Args:
        brief: the venture's facts.
        policies: the ranges of domain.md.
    """
    found = (finding for rule in _RULES for finding in rule(brief, policies))
    return (*serving_faults(brief, policies), *serving_notes(brief, policies), *found)


def _finding(code: str, kind: Kind, field: str, detail: str, ask: str) -> Finding:
    return Finding(code=code, kind=kind, field=field, detail=detail, ask=ask)


def _totals(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    model = brief.financial_model
    if model.annual_total is None or not model.by_month:
        return
    summed = sum(model.by_month, Decimal("0.00"))
    if summed != model.annual_total:
        months = len(model.by_month)
        yield _finding(
            "budget.totals", "contradiction", "financial_model.by_month",
            f"The {months} months sum to {usd(summed)}, the annual total says {usd(model.annual_total)}: "
            f"{usd(abs(summed - model.annual_total))} apart.",
            "Which of the two holds? Until then the month that is planned is used.",
        )  # fmt: skip


def _monthly(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    model = brief.financial_model
    if model.by_month and model.monthly.value not in model.by_month:
        yield _finding(
            "budget.monthly", "contradiction", "financial_model.monthly",
            f"The planned month is {usd(model.monthly.value)}, none of the {counted(len(model.by_month), 'month')} "
            f"listed is.",
            "Which month is planned?",
        )  # fmt: skip
    if model.annual_total is not None and not model.by_month and model.monthly.value * 12 != model.annual_total:
        yield _finding(
            "budget.annual", "contradiction", "financial_model.annual_total",
            f"Twelve months of {usd(model.monthly.value)} are {usd(model.monthly.value * 12)}, the annual total says "
            f"{usd(model.annual_total)}.",
            "Which of the two holds?",
        )  # fmt: skip


def _range(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    model, allowed = brief.financial_model, policies.total_budget
    limits = f"{usd(allowed.minimum)}-{usd(allowed.maximum)} a month"
    outside = [(n, amount) for n, amount in enumerate(model.by_month, start=1) if not allowed.holds(amount)]
    if outside:
        named = ", ".join(f"month {n} ({usd(amount)})" for n, amount in outside)
        yield _finding(
            "budget.range", "contradiction", "financial_model.by_month", f"Outside {limits}: {named}.",
            "Is stage 17 planned for a month with a budget in the range?",
        )  # fmt: skip


def _value_propositions(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    for segment in brief.segments:
        if not segment.value_proposition.strip():
            yield _finding(
                "segments.value_proposition", "missing", f"segments.{segment.id}.value_proposition",
                f"Segment {segment.id} has no value proposition.", "What does this segment get?",
            )  # fmt: skip


def _percentages(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    for field, text in texts_of(brief):
        for match in _PERCENT.finditer(text):
            around = text[max(0, match.start() - 40) : match.end() + 40]
            if Decimal(match.group(1).replace(",", ".")) > 100 and not _GROWTH.search(around):
                yield _finding(
                    "text.percentage", "contradiction", field, f"“{match.group().strip()}” is more than all of it.",
                    "What is the figure?",
                )  # fmt: skip
        for match in _SHARE.finditer(text):
            if Decimal(match.group(1)) > 1:
                yield _finding(
                    "text.share", "contradiction", field, f"A share of {match.group(1)} is above 1.",
                    "Is it a percentage?",
                )  # fmt: skip


def _weights(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    objectives = brief.market_strategy.objectives
    total = sum((o.weight for o in objectives), Decimal(0))
    if objectives and total != 1:
        yield _finding(
            "objectives.weights", "contradiction", "market_strategy.objectives",
            f"The weights of the objectives sum to {total}, not 1.", "How much does each goal weigh?",
        )  # fmt: skip
    names = [o.name for o in objectives]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield _finding(
            "objectives.duplicate", "contradiction", "market_strategy.objectives", f"Objective {name} is listed twice.",
            "Which weight holds?",
        )  # fmt: skip


def _positioning(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    text, allowed = brief.market_strategy.positioning.strip(), policies.positioning_characters
    if text and not allowed.holds(Decimal(len(text))):
        yield _finding(
            "positioning.length", "contradiction", "market_strategy.positioning",
            f"The positioning has {counted(len(text), 'character')}, {allowed.minimum}-{allowed.maximum} are allowed.",
            "Shorten it, or say more.",
        )  # fmt: skip


def _channels(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    allowed = allowed_channels(brief, policies)
    named = dict.fromkeys(reversed(brief.channels), "channels")
    named |= {channel: f"segments.{s.id}.channels" for s in reversed(brief.ranked_segments) for channel in s.channels}
    for channel, field in sorted(named.items()):
        if channel not in allowed:
            yield _finding(
                "channels.audience", "contradiction", field,
                f"{name_of(channel)} is not a channel for {name_of(brief.segment_type)}; allowed are "
                f"{joined(sorted(allowed))}.",
                "It is left out. Is the segment type right?",
            )  # fmt: skip
    for segment in brief.segments:
        if brief.segment_type != "Hybrid" and segment.audience != brief.audience:
            yield _finding(
                "segments.audience", "contradiction", f"segments.{segment.id}.audience",
                f"Segment {segment.id} is {segment.audience}, the venture is {brief.segment_type}.",
                "Is the venture Hybrid?",
            )  # fmt: skip


def _pricing(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    pricing = brief.pricing
    ltv, cac, acv = pricing.lifetime_value, pricing.target_cac, pricing.annual_contract_value
    if ltv and cac and cac.value > ltv.value:
        yield _finding(
            "pricing.cac_above_ltv", "contradiction", "pricing.target_cac",
            f"The target CAC of {usd(cac.value)} is above the lifetime value of {usd(ltv.value)}: "
            "each customer costs money.",
            "Which of the two is wrong?",
        )  # fmt: skip
    elif ltv and cac and cac.value * 3 > ltv.value:
        yield _finding(
            "pricing.thin_margin", "risk", "pricing.target_cac",
            f"Lifetime value {usd(ltv.value)} is less than three times the target CAC of {usd(cac.value)}.",
            "Can the venture afford that?",
        )  # fmt: skip
    if ltv and acv and acv.value > ltv.value:
        yield _finding(
            "pricing.acv_above_ltv", "contradiction", "pricing.annual_contract_value",
            f"A year's contract of {usd(acv.value)} is worth more than the lifetime value of {usd(ltv.value)}.",
            "Which of the two is wrong?",
        )  # fmt: skip
    for name in ("annual_contract_value", "lifetime_value", "target_cac"):
        amount = getattr(pricing, name)
        if amount is not None and amount.value == 0:
            yield _finding(
                "pricing.zero",
                "contradiction",
                f"pricing.{name}",
                f"{name} is zero.",
                "Leave it out if it is not known.",
            )


def _duplicates(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    for field, ids in (
        ("segments", [s.id for s in brief.segments]),
        ("facts", [f.id for f in brief.facts]),
        ("offers", [o.id for o in brief.offers]),
    ):
        for key in sorted({i for i in ids if ids.count(i) > 1}):
            yield _finding(
                f"{field}.duplicate", "contradiction", field, f"The id {key} is used {ids.count(key)} times.",
                "Give each an id of its own.",
            )  # fmt: skip
    known = {s.id for s in brief.segments}
    for fact in brief.facts:
        for segment in fact.segments:
            if segment not in known:
                yield _finding(
                    "facts.segment", "contradiction", f"facts.{fact.id}.segments",
                    f"Fact {fact.id} speaks to a segment {segment} that the brief does not have.",
                    "Which segment is meant?",
                )  # fmt: skip


def _scores(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    scoring = brief.lead_scoring
    if scoring is None:
        return
    by_line: dict[tuple[str, str], list[ScoreRule]] = defaultdict(list)
    for rule in scoring.rules:
        by_line[rule.attribute, rule.value.casefold()].append(rule)
    for (attribute, value), rules in by_line.items():
        points = sorted({rule.points for rule in rules}, reverse=True)
        if len(points) > 1:
            said = ", ".join(f"{r.points}" + (f" ({r.source})" if r.source else "") for r in rules)
            yield _finding(
                "lead_scoring.two_numbers", "contradiction", f"lead_scoring.rules.{attribute}",
                f"{attribute} “{value}” is worth {said}.", "Which number holds?",
            )  # fmt: skip
    ordered = sorted(scoring.rules, key=lambda r: r.attribute)
    best = sum(max(0, *(r.points for r in group)) for _, group in groupby(ordered, key=lambda r: r.attribute))
    if best != scoring.maximum:
        yield _finding(
            "lead_scoring.maximum", "contradiction", "lead_scoring.maximum",
            f"The best rules sum to {best}, the maximum says {scoring.maximum}.", "Which rule or number is wrong?",
        )  # fmt: skip
    if not 0 < scoring.cut <= scoring.maximum:
        yield _finding(
            "lead_scoring.cut", "contradiction", "lead_scoring.cut",
            f"The cut of {scoring.cut} does not lie in 1-{scoring.maximum}.", "Where is a lead worth a conversation?",
        )  # fmt: skip


def _claims(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    """Statements that copy must not repeat: marked ones, user counts before launch, superlatives without proof."""
    for fact in brief.facts:
        if not fact.claimable and fact.kind not in ("target", "milestone", "theme"):
            if fact.note.casefold().startswith("internal"):
                continue  # a plan of the house's own that nobody advertises
            yield _finding(
                "claims.unclaimable", "contradiction", f"facts.{fact.id}",
                f"“{fact.text}” is said of the venture and must not be repeated"
                + (f": {fact.note}." if fact.note else "."),
                "Is there a source that carries it?",
            )  # fmt: skip
        elif fact.claimable and not fact.assumed and brief.launch and _OWNED.search(fact.text):
            yield _finding(
                "claims.before_launch", "contradiction", f"facts.{fact.id}",
                f"“{fact.text}” counts users, and the launch is still planned.",
                "Who are they? Mark it `claimable: false` if nobody knows.",
            )  # fmt: skip
        elif (
            fact.claimable
            and fact.kind not in ("proof", "pricing")
            and re.search(rf"\b(?:{SUPERLATIVES})\b", fact.text, re.I)
        ):
            yield _finding(
                "claims.superlative", "risk", f"facts.{fact.id}",
                f"“{fact.text}” is a superlative without a proof.", "What proves it?",
            )  # fmt: skip
    carried = {
        v for f in brief.facts if f.claimable and not f.assumed for _, _, _, v in numbers_in(f"{f.text} {f.short}")
    }
    for segment in brief.segments:
        for _, _, span, value in numbers_in(segment.value_proposition):
            if value not in carried:
                yield _finding(
                    "claims.value_proposition", "risk", f"segments.{segment.id}.value_proposition",
                    f"“{span}” stands in the value proposition and in no claimable fact.", "What carries the number?",
                )  # fmt: skip


def texts_of(brief: VentureBrief) -> Iterator[tuple[str, str]]:
    """Every text of the brief that states something, as (dotted field, text)."""
    strategy = brief.market_strategy
    yield "product", brief.product
    for name in ("document", "value_proposition", "positioning"):
        yield f"market_strategy.{name}", getattr(strategy, name)
    yield from ((f"market_strategy.objectives.{o.name}", o.in_their_words) for o in strategy.objectives)
    for segment in brief.segments:
        yield f"segments.{segment.id}.profile", segment.profile
        yield f"segments.{segment.id}.value_proposition", segment.value_proposition
        for part in ("size", "growth", "accessibility"):
            told = getattr(segment.characteristics, part)
            if told is not None:
                yield f"segments.{segment.id}.characteristics.{part}", told.value
    yield from ((f"facts.{fact.id}", fact.text) for fact in brief.facts)
    yield "pricing.price", brief.pricing.price


_RULES: tuple[Callable[[VentureBrief, Policies], Iterator[Finding]], ...] = (
    _totals, _monthly, _range, _value_propositions, _percentages, _weights, _positioning, _channels, _pricing,
    _duplicates, _scores, _claims,
)  # fmt: skip
