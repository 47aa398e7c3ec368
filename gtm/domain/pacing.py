"""Pacing an ad flight anew: what is left of its money over what is left of its days."""

from collections.abc import Container
from datetime import date, timedelta
from decimal import Decimal

from gtm.domain.errors import InvalidInput
from gtm.domain.money import CENT, split_by_weights
from gtm.domain.schedule import AdFlight, DailySpend

_DAY = timedelta(days=1)
_NOTHING = Decimal("0.00")


def repace(
    flight: AdFlight, spent: Decimal, today: date, closed: Container[date] = (), cap: Decimal | None = None
) -> AdFlight:
    """The rest of a flight, from `today` on: its remaining money spread evenly over its remaining eligible days.

    Its days sum to its amount to the cent, dayparts and zone stay, a closed day gets nothing. Where the daily cap is
    too low for the remaining money, or no eligible day is left, the amount is what can be spent: see `unplaced`.

    Args:
        flight: the flight as it was planned.
        spent: dollars spent on it before `today`.
        today: the first day that can still be paced; a flight that has not begun begins on its own day.
        closed: days that are not eligible.
        cap: dollars a day at most; None for no cap.

    Raises:
        InvalidInput: the flight is over, or `spent` or `cap` is negative.
    """
    if today > flight.ends:
        raise InvalidInput(
            "the flight is over", field="today", value=str(today), allowed=f"until {flight.ends}",
            hint="plan a new flight for money that is left",
        )  # fmt: skip
    for name, value in (("spent", spent), ("cap", cap)):
        if value is not None and value < 0:
            raise InvalidInput("an amount is not negative", field=name, value=str(value), allowed="0 or more")
    begins = max(today, flight.starts)
    days = [begins + n * _DAY for n in range((flight.ends - begins).days + 1)]
    eligible = [day for day in days if day not in closed]
    amount = _left(flight, spent)
    if cap is not None:
        amount = min(amount, cap * len(eligible))
    parts = dict(zip(eligible, _even(amount, len(eligible)), strict=True))
    return flight.model_copy(
        update={
            "starts": begins,
            "amount": sum(parts.values(), _NOTHING),
            "days": tuple(DailySpend(on=day, amount=parts.get(day, _NOTHING)) for day in days),
        }
    )


def unplaced(flight: AdFlight, spent: Decimal, paced: AdFlight) -> Decimal:
    """What of a flight's money neither was spent nor found a day when it was paced anew: a person's to decide."""
    return _left(flight, spent) - paced.amount


def too_fast(flight: AdFlight, limit: Decimal) -> tuple[DailySpend, ...]:
    """The days that spend more than `limit` times the mean of the days that spend anything; a cent more is no more."""
    spending = [day.amount for day in flight.days if day.amount]
    most = limit * sum(spending, _NOTHING) / len(spending) + CENT if spending else _NOTHING
    return tuple(day for day in flight.days if day.amount > most)


def _left(flight: AdFlight, spent: Decimal) -> Decimal:
    return max(flight.amount - spent, _NOTHING)


def _even(amount: Decimal, days: int) -> list[Decimal]:
    return split_by_weights(amount, [Decimal(1)] * days) if days else []
