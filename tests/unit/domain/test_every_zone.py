"""No send outside its local window, none lost or doubled at a clock change: every IANA zone, ten years.

Zones with the same data are judged once. By default a sample that holds the odd ones; the whole set is marked slow.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from gtm.domain.calendar import next_slot
from gtm.domain.delivery import QuietHours, next_allowed
from gtm.domain.schedule import SendWindow, TimeRange
from gtm.domain.zones import exists, is_zone, moment_of

B2B = SendWindow(audience="b2b", weekdays=(1, 2, 3), ranges=(TimeRange(start=time(10), end=time(14)),))
B2C = SendWindow(
    audience="b2c",
    weekdays=(5, 6),
    ranges=(TimeRange(start=time(8), end=time(10)), TimeRange(start=time(19), end=time(21))),
)
QUIET = QuietHours(start=time(21), end=time(8))
FIRST, YEARS = datetime(2026, 1, 1, tzinfo=UTC), 10
DAY, STEP = timedelta(days=1), timedelta(minutes=15)
ODD = (
    "America/New_York", "Europe/Berlin", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca",
    "Asia/Beirut", "America/Havana", "America/Nuuk", "Antarctica/Troll", "America/Santiago", "Africa/Cairo",
    "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Apia", "Etc/GMT+12",
)  # fmt: skip


@cache
def zones() -> tuple[str, ...]:
    """One name for each content of the zone files."""
    found: dict[bytes, str] = {}
    for name in sorted(available_timezones()):
        if is_zone(name):
            file = files("tzdata").joinpath("zoneinfo", *name.split("/"))
            found.setdefault(file.read_bytes() if file.is_file() else name.encode(), name)
    return tuple(found.values())


def changes(zone: str) -> Iterator[datetime]:
    """Noon, UTC, of the first day after each change of offset within the ten years."""
    place = ZoneInfo(zone)
    noons = [FIRST + timedelta(hours=12) + n * DAY for n in range(YEARS * 365 + 3)]
    for before, after in pairwise(noons):
        if before.astimezone(place).utcoffset() != after.astimezone(place).utcoffset():
            yield after


def looked_at(zone: str) -> list[datetime]:
    """The changes of a zone, and an ordinary day where it has none."""
    return list(changes(zone)) or [FIRST + 200 * DAY]


def every_opening_comes_once(zone: str, window: SendWindow, around: datetime) -> None:
    """From one close to the next opening, over the days around a change, as a worker asks."""
    place = ZoneInfo(zone)
    middle = around.astimezone(place).date()
    days = [middle + n * DAY for n in range(-8, 9)]
    wanted = [(d, p) for d in days if d.weekday() in window.weekdays for p in window.ranges]
    now = moment_of(datetime.combine(days[0], time()), zone)
    for day, part in wanted:
        found = next_allowed(now, zone, window, QUIET)
        local = found.astimezone(place)
        assert window.allows(local) and local.date() == day and part.contains(local.time()), (zone, local)
        assert local.time() == part.start or not exists(datetime.combine(day, part.start), zone)
        now = moment_of(datetime.combine(day, part.end), zone)


def planned_slots_stay_in_their_window(zone: str, window: SendWindow, around: datetime) -> None:
    """A sequence planned across a change: each slot is one moment, in the window by the recipient's clock."""
    place = ZoneInfo(zone)
    after = datetime.combine(around.astimezone(place).date() - 4 * DAY, time())
    moments = []
    for delay in (0, 24, 48, 72):
        after = next_slot(after, delay, window, [zone])
        moments.append(moment_of(after, zone))
        local = moments[-1].astimezone(place).replace(tzinfo=None)
        assert local == after and window.allows(local), (zone, after)
    assert all(later > earlier for earlier, later in pairwise(moments))


def a_later_wall_time_is_never_an_earlier_moment(zone: str, around: datetime) -> None:
    start = datetime.combine(around.astimezone(ZoneInfo(zone)).date() - DAY, time())
    walls = [start + n * STEP for n in range(3 * 96)]
    moments = [moment_of(wall, zone) for wall in walls]
    assert all(a <= b for a, b in pairwise(moments)), (zone, around)
    shown = [m for w, m in zip(walls, moments, strict=True) if exists(w, zone)]
    assert len(set(shown)) == len(shown), (zone, around)


def holds(zone: str, around: datetime) -> None:
    for window in (B2B, B2C):
        every_opening_comes_once(zone, window, around)
        planned_slots_stay_in_their_window(zone, window, around)


def test_a_sample_of_zones_over_ten_years() -> None:
    sample = (*ODD, *zones()[::16])
    for zone in sample:
        found = looked_at(zone)
        for around in found[:: max(1, len(found) // 3)]:
            holds(zone, around)
    for zone in ODD:
        a_later_wall_time_is_never_an_earlier_moment(zone, looked_at(zone)[0])


@pytest.mark.slow
def test_every_zone_over_ten_years() -> None:
    assert len(zones()) > 250
    for zone in zones():
        for around in looked_at(zone):
            holds(zone, around)
            a_later_wall_time_is_never_an_earlier_moment(zone, around)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "America/Nuuk"])
def test_a_window_that_opens_or_closes_inside_a_gap_or_overlap_is_neither_lost_nor_doubled(zone: str) -> None:
    place = ZoneInfo(zone)
    for around in list(changes(zone))[:4]:
        low, high = around - DAY, around
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            same = middle.astimezone(place).utcoffset() == low.astimezone(place).utcoffset()
            low, high = (middle, high) if same else (low, middle)
        wall = low.astimezone(place).replace(tzinfo=None) + STEP
        if wall.hour > 20 or wall.hour < 1:
            continue
        part = TimeRange(start=wall.replace(second=0, microsecond=0).time(), end=time(wall.hour + 3))
        window = SendWindow(audience="b2c", weekdays=tuple(range(7)), ranges=(part,))
        now, days = low - 2 * DAY, []
        for _ in range(5):
            found = next_allowed(now, zone, window, None).astimezone(place)
            assert window.allows(found)
            days.append(found.date())
            now = moment_of(datetime.combine(found.date(), part.end), zone)
        assert days == [days[0] + n * DAY for n in range(5)], (zone, days)
