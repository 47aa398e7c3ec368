"""Pacing an ad flight anew: what is left of its money over what is left of its days."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal

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


def carried_on(
    flight: AdFlight,
    spent: Mapping[date, Decimal],
    today: date,
    *,
    closed: Container[date] = (),
    paused: bool = False,
    cap: Decimal | None = None,
) -> AdFlight:
    """The whole flight as it stands on `today`: its days before with what they spent, the others paced anew.

    A day without a figure counts as spent as planned: it is missing, not zero (domain.md), and money that may be gone
    is not spent again. While it is paused, `today` gets nothing. It never comes to more than its amount, unless more is
    spent already, and the same figures on the same day change nothing.

    Args:
        flight: the flight, whole, as it was last paced; its amount is what it may spend by now.
        spent: dollars by day, where they are known; days from `today` on are not looked at.
        today: the first day that can still be paced; of a flight that is over, only the figures are taken.
        closed: days that are not eligible.
        paused: whether nothing is spent on it now.
        cap: dollars a day at most; None for no cap.

    Raises:
        InvalidInput: a figure or `cap` is negative.
    """
    negative = next((f"{amount} on {on}" for on, amount in sorted(spent.items()) if amount < 0), "")
    if negative:
        raise InvalidInput("an amount is not negative", field="spent", value=negative, allowed="0 or more")
    past = tuple(DailySpend(on=day.on, amount=spent.get(day.on, day.amount)) for day in flight.days if day.on < today)
    if today > flight.ends:
        return flight.model_copy(update={"days": past})
    gone = sum((day.amount for day in past), _NOTHING)
    rest = repace(flight, gone, today, _Closed(closed, today if paused else None), cap)
    if _alike(rest.days, flight.days[len(past) :]):
        # A cent that would only move to another day is left where it is.
        return flight.model_copy(update={"days": past + flight.days[len(past) :]})
    return flight.model_copy(update={"days": past + rest.days})


def day_cap(flight: AdFlight, over_mean: Decimal) -> Decimal:
    """What a day may take at most when a flight is paced anew: so many times the mean day of its whole amount."""
    return (flight.amount * over_mean / len(flight.days)).quantize(CENT, ROUND_UP) if flight.days else _NOTHING


def without_day(flight: AdFlight) -> Decimal:
    """What of a whole flight's money has no day: too much for the cap, or no eligible day is left. A person decides."""
    return max(flight.amount - flight.planned, _NOTHING)


@dataclass(frozen=True)
class _Closed:
    days: Container[date]
    today: date | None

    def __contains__(self, day: object) -> bool:
        return day == self.today or day in self.days


def _alike(one: Sequence[DailySpend], other: Sequence[DailySpend]) -> bool:
    same = [day.on for day in one] == [day.on for day in other]
    total = sum((day.amount for day in one), _NOTHING) == sum((day.amount for day in other), _NOTHING)
    return same and total and all(abs(a.amount - b.amount) <= CENT for a, b in zip(one, other, strict=True))


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
