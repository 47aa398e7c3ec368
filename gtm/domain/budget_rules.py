"""Judging reallocation triggers on a channel's daily figures (SOP step 1.3; domain.md, metrics).

Pure: figures in, fired rules out.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from gtm.domain.base import Amount, Model, Text
from gtm.domain.budget import ReallocationTrigger
from gtm.domain.money import cents, usd
from gtm.domain.vocabulary import Channel

Count = Annotated[int, Field(ge=0)]
_DOLLARS = ("cac", "cpl")


class DayFigures(Model):
    """What a channel did on a day. A day with no data is left out: it is missing, not zero."""

    on: date
    spend: Amount = Decimal("0.00")
    revenue: Amount = Decimal("0.00")
    impressions: Count = 0
    clicks: Count = 0
    conversions: Count = 0
    leads: Count = 0
    customers: Count = 0


class LastFired(Model):
    """When a rule last fired on a channel; rules are known by their condition."""

    condition: Text
    on: date


class ChannelFigures(Model):
    """A channel's figures up to and including `as_of`, with the rules that fired on it before."""

    channel: Channel
    as_of: date
    days: tuple[DayFigures, ...]
    fired: tuple[LastFired, ...] = ()


class FiredRule(Model):
    """A rule that holds, with what it saw: `observed` in the metric's unit, `sample` in the events the rule counts."""

    channel: Channel
    trigger: ReallocationTrigger
    observed: Decimal
    sample: int
    on: date
    reason: Text


def judge(triggers: Sequence[ReallocationTrigger], metrics: Sequence[ChannelFigures]) -> tuple[FiredRule, ...]:
    """The rules that fire: at most one a channel, the one of the highest precedence (1 before 2).

    Args:
        triggers: the budget plan's rules.
        metrics: one entry a channel; days after `as_of` or before the rule's window are not looked at.

    A rule is silent while its sample is below `minimum_sample`, while it fired less than `cooldown_days` ago on the
    same channel, and whenever its metric is undefined: CAC without customers, CPL without leads, ROAS without spend,
    CTR without impressions.
    """
    ordered = sorted(triggers, key=lambda t: t.precedence)
    fired: list[FiredRule] = []
    for figures in metrics:
        rule = next((found for t in ordered if (found := _look(t, figures)) is not None), None)
        if rule is not None:
            fired.append(rule)
    return tuple(fired)


def observe(metric: str, days: Sequence[DayFigures]) -> tuple[Decimal | None, int]:
    """The metric over some days and the events it rests on; None where it is undefined.

    Args:
        metric: `cac` or `cpl` in dollars, `roas` or `ctr` as a ratio.
        days: the days that are summed.
    """
    spend = sum((d.spend for d in days), Decimal(0))
    if metric == "cac":
        return _ratio(spend, count := sum(d.customers for d in days)), count
    if metric == "cpl":
        return _ratio(spend, count := sum(d.leads for d in days)), count
    if metric == "roas":
        return _ratio(sum((d.revenue for d in days), Decimal(0)), spend), sum(d.conversions for d in days)
    if metric == "ctr":
        return _ratio(sum(d.clicks for d in days), count := sum(d.impressions for d in days)), count
    return None, 0


def reduced(amount: Decimal, trigger: ReallocationTrigger) -> Decimal:
    """Dollars that are left of `amount` once the rule's action is taken: nothing when it pauses."""
    if trigger.reduce_percent is None:
        return Decimal("0.00")
    return cents(amount * (100 - trigger.reduce_percent) / 100)


def _ratio(over: Decimal | int, under: Decimal | int) -> Decimal | None:
    return None if under == 0 else Decimal(over) / Decimal(under)


def _look(trigger: ReallocationTrigger, figures: ChannelFigures) -> FiredRule | None:
    if _cooling({f.condition: f.on for f in figures.fired}, trigger, figures.as_of):
        return None
    first = figures.as_of - timedelta(days=trigger.window_days - 1)
    observed, sample = observe(trigger.metric, [d for d in figures.days if first <= d.on <= figures.as_of])
    if observed is None or sample < trigger.minimum_sample or not _holds(observed, trigger):
        return None
    return FiredRule(
        channel=figures.channel,
        trigger=trigger,
        observed=observed,
        sample=sample,
        on=figures.as_of,
        reason=f"{trigger.metric.upper()} {_shown(trigger.metric, observed)} over {trigger.window_days} days, "
        f"{sample} events: {trigger.condition}",
    )


def _cooling(fired: Mapping[str, date], trigger: ReallocationTrigger, as_of: date) -> bool:
    last = fired.get(trigger.condition)
    return last is not None and (as_of - last).days < trigger.cooldown_days


def _holds(observed: Decimal, trigger: ReallocationTrigger) -> bool:
    return {
        ">": observed > trigger.threshold,
        ">=": observed >= trigger.threshold,
        "<": observed < trigger.threshold,
        "<=": observed <= trigger.threshold,
    }[trigger.operator]


def _shown(metric: str, value: Decimal) -> str:
    return usd(cents(value)) if metric in _DOLLARS else f"{value:.2f}"
