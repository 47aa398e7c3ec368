"""When campaigns launch, mails go out and sessions take place (SOP step 2.3), aligned with the venture's milestones."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from gtm.domain.brief import Milestone, VentureBrief
from gtm.domain.calendar import first_weekday, next_slot
from gtm.domain.campaign import Campaign, CampaignTemplate, TemplateSet, TemplateStep
from gtm.domain.holidays import closed_days, quiet_days
from gtm.domain.names import day
from gtm.domain.schedule import EmailSlot, SendWindow
from gtm.domain.spec import Policies
from gtm.playbook.economics import MONTH_DAYS

INVITED = timedelta(days=21)
"""A session is invited to three weeks before, as the delays of the funnel's template assume."""

ADVERTISED = timedelta(days=MONTH_DAYS)
"""A session that ads lead to is advertised for one flight, which ends on the day before it."""

FARTHEST = timedelta(weeks=13)
LOOKED_AHEAD = timedelta(weeks=26)
"""How far ahead holidays are looked up: farther than any plan reaches."""

STAGGER = timedelta(minutes=15)
JOIN_LIST = "Join the waiting list"
"""The button of a page that opens before there is anything to start."""

NINE = time(9, 0)
_LAUNCH = re.compile(r"\blaunch", re.I)
_LIST = re.compile(r"waiting list|wait ?list", re.I)
_BEFORE = re.compile(r"waiting list|wait ?list|landing page|pre-?launch|teaser", re.I)
_REMINDER = re.compile(r"remind", re.I)
_FOLLOW_UP = re.compile(r"follow", re.I)
_REMINDER_DAYS = (7, 1)


@dataclass(frozen=True)
class Moment:
    """A milestone of the venture on a day of the plan."""

    name: str
    on: date
    at: time
    zone: str

    @property
    def told(self) -> str:
        """The milestone as one reads it: name, day, hour, zone."""
        return f"{self.name}, {self.on:%A} {day(self.on)}, {self.at:%H:%M} {self.zone}"


@dataclass(frozen=True)
class Dates:
    """The days a plan turns on.

    Attributes:
        starts: a Monday.
        launch: the venture's launch milestone, when it has one in reach.
        opening: the milestone before it, such as a waiting list.
        outside: milestones that lie before the plan or beyond its reach.
        session: the day of the last session that ads lead to; None where none do.
    """

    starts: date
    zone: str
    moments: tuple[Moment, ...]
    launch: Moment | None
    opening: Moment | None
    outside: tuple[Moment, ...]
    session: date | None = None

    def launches(self, campaign: Campaign) -> date:
        """When a campaign launches: pages at the venture's own opening, else all at the launch or the first Monday.

        A page that opened earlier without an opening of the venture's would ask for what cannot be done yet. Ads that
        lead to a session launch a flight before it.
        """
        if campaign.kind.page and self.opening is not None:
            return self.opening.on
        begins = self.launch.on if self.launch is not None else self.starts
        if self.session is not None and campaign.advertises_session:
            return max(begins, self.session - ADVERTISED)
        return begins

    def waits(self, campaign: Campaign) -> bool:
        """Whether a page gathers a waiting list, because it opens before there is anything to start."""
        listed = self.opening is not None and bool(_LIST.search(self.opening.name))
        return listed and self.launch is not None and self.launches(campaign) < self.launch.on

    def aligned(self, campaign: Campaign) -> str:
        """What the launch is aligned with, in words."""
        if self.session is not None and campaign.advertises_session:
            return f"the session on {day(self.session)}, which its ads lead to"
        own = self.opening if campaign.kind.page else None
        moment = own or self.launch
        if moment is not None:
            return moment.told
        return f"the first Monday of the plan, {day(self.starts)}"


