"""Scheduling arithmetic and the plan as a calendar file (SOP step 2.3).

Wall times are resolved in IANA zones. Weekends and send windows are known here; days that must be passed over, such as
public holidays, are handed in.
"""

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from gtm.domain.errors import InvalidInput
from gtm.domain.money import usd
from gtm.domain.names import counted, name_of, network
from gtm.domain.schedule import AdFlight, CalendarEntry, EmailSlot, SchedulePlan, SendWindow
from gtm.domain.zones import exists, resolve

STEP = timedelta(minutes=15)
_SEARCH_DAYS = 60
_MINUTES = {"launch": 30, "milestone": 30, "email": 15, "blog": 30, "social": 15, "webinar": 60, "review": 60}

_KINDS = {"blog": "Article", "social": "Social post"}


@dataclass(frozen=True)
class Words:
    """What a calendar calls things: the plan itself knows ids only.

    Attributes:
        names: names of campaigns and segments by id.
        subjects: subject lines by (campaign id, segment id, step).
    """

    names: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[tuple[str, str, int], str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """The name of a campaign or segment, its id where none is known."""
        return self.names.get(key, key)

    def mail(self, slot: EmailSlot) -> str:
        """What an e-mail is: its number, its sequence, its subject line."""
        subject = self.subjects.get((slot.campaign_id, slot.segment_id, slot.step))
        return f"Email {slot.step}, {self.name(slot.campaign_id)}" + (f": {subject}" if subject else "")


def first_weekday(on: date, weekday: int) -> date:
    """The first day on or after `on` that is the weekday (0 is Monday)."""
    return on + timedelta(days=(weekday - on.weekday()) % 7)


def next_slot(
    after: datetime,
    delay_hours: int,
    window: SendWindow,
    zones: Sequence[str] = (),
    offset: timedelta = timedelta(0),
    avoid: Container[date] = (),
) -> datetime:
    """The first wall time in the window at which the delay has passed for recipients of every zone.

    Args:
        after: naive wall time of the message before.
        delay_hours: hours that must pass, real ones: where a zone loses an hour in between, the slot moves on.
        window: when mail may go out.
        zones: IANA zones of the recipients.
        offset: how far into a range of the window the slots start, so that segments do not all go out at once;
            taken modulo the range's length.
        avoid: days that are passed over, such as those on which the segment already gets a mail.

    Raises:
        InvalidInput: no slot within 60 days, as for a window without ranges.
    """
    earliest = after + timedelta(hours=delay_hours)
    days = (earliest.date() + timedelta(days=n) for n in range(_SEARCH_DAYS))
    for day in (d for d in days if d not in avoid):
        for local in _slots(day, window, offset):
            if local >= earliest and all(_waited(after, local, delay_hours, zone) for zone in zones):
                return local
    raise InvalidInput(f"the send window has no slot within {_SEARCH_DAYS} days", field="window")


def _slots(day: date, window: SendWindow, offset: timedelta) -> Iterator[datetime]:
    if day.weekday() not in window.weekdays:
        return
    for part in window.ranges:
        start, end = datetime.combine(day, part.start), datetime.combine(day, part.end)
        if start >= end:
            continue
        local = start + offset % (end - start)
        while local < end:
            yield local
            local += STEP


def _waited(after: datetime, local: datetime, delay_hours: int, zone: str) -> bool:
    passed = resolve(local.date(), local.time(), zone) - resolve(after.date(), after.time(), zone)
    return exists(local, zone) and passed >= timedelta(hours=delay_hours)


def to_ics(plan: SchedulePlan, name: str, words: Words | None = None) -> bytes:
    """The plan as an RFC 5545 calendar.

    Entries with a zone are in UTC; e-mail slots are floating local time, because each goes out at that time in its
    recipient's own zone; flights are all-day events. UIDs and DTSTAMP follow from the plan alone, so that the same
    plan gives the same bytes and a changed one updates what was imported before.

    Args:
        plan: what PLAN set.
        name: the calendar's title.
        words: names and subject lines; ids stand in without them.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//gtm-strategist//stage 17//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    stamp = datetime.combine(plan.starts, time(0), UTC)
    for event in _events(plan, words or Words()):
        event.add("dtstamp", stamp)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(plan: SchedulePlan, words: Words) -> Iterator[Event]:
    seen: dict[str, int] = {}
    for entry in plan.calendar:
        key = f"{entry.kind}|{entry.campaign_id}|{entry.segment_id}|{entry.channel}|{entry.on}|{entry.title}"
        seen[key] = seen.get(key, 0) + 1
        yield _entry(entry, _uid(plan, f"{key}|{seen[key]}"))
    for slot in plan.emails:
        key = f"slot|{slot.campaign_id}|{slot.template_id}|{slot.segment_id}|{slot.step}"
        yield _email(slot, words, _uid(plan, key))
    for flight in plan.flights:
        yield _flight(flight, words, _uid(plan, f"flight|{flight.campaign_id}|{flight.channel}"))


def _uid(plan: SchedulePlan, key: str) -> str:
    return f"{sha256(f'{plan.venture_id}|{key}'.encode()).hexdigest()[:32]}@{plan.venture_id}.gtm-strategist"


def _entry(entry: CalendarEntry, uid: str) -> Event:
    begins = resolve(entry.on, entry.at, entry.zone)
    event = Event()
    event.add("uid", uid)
    event.add("summary", entry.title)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=_MINUTES[entry.kind]))
    place = _place(entry)
    event.add("categories", [entry.kind, place])
    event.add("description", f"{_kind(entry.kind)} at {entry.at:%H:%M} {entry.zone} on {place}.")
    return event


def _kind(kind: str) -> str:
    return _KINDS.get(kind, kind.capitalize())


def _place(entry: CalendarEntry) -> str:
    if entry.kind == "review":
        return "Internal"
    return network(entry.channel) if entry.kind == "social" else name_of(entry.channel)


def _email(slot: EmailSlot, words: Words, uid: str) -> Event:
    begins = datetime.combine(slot.on, slot.at)
    event = Event()
    event.add("uid", uid)
    event.add("summary", f"{words.mail(slot)} (for {words.name(slot.segment_id)})")
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=_MINUTES["email"]))
    event.add("categories", ["email"])
    event.add(
        "description",
        f"Template {slot.template_id}, step {slot.step}. Floating time: it goes out at {slot.at:%H:%M} in each "
        "recipient's own time zone, so the calendar shows it at that hour wherever it is opened.",
    )
    return event


def _flight(flight: AdFlight, words: Words, uid: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("summary", _flown(flight, words))
    event.add("dtstart", flight.starts)
    event.add("dtend", flight.ends + timedelta(days=1))
    event.add("categories", ["flight", flight.channel])
    event.add("transp", "TRANSPARENT")
    event.add("description", f"{usd(flight.amount)} over {counted(len(flight.days), 'day')}, days as in {flight.zone}.")
    return event


def _flown(flight: AdFlight, words: Words) -> str:
    return f"{words.name(flight.campaign_id)}: {name_of(flight.channel)} flight, {usd(flight.amount)}"


def to_csv(plan: SchedulePlan, words: Words | None = None) -> str:
    """The plan as a table with a header, in the order of time; amounts in dollars, e-mail times in recipient time.

    Args:
        plan: what PLAN set.
        words: names and subject lines; ids stand in without them.
    """
    told = words or Words()
    rows: list[tuple[date, time, str, str, str, str | None, str | None, str, str]] = [
        (e.on, e.at, e.zone, e.kind, _place(e), e.campaign_id, e.segment_id, e.title, "") for e in plan.calendar
    ]
    rows += [
        (s.on, s.at, "recipient", "email", name_of("email"), s.campaign_id, s.segment_id, told.mail(s), "")
        for s in plan.emails
    ]
    rows += [
        (f.starts, time(0), f.zone, "flight", name_of(f.channel), f.campaign_id, None,
         f"{_flown(f, told)}, until {f.ends}", f"{f.amount:.2f}")
        for f in plan.flights
    ]  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["date", "time", "zone", "kind", "channel", "campaign", "segment", "title", "usd"])
    for on, at, *rest in sorted(rows, key=lambda row: (row[0], row[1], row[3], row[7])):
        writer.writerow([f"{on}", f"{at:%H:%M}", *(_cell(value) for value in rest)])
    return out.getvalue()


def _cell(value: str | None) -> str:
    # A spreadsheet runs a cell that starts like a formula; the apostrophe makes it text.
    text = value or ""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def first_monday(today: date) -> date:
    """The first Monday that leaves at least four days for what must be done before a launch."""
    return today + timedelta(days=7 - today.weekday() + (7 if today.weekday() > 3 else 0))
