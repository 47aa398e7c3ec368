# ruff: noqa: DTZ001  (wall times have no zone: that is what is tested)
import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from gtm.domain.calendar import Words, first_weekday, next_slot, to_csv, to_ics
from gtm.domain.errors import InvalidInput
from gtm.domain.schedule import (
    AdFlight,
    CalendarEntry,
    DailySpend,
    EmailSlot,
    SchedulePlan,
    SendWindow,
    TimeRange,
)
from gtm.domain.zones import exists, resolve, zone_of

B2B = SendWindow(audience="b2b", weekdays=(1, 2, 3), ranges=(TimeRange(start=time(10), end=time(14)),))
B2C = SendWindow(
    audience="b2c",
    weekdays=(5, 6),
    ranges=(TimeRange(start=time(8), end=time(10)), TimeRange(start=time(19), end=time(21))),
)
ZONES = (
    "America/New_York", "America/Los_Angeles", "America/Toronto", "Europe/London", "Europe/Berlin", "Australia/Sydney",
    "Australia/Lord_Howe", "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Gaza", "Asia/Jerusalem",
    "Asia/Kathmandu", "America/Santiago", "America/Havana", "America/Nuuk", "Pacific/Auckland", "Pacific/Chatham",
    "Pacific/Apia", "UTC",
)  # fmt: skip


def plan(*entries: CalendarEntry) -> SchedulePlan:
    days = tuple(DailySpend(on=date(2026, 1, 6) + timedelta(days=n), amount=Decimal(10)) for n in range(3))
    return SchedulePlan(
        venture_id="fleet",
        starts=date(2026, 1, 5),
        ends=date(2026, 2, 1),
        window=B2B,
        campaigns=(),
        emails=(
            EmailSlot(campaign_id="drip", template_id="email-drip", step=1, segment_id="it", on=date(2026, 1, 6),
                      at=time(10, 15)),
        ),
        flights=(
            AdFlight(campaign_id="ads", channel="linkedin", starts=date(2026, 1, 6), ends=date(2026, 1, 8),
                     amount=Decimal(30), zone="America/New_York", dayparts=(), days=days),
        ),
        calendar=entries,
    )  # fmt: skip


def entry(title: str, on: date = date(2026, 3, 10), zone: str = "America/Los_Angeles") -> CalendarEntry:
    return CalendarEntry(on=on, at=time(9, 1), zone=zone, kind="launch", title=title, channel="web")


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1)),
    st.integers(0, 720),
    st.sampled_from([B2B, B2C]),
    st.lists(st.sampled_from(ZONES), max_size=4),
    st.integers(0, 12),
)
def test_a_slot_lies_in_the_window_after_the_delay_in_every_zone(
    after: datetime, delay: int, window: SendWindow, zones: list[str], stagger: int
) -> None:
    slot = next_slot(after, delay, window, zones, stagger * timedelta(minutes=15))
    assert window.allows(slot)
    for zone in ZONES:
        there = resolve(slot.date(), slot.time(), zone).astimezone(ZoneInfo(zone))
        assert window.allows(there.replace(tzinfo=None))
    for zone in zones:
        passed = resolve(slot.date(), slot.time(), zone) - resolve(after.date(), after.time(), zone)
        assert passed >= timedelta(hours=delay)


def test_an_hour_that_a_clock_change_takes_away_is_waited_for() -> None:
    saturday = datetime(2026, 3, 7, 8, 0)
    assert next_slot(saturday, 24, B2C) == datetime(2026, 3, 8, 8, 0)
    assert next_slot(saturday, 24, B2C, ["America/New_York"]) == datetime(2026, 3, 8, 9, 0)


def test_days_to_avoid_are_passed_over() -> None:
    tuesday = datetime(2026, 1, 6, 0, 0)
    assert next_slot(tuesday, 0, B2B, avoid={date(2026, 1, 6), date(2026, 1, 7)}) == datetime(2026, 1, 8, 10, 0)


def test_a_window_without_hours_is_refused_and_not_searched_for_ever() -> None:
    with pytest.raises(InvalidInput, match="no slot within 60 days"):
        next_slot(datetime(2026, 1, 1), 0, B2B.model_copy(update={"ranges": ()}))


