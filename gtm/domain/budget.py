"""Budget allocation by 70-20-10, pacing and reallocation triggers (SOP step 1.3)."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Amount, Model, Text, VentureId
from gtm.domain.errors import InvalidInput
from gtm.domain.money import cents, split_by_weights, usd
from gtm.domain.vocabulary import Channel, Metric, Tier

Period = Literal["daily", "weekly", "monthly"]
_COMPARED = {">": "above", ">=": "at or above", "<": "below", "<=": "at or below"}
Percent = Annotated[Decimal, Field(ge=0, le=100)]


class Split(Model):
    """Percentages for proven, growth and experimental channels; they sum to exactly 100."""

    proven: Percent
    growth: Percent
    experimental: Percent

    @property
    def total(self) -> Decimal:
        """The sum of the three."""
        return self.proven + self.growth + self.experimental


class BudgetLine(Model):
    """What one channel gets in a month; `percent` is of the whole budget."""

    channel: Channel
    tier: Tier
    amount: Amount
    percent: Percent


class Pacing(Model):
    """How the monthly amount is spent: caps in dollars, derived from the total."""

    period: Period
    daily_cap: Amount
    weekly_cap: Amount
    monthly_cap: Amount


class ReallocationTrigger(Model):
    """A typed rule: when `metric operator threshold` holds on enough data, do `action`.

    Attributes:
        minimum_sample: events (customers for CAC, conversions for ROAS) below which the rule stays silent.
        window_days: days of data that are looked at.
        cooldown_days: days after firing in which it does not fire again.
        precedence: 1 is looked at first; a higher rule that fires silences lower ones on the same channel.
    """

    condition: Text
    metric: Metric
    operator: Literal[">", ">=", "<", "<="]
    threshold: Annotated[Decimal, Field(ge=0)]
    action: Literal["reduce_spend", "pause_and_review"]
    reduce_percent: Percent | None = None
    minimum_sample: Annotated[int, Field(ge=1)]
    window_days: Annotated[int, Field(ge=1, le=90)]
    cooldown_days: Annotated[int, Field(ge=0, le=90)]
    precedence: Annotated[int, Field(ge=1, le=20)]

    @property
    def told(self) -> str:
        """The condition in words: `CAC > $50000` is CAC above $50,000."""
        amount = usd(self.threshold).removesuffix(".00") if self.metric in ("cac", "cpl") else f"{self.threshold}"
        return f"{self.metric.upper()} {_COMPARED[self.operator]} {amount}"

    @property
    def action_told(self) -> str:
        """The action as the SOP writes it: `reduce spend by 20%`, `pause and review`."""
        if self.action == "reduce_spend" and self.reduce_percent is not None:
            return f"reduce spend by {self.reduce_percent.normalize():f}%"
        return self.action.replace("_", " ")


class BudgetPlan(Model):
    """What LEAD allocates in step 1.3, a month."""

    venture_id: VentureId
    total: Amount
    currency: Literal["USD"] = "USD"
    split: Split
    lines: tuple[BudgetLine, ...]
    pacing: Pacing
    triggers: tuple[ReallocationTrigger, ...]
    rests_on: Text

    def line(self, channel: str) -> BudgetLine | None:
        """The line of a channel, if it has one."""
        return next((line for line in self.lines if line.channel == channel), None)

    def of_tier(self, tier: Tier) -> Decimal:
        """Dollars a month for a tier."""
        return sum((line.amount for line in self.lines if line.tier == tier), Decimal("0.00"))


def allocate(total: Decimal, split: Split, channels: Sequence[tuple[Channel, Tier, Decimal]]) -> tuple[BudgetLine, ...]:
    """Split a monthly total by tier, then within a tier by weight; the lines sum to the total to the cent.

    Args:
        total: dollars a month.
        split: percentages by tier, summing to 100; every tier above zero has a channel.
        channels: (channel, tier, weight within its tier).

    Raises:
        InvalidInput: the split does not sum to 100, or a tier with money has no channel.
    """
    if split.total != 100:
        raise InvalidInput(
            "the split does not sum to 100 %", field="split", value=str(split.total), allowed="exactly 100"
        )
    tiers: list[Tier] = ["proven", "growth", "experimental"]
    shares = [split.proven, split.growth, split.experimental]
    lines: list[BudgetLine] = []
    for tier, amount in zip(tiers, split_by_weights(total, shares), strict=True):
        members = [(channel, weight) for channel, of, weight in channels if of == tier]
        if not members:
            if amount:
                raise InvalidInput(f"no channel is {tier}", field="channels", hint=f"assign one channel to {tier}")
            continue
        parts = split_by_weights(amount, [weight for _, weight in members])
        lines += [
            BudgetLine(channel=channel, tier=tier, amount=part, percent=_percent(part, total))
            for (channel, _), part in zip(members, parts, strict=True)
        ]
    return tuple(lines)


def _percent(part: Decimal, total: Decimal) -> Decimal:
    return Decimal(0) if total == 0 else (part * 100 / total).quantize(Decimal("0.01"))


def pace(total: Decimal, period: Period) -> Pacing:
    """Caps for a month of `total` dollars: a day is 1/30 of it, a week 7/30."""
    return Pacing(
        period=period, daily_cap=cents(total / 30), weekly_cap=cents(total * 7 / 30), monthly_cap=cents(total)
    )


_CONDITION = re.compile(r"^\s*(CAC|CPL|ROAS|CTR)\s*(>=|<=|>|<)\s*\$?\s*([0-9]{1,9}(?:\.[0-9]{1,4})?)\s*$", re.I)
_REDUCE = re.compile(r"^\s*reduce(?: spend)? by ([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*%\s*$", re.I)
_PAUSE = re.compile(r"^\s*pause(?: and review)?\s*$", re.I)


def parse_trigger(
    condition: str,
    action: str,
    *,
    minimum_sample: int,
    window_days: int,
    cooldown_days: int,
    precedence: int,
) -> ReallocationTrigger:
    """Read a rule as the SOP writes it, such as `CAC > $100` → `reduce spend by 20%`.

    Raises:
        InvalidInput: the condition or the action is not of that form; names what is allowed.
    """
    match = _CONDITION.match(condition)
    if not match:
        raise InvalidInput(
            "this trigger condition cannot be read",
            field="reallocation_triggers.condition",
            value=condition,
            allowed="CAC, CPL, ROAS or CTR, then >, >=, < or <=, then a number (CAC > $100)",
        )
    metric, operator, number = match.group(1).lower(), match.group(2), Decimal(match.group(3))
    reduce = _REDUCE.match(action)
    if not reduce and not _PAUSE.match(action):
        raise InvalidInput(
            "this trigger action cannot be read",
            field="reallocation_triggers.action",
            value=action,
            allowed="'reduce spend by N%' or 'pause and review'",
        )
    return ReallocationTrigger.model_validate(
        {
            "condition": condition.strip(),
            "metric": metric,
            "operator": operator,
            "threshold": number,
            "action": "reduce_spend" if reduce else "pause_and_review",
            "reduce_percent": Decimal(reduce.group(1)) if reduce else None,
            "minimum_sample": minimum_sample,
            "window_days": window_days,
            "cooldown_days": cooldown_days,
            "precedence": precedence,
        }
    )
