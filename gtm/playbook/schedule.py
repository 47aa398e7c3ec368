"""The house's draft of the schedules (SOP step 2.3): launch calendar, send schedule, ad flights, content calendar."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.calendar import Words
from gtm.domain.campaign import Campaign, CampaignTemplate, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.collisions import Room, resolve, settle
from gtm.domain.holidays import QUIET, closed_days, country_fault, quiet_days
from gtm.domain.money import cents, usd
from gtm.domain.names import WEEKDAYS, agreed, counted, day, joined, name_of
from gtm.domain.schedule import AdFlight, CalendarEntry, CampaignDates, EmailSlot, SchedulePlan, SendWindow
from gtm.domain.spec import Policies
from gtm.playbook.directives import Directives
from gtm.playbook.economics import MONTH_DAYS
from gtm.playbook.feasible import told as told_of
from gtm.playbook.schedule_content import button_after, launches, milestones, posts, reviews, session, turning
from gtm.playbook.schedule_dates import (
    JOIN_LIST,
    LOOKED_AHEAD,
    Dates,
    advertised_dates,
    mails_of,
    reminder_steps,
    sequence_slots,
    session_days,
    session_slots,
)
from gtm.playbook.schedule_flights import flights
from gtm.playbook.send_hours import narrowed
from gtm.playbook.titles import themes

TELLING = 2
"""The mails of a launch that tell of it: the teaser and the announcement. What follows can wait for a free day."""

_FALLS = {"launch": "launch", "milestone": "milestone", "webinar": "session", "blog": "article", "social": "post"}


def draft_schedule(
    brief: VentureBrief,
    templates: TemplateSet,
    plan: ChannelPlan,
    budget: BudgetPlan,
    policies: Policies,
    *,
    starts: date,
    directives: Directives,
) -> SchedulePlan:
    """The plan from the first Monday on or after `starts`, for four whole weeks or as long as its last entry needs.

    Args:
        brief: the venture's facts; its milestones move the launches, its zones bound the sends.
        templates: the campaigns and the delays of their steps.
        plan: the channels; paid ones get a flight, social ones the posts.
        budget: the lines that the flights sum to.
        policies: send windows, publishing days, dayparts, the shortest calendar.
        starts: the first day that is possible.
        directives: a later start a rejection asked for (an earlier one is not possible), days and hours of sending.

    Raises:
        InvalidInput: a time zone of the brief does not exist, or the audience's send window has no slot.
    """
    dates = advertised_dates(brief, templates, policies, max(starts, directives.starts or starts))
    window = policies.window(brief.audience)
    closed = closed_days(brief.geography.countries, dates.starts, dates.starts + LOOKED_AHEAD)
    base = replace(dates, session=None)
    sessions = session_days(templates, base, window, closed)
    in_quiet = session_days(templates, base, window, closed, quiet=False)
    kept_out = {key: on for key, on in sessions.items() if on != in_quiet[key]}
    sending, _ = narrowed(window, directives)
    room = _room(brief, templates, sending, closed)
    words = Words(_called(brief, templates))
    caps = policies.delivery.frequency
    emails, moved = settle(_emails(brief, templates, window, sending, dates, sessions, closed), caps, room, words)
    paid = flights(brief, templates, plan, budget, policies, dates)
    ends = _ends(dates, emails, paid, list(sessions.values()), policies)
    calendar = [
        *milestones(brief, dates),
        *launches(templates, dates),
        *posts(brief, plan, policies, dates, ends),
        *turning(brief, templates, dates),
        *(session(brief, c, plan, dates, sessions[c.campaign_id]) for c in templates.campaigns if _has_session(c)),
        *reviews(brief, budget, paid, policies, dates, ends, closed),
    ]  # fmt: skip
    plan_made = SchedulePlan(
        venture_id=brief.id,
        starts=dates.starts,
        ends=ends,
        window=window,
        campaigns=tuple(_run(c, dates, emails, paid, sessions, ends) for c in templates.campaigns),
        emails=tuple(sorted(emails, key=lambda s: (s.on, s.at, s.campaign_id, s.segment_id, s.step))),
        flights=paid,
        calendar=tuple(sorted(calendar, key=_order)),
        notes=_notes(
            brief,
            templates,
            dates,
            ends,
            window,
            paid,
            told_of(brief, policies, directives),
            (_holiday_note(brief, calendar, emails, closed, ends), *_again_note(brief, calendar)),
            tuple(_quiet_notes(kept_out, emails, calendar, dates, ends)),
        ),
    )
    found, resolved = resolve(plan_made, caps, replace(room, until=ends), words)
    return found.model_copy(update={"notes": (*found.notes, *moved, *resolved)})


def _room(brief: VentureBrief, templates: TemplateSet, sending: SendWindow, closed: Collection[date]) -> Room:
    """Within what colliding mails may be moved: not a session's reminders, and never before their delay."""
    mailed = [(c, t) for c in templates.campaigns if (t := mails_of(c, templates)) is not None]
    return Room(
        window=sending,
        delays={(t.template_id, s.step): s.delay_hours for c, t in mailed if not _has_session(c) for s in t.steps},
        fixed={(c.campaign_id, step) for c, t in mailed if _has_session(c) for step in reminder_steps(t)},
        zones=brief.geography.time_zones,
        closed=closed,
        first={*_launched(mailed), *_followed(mailed)},
    )


