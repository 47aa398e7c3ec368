"""When a person may be written to: by their own clock, across DST changes; and whose turn comes when in a warm-up."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.delivery import DeliveryPolicy, FrequencyCap, QuietHours, days_ahead, next_allowed, next_day
from gtm.domain.errors import InvalidInput
from gtm.domain.schedule import SendWindow, TimeRange

B2B = SendWindow(audience="b2b", weekdays=(1, 2, 3), ranges=(TimeRange(start=time(10), end=time(14)),))
NIGHT = QuietHours(start=time(21), end=time(8))
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/Sao_Paulo")


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def daily(start: time, end: time) -> SendWindow:
    return SendWindow(audience="b2c", weekdays=tuple(range(7)), ranges=(TimeRange(start=start, end=end),))


@pytest.mark.parametrize(
    ("now", "zone", "opens"),
    [
        ("2026-01-06 12:00", "Europe/Berlin", "2026-01-06 12:00"),
        ("2026-01-06 14:00", "Europe/Berlin", "2026-01-07 10:00"),
        ("2026-01-08 14:00", "Europe/Berlin", "2026-01-13 10:00"),
        ("2026-01-05 23:00", "America/New_York", "2026-01-06 10:00"),
    ],
)
def test_a_window_is_the_recipients_own(now: str, zone: str, opens: str) -> None:
    assert next_allowed(at(now, zone), zone, B2B, NIGHT) == at(opens, zone)


def test_quiet_hours_reach_over_midnight() -> None:
    zone = "Asia/Kolkata"
    assert next_allowed(at("2026-01-06 20:59:59.999", zone), zone, None, NIGHT) == at("2026-01-06 20:59:59.999", zone)
    for quiet in ("2026-01-06 21:00", "2026-01-06 23:59", "2026-01-07 00:00", "2026-01-07 07:59"):
        assert next_allowed(at(quiet, zone), zone, None, NIGHT) == at("2026-01-07 08:00", zone)


def test_an_opening_that_dst_skips_moves_on_and_a_window_that_it_skips_whole_is_the_next_days() -> None:
    zone, eve = "Europe/Berlin", at("2026-03-28 12:00", "Europe/Berlin")
    # On 29 March 02:00-03:00 does not occur: what opens at 02:30 opens at 03:00.
    assert next_allowed(eve, zone, daily(time(2, 30), time(5)), None) == at("2026-03-29 03:00", zone)
    after_first = at("2026-03-28 03:00", zone)
    assert next_allowed(after_first, zone, daily(time(2), time(3)), None) == at("2026-03-30 02:00", zone)


def test_an_hour_that_occurs_twice_is_open_both_times() -> None:
    zone, window = "Europe/Berlin", daily(time(2, 30), time(2, 45))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_allowed(first - timedelta(hours=3), zone, window, None) == first
    second = first + timedelta(hours=1)
    assert next_allowed(second, zone, window, None) == second


LONDON_AGAIN = datetime(2026, 10, 25, 1, tzinfo=UTC)
"""When London's clocks go back from 02:00 to 01:00: the hour from 01:00 to 02:00 comes twice."""


@pytest.mark.parametrize(
    ("minutes", "opens"),
    [
        (-30 - 60, -30),  # 00:30, before both: the first 01:30
        (-60, -30),  # the first 01:00
        (-30, -30),  # the first 01:30 is no longer quiet
        (-1, -1),
        (0, 30),  # the second 01:00 is quiet once more, until the second 01:30 and not until tomorrow
        (29, 30),
        (30, 30),
    ],
)
@pytest.mark.parametrize("start", [time(22), time(0, 15), time(1)])
def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_in_both(minutes: int, opens: int, start: time) -> None:
    quiet = QuietHours(start=start, end=time(1, 30))
    now, wanted = (LONDON_AGAIN + timedelta(minutes=m) for m in (minutes, opens))
    if not quiet.contains(now.astimezone(ZoneInfo("Europe/London")).time()):
        wanted = now
    assert next_allowed(now, "Europe/London", None, quiet) == wanted


def test_quiet_hours_that_begin_in_the_hour_that_comes_twice_hold_from_both() -> None:
    zone, quiet = "Europe/London", QuietHours(start=time(1, 30), end=time(7))
    morning = at("2026-10-25 07:00", zone)
    between = LONDON_AGAIN + timedelta(minutes=10)
    assert next_allowed(between, zone, None, quiet) == between
    for minutes in (30, 59):
        assert next_allowed(LONDON_AGAIN + timedelta(minutes=minutes), zone, None, quiet) == morning
    # The first time round they are over when the clocks go back to before them, and they begin anew.
    assert next_allowed(LONDON_AGAIN - timedelta(minutes=20), zone, None, quiet) == LONDON_AGAIN


