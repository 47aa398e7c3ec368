"""Public holidays on which few people read mail, by country (ISO 3166); no claim to be complete.

Fixed days and those an easy rule gives (n-th weekday of a month, days around Easter), nation-wide ones only. A plan
passes them over with its mails and names what else falls on them, so that a person decides.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

_FIXED: dict[str, tuple[tuple[int, int, str], ...]] = {
    "": ((1, 1, "New Year's Day"), (12, 24, "Christmas Eve"), (12, 25, "Christmas Day"), (12, 31, "New Year's Eve")),
    "US": ((6, 19, "Juneteenth"), (7, 4, "Independence Day"), (11, 11, "Veterans Day")),
    "CA": ((7, 1, "Canada Day"), (12, 26, "Boxing Day")),
    "GB": ((12, 26, "Boxing Day"),),
    "AU": ((1, 26, "Australia Day"), (4, 25, "Anzac Day"), (12, 26, "Boxing Day")),
    "DE": ((5, 1, "Labour Day"), (10, 3, "German Unity Day"), (12, 26, "second day of Christmas")),
}
_EASTER: dict[str, tuple[tuple[int, str], ...]] = {
    "CA": ((-2, "Good Friday"),),
    "GB": ((-2, "Good Friday"), (1, "Easter Monday")),
    "AU": ((-2, "Good Friday"), (1, "Easter Monday")),
    "DE": ((-2, "Good Friday"), (1, "Easter Monday"), (39, "Ascension Day"), (50, "Whit Monday")),
}
_NTH: dict[str, tuple[tuple[int, int, int, int, str], ...]] = {
    # month, weekday (0 is Monday), which one (-1 is the last), days after it, name
    "US": (
        (1, 0, 3, 0, "Martin Luther King Jr. Day"), (2, 0, 3, 0, "Presidents' Day"), (5, 0, -1, 0, "Memorial Day"),
        (9, 0, 1, 0, "Labor Day"), (11, 3, 4, 0, "Thanksgiving"), (11, 3, 4, 1, "the day after Thanksgiving"),
    ),
    "CA": ((9, 0, 1, 0, "Labour Day"), (10, 0, 2, 0, "Thanksgiving")),
    "GB": ((5, 0, 1, 0, "Early May bank holiday"), (5, 0, -1, 0, "Spring bank holiday"),
           (8, 0, -1, 0, "Summer bank holiday")),
}  # fmt: skip


def holidays(countries: Iterable[str], first: date, last: date) -> dict[date, str]:
    """The holidays known for the countries from `first` to `last`, both included, with their names.

    Args:
        countries: ISO 3166 codes; one that is not known has the days that most countries share.
        first: the first day looked at.
        last: the last day looked at.
    """
    found: dict[date, list[str]] = {}
    for year in range(first.year, last.year + 1):
        for code in ("", *dict.fromkeys(countries)):
            for on, name in _of(code, year):
                if first <= on <= last and name not in found.setdefault(on, []):
                    found[on].append(name)
    return {on: " / ".join(names) for on, names in sorted(found.items()) if names}


def quiet_days(first: date, last: date) -> frozenset[date]:
    """The days from 20 December to 2 January, in which few people come to a live session, whatever the country."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return frozenset(d for d in days if (d.month, d.day) >= _QUIET_FROM or (d.month, d.day) <= _QUIET_TO)


QUIET = "20 December to 2 January"
_QUIET_FROM, _QUIET_TO = (12, 20), (1, 2)


def _of(code: str, year: int) -> Iterator[tuple[date, str]]:
    for month, day, name in _FIXED.get(code, ()):
        yield date(year, month, day), name
    for month, weekday, which, after, name in _NTH.get(code, ()):
        yield _nth(year, month, weekday, which) + timedelta(days=after), name
    for offset, name in _EASTER.get(code, ()):
        yield easter(year) + timedelta(days=offset), name


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    if which > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=which - 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = c // 4, c % 4
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)