def resolve_dates(brief: VentureBrief, starts: date) -> Dates:
    """Place the venture's milestones in a plan that starts on the first Monday on or after `starts`."""
    monday = first_weekday(starts, 0)
    zone = brief.geography.time_zones[0] if brief.geography.time_zones else "UTC"
    moments = sorted((_moment(m, monday, zone) for m in brief.launch), key=lambda m: (m.on, m.at))
    inside = tuple(m for m in moments if monday <= m.on <= monday + FARTHEST)
    launches = [m for m in inside if _LAUNCH.search(m.name) and not _BEFORE.search(m.name)]
    openings = [m for m in inside if _BEFORE.search(m.name)]
    return Dates(
        starts=monday,
        zone=zone,
        moments=inside,
        launch=launches[0] if launches else None,
        opening=openings[0] if openings else None,
        outside=tuple(m for m in moments if m not in inside),
    )


def _moment(milestone: Milestone, monday: date, zone: str) -> Moment:
    on = milestone.on
    if on is None:
        on = monday + timedelta(weeks=milestone.week or 0, days=milestone.weekday or 0)
    return Moment(milestone.name, on, milestone.at or NINE, milestone.zone if milestone.at else zone)


def advertised_dates(brief: VentureBrief, templates: TemplateSet, policies: Policies, starts: date) -> Dates:
    """The days a plan turns on, with the session that ads lead to, so that those ads launch a flight before it."""
    dates = resolve_dates(brief, starts)
    if not any(campaign.advertises_session for campaign in templates.campaigns):
        return dates
    closed = closed_days(brief.geography.countries, dates.starts, dates.starts + LOOKED_AHEAD)
    sessions = session_days(templates, dates, policies.window(brief.audience), closed)
    return replace(dates, session=max(sessions.values(), default=None))


def session_days(
    templates: TemplateSet, dates: Dates, window: SendWindow, closed: Collection[date], *, quiet: bool = True
) -> dict[str, date]:
    """The day of every session, by campaign: three weeks after its launch, and a week after the one before it.

    Two sessions to the same people are a week apart, so that their reminders do not meet. The last one is a whole
    flight after the ads that lead to it, so that no ad leads to a session that is over.

    Args:
        templates: the campaigns, with those that have a session and those whose ads lead to one.
        dates: when campaigns launch without regard to a session.
        window: the audience's days of mail; a session needs one before and one after it.
        closed: public holidays.
        quiet: whether sessions keep out of the quiet days around the new year.
    """
    held = [c for c in templates.campaigns if c.kind.session]
    advertised = [c for c in templates.campaigns if c.advertises_session]
    found: dict[str, date] = {}
    for campaign in held:
        earliest = [dates.launches(campaign) + INVITED, *(on + timedelta(weeks=1) for on in found.values())]
        if campaign is held[-1]:
            earliest += [dates.launches(ads) + ADVERTISED for ads in advertised]
        found[campaign.campaign_id] = session_day(max(earliest), window, closed, quiet=quiet)
    return found


def session_day(earliest: date, window: SendWindow, closed: Collection[date] = (), *, quiet: bool = True) -> date:
    """The first fitting day of a session: the day before can carry a reminder, the day after a follow-up.

    Weeks in which the session or one of its reminders falls on a public holiday, or between 20 December and 2 January,
    are passed over.
    """
    days = window.weekdays
    fitting = [d for d in days if (d - 1) % 7 in days]
    best = [d for d in fitting if (d + 1) % 7 in days] or fitting or list(days)
    on = first_weekday(earliest, best[0])
    shut = set(closed)
    if quiet:
        shut |= quiet_days(earliest - timedelta(days=max(_REMINDER_DAYS)), earliest + FARTHEST)
    while {on, *(on - timedelta(days=days) for days in _REMINDER_DAYS)} & shut:
        on += timedelta(weeks=1)
    return on


