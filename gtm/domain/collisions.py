"""What is in each other's way in a plan: two mails to a person on a day, a week over the cap, two launches at once.

A segment stands for a person: whoever is in it gets each of its mails. Detected and resolved by fixed rules, so that
the same plan always gives the same one: what its day binds stays, then what is about a day of its own, then the earlier
mail; the later one moves on.
"""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from gtm.domain.calendar import Words, next_slot
from gtm.domain.delivery import FrequencyCap
from gtm.domain.errors import InvalidInput
from gtm.domain.launches import launch_clashes, spread_launches
from gtm.domain.schedule import EmailSlot, SchedulePlan, SendWindow

_WEEK = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Collision:
    """Something that has to give way.

    Attributes:
        kind: `day` and `week` for a mail over the cap, `launch` for a campaign that launches beside another.
        on: its day.
        mail: the mail that is one too many; None for a launch.
        campaign_id: whose it is.
        beside: the campaign that launches there already; empty for a mail.
    """

    kind: Literal["day", "week", "launch"]
    on: date
    campaign_id: str
    segment_id: str
    mail: EmailSlot | None = None
    beside: str = ""

    def told(self, caps: FrequencyCap, words: Words) -> str:
        """The collision as one reads it."""
        who, on = words.name(self.segment_id), f"{self.on:%a} {self.on.day} {self.on:%B}"
        if self.mail is None:
            return f"{words.name(self.campaign_id)} launches to {who} on {on}, as does {words.name(self.beside)}"
        span = f"{caps.per_day} a day" if self.kind == "day" else f"{caps.per_week} in 7 days"
        return f"email {self.mail.step} of {words.name(self.campaign_id)} to {who} on {on} is above {span}"


@dataclass(frozen=True)
class Room:
    """Within what mails may be moved.

    Attributes:
        window: when mail goes out.
        delays: hours after the step before, by template and step; a step that is not named has none.
        fixed: (campaign, step) of mails whose day is bound, such as the reminders of a session.
        zones: of the recipients; a delay passes in each of them.
        closed: days on which no mail goes out.
        until: the last day.
        first: (campaign, step) of mails that are about a day of their own, such as a launch: others make room for them.
    """

    window: SendWindow
    delays: Mapping[tuple[str, int], int] = field(default_factory=dict)
    fixed: Collection[tuple[str, int]] = ()
    zones: Sequence[str] = ()
    closed: Container[date] = ()
    until: date = date.max
    first: Collection[tuple[str, int]] = ()


def find(plan: SchedulePlan, caps: FrequencyCap) -> tuple[Collision, ...]:
    """What collides in a plan, in the order of time.

    Args:
        plan: what PLAN set.
        caps: mails a day and in 7 days to one person.
    """
    launches = (Collision("launch", on, one, who, beside=other) for on, one, who, other in launch_clashes(plan))
    found = [*_mails(plan.emails, caps), *launches]
    return tuple(sorted(found, key=lambda c: (c.on, c.kind, c.campaign_id, c.segment_id)))


def _mails(emails: Sequence[EmailSlot], caps: FrequencyCap) -> Iterator[Collision]:
    for segment in dict.fromkeys(s.segment_id for s in emails):
        days: list[date] = []
        for slot in sorted((s for s in emails if s.segment_id == segment), key=_order):
            before = [day for day in days if (slot.on - day).days < _WEEK]
            if before.count(slot.on) >= caps.per_day:
                yield Collision("day", slot.on, slot.campaign_id, segment, slot)
            elif len(before) >= caps.per_week:
                yield Collision("week", slot.on, slot.campaign_id, segment, slot)
            days.append(slot.on)


def resolve(
    plan: SchedulePlan, caps: FrequencyCap, room: Room, words: Words | None = None
) -> tuple[SchedulePlan, tuple[str, ...]]:
    """The plan with its collisions resolved as far as possible, and what was done and what is left, for people.

    Mails move inside the plan only. A campaign that launches beside another on one segment launches with its own first
    mail instead. Whatever still collides is told: at dispatch the frequency cap holds such a mail back.

    Args:
        plan: what PLAN set.
        caps: mails a day and in 7 days to one person.
        room: within what mails may be moved.
        words: names for the notes; ids stand in without them.
    """
    told = words or Words()
    emails, moved = settle(plan.emails, caps, room, told)
    plan, launched = spread_launches(plan.model_copy(update={"emails": emails}), told)
    left = [c.told(caps, told) for c in find(plan, caps)]
    notes = [*moved, *launched]
    if left:
        notes.append(f"Still in each other's way, to be decided by a person: {'; '.join(left)}.")
    return plan, tuple(notes)


