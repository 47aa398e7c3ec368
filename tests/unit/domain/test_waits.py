# ruff: noqa: DTZ001 - wall times have no zone of their own
"""How long a wait lasts, to the microsecond, in zones whose clocks jump."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gtm.domain.errors import InvalidInput
from gtm.domain.holidays import _library, public_holidays
from gtm.domain.workflow import UntilDate, UntilWeekday, Wait
from gtm.domain.workflow_waits import WEEKDAYS, after_business_days, due_after, is_business_day
from gtm.domain.zones import is_zone, moment_of

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from(
    [BERLIN, "America/New_York", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
)
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2035, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))


def local(zone: str, year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "moment"),
    [
        # Clocks go forward over 02:30: the first valid moment after it is 03:00.
        (datetime(2026, 3, 29, 2, 30), BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 2, 0), BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 3, 0), BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        # Clocks go back over 02:30: the first of the two.
        (datetime(2026, 10, 25, 2, 30), BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Midnight itself is skipped in Havana.
        (datetime(2026, 3, 8, 0, 0), "America/Havana", datetime(2026, 3, 8, 5, 0, tzinfo=UTC)),
        # Lord Howe's clocks jump by half an hour.
        (datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        # Samoa left out 30 December 2011 altogether.
        (datetime(2011, 12, 30, 9, 0), "Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9, 0), "Asia/Kolkata", datetime(2026, 7, 1, 3, 30, tzinfo=UTC)),
    ],
)
def test_a_wall_time_has_one_moment_even_where_clocks_jump(wall: datetime, zone: str, moment: datetime) -> None:
    assert moment_of(wall, zone) == moment


@given(MOMENTS, ZONES)
def test_a_moment_shows_its_wall_time_or_is_the_first_after_a_gap(moment: datetime, zone: str) -> None:
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    found = moment_of(wall, zone)
    # What a clock has shown exists, so its first occurrence is found, never later than the moment itself.
    assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    assert found <= moment


@given(MOMENTS, ZONES, st.sampled_from(WEEKDAYS), st.times(), st.integers(0, 2))
def test_a_weekday_and_time_come_within_a_week_and_never_now(
    now: datetime, zone: str, weekday: str, at: time, rounds: int
) -> None:
    until = UntilWeekday.model_validate({"weekday": weekday, "at": at})
    for _ in range(rounds + 1):
        ends = until.ends(now, zone)
        assert now < ends <= now + timedelta(days=8, hours=2)
        shown = ends.astimezone(ZoneInfo(zone))
        gap = moment_of(shown.replace(tzinfo=None, fold=0), zone) != moment_of(datetime.combine(shown.date(), at), zone)
        assert gap or (WEEKDAYS[shown.weekday()] == weekday and shown.time().replace(fold=0) >= at)
        now = ends


def test_a_weekday_at_its_very_time_is_next_weeks() -> None:
    monday = UntilWeekday(weekday="mon", at=time(9))
    assert monday.ends(local(BERLIN, 2026, 3, 2, 8, 59), BERLIN) == local(BERLIN, 2026, 3, 2, 9)
    assert monday.ends(local(BERLIN, 2026, 3, 2, 9), BERLIN) == local(BERLIN, 2026, 3, 9, 9)


def test_an_overlap_is_not_waited_for_twice() -> None:
    sunday = UntilWeekday(weekday="sun", at=time(2, 30))
    first = sunday.ends(local(BERLIN, 2026, 10, 24, 12), BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    # An hour later clocks show 02:30 once more; the next is a week away.
    assert sunday.ends(first + timedelta(minutes=30), BERLIN) == local(BERLIN, 2026, 11, 1, 2, 30)


def test_a_gap_ends_at_the_first_valid_moment() -> None:
    sunday = UntilWeekday(weekday="sun", at=time(2, 30))
    assert sunday.ends(local(BERLIN, 2026, 3, 28, 12), BERLIN) == local(BERLIN, 2026, 3, 29, 3)
    assert sunday.ends(local(BERLIN, 2026, 3, 29, 3), BERLIN) == local(BERLIN, 2026, 4, 5, 2, 30)


def test_a_date_is_judged_in_its_zone_and_one_that_has_passed_is_over_at_once() -> None:
    at = datetime(2026, 3, 2, 9)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert Wait(id="w", until=UntilDate(at=at, zone=BERLIN)).ends(now, "UTC") == local(BERLIN, 2026, 3, 2, 9)
    assert Wait(id="w", until=UntilDate(at=at)).ends(now, "Asia/Kolkata") == local("Asia/Kolkata", 2026, 3, 2, 9)
    late = datetime(2026, 4, 1, tzinfo=UTC)
    assert Wait(id="w", until=UntilDate(at=at)).ends(late, "UTC") == late


@pytest.mark.parametrize(
    ("begins", "days", "ends"),
    [
        ((2026, 3, 6, 15), 1, (2026, 3, 9, 15)),
        ((2026, 3, 7, 15), 1, (2026, 3, 9, 15)),
        ((2026, 3, 8, 15), 1, (2026, 3, 9, 15)),
        ((2026, 3, 2, 15), 5, (2026, 3, 9, 15)),
        ((2026, 3, 27, 2, 30), 1, (2026, 3, 30, 2, 30)),
        ((2026, 3, 2, 15), 0, (2026, 3, 2, 15)),
    ],
)
def test_business_days_end_at_the_same_wall_time(begins: tuple[int, ...], days: int, ends: tuple[int, ...]) -> None:
    assert after_business_days(days, local(BERLIN, *begins), zone=BERLIN) == local(BERLIN, *ends)


def test_public_holidays_of_a_country_are_no_business_days() -> None:
    thursday = local(BERLIN, 2026, 4, 2, 10)
    # Good Friday and Easter Monday 2026 are 3 and 6 April.
    assert after_business_days(1, thursday, zone=BERLIN, country="DE") == local(BERLIN, 2026, 4, 7, 10)
    assert after_business_days(1, thursday, zone=BERLIN, country="US") == local(BERLIN, 2026, 4, 3, 10)
    hours = due_after(24, thursday, business_days_only=True, zone=BERLIN, country="DE")
    assert hours == local(BERLIN, 2026, 4, 7, 10)
    assert not is_business_day(date(2026, 12, 25), "GB")
    with pytest.raises(InvalidInput, match="'XX'"):
        public_holidays("XX", 2026)


def test_without_the_library_a_country_is_refused_and_weekends_still_count(monkeypatch: pytest.MonkeyPatch) -> None:
    public_holidays.cache_clear()
    _library.cache_clear()
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(InvalidInput, match="not installed"):
        public_holidays("DE", 2026)
    assert not is_business_day(date(2026, 4, 4)) and is_business_day(date(2026, 4, 3))


@given(MOMENTS, ZONES, st.integers(1, 30))
def test_business_days_end_on_a_business_day_with_as_many_of_them_between(now: datetime, zone: str, days: int) -> None:
    ends = after_business_days(days, now, zone=zone).astimezone(ZoneInfo(zone)).date()
    begins = now.astimezone(ZoneInfo(zone)).date()
    between = [begins + timedelta(days=n) for n in range(1, (ends - begins).days + 1)]
    counted = sum(day.weekday() < 5 for day in between)
    # A day that a zone leaves out ends on the one after.
    assert counted == days or date(2011, 12, 30) in between


def test_a_wait_names_how_long() -> None:
    with pytest.raises(ValidationError, match="hours, business_days or until"):
        Wait.model_validate({"id": "w", "next": "x"})
    with pytest.raises(ValidationError):
        UntilWeekday.model_validate({"weekday": "mon", "at": "09:00+02:00"})
    with pytest.raises(ValidationError):
        UntilDate.model_validate({"at": "2026-03-02T09:00Z"})
    assert Wait.model_validate({"id": "w", "hours": 0}).hours == 0


def test_waits_read_as_people_say_them() -> None:
    said = [
        Wait(id="w", hours=48),
        Wait(id="w", business_days=1),
        Wait(id="w", business_days=3),
        Wait(id="w", until=UntilWeekday(weekday="mon", at=time(9))),
        Wait(id="w", until=UntilDate(at=datetime(2026, 3, 2, 9), zone=BERLIN)),
    ]
    assert [wait.as_text() for wait in said] == [
        "48 h",
        "1 business day",
        "3 business days",
        "until Mon 09:00",
        "until 2026-03-02 09:00 Europe/Berlin",
    ]
    assert [wait.takes_time for wait in said] == [True, True, True, True, False]


def test_zones_that_do_not_exist() -> None:
    assert is_zone("Europe/Berlin")
    assert not any(is_zone(name) for name in ("Mars/Olympus", "", "../etc/passwd", "Europe", "x" * 300))
