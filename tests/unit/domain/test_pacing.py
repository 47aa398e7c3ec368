from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.errors import InvalidInput
from gtm.domain.pacing import carried_on, day_cap, repace, too_fast, unplaced, without_day
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


DAYS_OF = [STARTS + timedelta(days=n) for n in range(DAYS)]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.none() | st.decimals(0, 2_000, places=2),
        st.booleans(),
        st.none() | MONEY,
        st.sets(st.sampled_from(DAYS_OF), max_size=3),
    ),
    max_size=12,
)


@given(amount=MONEY, steps=STEPS)
def test_however_a_flight_goes_it_never_comes_to_more_than_its_amount_or_what_is_gone(
    amount: Decimal, steps: list[tuple[int, Decimal | None, bool, Decimal | None, set[date]]]
) -> None:
    """Days pass, figures come late or never, it is paused and goes on, its amount and its days change."""
    stands, today, figures = flight(amount), STARTS, dict[date, Decimal]()
    for days, spent, paused, changed, closed in steps:
        today += timedelta(days=days)
        if spent is not None:
            figures[today - timedelta(days=1)] = spent
        if changed is not None:
            stands = stands.model_copy(update={"amount": changed})
        cap = day_cap(stands, Decimal(2))
        before = stands
        stands = carried_on(before, figures, today, closed=closed, paused=paused, cap=cap)
        gone = sum((d.amount for d in stands.days if d.on < today), Decimal(0))
        assert stands.planned <= max(stands.amount, gone)
        assert without_day(stands) == max(stands.amount - stands.planned, Decimal(0))
        assert [d.on for d in stands.days] == [d.on for d in before.days]
        assert all(d.amount == figures.get(d.on, was.amount) for d, was in zip(stands.days, before.days, strict=True)
                   if d.on < today)  # fmt: skip
        ahead = [d for d in stands.days if d.on >= today]
        if today <= stands.ends and ahead != [d for d in before.days if d.on >= today]:
            assert all(d.amount <= cap for d in ahead)
            assert not any(d.amount for d in ahead if d.on in closed or (paused and d.on == today))
        assert carried_on(stands, figures, today, closed=closed, paused=paused, cap=cap) == stands


def test_a_day_over_on_plan_moves_no_cent() -> None:
    planned = carried_on(flight(Decimal("100.00"), 7), {}, STARTS)
    assert {str(day.amount) for day in planned.days} == {"14.29", "14.28"}
    for n in range(9):
        assert carried_on(planned, {}, STARTS + timedelta(days=n)) == planned


def test_what_a_day_did_not_spend_goes_to_the_days_that_are_left() -> None:
    planned = flight(Decimal("70.00"), 7)
    after = carried_on(planned, {STARTS: Decimal("4.00")}, STARTS + timedelta(days=1))
    assert [str(d.amount) for d in after.days] == ["4.00", *["11.00"] * 6] and after.planned == 70


def test_a_pause_moves_money_on_until_no_day_can_hold_it() -> None:
    stands = flight(Decimal("70.00"), 7)
    cap = day_cap(stands, Decimal(2))
    for n in range(5):
        stands = carried_on(stands, {}, STARTS + timedelta(days=n), paused=True, cap=cap)
    assert [str(d.amount) for d in stands.days] == ["0.00"] * 5 + ["20.00"] * 2
    assert without_day(stands) == 30


def test_an_overspent_day_is_made_up_for_and_a_flight_that_is_over_only_takes_figures() -> None:
    planned = flight(Decimal("70.00"), 7)
    after = carried_on(planned, {STARTS: Decimal("80.00")}, STARTS + timedelta(days=1))
    assert [d.amount for d in after.days[1:]] == [0] * 6 and without_day(after) == 0
    over = carried_on(planned, {STARTS: Decimal("5.00")}, STARTS + timedelta(days=9))
    assert over.planned == 65 and over.days[1:] == planned.days[1:]
    with pytest.raises(InvalidInput, match="not negative"):
        carried_on(planned, {STARTS: Decimal(-1)}, STARTS + timedelta(days=1))
