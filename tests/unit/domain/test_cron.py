"""Cron fields, zones, and the clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.cron import firings, next_after, parse_cron
from gtm.domain.errors import InvalidInput
from gtm.domain.zones import is_zone


def test_every_monday_at_nine_in_new_york() -> None:
    cron = parse_cron("0 9 * * mon")
    winter = next_after(cron, datetime(2026, 1, 7, tzinfo=UTC), "America/New_York")
    summer = next_after(cron, datetime(2026, 7, 8, tzinfo=UTC), "America/New_York")
    assert winter == datetime(2026, 1, 12, 14, 0, tzinfo=UTC)
    assert summer == datetime(2026, 7, 13, 13, 0, tzinfo=UTC)


def test_a_skipped_wall_time_does_not_fire_and_a_doubled_one_fires_once() -> None:
    cron = parse_cron("30 2 * * *")
    # 29 March 2026: Berlin's clocks go from 2:00 to 3:00.
    fired = next_after(cron, datetime(2026, 3, 28, 12, tzinfo=UTC), "Europe/Berlin")
    assert fired == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    # 25 October 2026: 2:30 comes twice, at 0:30 and 1:30 UTC.
    first = next_after(cron, datetime(2026, 10, 24, 12, tzinfo=UTC), "Europe/Berlin")
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_after(cron, first, "Europe/Berlin") == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_day_fields_are_joined_by_or_when_both_are_restricted() -> None:
    cron = parse_cron("0 0 13 * fri")
    assert next_after(cron, datetime(2026, 1, 10, tzinfo=UTC), "UTC") == datetime(2026, 1, 13, tzinfo=UTC)
    assert next_after(cron, datetime(2026, 1, 13, tzinfo=UTC), "UTC") == datetime(2026, 1, 16, tzinfo=UTC)


def test_steps_ranges_lists_and_sunday_as_seven() -> None:
    cron = parse_cron("*/15 8-10,14 * jan,mar 7")
    assert sorted(cron.minutes) == [0, 15, 30, 45]
    assert sorted(cron.hours) == [8, 9, 10, 14]
    assert cron.weekdays == {0}


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "* 24 * * *", "5-1 * * * *", "* * 31 2 *", "x * * * *", "*/0 * * * *"]
)
def test_what_is_no_cron_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_cron(text)


@given(st.integers(0, 59), st.integers(0, 23), st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_the_next_firing_is_later_and_on_time(minute: int, hour: int, at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    fired = next_after(parse_cron(f"{minute} {hour} * * *"), moment, "UTC")
    assert timedelta(0) < fired - moment <= timedelta(days=1)
    assert (fired.minute, fired.hour) == (minute, hour)


def test_the_firings_between_two_moments_skip_the_gap_and_pass_the_overlap_once() -> None:
    half_past_two = parse_cron("30 2 * * *")
    found = firings(
        half_past_two, datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC), "Europe/Berlin"
    )
    assert [moment.day for moment in found] == [28, 30]
    hourly = parse_cron("0 * * * *")
    autumn = firings(
        hourly, datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 4, tzinfo=UTC), "Europe/Berlin"
    )
    assert [moment.hour for moment in autumn] == [23, 0, 2, 3, 4], (
        "2:00 comes twice on the clock and fires the first time"
    )
    assert len(firings(hourly, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), "UTC", limit=7)) == 7
    assert firings(hourly, datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), "UTC") == ()


def test_a_zone_that_does_not_exist_is_named() -> None:
    with pytest.raises(InvalidInput, match="Mars/Olympus"):
        next_after(parse_cron("0 9 * * *"), datetime(2026, 1, 1, tzinfo=UTC), "Mars/Olympus")


def test_only_digits_that_everybody_types_are_numbers() -> None:
    for text in ("\u0663 * * * *", "*/\u0662 * * * *", "0 0 \u0967 * *"):
        with pytest.raises(InvalidInput, match="is no"):
            parse_cron(text)


def test_a_name_that_means_another_zone_on_every_machine_is_no_zone() -> None:
    for name in ("localtime", "posixrules", "Factory", "posix/UTC", "right/UTC"):
        assert not is_zone(name)
    assert is_zone("Europe/Berlin") and is_zone("UTC")
