"""The plan as a calendar of weeks: what goes out on each day, and the flights that run across them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.context import Context
from gtm.domain.called import SESSION_MAILS
from gtm.domain.names import network
from gtm.domain.schedule import AGAIN, CalendarEntry, SchedulePlan

KINDS: tuple[tuple[str, str], ...] = (
    ("launch", "Launch"),
    ("milestone", "Milestone"),
    ("email", "Email"),
    ("webinar", "Webinar"),
    ("blog", "Article"),
    ("social", "Social post"),
    ("review", "Review"),
)


@dataclass(frozen=True)
class Chip:
    """Something that happens at an hour of a day; `whole` is its title, `text` what a narrow column shows of it first.

    `detail` says it in full, with place and zone.
    """

    kind: str
    at: time
    text: str
    detail: str
    whole: str


@dataclass(frozen=True)
class Day:
    """A day of the grid; `inside` tells the plan's own days from the rest of a first or last week."""

    on: date
    inside: bool
    chips: tuple[Chip, ...]


@dataclass(frozen=True)
class Lane:
    """A flight across a week: grid columns 1-7, both included; `first` where it is the flight's first week."""

    channel: str
    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Week:
    """Seven days from Monday."""

    number: int
    days: tuple[Day, ...]
    lanes: tuple[Lane, ...]


def weeks(context: Context, plan: SchedulePlan) -> tuple[Week, ...]:
    """The plan's weeks, whole ones from Monday to Sunday."""
    dates = [plan.starts, plan.ends, *(e.on for e in plan.calendar), *(s.on for s in plan.emails)]
    monday = min(dates) - timedelta(days=min(dates).weekday())
    chips = _chips(context, plan)
    found: list[Week] = []
    while monday <= max(dates):
        days = tuple(
            Day(on, plan.starts <= on <= plan.ends, tuple(chips.get(on, ())))
            for on in (monday + timedelta(days=n) for n in range(7))
        )
        found.append(Week(len(found) + 1, days, tuple(_lanes(plan, monday))))
        monday += timedelta(days=7)
    return tuple(found)


def _chips(context: Context, plan: SchedulePlan) -> dict[date, list[Chip]]:
    by_day: dict[date, list[Chip]] = {}
    for on, chip in (*_emails(context, plan), *_entries(plan)):
        by_day.setdefault(on, []).append(chip)
    order = [kind for kind, _ in KINDS]
    for chips in by_day.values():
        chips.sort(key=lambda chip: (chip.at, order.index(chip.kind), chip.text))
    return by_day


def _emails(context: Context, plan: SchedulePlan) -> Iterator[tuple[date, Chip]]:
    groups: dict[tuple[date, str, int], list[tuple[time, str]]] = {}
    for slot in plan.emails:
        groups.setdefault((slot.on, slot.campaign_id, slot.step), []).append((slot.at, slot.segment_id))
    for (on, campaign_id, step), sends in groups.items():
        first = min(at for at, _ in sends)
        name = context.campaign_name(campaign_id)
        to = words.listed([f"{context.segment_name(segment)} at {at:%H:%M}" for at, segment in sorted(sends)])
        several = f" ×{len(sends)}" if len(sends) > 1 else ""
        # The mails of a session go by what they are, those of a sequence by their number.
        what = SESSION_MAILS.get(context.step_name(campaign_id, step), "")
        detail = f"Email {step} of {name}{f', {what}' if what else ''}, recipient time: {to}"
        shown = f"{_short(name)} {what or step}{several}"
        yield on, Chip("email", first, shown, detail, shown)


def _short(name: str) -> str:
    text = name.split(":")[-1].strip()
    return text if len(text) <= 24 else "Email"


def _entries(plan: SchedulePlan) -> Iterator[tuple[date, Chip]]:
    planned = {(slot.on, slot.campaign_id) for slot in plan.emails}
    groups: dict[tuple[date, str, time, str], list[CalendarEntry]] = {}
    for entry in plan.calendar:
        if entry.kind == "email" and (entry.on, entry.campaign_id) in planned:
            continue
        groups.setdefault((entry.on, entry.kind, entry.at, entry.title), []).append(entry)
    for (on, kind, at, title), entries in groups.items():
        named = network if kind == "social" else words.label
        places = words.listed([named(c) for c in dict.fromkeys(e.channel for e in entries)])
        where = "" if kind in ("review", "milestone", "webinar") else f" on {places}"
        what = title.removeprefix(f"{dict(KINDS)[kind]}: ")
        detail = f"{dict(KINDS)[kind]}{where} at {at:%H:%M} {entries[0].zone}: {what}"
        yield on, Chip(kind, at, _core(kind, title), detail, title)


def _core(kind: str, title: str) -> str:
    """What tells an entry from its neighbours: a day's column cuts a title off before that is said."""
    if kind == "review":
        return title.partition(":")[0]
    if kind == "blog":
        return title.rpartition(" · ")[2].partition(": a walk-through for ")[0]
    if kind != "social":
        return title
    again = re.match(rf"{AGAIN}[^:]+: ", title)
    return f"Again: {title[again.end() :]}" if again else re.sub(r"^For [^:]+: ", "", title)


def _lanes(plan: SchedulePlan, monday: date) -> Iterator[Lane]:
    sunday = monday + timedelta(days=6)
    numbers = {c: n for n, c in enumerate(dict.fromkeys(flight.channel for flight in plan.flights))}
    for flight in plan.flights:
        first, last = max(flight.starts, monday), min(flight.ends, sunday)
        if first > last:
            continue
        spent = sum((day.amount for day in flight.days if first <= day.on <= last), start=flight.amount * 0)
        text = f"{words.label(flight.channel)} · {words.money_short(spent.quantize(Decimal(1)))} this week"
        yield Lane(flight.channel, numbers[flight.channel], first.weekday() + 1, last.weekday() + 1, text)