def settle(
    emails: Sequence[EmailSlot], caps: FrequencyCap, room: Room, words: Words | None = None
) -> tuple[tuple[EmailSlot, ...], tuple[str, ...]]:
    """The mails moved so that nobody gets more than the cap, in the order of time, and which were moved.

    A mail keeps its place in its sequence and the delay after the one before; one that finds no day stays where it is.
    Where the mail before it has moved past that day, the whole sequence to that segment stays as it was.
    """
    placed = [slot for slot in emails if (slot.campaign_id, slot.step) in room.fixed]
    moved: list[tuple[EmailSlot, EmailSlot]] = []
    bound = tuple(placed)

    def turn(slot: EmailSlot) -> tuple[bool, date, date, tuple[date, time, str, str, int]]:
        # Of two mails on a day that which has to be out before a session's reminder has the fewer days to go to.
        due = min((s.on for s in bound if _sequence(s) == _sequence(slot) and s.step > slot.step), default=date.max)
        return ((slot.campaign_id, slot.step) not in room.first, slot.on, due, _order(slot))

    for slot in sorted((s for s in emails if s not in bound), key=turn):
        found = _place(slot, placed, caps, room)
        placed.append(found)
        if found != slot:
            moved.append((slot, found))
    broken = {_sequence(slot) for slot in placed if _hurried(slot, placed, room)}
    back = {now: was for was, now in moved if _sequence(was) in broken}
    placed = [back.get(slot, slot) for slot in placed]
    moved = [(was, now) for was, now in moved if now not in back]
    return tuple(sorted(placed, key=_order)), _moves(moved, caps, words or Words())


def _sequence(slot: EmailSlot) -> tuple[str, str]:
    return (slot.campaign_id, slot.segment_id)


def _hurried(slot: EmailSlot, placed: Sequence[EmailSlot], room: Room) -> bool:
    """Whether a mail comes before the one that it follows, or sooner after it than its delay in days."""
    before = [s for s in placed if _sequence(s) == _sequence(slot) and s.step < slot.step]
    last = max(before, key=lambda s: s.step, default=None)
    delay = timedelta(hours=room.delays.get((slot.template_id, slot.step), 0)).days
    return last is not None and (slot.on - last.on).days < max(delay, 0)


def _order(slot: EmailSlot) -> tuple[date, time, str, str, int]:
    return (slot.on, slot.at, slot.campaign_id, slot.segment_id, slot.step)


def _place(slot: EmailSlot, placed: Sequence[EmailSlot], caps: FrequencyCap, room: Room) -> EmailSlot:
    own = [s for s in placed if (s.campaign_id, s.segment_id) == (slot.campaign_id, slot.segment_id)]
    before = max((s for s in own if s.step < slot.step), key=lambda s: s.step, default=None)
    days = [s.on for s in placed if s.segment_id == slot.segment_id]
    taken = _Taken(slot.on, days, caps, room.closed)
    delay = room.delays.get((slot.template_id, slot.step), 0) if before else 0
    after = datetime.combine(before.on, before.at) if before else datetime.combine(slot.on, time(0))
    late = datetime.combine(slot.on, slot.at) < after + timedelta(hours=delay)
    if not late and not taken.full(slot.on):
        return slot
    part = next((r for r in room.window.ranges if r.contains(slot.at)), None)
    offset = datetime.combine(slot.on, slot.at) - datetime.combine(slot.on, part.start) if part else timedelta(0)
    try:
        found = next_slot(max(after, datetime.combine(slot.on, time(0)) - timedelta(hours=delay)), delay, room.window,
                          room.zones, offset, taken)  # fmt: skip
    except InvalidInput:
        return slot
    latest = min((s.on - _DAY for s in own if s.step > slot.step), default=room.until)
    if found.date() > min(latest, room.until):
        return slot
    return slot.model_copy(update={"on": found.date(), "at": found.time()})


@dataclass(frozen=True)
class _Taken:
    """The days on which a mail cannot be put: closed, before its own, or full."""

    first: date
    days: Sequence[date]
    caps: FrequencyCap
    closed: Container[date]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (day < self.first or day in self.closed or self.full(day))

    def full(self, day: date) -> bool:
        """Whether one more mail on the day is above the cap of the day or of any 7 days with it."""
        if self.days.count(day) >= self.caps.per_day:
            return True
        near = [(other - day).days for other in self.days if abs((other - day).days) < _WEEK]
        return any(sum(low <= n < low + _WEEK for n in near) >= self.caps.per_week for low in range(1 - _WEEK, 1))


def _moves(moved: Sequence[tuple[EmailSlot, EmailSlot]], caps: FrequencyCap, words: Words) -> tuple[str, ...]:
    if not moved:
        return ()
    groups: dict[tuple[str, int, date, date], list[str]] = {}
    for was, now in moved:
        groups.setdefault((was.campaign_id, was.step, was.on, now.on), []).append(words.name(was.segment_id))
    told = [
        f"email {step} of {words.name(campaign)} to {', '.join(who)} from {was:%a} {was.day} {was:%B} to "
        f"{now:%a} {now.day} {now:%B}"
        for (campaign, step, was, now), who in groups.items()
    ]
    bound = f"{caps.per_day} a day and {caps.per_week} in 7 days"
    return (f"Moved so that nobody gets more mails than {bound}: {'; '.join(told)}.",)
