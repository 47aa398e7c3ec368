"""One source of public holidays for plan, waits and dispatch."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.delivery import DeliveryPolicy, QuietHours, next_allowed
from gtm.domain.errors import InvalidInput
from gtm.domain.holidays import ClosedIn, closed_days, country_fault, public_holidays
from gtm.domain.schedule import SendWindow, TimeRange

B2B = SendWindow(audience="b2b", weekdays=(1, 2, 3), ranges=(TimeRange(start=time(10), end=time(14)),))
QUIET = QuietHours(start=time(21), end=time(8))


def test_holidays_have_english_names_and_lie_in_their_year() -> None:
    assert public_holidays("US", 2026)[date(2026, 11, 26)] == "Thanksgiving Day"
    assert public_holidays("DE", 2026)[date(2026, 5, 1)] == "Labor Day"
    assert all(day.year == 2026 for day in public_holidays("GB", 2026))
    with pytest.raises(InvalidInput, match="'XX'"):
        public_holidays("XX", 2026)
    assert country_fault("XX") and not country_fault("JP")


def test_closed_days_of_several_countries_are_one_list_with_the_eves_where_the_day_after_is_one() -> None:
    found = closed_days(["US", "GB", "XX"], date(2026, 12, 1), date(2027, 1, 1))
    assert found[date(2026, 12, 25)] == "Christmas Day"
    assert found[date(2026, 12, 24)] == "Christmas Eve" and found[date(2026, 12, 31)] == "New Year's Eve"
    assert found[date(2026, 12, 28)] == "Boxing Day (observed)" and date(2027, 1, 1) in found
    assert closed_days(["SA"], date(2026, 12, 20), date(2027, 1, 2)) == {}
    assert closed_days(["XX"], date(2026, 1, 1), date(2026, 12, 31)) == {} == closed_days([], *[date(2026, 1, 1)] * 2)


def test_a_holiday_is_judged_by_the_recipients_own_country_and_calendar() -> None:
    # Thanksgiving, Thursday 26 November 2026: 11:00 in New York.
    now = datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert next_allowed(now, "America/New_York", B2B, QUIET) == now
    after = next_allowed(now, "America/New_York", B2B, QUIET, ClosedIn("US"))
    assert after == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert next_allowed(now, "America/New_York", B2B, QUIET, ClosedIn("DE")) == now
    # In Auckland it is Friday the 27th already when the holiday begins in New York.
    assert next_allowed(datetime(2026, 11, 25, 22, tzinfo=UTC), "Pacific/Auckland", B2B, QUIET, ClosedIn("US")) > now


def test_closed_days_hold_where_the_policy_says_so() -> None:
    assert date(2026, 12, 25) in DeliveryPolicy(holidays=True).closed("US")
    assert date(2026, 12, 25) not in DeliveryPolicy().closed("US")
    for country in ("", "XX"):
        assert date(2026, 12, 25) not in DeliveryPolicy(holidays=True).closed(country)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2034, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["US", "DE", "GB", "FR", "JP", "IN", "BR", "CN", ""]),
)
def test_no_mail_on_a_closed_day_and_the_next_open_one_is_soon(now: datetime, country: str) -> None:
    closed = ClosedIn(country)
    found = next_allowed(now, "UTC", B2B, QUIET, closed)
    assert found.date() not in closed and B2B.allows(found)
    assert found - now < timedelta(days=22)


def test_the_library_is_imported_when_a_country_is_asked_for_and_not_before() -> None:
    code = (
        "import sys, gtm.domain.delivery, gtm.domain.workflow, gtm.playbook.schedule;"
        "assert 'holidays' not in sys.modules;"
        "from gtm.domain.holidays import public_holidays; assert public_holidays('US', 2026)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


ONE_BY_ONE = """
import sys
from gtm.domain.holidays import public_holidays
def known():
    return [name for name in sys.modules if name.startswith("holidays.countries.")]
public_holidays("US", 2026)
print(known())
# A territory rests on the country that it belongs to.
print(len(public_holidays("PR", 2026)) > len(public_holidays("US", 2026)), len(known()))
from holidays.countries import Zimbabwe
print(Zimbabwe.country, len(known()) > 200)
"""


def test_only_countries_that_are_asked_for_are_imported_until_somebody_asks_for_all() -> None:
    done = subprocess.run([sys.executable, "-c", ONE_BY_ONE], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["['holidays.countries.united_states']", "True 2", "ZW True"]
