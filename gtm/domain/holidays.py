"""Public holidays by country: the library `holidays` is the one source for plan, waits and dispatch.

Nationwide ones only; regional ones are not known. The library is imported when a country is first asked for.
"""

import importlib.util
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType, ModuleType
from typing import Any

from gtm.domain.errors import InvalidInput

_LANGUAGE = "en_US"
_EVES = ((12, 25, "Christmas Eve"), (1, 1, "New Year's Eve"))


@lru_cache(maxsize=1024)
def public_holidays(country: str, year: int) -> Mapping[date, str]:
    """A country's nationwide public holidays in a year with their names, in the order of time.

    Args:
        country: ISO 3166 code of two letters.
        year: the calendar year.

    Raises:
        InvalidInput: the country is not known, or the package `holidays` is not installed.
    """
    try:
        library = _library()
    except ImportError as error:
        raise InvalidInput(
            "public holidays by country need the package holidays, which is not installed", field="holidays_of"
        ) from error
    try:
        found = library.country_holidays(country, years=year, language=_LANGUAGE)
    except NotImplementedError as error:
        raise InvalidInput(f"no public holidays are known for {country!r}", field="holidays_of") from error
    return MappingProxyType({on: name.replace("; ", " / ") for on, name in sorted(found.items()) if on.year == year})


@cache
def _library() -> ModuleType:
    """The package, with the countries that are asked for: it would import all 251 with the first, for 8 MiB.

    Whoever asks the package of countries itself for one gets it as ever.
    """
    library = importlib.import_module("holidays")
    spec = importlib.util.find_spec("holidays.countries")
    if spec is not None and spec.loader is not None and spec.name not in sys.modules:
        countries = importlib.util.module_from_spec(spec)
        execute = spec.loader.exec_module

        def bring_all(name: str) -> Any:
            del countries.__dict__["__getattr__"]
            execute(countries)
            return getattr(countries, name)

        countries.__dict__["__getattr__"] = bring_all
        sys.modules[spec.name] = countries
    return library


def country_fault(country: str) -> str:
    """Why a country's public holidays are not known, or an empty text."""
    try:
        public_holidays(country, 2026)
    except InvalidInput as error:
        return error.detail
    return ""


def closed_days(countries: Iterable[str], first: date, last: date) -> dict[date, str]:
    """The days from `first` to `last`, both included, on which a country of these is closed, with their names.

    Public holidays, and the eves of Christmas and New Year where the day after is one. A country that is not known
    closes on no day.
    """
    found: dict[date, list[str]] = {}
    for country in dict.fromkeys(countries):
        for year in range(first.year, last.year + 1):
            for on, name in _closed(country, year).items():
                if first <= on <= last and name not in found.setdefault(on, []):
                    found[on].append(name)
    return {on: " / ".join(names) for on, names in sorted(found.items()) if names}


@dataclass(frozen=True)
class ClosedIn:
    """The days on which a country is closed, as a container; looked up year by year when asked for.

    Attributes:
        country: ISO 3166 code; one that is empty or not known closes on no day.
    """

    country: str

    def __contains__(self, day: object) -> bool:
        """Whether the country is closed on a day."""
        return bool(self.country) and isinstance(day, date) and day in _closed(self.country, day.year)


@lru_cache(maxsize=1024)
def _closed(country: str, year: int) -> Mapping[date, str]:
    try:
        found = dict(public_holidays(country, year))
        following = public_holidays(country, year + 1)
    except InvalidInput:
        return {}
    for month, day, name in _EVES:
        feast = date(year if month > 1 else year + 1, month, day)
        if feast in found or feast in following:
            found.setdefault(feast - timedelta(days=1), name)
    return found


QUIET = "20 December to 2 January"
_QUIET_FROM, _QUIET_TO = (12, 20), (1, 2)


def quiet_days(first: date, last: date) -> frozenset[date]:
    """The days from 20 December to 2 January, in which few people come to a live session, whatever the country."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return frozenset(d for d in days if (d.month, d.day) >= _QUIET_FROM or (d.month, d.day) <= _QUIET_TO)
