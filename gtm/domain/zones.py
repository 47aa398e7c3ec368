"""Moments on wall clocks: IANA zones, and what becomes of a wall time that a clock change skips or repeats."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from gtm.domain.errors import InvalidInput

_NO_ZONE = re.compile(r"^(localtime|posixrules|Factory|(posix|right)/.*)$")
"""Files beside the zones that mean something else on every machine, or none of them."""


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        InvalidInput: there is no such zone.
    """
    try:
        return ZoneInfo("" if _NO_ZONE.match(name) else name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"{name!r} is not a time zone", field="zone", value=name, allowed="an IANA name such as Europe/Berlin"
        ) from error


def is_zone(name: str) -> bool:
    """Whether there is an IANA zone of that name."""
    try:
        zone_of(name)
    except InvalidInput:
        return False
    return True


def _zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError(f"{name!r} is not an IANA time zone")
    return name


Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]


def resolve(on: date, at: time, zone: str) -> datetime:
    """A day's wall time in a zone as a moment in UTC, by the one rule of `moment_of`."""
    return moment_of(datetime.combine(on, at), zone)


def occurrences(on: date, at: time, zone: str) -> tuple[datetime, ...]:
    """The moments, in UTC, at which a day's wall time is shown: one, or both where clocks go back; as `moment_of` where
    clocks skip it.
    """
    first = resolve(on, at, zone)
    place = zone_of(zone)
    wall = datetime.combine(on, at)
    second = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    if second > first and second.astimezone(place).replace(tzinfo=None) == wall:
        return first, second
    return (first,)


def set_back(on: date, zone: str) -> datetime | None:
    """The moment, in UTC, at which a zone's clocks go back on a day; None where they do not."""
    place = zone_of(zone)
    start, end = resolve(on, time(), zone), resolve(on + timedelta(days=1), time(), zone)
    before, after = (moment.astimezone(place).utcoffset() or timedelta() for moment in (start, end))
    return _change(start, end, place) if after < before else None


def exists(local: datetime, zone: str) -> bool:
    """Whether a naive wall time occurs in a zone: DST changes skip some."""
    moment = resolve(local.date(), local.time(), zone)
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None) == local


def moment_of(wall: datetime, zone: str) -> datetime:
    """The moment, in UTC, at which a zone's wall clocks show a time: the one rule for gaps and overlaps.

    A time that comes twice (clocks go back) is its first occurrence. One that is skipped (clocks go forward, or a
    zone leaves a day out) is the first valid moment after it: the moment of the change itself. So a later wall time is
    never an earlier moment, and what opens inside a gap opens when the gap ends (docs/decisions/0008).

    Args:
        wall: the naive wall time.
        zone: the IANA zone.
    """
    place = zone_of(zone)
    local = wall.replace(tzinfo=place, fold=0)
    found = local.astimezone(UTC)
    if found.astimezone(place).replace(tzinfo=None) == wall:
        return found
    return _change(local.replace(fold=1).astimezone(UTC), found, place)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the zone changes its offset; zones change on whole seconds."""
    low, high = int(before.timestamp()), int(after.timestamp()) + 1
    old = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == old else (low, middle)
    return datetime.fromtimestamp(high, UTC)


def _offset(second: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(second, zone).utcoffset()