def sequence_slots(
    campaign: Campaign,
    template: CampaignTemplate,
    launches: date,
    window: SendWindow,
    zones: tuple[str, ...],
    closed: Collection[date] = (),
) -> list[EmailSlot]:
    """A sequence's first cohort: each step in the first slot at which its delay has passed, segment by segment.

    Args:
        closed: public holidays, on which no mail goes out.
    """
    slots: list[EmailSlot] = []
    for index, segment in enumerate(campaign.segments):
        moment = _midnight(launches)
        for step in template.steps:
            moment = next_slot(moment, step.delay_hours, window, zones, index * STAGGER, closed)
            slots.append(_slot(campaign, template, step, segment, moment))
    return slots


def session_slots(
    campaign: Campaign,
    template: CampaignTemplate,
    launches: date,
    session: date,
    window: SendWindow,
    taken: Mapping[str, Collection[date]],
    closed: Collection[date] = (),
    sending: SendWindow | None = None,
) -> list[EmailSlot]:
    """A webinar's mails: invitation at the launch, reminders 7 days and 1 day before, the follow-up after it.

    Args:
        taken: days by segment on which it gets a mail already. Invitation and follow-up pass them over, an invitation
            only where that leaves it before its first reminder; a reminder cannot, and goes out in the last hours of
            the window on such a day.
        closed: public holidays, passed over as well; `session_day` keeps the reminders off them.
        sending: a narrower window; its days bind the mails whose day the session does not fix, its hours bind all.
    """
    reminders = [step for step in template.steps if _REMINDER.search(f"{step.name} {step.role}")]
    window = window.model_copy(update={"ranges": sending.ranges}) if sending else window
    late = window.model_copy(update={"ranges": window.ranges[-1:]})
    slots: list[EmailSlot] = []
    for index, segment in enumerate(campaign.segments):
        offset, busy = index * STAGGER, taken.get(segment, ())
        opened = _midnight(launches)
        for step in template.steps:
            if step in reminders:
                on = session - timedelta(days=_days_before(reminders.index(step), len(reminders)))
                moment = next_slot(_midnight(on), 0, late if on in busy else window, (), offset)
                slots.append(_slot(campaign, template, step, segment, moment))
                continue
            follows = bool(_FOLLOW_UP.search(f"{step.name} {step.role}"))
            opened = _midnight(session + timedelta(days=1)) if follows else opened + timedelta(hours=step.delay_hours)
            moment = next_slot(opened, 0, sending or window, (), offset, {*busy, *closed})
            if not follows and moment.date() >= session - timedelta(days=_REMINDER_DAYS[0]):
                # An invitation that comes after its reminder invites nobody: it goes out beside another mail.
                moment = next_slot(opened, 0, sending or window, (), offset, closed)
            slots.append(_slot(campaign, template, step, segment, moment))
    return slots


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(0))


def _days_before(index: int, count: int) -> int:
    """Days before the session at which a reminder step goes out: a lone one the day before, the first of two a week."""
    return _REMINDER_DAYS[-1] if count == 1 else _REMINDER_DAYS[min(index, len(_REMINDER_DAYS) - 1)]


def reminder_steps(template: CampaignTemplate) -> tuple[int, ...]:
    """The steps of a session's template whose days the session fixes."""
    return tuple(step.step for step in template.steps if _REMINDER.search(f"{step.name} {step.role}"))


def reminder_days() -> tuple[int, ...]:
    """Days before a session on which it is reminded of."""
    return _REMINDER_DAYS


def _slot(
    campaign: Campaign, template: CampaignTemplate, step: TemplateStep, segment: str, moment: datetime
) -> EmailSlot:
    return EmailSlot(
        campaign_id=campaign.campaign_id,
        template_id=template.template_id,
        step=step.step,
        segment_id=segment,
        on=moment.date(),
        at=moment.time(),
    )


def mails_of(campaign: Campaign, templates: TemplateSet) -> CampaignTemplate | None:
    """The template whose steps are mails, for campaign types that send some."""
    if not campaign.kind.mailed:
        return None
    template = templates.template(campaign.template_id)
    return template if template is not None and template.channel != "web" else None
