"""When and how often a person may be written to: caps, quiet hours, send windows, the warm-up of a sender's domain.

Pure: the facts come in, a moment or a number goes out. The guards of `gtm.automation.guards` apply it at dispatch.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from gtm.domain.base import Model, Text, drawn
from gtm.domain.errors import InvalidInput
from gtm.domain.holidays import ClosedIn
from gtm.domain.schedule import SendWindow
from gtm.domain.vocabulary import Audience
from gtm.domain.zones import occurrences, set_back

Purpose = Literal["marketing", "transactional"]
"""What a mail is for; transactional mail answers something the person did, and no cap or window holds it back."""

Basis = Literal["granted", "legitimate_interest", "unknown"]
"""On what ground marketing mail may go out; a consent that was withdrawn is none."""

_SEARCH_DAYS = 60
_PLACES = 366


class QuietHours(Model):
    """From `start` up to but not including `end`, recipient's wall time; an end before the start is the next day's."""

    start: time
    end: time

    def contains(self, at: time) -> bool:
        """Whether a wall time is quiet."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


class FrequencyCap(Model):
    """How many marketing mails a person gets at most from a venture in any 24 hours, and in any 7 days."""

    per_day: Annotated[int, Field(ge=1)]
    per_week: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.per_week < self.per_day:
            raise ValueError("a week allows at least what a day allows")
        return self


class DeliveryNumbers(Model):
    """The `delivery` section of config/policies.yaml.

    Attributes:
        frequency: cap a person.
        quiet_hours: when nobody is written to, by the recipient's own clock.
        marketing_consent: grounds on which marketing mail goes out.
        goal_statuses: a lead in one of these has reached what a workflow with a goal is for.
        holdout_percent: part of a venture's leads that gets no marketing mail, so that its effect can be measured.
        warm_up_per_day: mails a new sender domain sends on its first, second, … day; afterwards there is no such limit.
        daily_per_venture: mails of a venture a day (UTC) at most.
    """

    frequency: FrequencyCap
    quiet_hours: QuietHours
    marketing_consent: Annotated[tuple[Basis, ...], Field(min_length=1)]
    goal_statuses: tuple[Text, ...]
    holdout_percent: Annotated[Decimal, Field(ge=0, le=50)]
    warm_up_per_day: tuple[Annotated[int, Field(ge=1)], ...]
    daily_per_venture: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class DeliveryPolicy:
    """What holds at dispatch. Without arguments nothing but suppression, withdrawn consent and a reached goal does.

    Attributes:
        windows: send window by audience.
        needs_address: marketing mail without its sender's postal address waits.
        holidays: no marketing mail on a day on which the recipient's country is closed.
    """

    cap: FrequencyCap | None = None
    quiet: QuietHours | None = None
    windows: Mapping[Audience, SendWindow] = field(default_factory=dict)
    consents: frozenset[str] = frozenset({"granted", "legitimate_interest", "unknown"})
    goal_statuses: frozenset[str] = frozenset()
    holdout_percent: Decimal = Decimal(0)
    warm_up: tuple[int, ...] = ()
    daily: int | None = None
    needs_address: bool = False
    holidays: bool = False

    @classmethod
    def of(cls, numbers: DeliveryNumbers, windows: tuple[SendWindow, ...]) -> Self:
        """The policy of `policies.delivery` and `policies.send_windows`, everything on."""
        return cls(
            cap=numbers.frequency,
            quiet=numbers.quiet_hours,
            windows={window.audience: window for window in windows},
            consents=frozenset(numbers.marketing_consent),
            goal_statuses=frozenset(numbers.goal_statuses),
            holdout_percent=numbers.holdout_percent,
            warm_up=numbers.warm_up_per_day,
            daily=numbers.daily_per_venture,
            needs_address=True,
            holidays=True,
        )

    def warm_up_limit(self, age_days: int) -> int | None:
        """What a sender domain may send on a day of its life, counted from 0; None once it is warm."""
        return self.warm_up[age_days] if 0 <= age_days < len(self.warm_up) else None

    def closed(self, country: str) -> Container[date]:
        """The days on which nobody of a country is written to."""
        return ClosedIn(country) if self.holidays else ()

    def held_out(self, venture_id: str, lead_id: str) -> bool:
        """Whether a lead is in the venture's holdout: the same answer always, spread by a salted hash."""
        return drawn(f"holdout|{venture_id}|{lead_id}") % 10_000 < self.holdout_percent * 100


NO_LIMITS = DeliveryPolicy()
"""Everything that can be off is off."""


def next_allowed(
    now: datetime, zone: str, window: SendWindow | None, quiet: QuietHours | None, closed: Container[date] = ()
) -> datetime:
    """The first moment from `now` on at which a recipient may be written to; `now` itself when that is one.

    Judged by the recipient's wall clock. A window that opens inside a gap opens when the gap ends, if it is not over
    by then (`zones.moment_of`); in an hour that occurs twice, everything opens and ends both times.

    Args:
        now: the aware moment.
        zone: the recipient's IANA zone.
        window: weekdays and hours; None for any.
        quiet: hours in which nobody is written to; None for none.
        closed: days, by the recipient's calendar, on which nobody is written to, such as public holidays.

    Raises:
        InvalidInput: window, quiet hours and closed days leave no moment within 60 days.
    """
    place = ZoneInfo(zone)

    def allowed(moment: datetime) -> bool:
        local = moment.astimezone(place)
        open_now = window is None or window.allows(local)
        quiet_now = quiet is not None and quiet.contains(local.time())
        return open_now and not quiet_now and local.date() not in closed

    if allowed(now):
        return now
    openings = {part.start for part in window.ranges} if window is not None else {time(0)}
    if quiet is not None:
        openings.add(quiet.end)
    today = now.astimezone(place).date()
    for day in (today + timedelta(days=n) for n in range(_SEARCH_DAYS)):
        moments = {moment for at in openings for moment in occurrences(day, at, zone)}
        # Clocks that go back may lead out of the quiet hours, or into the window, with no opening of either.
        moments |= {back} if (back := set_back(day, zone)) is not None else set()
        for moment in sorted(moments):
            if moment > now and allowed(moment):
                return moment
    raise InvalidInput("send window and quiet hours leave no moment", field="delivery")


def days_ahead(limits: "tuple[int | None, ...]", waiting: int) -> int:
    """In how many days somebody's turn comes who stands behind `waiting` others.

    Args:
        limits: what may be sent tomorrow, the day after, …; None for no limit; the last one holds from there on.
        waiting: how many wait before them.
    """
    left = waiting
    for days in range(1, _PLACES):
        limit = limits[min(days, len(limits)) - 1]
        if limit is None or left < limit:
            return days
        left -= limit
    return _PLACES


def next_day(now: datetime, days: int = 1) -> datetime:
    """Midnight, UTC, so many days after today."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=days), time(0), UTC)
