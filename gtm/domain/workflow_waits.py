"""How long a lead waits: hours, business days, or until a date or a weekday and time on the recipient's wall clock.

Pure: the same wait from the same moment in the same zone always ends at the same moment. A wall time that a clock
change skips or repeats is judged by `gtm.domain.zones.moment_of`.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, NaiveDatetime

from gtm.domain.base import Model
from gtm.domain.holidays import public_holidays
from gtm.domain.zones import is_zone, moment_of

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_BUSINESS_DAYS = 30
"""The longest wait in business days: 30 days are the 720 h of domain.md."""

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years that a wait may end in: at the ends of the calendar no moment can be told in every zone."""

_DAY = timedelta(days=1)


def _wall_time(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    return at


class UntilDate(Model):
    """Until a wall time on a date; a date that has passed is over at once.

    Attributes:
        at: the wall time, such as 2026-03-02T09:00.
        zone: the IANA zone whose clocks rule; the recipient's where none is named.
    """

    kind: Literal["date"] = "date"
    at: NaiveDatetime
    zone: Annotated[str, Field(max_length=64)] = ""

    def ends(self, zone: str) -> datetime:
        """The moment it ends, for a recipient in `zone`."""
        return moment_of(self.at, self.zone or zone)

    def as_text(self) -> str:
        """Such as `until 2026-03-02 09:00 Europe/Berlin`."""
        return f"until {self.at:%Y-%m-%d %H:%M} {self.zone or 'in their zone'}"


class UntilWeekday(Model):
    """Until the next time that the recipient's clocks show `at` on `weekday`, never the present moment itself."""

    kind: Literal["weekday"] = "weekday"
    weekday: Weekday
    at: Annotated[time, AfterValidator(_wall_time)]

    def ends(self, now: datetime, zone: str) -> datetime:
        """The moment it ends, for a recipient in `zone`: within a week, or where a clock change shifts it, just after.

        Args:
            now: the aware moment the wait begins.
            zone: the recipient's IANA zone.
        """
        today = now.astimezone(ZoneInfo(zone)).date()
        ahead = (WEEKDAYS.index(self.weekday) - today.weekday()) % 7
        # A day that clocks have just gone back into, or a skipped one, can still lie ahead or lie behind.
        moments = (moment_of(datetime.combine(today + (ahead + more) * _DAY, self.at), zone) for more in (-7, 0, 7, 14))
        return next(moment for moment in moments if moment > now)

    def as_text(self) -> str:
        """Such as `until Mon 09:00`."""
        return f"until {self.weekday.capitalize()} {self.at:%H:%M}"


Until = Annotated[UntilDate | UntilWeekday, Field(discriminator="kind")]


def until_fault(until: UntilDate | UntilWeekday) -> str:
    """What is wrong with the end of a wait, or an empty text."""
    if isinstance(until, UntilDate) and until.zone and not is_zone(until.zone):
        return f"{until.zone!r} is not an IANA time zone"
    if isinstance(until, UntilDate) and not FIRST_YEAR <= until.at.year <= LAST_YEAR:
        return f"the year {until.at.year} is outside {FIRST_YEAR}-{LAST_YEAR}"
    return ""


def is_business_day(day: date, country: str = "") -> bool:
    """Whether a day is Monday to Friday, and no public holiday of the country where one is named."""
    return day.weekday() < 5 and not (country and day in public_holidays(country, day.year))


def after_business_days(days: int, now: datetime, *, zone: str = "UTC", country: str = "") -> datetime:
    """The same wall time `days` business days later: from Friday 15:00, and from Saturday 15:00, one is Monday 15:00.

    Args:
        days: how many, from 0.
        now: the aware moment the wait begins.
        zone: the recipient's IANA zone.
        country: ISO code of the country whose public holidays do not count either.
    """
    if days <= 0:
        return now
    local = now.astimezone(ZoneInfo(zone))
    day, left = local.date(), days
    while left:
        day += _DAY
        left -= is_business_day(day, country)
    return moment_of(datetime.combine(day, local.time()), zone)


def due_after(
    hours: int, now: datetime, *, business_days_only: bool = False, zone: str = "UTC", country: str = ""
) -> datetime:
    """When a wait of hours that begins at `now` ends.

    Args:
        hours: how long to wait.
        now: the aware moment the wait begins.
        business_days_only: hours of Saturday and Sunday, judged in `zone`, do not count.
        zone: the recipient's IANA zone.
        country: ISO code of the country whose public holidays do not count either; with `business_days_only`.
    """
    if not business_days_only:
        return now + timedelta(hours=hours)
    local_zone = ZoneInfo(zone)
    left = timedelta(hours=hours)
    moment = now.astimezone(UTC)
    while True:
        today = moment.astimezone(local_zone).date()
        until_midnight = moment_of(datetime.combine(today + _DAY, time()), zone) - moment
        if not is_business_day(today, country):
            moment += until_midnight
        elif left < until_midnight:
            return moment + left
        else:
            moment += until_midnight
            left -= until_midnight