def _launched(mailed: Sequence[tuple[Campaign, CampaignTemplate]]) -> Iterator[tuple[str, int]]:
    """The mails that tell of a launch."""
    return ((c.campaign_id, s.step) for c, t in mailed if c.kind.start == "launch" for s in t.steps[:TELLING])


def _followed(mailed: Sequence[tuple[Campaign, CampaignTemplate]]) -> Iterator[tuple[str, int]]:
    """The mails that follow a session: weeks later nobody knows what they are about."""
    held = ((c, t, max(reminder_steps(t), default=0)) for c, t in mailed if _has_session(c))
    return ((c.campaign_id, s.step) for c, t, last in held for s in t.steps if last and s.step > last)


def _called(brief: VentureBrief, templates: TemplateSet) -> dict[str, str]:
    campaigns = {c.campaign_id: c.name for c in templates.campaigns}
    return campaigns | {s.id: s.name for s in brief.segments}


def _order(entry: CalendarEntry) -> tuple[date, str, str, str]:
    return (entry.on, entry.at.isoformat(), entry.kind, entry.title)


def _has_session(campaign: Campaign) -> bool:
    return campaign.kind.session


def _emails(
    brief: VentureBrief,
    templates: TemplateSet,
    window: SendWindow,
    sending: SendWindow,
    dates: Dates,
    sessions: dict[str, date],
    closed: Mapping[date, str],
) -> list[EmailSlot]:
    """The first cohort's mails in the hours that were asked for; a session's reminders keep to its day."""
    zones = brief.geography.time_zones
    mailed = [(c, t) for c in templates.campaigns if (t := mails_of(c, templates)) is not None]
    found: list[EmailSlot] = []
    for campaign, template in mailed:
        if campaign.campaign_id not in sessions:
            found += sequence_slots(campaign, template, dates.launches(campaign), sending, zones, closed)
    for campaign, template in mailed:
        if campaign.campaign_id in sessions:
            taken: dict[str, set[date]] = {}
            for slot in found:
                taken.setdefault(slot.segment_id, set()).add(slot.on)
            on = sessions[campaign.campaign_id]
            found += session_slots(campaign, template, dates.launches(campaign), on, window, taken, closed, sending)
    return found


def _ends(
    dates: Dates, emails: Sequence[EmailSlot], paid: tuple[AdFlight, ...], sessions: list[date], policies: Policies
) -> date:
    """The Sunday of the week in which the last entry lies; never before the shortest calendar is full."""
    shortest = dates.starts + timedelta(weeks=policies.calendar_weeks) - timedelta(days=1)
    moments = [m.on for m in dates.moments]
    last = max([shortest, *(s.on for s in emails), *(f.ends for f in paid), *sessions, *moments])
    return last + timedelta(days=6 - last.weekday())


def _run(
    campaign: Campaign,
    dates: Dates,
    emails: Sequence[EmailSlot],
    paid: tuple[AdFlight, ...],
    sessions: dict[str, date],
    ends: date,
) -> CampaignDates:
    begins = dates.launches(campaign)
    own = [s.on for s in emails if s.campaign_id == campaign.campaign_id]
    own += [f.ends for f in paid if f.campaign_id == campaign.campaign_id]
    own += [on for key, on in sessions.items() if key == campaign.campaign_id]
    open_ended = campaign.kind.page or not own
    return CampaignDates(
        campaign_id=campaign.campaign_id,
        launches=begins,
        ends=ends if open_ended else max(own),
        aligned_with=dates.aligned(campaign),
    )


def _session_notes(templates: TemplateSet, dates: Dates) -> Iterator[str]:
    """Why ads run on the days they run on, where they lead to a session."""
    for ads in templates.campaigns:
        if dates.session is not None and ads.advertises_session:
            yield (
                f"{ads.name} lead to the session on {day(dates.session)}: they run the {MONTH_DAYS} days up to the day "
                f"before it, from {day(dates.launches(ads))} on."
            )


def _waiting_list(brief: VentureBrief, dates: Dates, templates: TemplateSet) -> Iterator[str]:
    """What the page asks for while there is nothing to start yet."""
    for page in templates.campaigns:
        if dates.waits(page) and dates.launch is not None:
            yield (
                f"Until {dates.launch.told}, {page.name} gathers a waiting list, and its button reads “{JOIN_LIST}”. "
                f"On that day it becomes “{button_after(brief, page)}”; the calendar says so."
            )


def _quiet_notes(
    kept_out: Mapping[str, date], emails: Sequence[EmailSlot], calendar: list[CalendarEntry], dates: Dates, ends: date
) -> Iterator[str]:
    """What the quiet days around the new year hold, and what was kept out of them."""
    quiet = quiet_days(dates.starts, ends)
    if not quiet:
        return
    moved = sorted(kept_out.values())
    held = f"; the live session is on {day(moved[0])} for that reason" if moved else ""
    yield (
        f"Quiet days, {QUIET}: no live session and none of its reminders falls into them, because few people "
        f"come{held}.{_in_quiet(quiet, emails, calendar)}"
    )