def test_wall_times_in_gaps_and_overlaps() -> None:
    assert resolve(date(2026, 3, 8), time(2, 30), "America/New_York") == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert not exists(datetime(2026, 3, 8, 2, 30), "America/New_York")
    assert resolve(date(2026, 11, 1), time(1, 30), "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert exists(datetime(2026, 11, 1, 1, 30), "America/New_York")


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "", "Europe/Berlin\n"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="not a time zone"):
        zone_of(name)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
def test_the_first_weekday_is_within_the_week(on: date, weekday: int) -> None:
    found = first_weekday(on, weekday)
    assert found.weekday() == weekday and 0 <= (found - on).days < 7


def test_the_calendar_can_be_read_back_with_moments_in_utc_and_mail_in_floating_time() -> None:
    events = Calendar.from_ical(to_ics(plan(entry("Launch, at last; really")), "Fleet")).walk("VEVENT")
    launch, mail, flight = events
    assert str(launch["summary"]) == "Launch, at last; really"
    assert launch.decoded("dtstart") == datetime(2026, 3, 10, 16, 1, tzinfo=UTC)
    assert (
        mail.decoded("dtstart") == datetime(2026, 1, 6, 10, 15) and "recipient's own time zone" in mail["description"]
    )
    assert (flight.decoded("dtstart"), flight.decoded("dtend")) == (date(2026, 1, 6), date(2026, 1, 9))
    assert all("dtstamp" in event and "uid" in event for event in events)


def test_lines_are_folded_and_ended_as_the_rfc_says() -> None:
    raw = to_ics(plan(entry("ä" * 100)), "Fleet")
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n") and raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_same_plan_gives_the_same_bytes_and_unique_uids() -> None:
    made = plan(entry("Launch"), entry("Launch"), entry("Launch", zone="UTC"))
    assert to_ics(made, "Fleet") == to_ics(made, "Fleet")
    uids = [str(event["uid"]) for event in Calendar.from_ical(to_ics(made, "Fleet")).walk("VEVENT")]
    assert len(uids) == len(set(uids)) == 5


def test_a_moved_mail_keeps_its_uid() -> None:
    before = plan()
    moved = before.emails[0].model_copy(update={"on": date(2026, 1, 7)})
    after = before.model_copy(update={"emails": (moved,)})
    first, second = (Calendar.from_ical(to_ics(p, "Fleet")).walk("VEVENT")[0] for p in (before, after))
    assert first["uid"] == second["uid"] and first.decoded("dtstart") != second.decoded("dtstart")


def test_the_table_is_in_order_and_runs_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(plan(entry("=HYPERLINK(1)"), entry("Early", date(2026, 1, 1)))))))
    assert [r["date"] for r in rows] == ["2026-01-01", "2026-01-06", "2026-01-06", "2026-03-10"]
    assert rows[-1]["title"] == "'=HYPERLINK(1)"
    assert next(r["usd"] for r in rows if r["kind"] == "flight") == "30.00"
    assert next(r["zone"] for r in rows if r["kind"] == "email") == "recipient"


def test_mails_and_flights_are_called_by_their_names_and_posts_by_the_network() -> None:
    post = entry("Hello").model_copy(update={"kind": "social", "channel": "twitter_ads"})
    made = plan(post)
    words = Words({"fleet-drip": "Fleet: email sequence"}, {("fleet-drip", "it", 2): "Device policy"})
    slot = EmailSlot(campaign_id="fleet-drip", template_id="t", step=2, segment_id="it", on=made.starts, at=time(10))
    made = made.model_copy(update={"emails": (slot,)})
    rows = list(csv.DictReader(io.StringIO(to_csv(made, words))))
    assert {r["title"] for r in rows if r["kind"] == "email"} == {"Email 2, Fleet: email sequence: Device policy"}
    assert {r["channel"] for r in rows if r["kind"] == "social"} == {"X (Twitter)"}
    summaries = [str(e["summary"]) for e in Calendar.from_ical(to_ics(made, "Fleet", words)).walk("VEVENT")]
    assert "Email 2, Fleet: email sequence: Device policy (for it)" in summaries
