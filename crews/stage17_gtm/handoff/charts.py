"""The geometry of the report's charts; the templates draw it as SVG."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from crews.stage17_gtm.handoff import words
from gtm.domain.budget import BudgetPlan
from gtm.domain.schedule import SchedulePlan
from gtm.domain.vocabulary import Tier

TIERS: tuple[Tier, ...] = ("proven", "growth", "experimental")


@dataclass(frozen=True)
class Part:
    """A tier's part of the whole bar; `x` and `width` in percent of it."""

    tier: Tier
    amount: Decimal
    share: Decimal
    x: Decimal
    width: Decimal


@dataclass(frozen=True)
class Bar:
    """A channel's bar; `width` in percent of the longest."""

    channel: str
    tier: Tier
    amount: Decimal
    share: Decimal
    width: Decimal


@dataclass(frozen=True)
class Column:
    """A day of the pacing chart; segments are (channel class, y, height) in a box of 100 by 100 a day."""

    on: date
    amount: Decimal
    segments: tuple[tuple[int, Decimal, Decimal], ...]


@dataclass(frozen=True)
class PacingChart:
    """Planned paid spend a day. `cap_y` is where the daily cap is drawn, from the top in percent.

    Attributes:
        top: dollars at the top of the chart.
        channels: (channel, class number) of the columns' segments.
        unflighted: dollars of the monthly budget that no flight spends.
        without: the channels those dollars belong to.
    """

    columns: tuple[Column, ...]
    top: Decimal
    cap: Decimal
    cap_y: Decimal
    channels: tuple[tuple[str, int], ...]
    planned: Decimal
    unflighted: Decimal
    without: tuple[str, ...]
    highest: Decimal

    @property
    def said(self) -> str:
        """The chart in a sentence, for those who do not see it."""
        days = len(self.columns)
        busy = sum(1 for column in self.columns if column.amount)
        return (
            f"{words.money_short(self.planned)} of paid spend planned on {busy} of {days} days, at most "
            f"{words.money_short(self.highest)} a day; the daily cap is {words.money_short(self.cap)}."
        )


def tier_parts(plan: BudgetPlan) -> tuple[Part, ...]:
    """The whole budget as one bar of three tiers."""
    parts, x = [], Decimal(0)
    for tier in TIERS:
        amount = plan.of_tier(tier)
        share = _percent(amount, plan.total)
        parts.append(Part(tier, amount, share, x, share))
        x += share
    return tuple(parts)


def channel_bars(plan: BudgetPlan) -> tuple[Bar, ...]:
    """A bar a channel, the largest first within its tier."""
    longest = max((line.amount for line in plan.lines), default=Decimal(0))
    lines = sorted(plan.lines, key=lambda line: (TIERS.index(line.tier), -line.amount, line.channel))
    return tuple(
        Bar(line.channel, line.tier, line.amount, line.percent, _percent(line.amount, longest)) for line in lines
    )


def pacing_chart(plan: SchedulePlan, budget: BudgetPlan) -> PacingChart | None:
    """Planned spend of every day of the plan, stacked by channel; None when nothing is spent by day."""
    channels = list(dict.fromkeys(flight.channel for flight in plan.flights))
    spend: dict[date, dict[str, Decimal]] = {}
    for flight in plan.flights:
        for day in flight.days:
            by_channel = spend.setdefault(day.on, {})
            by_channel[flight.channel] = by_channel.get(flight.channel, Decimal(0)) + day.amount
    totals = {on: sum(by_channel.values(), Decimal(0)) for on, by_channel in spend.items()}
    if not any(totals.values()):
        return None
    first, last = min(plan.starts, *totals), max(plan.ends, *totals)
    highest = max(totals.values())
    cap = budget.pacing.daily_cap
    top = max(highest, cap) * Decimal("1.08")
    columns = []
    for on in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        segments, floor = [], Decimal(100)
        for number, channel in enumerate(channels):
            height = spend.get(on, {}).get(channel, Decimal(0)) * 100 / top
            if height:
                floor -= height
                segments.append((number, _round(floor), _round(height)))
        columns.append(Column(on, totals.get(on, Decimal(0)), tuple(segments)))
    planned = sum(totals.values(), Decimal(0))
    return PacingChart(
        columns=tuple(columns),
        top=top,
        cap=cap,
        cap_y=_round(100 - cap * 100 / top),
        channels=tuple((channel, number) for number, channel in enumerate(channels)),
        planned=planned,
        without=tuple(line.channel for line in budget.lines if line.amount and line.channel not in channels),
        unflighted=max(budget.total - planned, Decimal(0)),
        highest=highest,
    )


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return Decimal(0) if not whole else _round(part * 100 / whole)


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