def test_a_window_that_opens_in_the_hour_that_comes_twice_opens_in_both() -> None:
    zone, window = "Europe/London", daily(time(1, 30), time(3))
    second = LONDON_AGAIN + timedelta(minutes=30)
    assert next_allowed(LONDON_AGAIN, zone, window, None) == second
    assert next_allowed(LONDON_AGAIN, zone, window, QuietHours(start=time(22), end=time(1, 15))) == second


@given(
    offset=st.integers(-6 * 3600, 6 * 3600),
    zone=st.sampled_from(
        ("Europe/London", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana")
    ),
    start=st.integers(0, 96 - 1),
    length=st.integers(1, 90),
    autumn=st.booleans(),
)
def test_whoever_is_put_off_by_quiet_hours_waits_until_the_first_moment_that_is_none(
    offset: int, zone: str, start: int, length: int, autumn: bool
) -> None:
    place = ZoneInfo(zone)

    def wall(quarter: int) -> time:
        return time(quarter % 96 // 4, quarter % 4 * 15)

    quiet = QuietHours(start=wall(start), end=wall(start + length))
    now = change(zone, autumn=autumn) + timedelta(seconds=offset)
    found = next_allowed(now, zone, None, quiet)
    # By looking at every minute; all changes and all ends of quiet hours are whole minutes.
    probe = now if not quiet.contains(now.astimezone(place).time()) else now.replace(second=0) + timedelta(minutes=1)
    while quiet.contains(probe.astimezone(place).time()):
        probe += timedelta(minutes=1)
    assert found == probe


def change(zone: str, *, autumn: bool) -> datetime:
    """When a zone's clocks go back, or forward, in 2026."""
    place, moment = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    while True:
        later = moment + timedelta(minutes=30)
        before, after = (m.astimezone(place).utcoffset() or timedelta() for m in (moment, later))
        if after < before if autumn else after > before:
            return later
        moment = later


def test_a_window_inside_the_quiet_hours_is_refused_and_not_searched_for_ever() -> None:
    with pytest.raises(InvalidInput):
        next_allowed(at("2026-01-06 12:00"), "UTC", daily(time(22), time(23)), NIGHT)


@given(
    now=st.integers(1_735_000_000, 1_893_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 22),
    length=st.integers(1, 6),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
)
def test_the_moment_found_is_open_and_nothing_before_it_is(
    now: datetime, zone: str, start: int, length: int, weekdays: set[int]
) -> None:
    part = TimeRange(start=time(start), end=time(min(start + length, 23), 59))
    window = SendWindow(audience="b2c", weekdays=tuple(weekdays), ranges=(part,))
    found = next_allowed(now, zone, window, None)
    assert found >= now
    assert window.allows(found.astimezone(ZoneInfo(zone)))
    probe = now
    while probe < found:
        assert not window.allows(probe.astimezone(ZoneInfo(zone)))
        probe += timedelta(minutes=29)
    if found > now:
        assert not window.allows((found - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)))


def test_turns_are_given_out_by_the_days_limits() -> None:
    assert [days_ahead((100, 200), waiting) for waiting in (0, 99, 100, 299, 300, 500)] == [1, 1, 2, 2, 3, 4]
    assert days_ahead((None,), 10**6) == 1
    assert days_ahead((1,), 10**6) == 366
    assert next_day(at("2026-01-06 23:59"), 2) == at("2026-01-08 00:00")


def test_a_domain_is_warm_after_its_schedule() -> None:
    policy = DeliveryPolicy(warm_up=(50, 100))
    assert [policy.warm_up_limit(age) for age in (0, 1, 2, 90)] == [50, 100, None, None]


def test_a_holdout_is_the_same_always_and_of_the_size_that_was_asked_for() -> None:
    policy = DeliveryPolicy(holdout_percent=Decimal(10))
    held = {n for n in range(10_000) if policy.held_out("acme", f"lead-{n}")}
    assert 900 < len(held) < 1100
    assert held == {n for n in range(10_000) if policy.held_out("acme", f"lead-{n}")}
    assert held != {n for n in range(10_000) if policy.held_out("other", f"lead-{n}")}
    assert not any(DeliveryPolicy().held_out("acme", f"lead-{n}") for n in range(1000))


def test_a_cap_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="week"):
        FrequencyCap(per_day=3, per_week=2)
