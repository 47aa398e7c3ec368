"""Cron expressions of five fields, judged in an IANA zone.

`minute hour day-of-month month day-of-week`, with `*`, lists, ranges, steps and the English names of months and days.
As in Vixie cron, when day-of-month and day-of-week are both restricted either may match. A wall time that a clock
change skips does not fire that day; one that comes twice fires the first time.
"""

from datetime import UTC, datetime, timedelta

from gtm.domain.base import Model
from gtm.domain.errors import InvalidInput
from gtm.domain.zones import exists, resolve, zone_of

_MONTHS = {
    name: n
    for n, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_DAYS = {name: n for n, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
)
_HORIZON_DAYS = 366 * 8 + 2
"""29 February can be eight years away; an expression that fires on no day until then never does."""


class Cron(Model):
    """A parsed expression: the values each field allows."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def on_day(self, day: datetime) -> bool:
        """Whether the expression fires on a calendar day."""
        if day.month not in self.months:
            return False
        by_date = day.day in self.days
        by_weekday = day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_date and by_weekday
        return by_date or by_weekday


def parse_cron(text: str) -> Cron:
    """Read an expression such as `0 9 * * mon`.

    Raises:
        InvalidInput: it has not five fields, one is out of range, or it never fires (31 February).
    """
    fields = text.lower().split()
    if len(fields) != 5:
        raise InvalidInput("a cron expression has five fields", field="cron", value=text, allowed="such as 0 9 * * mon")
    minutes, hours, days, months, weekdays = (
        _values(field, *spec) for field, spec in zip(fields, _FIELDS, strict=True)
    )
    cron = Cron(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(day % 7 for day in weekdays),
        any_day=fields[2].startswith("*"),
        any_weekday=fields[4].startswith("*"),
    )
    first = datetime(2024, 1, 1, tzinfo=UTC)
    if not any(cron.on_day(first + timedelta(days=n)) for n in range(_HORIZON_DAYS)):
        raise InvalidInput("the cron expression never fires", field="cron", value=text)
    return cron


def next_after(cron: Cron, moment: datetime, zone: str) -> datetime:
    """The first firing after an aware moment, in UTC.

    Args:
        cron: a parsed expression.
        moment: the aware moment after which to look.
        zone: the IANA zone whose wall clock rules.

    Raises:
        InvalidInput: none within eight years, or there is no such zone.
    """
    local_zone = zone_of(zone)
    start = moment.astimezone(local_zone)
    day = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for offset in range(_HORIZON_DAYS):
        wall = day + timedelta(days=offset)
        if not cron.on_day(wall):
            continue
        for hour in sorted(cron.hours):
            for minute in sorted(cron.minutes):
                candidate = wall.replace(hour=hour, minute=minute)
                fired = resolve(candidate.date(), candidate.time(), zone)
                if fired > moment and exists(candidate, zone):
                    return fired
    raise InvalidInput("the cron expression does not fire within eight years", field="cron")


def firings(cron: Cron, after: datetime, until: datetime, zone: str, limit: int = 1_000) -> tuple[datetime, ...]:
    """The firings after one aware moment and by another, in UTC, oldest first.

    Args:
        cron: a parsed expression.
        after: the moment after which to look.
        until: the last moment that counts.
        zone: the IANA zone whose wall clock rules.
        limit: how many at most; more are found by asking again after the last one.

    Raises:
        InvalidInput: there is no such zone.
    """
    found: list[datetime] = []
    moment = after
    while len(found) < limit:
        moment = next_after(cron, moment, zone)
        if moment > until:
            break
        found.append(moment)
    return tuple(found)


def _values(text: str, name: str, lowest: int, highest: int, names: dict[str, int]) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        spread, _, step_text = part.partition("/")
        step = _number(step_text, name, 1, highest, {}) if step_text else 1
        if spread == "*":
            first, last = lowest, highest
        elif "-" in spread:
            left, _, right = spread.partition("-")
            first, last = _number(left, name, lowest, highest, names), _number(right, name, lowest, highest, names)
        else:
            first = _number(spread, name, lowest, highest, names)
            last = highest if step_text else first
        if first > last:
            raise InvalidInput(f"the range {spread!r} of the {name} runs backwards", field="cron", value=text)
        values.update(range(first, last + 1, step))
    return frozenset(values)


def _number(text: str, name: str, lowest: int, highest: int, names: dict[str, int]) -> int:
    value = names.get(text, int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else -1)
    if not lowest <= value <= highest:
        raise InvalidInput(f"{text!r} is no {name}", field="cron", value=text, allowed=f"{lowest}-{highest}")
    return value