def _in_quiet(quiet: Collection[date], emails: Sequence[EmailSlot], calendar: list[CalendarEntry]) -> str:
    mails = sum(slot.on in quiet for slot in emails)
    looks = sum(entry.on in quiet and entry.kind == "review" for entry in calendar)
    told = [
        text
        for n, text in ((mails, counted(mails, "mail")), (looks, counted(looks, "review by LEAD", "reviews by LEAD")))
        if n
    ]
    if not told:
        return ""
    few = "fewer answers, and less to review" if mails and looks else "fewer answers" if mails else "less to review"
    return f" {joined(told)} {agreed(mails + looks, 'falls', 'fall')} into them: expect {few}, or move them by hand."


def _notes(
    brief: VentureBrief,
    templates: TemplateSet,
    dates: Dates,
    ends: date,
    window: SendWindow,
    paid: tuple[AdFlight, ...],
    comments: tuple[str, ...],
    calendar: tuple[str, ...],
    quiet: tuple[str, ...],
) -> tuple[str, ...]:
    weeks = ((ends - dates.starts).days + 1) // 7
    hours = " or ".join(f"{r.start:%H:%M}-{r.end:%H:%M}" for r in window.ranges)
    days = ", ".join(WEEKDAYS[d] for d in window.weekdays)
    own = themes(brief)
    notes = [
        f"The plan runs {weeks} weeks, {day(dates.starts)} to {day(ends)}.",
        *_money_notes(paid),
        *_session_notes(templates, dates),
        f"Mail goes out on {days}, {hours}, in each recipient's own zone; the dates are those of the first cohort. "
        "Later leads enter on their own day: their workflow keeps the delays, and each mail waits for the next of these"
        " hours.",
        *_waiting_list(brief, dates, templates),
        *quiet,
        f"Delays are kept in real hours for {', '.join(brief.geography.time_zones) or 'UTC'}: where a clock change "
        "takes an hour away, the next mail moves on.",
        *calendar,
        *(f"Outside the plan's reach and not aligned with: {m.told}." for m in dates.outside),
    ]
    if own:
        told = "; ".join(f.text.rstrip(".") for f in own)
        notes.append(
            f"Articles and posts follow {brief.name}'s own themes in turn, as the brief states them: {told}. "
            "Where a theme names another month, confirm that it still stands."
        )
    notes += comments
    return tuple(notes)


def _holiday_note(
    brief: VentureBrief,
    calendar: list[CalendarEntry],
    emails: Sequence[EmailSlot],
    closed: Mapping[date, str],
    ends: date,
) -> str:
    """Which public holidays the plan knows of, and what still falls on them."""
    unknown = [c for c in brief.geography.countries if country_fault(c)]
    regional = "Regional ones are not known"
    regional += f", nor any of {', '.join(unknown)}." if unknown else "."
    known = "Mails and LEAD's reviews pass over public holidays where the plan knows them"
    days = []
    for on, name in closed.items():
        kinds = [_FALLS[e.kind] for e in calendar if e.on == on and e.kind in _FALLS]
        kinds += ["mail" for s in emails if s.on == on]
        what = ", ".join(counted(n, kind) for kind, n in Counter(kinds).items())
        if on <= ends:
            days.append(f"{on:%a} {on.day} {on:%B} ({name}): {what or 'nothing'}")
    if not days:
        return f"{known}; none of those falls into these weeks. {regional}"
    return f"{known}. What falls on them, to be moved or kept by hand: {'; '.join(days)}. {regional}"


def _again_note(brief: VentureBrief, calendar: list[CalendarEntry]) -> Iterator[str]:
    """From when on posts tell what was told before, and why."""
    social = [e for e in calendar if e.kind == "social"]
    again = sorted(e.on for e in social if e.told_again)
    if again:
        first, different = again[0], len(social) - len(again)
        yield (
            f"From {first:%a} {first.day} {first:%B} on, {counted(len(again), 'post')} "
            f"{agreed(len(again), 'tells', 'tell')} again, in another form, what an earlier one told (“Again” "
            f"in the calendar): {brief.name}'s brief carries {counted(different, 'different post')} there."
        )


def _money_notes(paid: tuple[AdFlight, ...]) -> list[str]:
    if not paid:
        return ["No paid channel has a budget line, so there is no ad flight."]
    whole = sum((f.amount for f in paid), Decimal("0.00"))
    four_weeks = cents(whole * 28 / MONTH_DAYS)
    each = ", ".join(f"{name_of(f.channel)} {usd(f.amount)}" for f in paid)
    return [
        f"A budget month is {MONTH_DAYS} days, as in the pacing: every flight runs {MONTH_DAYS} days and its days sum "
        f"to the channel's monthly line ({each}). Four weeks of it are {usd(four_weeks)} of {usd(whole)}."
    ]
