"""Schedules (SOP step 2.3): launch calendar, send windows in the recipient's zone, ad flights, content calendar.

Wall times are stored with their rule and resolved in an IANA zone when they are due.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Amount, Model, Slug, Text, VentureId
from gtm.domain.vocabulary import Audience, Channel

Weekday = Annotated[int, Field(ge=0, le=6)]


class TimeRange(Model):
    """From `start` up to but not including `end`, local wall time of one day."""

    start: time
    end: time

    def contains(self, moment: time) -> bool:
        """Whether a wall time lies in the range."""
        return self.start <= moment < self.end


class SendWindow(Model):
    """When mail to an audience may go out, judged in the recipient's own zone."""

    audience: Audience
    weekdays: tuple[Weekday, ...]
    ranges: tuple[TimeRange, ...]

    def allows(self, local: datetime) -> bool:
        """Whether a recipient's local wall time lies in the window."""
        return local.weekday() in self.weekdays and any(r.contains(local.time()) for r in self.ranges)


class EmailSlot(Model):
    """One planned send of one step to one segment at a local wall time."""

    campaign_id: Slug
    template_id: Slug
    step: Annotated[int, Field(ge=1, le=10)]
    segment_id: Slug
    on: date
    at: time
    zone_basis: Literal["recipient"] = "recipient"


class DayPart(Model):
    """A part of the day with its bid adjustment in percent."""

    range: TimeRange
    weekdays: tuple[Weekday, ...]
    bid_adjustment: Annotated[int, Field(ge=-90, le=300)]


class DailySpend(Model):
    """What a flight may spend on a day."""

    on: date
    amount: Amount


class AdFlight(Model):
    """A channel's paid run between two days, both included; its daily amounts sum to `amount`."""

    campaign_id: Slug
    channel: Channel
    starts: date
    ends: date
    amount: Amount
    zone: Text
    dayparts: tuple[DayPart, ...]
    days: tuple[DailySpend, ...]

    @property
    def planned(self) -> Decimal:
        """The sum of the daily amounts, dollars."""
        return sum((d.amount for d in self.days), Decimal("0.00"))


AGAIN = "Again, "
"""How the title of a post begins whose fact an earlier post has told; none does before every fact was told."""


class CalendarEntry(Model):
    """One line of the calendars: a launch, a milestone, a post, a webinar."""

    on: date
    at: time
    zone: Text
    kind: Literal["launch", "milestone", "email", "blog", "social", "webinar", "review"]
    title: Text
    channel: Channel | Literal["web"]
    campaign_id: Slug | None = None
    segment_id: Slug | None = None

    @property
    def told_again(self) -> bool:
        """Whether it is a post that tells what an earlier one told."""
        return self.kind == "social" and self.title.startswith(AGAIN)


class CampaignDates(Model):
    """When a campaign runs."""

    campaign_id: Slug
    launches: date
    ends: date
    aligned_with: Text


class SchedulePlan(Model):
    """What PLAN sets in step 2.3; at least four weeks."""

    venture_id: VentureId
    starts: date
    ends: date
    window: SendWindow
    campaigns: tuple[CampaignDates, ...]
    emails: tuple[EmailSlot, ...]
    flights: tuple[AdFlight, ...]
    calendar: tuple[CalendarEntry, ...]
    notes: tuple[Text, ...] = ()

    def session_of(self, campaign_id: str) -> CalendarEntry | None:
        """The session that a campaign invites to: the last of its entries of that kind; its reminders come before."""
        held = [e for e in self.calendar if e.kind == "webinar" and e.campaign_id == campaign_id]
        return max(held, key=lambda e: (e.on, e.at), default=None)

    def slot_of(self, campaign_id: str, segment_id: str, step: int) -> EmailSlot | None:
        """When a mail goes to a segment's first cohort."""
        mine = (s for s in self.emails if (s.campaign_id, s.segment_id, s.step) == (campaign_id, segment_id, step))
        return next(mine, None)
