"""Cron expressions in words: `0 9 * * mon` is every Monday at 09:00."""

from collections.abc import Collection, Sequence

from gtm.domain.cron import Cron, parse_cron
from gtm.domain.names import WEEKDAYS, listed

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_TIMES_AT_MOST = 4
"""Times of a day that are listed one by one; more are told by their hours and minutes."""

_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def cron_words(text: str) -> str:
    """An expression as a person says it, without its zone; it begins with a small letter.

    Raises:
        InvalidInput: it is no cron expression.
    """
    cron = parse_cron(text)
    minutes, hours = sorted(cron.minutes), sorted(cron.hours)
    step = _step(minutes)
    if len(hours) == 24 and step:
        return f"every {'minute' if step == 1 else f'{step} minutes'} of {_days(cron)}"
    if len(minutes) * len(hours) <= _TIMES_AT_MOST:
        times = [f"{hour:02}:{minute:02}" for hour in hours for minute in minutes]
        return f"{_days(cron)} at {listed(times)}"
    which = f"{'minute' if len(minutes) == 1 else 'minutes'} {_run(minutes)}"
    return f"{_days(cron)} at {which} of {'every hour' if len(hours) == 24 else f'hours {_run(hours)}'}"


def _days(cron: Cron) -> str:
    dates, weekdays = sorted(cron.days), sorted((day - 1) % 7 for day in cron.weekdays)
    months = [_MONTHS[month - 1] for month in sorted(cron.months)]
    every_date, every_weekday, every_month = len(dates) == 31, len(weekdays) == 7, len(months) == 12
    within = "" if every_month else f" in {listed(months)}"
    by_date = (
        f"on the {listed(_nth(dates))} of every month" if every_month else f"every {_list(dates)} {listed(months)}"
    )
    by_weekday = f"every {_weekdays(weekdays)}"
    if every_date:
        return f"{'every day' if every_weekday else by_weekday}{within}"
    if every_weekday:
        return by_date
    if cron.any_day or cron.any_weekday:
        return f"{by_weekday} that is the {listed(_nth(dates), 'or')} of {'a month' if every_month else listed(months)}"
    return f"{by_date} and {by_weekday}{within}"


def _weekdays(days: Sequence[int]) -> str:
    names = [WEEKDAYS[day] for day in days]
    if len(days) > 2 and _in_a_row(days):
        return f"day from {names[0]} to {names[-1]}"
    return listed(names)


def _nth(dates: Collection[int]) -> list[str]:
    return [f"{date}{_ORDINALS.get(date, 'th')}" for date in dates]


def _list(numbers: Sequence[int]) -> str:
    return listed([str(number) for number in numbers])


def _run(numbers: Sequence[int]) -> str:
    """`0 to 59` for numbers without a gap, else each of them."""
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 2 and _in_a_row(numbers) else _list(numbers)


def _in_a_row(numbers: Sequence[int]) -> bool:
    return numbers[-1] - numbers[0] == len(numbers) - 1


def _step(minutes: Sequence[int]) -> int:
    """How many minutes apart the firings of every hour are; 0 where they are not evenly apart, or one an hour."""
    if len(minutes) < 2:
        return 0
    step = minutes[1] - minutes[0]
    return step if minutes == list(range(0, 60, step)) and 60 % step == 0 else 0
