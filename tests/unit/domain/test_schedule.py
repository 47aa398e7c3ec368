# ruff: noqa: DTZ001  (wall times have no zone: that is what is tested)
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.schedule import AdFlight, DailySpend, SendWindow, TimeRange

B2C = SendWindow(
    audience="b2c",
    weekdays=(5, 6),
    ranges=(TimeRange(start=time(8), end=time(10)), TimeRange(start=time(19), end=time(21))),
)


@pytest.mark.parametrize(
    ("local", "allowed"),
    [
        (datetime(2026, 1, 10, 8, 0), True),
        (datetime(2026, 1, 10, 9, 59, 59), True),
        (datetime(2026, 1, 10, 10, 0), False),
        (datetime(2026, 1, 11, 20, 59), True),
        (datetime(2026, 1, 12, 9, 0), False),
    ],
)
def test_a_range_includes_its_start_and_not_its_end(local: datetime, allowed: bool) -> None:
    assert B2C.allows(local) is allowed


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_nothing_outside_the_weekend_is_allowed_for_b2c(local: datetime) -> None:
    if B2C.allows(local):
        assert local.weekday() >= 5 and (8 <= local.hour < 10 or 19 <= local.hour < 21)


def test_a_flight_plans_what_its_days_sum_to() -> None:
    days = tuple(DailySpend(on=date(2026, 1, n), amount=Decimal("0.10")) for n in range(1, 4))
    flight = AdFlight(
        campaign_id="a", channel="linkedin", starts=date(2026, 1, 1), ends=date(2026, 1, 3), amount=Decimal("0.30"),
        zone="UTC", dayparts=(), days=days,
    )  # fmt: skip
    assert flight.planned == Decimal("0.30") == flight.amount
