from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.errors import InvalidInput
from gtm.domain.pacing import repace, too_fast, unplaced
from gtm.domain.schedule import AdFlight, DailySpend, DayPart, TimeRange

STARTS, DAYS = date(2026, 3, 2), 30
PART = DayPart(range=TimeRange(start=time(8), end=time(18)), weekdays=(0, 1, 2, 3, 4), bid_adjustment=20)
MONEY = st.decimals(0, 100_000, places=2)


def flight(amount: Decimal = Decimal("300.00"), days: int = DAYS) -> AdFlight:
    each = (amount / days).quantize(Decimal("0.01"))
    spread = [each] * (days - 1) + [amount - each * (days - 1)]
    return AdFlight(
        campaign_id="ads", channel="linkedin", starts=STARTS, ends=STARTS + timedelta(days=days - 1), amount=amount,
        zone="America/New_York", dayparts=(PART,),
        days=tuple(DailySpend(on=STARTS + timedelta(days=n), amount=max(a, Decimal(0))) for n, a in enumerate(spread)),
    )  # fmt: skip


@given(
    amount=MONEY,
    spent=MONEY,
    day=st.integers(-5, DAYS - 1),
    closed=st.sets(st.integers(0, DAYS - 1).map(lambda n: STARTS + timedelta(days=n))),
    cap=st.none() | st.decimals(0, 5_000, places=2),
)
def test_what_is_left_is_spread_to_the_cent_over_the_eligible_days_under_the_cap(
    amount: Decimal, spent: Decimal, day: int, closed: set[date], cap: Decimal | None
) -> None:
    planned, today = flight(amount), STARTS + timedelta(days=day)
    paced = repace(planned, spent, today, closed, cap)
    assert [d.on for d in paced.days] == [d.on for d in planned.days if d.on >= today]
    assert (paced.starts, paced.ends) == (paced.days[0].on, planned.ends)
    assert paced.planned == paced.amount
    assert (paced.dayparts, paced.zone, paced.channel) == (planned.dayparts, planned.zone, planned.channel)
    eligible = [d.amount for d in paced.days if d.on not in closed]
    assert not any(d.amount for d in paced.days if d.on in closed)
    assert not eligible or max(eligible) - min(eligible) <= Decimal("0.01")
    assert cap is None or all(a <= cap for a in eligible)
    rest = unplaced(planned, spent, paced)
    assert paced.amount + rest == max(amount - spent, Decimal(0)) and rest >= 0
    if eligible and (cap is None or cap * len(eligible) >= amount - spent):
        assert rest == 0
    assert repace(planned, spent, today, closed, cap) == paced
    assert not too_fast(paced, Decimal(2))


def test_pacing_again_on_plan_changes_nothing_to_speak_of() -> None:
    planned = flight()
    spent = sum((d.amount for d in planned.days[:10]), Decimal(0))
    assert repace(planned, spent, STARTS + timedelta(days=10)).days == planned.days[10:]
    assert repace(planned, Decimal(0), STARTS - timedelta(days=3)) == planned


def test_a_day_that_is_closed_is_made_up_for_by_the_others() -> None:
    paced = repace(flight(Decimal("100.00"), 5), Decimal("20.00"), STARTS + timedelta(days=1), {date(2026, 3, 4)})
    assert [str(d.amount) for d in paced.days] == ["26.67", "0.00", "26.67", "26.66"]


def test_a_day_far_above_the_mean_is_too_fast() -> None:
    planned = flight(Decimal("100.00"), 5)
    fast = planned.model_copy(update={"days": (DailySpend(on=STARTS, amount=Decimal(90)), *planned.days[1:])})
    assert [d.on for d in too_fast(fast, Decimal(2))] == [STARTS] and not too_fast(planned, Decimal(2))


def test_an_overspent_flight_stops_and_one_that_is_over_is_refused() -> None:
    assert repace(flight(), Decimal(400), STARTS + timedelta(days=1)).amount == 0
    with pytest.raises(InvalidInput, match="the flight is over"):
        repace(flight(), Decimal(0), STARTS + timedelta(days=DAYS))
    with pytest.raises(InvalidInput, match="not negative"):
        repace(flight(), Decimal(-1), STARTS)
