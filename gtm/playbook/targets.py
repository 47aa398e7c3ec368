"""Numbers in the venture's own target facts, read into success criteria (SOP step 1.1).

Only forms that leave no doubt are read: a count of something by a month, a retention on a day, a free-to-paid share, a
target CAC. Anything else stays a sentence, and the policies' number stands in.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from gtm.domain.brief import Fact, VentureBrief
from gtm.domain.strategy import SuccessCriterion
from gtm.domain.vocabulary import Metric, Objective

_COUNT_METRICS: dict[str, Metric] = {
    "install": "installs",
    "registration": "registrations",
    "customer": "customers",
    "referral": "referrals",
    "lead": "qualified_leads",
}
_NUMBER = r"([0-9][0-9,]*(?:\.[0-9]+)?)"
_COUNT = re.compile(rf"{_NUMBER}\s+(?:\w+\s+)?(install|registration|customer|referral|lead)s?\s+(?:in|by)\s+(?:the\s+)?"
                    r"(?:month\s+([0-9]{1,2})|(first)\s+month)", re.I)  # fmt: skip
_WEEKLY = re.compile(rf"{_NUMBER}\s+(?:\w+\s+)?leads?\s+(?:a|per)\s+week", re.I)
_SHARE = r"([0-9]{1,2}(?:\.[0-9]+)?)\s?(?:%|percent)"
_RETENTION = re.compile(
    rf"day[- ]([0-9]{{1,3}})\s+retention[^0-9]{{0,20}}{_SHARE}"
    rf"|retention\s+(?:of\s+)?{_SHARE}\s+on\s+day\s+([0-9]{{1,3}})",
    re.I,
)
_PAID = re.compile(rf"free[- ]to[- ]paid[^0-9]{{0,30}}{_SHARE}(?:[^0-9%]{{0,12}}month\s+([0-9]{{1,2}}))?", re.I)
_CAC = re.compile(r"\bCAC\b[^0-9$]{0,20}\$?\s?([0-9][0-9,]*(?:\.[0-9]{1,2})?)", re.I)

_OBJECTIVE: dict[Metric, Objective] = {
    "installs": "lead_generation",
    "registrations": "consideration",
    "qualified_leads": "lead_generation",
    "leads_per_week": "lead_generation",
    "customers": "conversion",
    "conversion_rate": "conversion",
    "cac": "conversion",
    "retention_rate": "retention",
    "referrals": "advocacy",
}
_NAMED: dict[Metric, str] = {
    "installs": "install",
    "registrations": "registration",
    "conversion_rate": "free-to-paid",
    "retention_rate": "retention",
    "referrals": "referral",
}
"""How a venture's own wording of a goal names a metric."""


@dataclass(frozen=True)
class TargetFigure:
    """A criterion read from a fact, and the objective it belongs to."""

    objective: Objective
    criterion: SuccessCriterion
    fact: Fact


def target_figures(brief: VentureBrief) -> tuple[TargetFigure, ...]:
    """Every number of the venture's target facts that can be read, one a metric: the earliest of a series counts.

    A figure belongs to the objective whose own wording names it, else to the one its metric usually serves.
    """
    found: dict[Metric, tuple[SuccessCriterion, Fact]] = {}
    for fact in brief.facts:
        if fact.kind != "target":
            continue
        for criterion in (c for read in _READERS for c in read(fact, f"{fact.text} {fact.short}")):
            known = found.get(criterion.metric)
            if known is None or _better(criterion, known[0], brief):
                found[criterion.metric] = (criterion, fact)
    return tuple(TargetFigure(_objective(c, brief), c, fact) for c, fact in found.values())


def _better(new: SuccessCriterion, known: SuccessCriterion, brief: VentureBrief) -> bool:
    target = brief.pricing.target_cac
    if new.metric == "cac" and target is not None and known.target != target.value:
        return new.target == target.value
    return new.window_days < known.window_days


def _objective(criterion: SuccessCriterion, brief: VentureBrief) -> Objective:
    goals = brief.market_strategy.objectives
    word = _NAMED.get(criterion.metric, criterion.metric)
    named = next((g.name for g in goals if word in g.in_their_words.lower()), None)
    usual = _OBJECTIVE[criterion.metric]
    if named is None and goals and usual not in {g.name for g in goals}:
        return goals[0].name
    return named or usual


def _criterion(
    fact: Fact, metric: Metric, target: Decimal, unit: str, days: int, most: bool = False
) -> SuccessCriterion:
    return SuccessCriterion(
        metric=metric,
        operator="<=" if most else ">=",
        target=target,
        unit=unit,
        window_days=max(1, min(366, days)),
        rests_on=f"fact:{fact.id}",
    )


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _counts(fact: Fact, text: str) -> Iterator[SuccessCriterion]:
    for match in _COUNT.finditer(text):
        noun, month = match.group(2).lower(), int(match.group(3) or 1)
        yield _criterion(fact, _COUNT_METRICS[noun], _number(match.group(1)), f"{noun}s by month {month}", 30 * month)


def _weekly(fact: Fact, text: str) -> Iterator[SuccessCriterion]:
    for match in _WEEKLY.finditer(text):
        yield _criterion(fact, "leads_per_week", _number(match.group(1)), "qualified leads a week", 7)


def _retention(fact: Fact, text: str) -> Iterator[SuccessCriterion]:
    for match in _RETENTION.finditer(text):
        day, value = match.group(1) or match.group(4), match.group(2) or match.group(3)
        yield _criterion(fact, "retention_rate", _number(value) / 100, f"share active on day {day}", int(day))


def _paid(fact: Fact, text: str) -> Iterator[SuccessCriterion]:
    for match in _PAID.finditer(text):
        month = int(match.group(2) or 1)
        yield _criterion(
            fact,
            "conversion_rate",
            _number(match.group(1)) / 100,
            f"share of free users who pay, by month {month}",
            30 * month,
        )


def _cac(fact: Fact, text: str) -> Iterator[SuccessCriterion]:
    for match in _CAC.finditer(text):
        yield _criterion(
            fact, "cac", _number(match.group(1)), f"dollars a customer ({fact.short or fact.text})", 30, most=True
        )


_READERS: tuple[Callable[[Fact, str], Iterator[SuccessCriterion]], ...] = (_counts, _weekly, _retention, _paid, _cac)
