"""The calendars: launches, milestones, posts, articles, sessions and LEAD's weekly review (SOP step 2.3)."""

from collections.abc import Collection, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Literal

from gtm.domain.brief import Fact, VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import Campaign, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.money import usd
from gtm.domain.names import name_of
from gtm.domain.schedule import AdFlight, CalendarEntry
from gtm.domain.spec import Policies, PublishingRule
from gtm.domain.vocabulary import SOCIAL_CHANNELS, Channel
from gtm.playbook.channel_details import offer_for, said
from gtm.playbook.schedule_dates import NINE, Dates
from gtm.playbook.titles import Titles, by_post, themes

_REVIEW_DAY, _REVIEW_AT = 4, time(15, 0)
_SESSION_AT = {"b2b": time(11, 0), "b2c": time(19, 0)}

Web = Literal["web"]


def launches(templates: TemplateSet, dates: Dates) -> Iterator[CalendarEntry]:
    """Each campaign's launch; on the venture's launch day at its own hour and zone."""
    for campaign in templates.campaigns:
        on = dates.launches(campaign)
        moment = next((m for m in (dates.launch, dates.opening) if m is not None and m.on == on), None)
        yield CalendarEntry(
            on=on,
            at=moment.at if moment else NINE,
            zone=moment.zone if moment else dates.zone,
            kind="launch",
            title=f"Launch: {campaign.name.split(': ', 1)[-1]}",
            channel=campaign.channels[0] if campaign.channels and not campaign.kind.page else "web",
            campaign_id=campaign.campaign_id,
        )


def milestones(brief: VentureBrief, dates: Dates) -> Iterator[CalendarEntry]:
    """The venture's own milestones."""
    for moment in dates.moments:
        yield CalendarEntry(
            on=moment.on,
            at=moment.at,
            zone=moment.zone,
            kind="milestone",
            title=f"{brief.name}: {moment.name}",
            channel="web",
        )


def posts(
    brief: VentureBrief, plan: ChannelPlan, policies: Policies, dates: Dates, ends: date
) -> Iterator[CalendarEntry]:
    """Articles on Monday and Wednesday, a post every day, on the venture's themes in turn."""
    own = themes(brief)
    networks: list[Channel] = [
        c.channel for c in plan.channels if c.channel in SOCIAL_CHANNELS and c.channel != "influencer_partnerships"
    ]
    supply = {
        "blog": Titles(brief, _reached(plan, ["content_marketing"])),
        "social": Titles(brief, _reached(plan, networks)),
    }
    made = {"blog": 0, "social": 0}
    for number in range((ends - dates.starts).days + 1):
        on = dates.starts + timedelta(days=number)
        for rule in policies.publishing:
            if on.weekday() in rule.weekdays:
                theme = _theme(own, number // 7, made[rule.kind])
                channel = _place(rule, plan, networks, made[rule.kind])
                made[rule.kind] += 1
                yield _post(supply[rule.kind], rule, theme, channel, on, dates)


def _reached(plan: ChannelPlan, channels: list[Channel]) -> frozenset[str]:
    """The segments that some channels serve; none when no such channel is planned, which means all."""
    return frozenset(s for c in plan.channels if c.channel in channels for s in c.segments)


def _theme(own: tuple[Fact, ...], week: int, count: int) -> Fact | None:
    """A pillar takes turns post by post, a theme of a week or month week by week."""
    if not own:
        return None
    return own[(count if by_post(own[0]) else week) % len(own)]


def _place(rule: PublishingRule, plan: ChannelPlan, networks: list[Channel], count: int) -> Channel | Web:
    if rule.kind == "blog":
        return "content_marketing" if plan.choice("content_marketing") else "web"
    return networks[count % len(networks)] if networks else "web"


def _post(
    titles: Titles, rule: PublishingRule, theme: Fact | None, channel: Channel | Web, on: date, dates: Dates
) -> CalendarEntry:
    title, segment = titles.take(rule.kind, theme)
    if rule.kind == "social" and dates.launch is not None and 0 <= (on - dates.launch.on).days < 7:
        title = f"{dates.launch.name}: {title}" if on == dates.launch.on else f"Launch week: {title}"
    return CalendarEntry(
        on=on, at=rule.at, zone=dates.zone, kind=rule.kind, title=title, channel=channel, segment_id=segment
    )


def session(brief: VentureBrief, campaign: Campaign, plan: ChannelPlan, dates: Dates, on: date) -> CalendarEntry:
    """A webinar; its reminders are mails and stand with the mails."""
    offer = next((o for o in brief.offers if o.cta == "register_webinar"), None)
    offer = offer or offer_for(brief, "webinars", brief.ranked_segments)
    name = offer.name if offer else campaign.name
    subject = next((f for f in brief.facts if f.claimable and f.kind in ("proof", "feature") and not f.segments), None)
    return CalendarEntry(
        on=on,
        at=_SESSION_AT[brief.audience],
        zone=dates.zone,
        kind="webinar",
        title=f"{name}{f': {said(subject)}' if subject else ''}",
        channel="webinars" if plan.choice("webinars") else "email",
        campaign_id=campaign.campaign_id,
    )


def turning(brief: VentureBrief, templates: TemplateSet, dates: Dates) -> Iterator[CalendarEntry]:
    """The day on which a waiting list's page begins to ask for what the product offers."""
    for campaign in templates.campaigns:
        if dates.waits(campaign) and dates.launch is not None:
            yield CalendarEntry(
                on=dates.launch.on,
                at=dates.launch.at,
                zone=dates.launch.zone,
                kind="milestone",
                title=f"{campaign.name}: from now on the button reads “{button_after(brief, campaign)}”",
                channel="web",
            )


def button_after(brief: VentureBrief, campaign: Campaign) -> str:
    """A page's button once the product is there."""
    offer = next((o for o in brief.offers if o.cta == campaign.cta), None)
    return (offer.cta_text if offer else "") or name_of(campaign.cta)


def reviews(
    brief: VentureBrief,
    budget: BudgetPlan,
    found: tuple[AdFlight, ...],
    policies: Policies,
    dates: Dates,
    ends: date,
    closed: Collection[date] = (),
) -> Iterator[CalendarEntry]:
    """LEAD's weekly look: what was planned to be spent that week, and what it is measured by.

    Args:
        closed: public holidays; a review that would fall on one is held on the last day before it that is open.
    """
    target = policies.target(brief.segment_type)
    rules = ", ".join(t.told for t in budget.triggers)
    for week in range((ends - dates.starts).days // 7 + 1):
        monday = dates.starts + timedelta(weeks=week)
        spend = _spent(found, monday)
        money = f"{usd(spend.quantize(Decimal(1))).removesuffix('.00')} of ads planned" if spend else "no ads"
        before = dates.launch is not None and monday + timedelta(days=_REVIEW_DAY) < dates.launch.on
        aim = f"before {dates.launch.name}" if before and dates.launch else f"target {target.leads_per_week} leads"
        on = monday + timedelta(days=_REVIEW_DAY)
        while on in closed and on > monday:
            on -= timedelta(days=1)
        yield CalendarEntry(
            on=on,
            at=_REVIEW_AT,
            zone=dates.zone,
            kind="review",
            title=f"LEAD reviews week {week + 1}: {money}, {aim}; act on {rules}",
            channel="web",
        )


def _spent(found: tuple[AdFlight, ...], monday: date) -> Decimal:
    sunday = monday + timedelta(days=6)
    return sum((d.amount for f in found for d in f.days if monday <= d.on <= sunday), Decimal("0.00"))
