"""The guardrail of step 2.3, Set Campaign Schedules: four weeks, sends in recipient time, flights to the cent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.calendar import Words
from gtm.domain.campaign import TemplateSet
from gtm.domain.collisions import find
from gtm.domain.errors import InvalidInput
from gtm.domain.money import usd
from gtm.domain.names import WEEKDAYS, counted
from gtm.domain.pacing import too_fast
from gtm.domain.schedule import AdFlight, EmailSlot, SchedulePlan
from gtm.domain.spec import Policies
from gtm.domain.verdict import Verdict
from gtm.domain.vocabulary import PAID_CHANNELS
from gtm.domain.zones import zone_of
from gtm.policies.checklist import Checklist, missing_step
from gtm.policies.facts import ScheduleFacts

POLICY = "schedule.set"


def scheduled(facts: ScheduleFacts) -> Verdict:
    """The plan launches every campaign in at least four weeks, mails in the audience's window, and paces the money."""
    plan = facts.artifact
    if plan is None:
        return missing_step(facts.stage, POLICY)
    checks, policies = Checklist(facts.stage, POLICY), facts.policies
    checks.line(
        "schedule.launch_calendar",
        _launch_faults(plan, facts),
        f"{plan.starts} to {plan.ends}, {counted(_weeks(plan), 'week')}, {counted(len(plan.campaigns), 'campaign')}",
        f"plan at least {policies.calendar_weeks} weeks and give every campaign a launch in it",
    )
    checks.line(
        "schedule.email_sends",
        _email_faults(plan, facts),
        f"{counted(len(plan.emails), 'send')}, each on {_window_text(plan)} in the recipient's zone",
        "move the sends named into the audience's window and keep the templates' delays",
    )
    checks.line(
        "schedule.ad_flights",
        _flight_faults(plan, facts.budget, policies),
        f"{counted(len(plan.flights), 'flight')}, {usd(sum((f.amount for f in plan.flights), Decimal('0.00')))} to "
        f"the cent",
        "give each paid channel one flight whose days sum to its budget line",
    )
    checks.line(
        "schedule.content_calendar",
        _content_faults(plan, policies),
        f"{_count(plan, 'blog')} articles and {_count(plan, 'social')} posts",
        "plan articles on Monday and Wednesday and a post every day",
    )
    caps, words = policies.delivery.frequency, _called(facts)
    checks.note(
        "schedule.collisions",
        f"config/policies.yaml, delivery.frequency: {caps.per_day} mail a day and {caps.per_week} a week to one person",
        (collision.told(caps, words) for collision in find(plan, caps)),
        "nobody gets two mails on a day or more than the weekly cap, and no two campaigns launch to them at once",
        "move one of them by hand, or let the frequency cap hold the mail back at dispatch",
    )
    checks.rule(
        "schedule.zones_known",
        "domain.md, configuration: an IANA time zone",
        _zone_faults(plan, facts.brief),
        "every zone is an IANA zone",
        "name zones such as America/New_York",
    )
    return checks.verdict()


def _called(facts: ScheduleFacts) -> Words:
    campaigns = {c.campaign_id: c.name for c in facts.templates.campaigns} if facts.templates else {}
    return Words(campaigns | {s.id: s.name for s in facts.brief.segments})


def _weeks(plan: SchedulePlan) -> int:
    return ((plan.ends - plan.starts).days + 1) // 7


def _count(plan: SchedulePlan, kind: str) -> int:
    return sum(entry.kind == kind for entry in plan.calendar)


def _window_text(plan: SchedulePlan) -> str:
    hours = " or ".join(f"{r.start:%H:%M}-{r.end:%H:%M}" for r in plan.window.ranges)
    return f"{', '.join(WEEKDAYS[d] for d in plan.window.weekdays)} {hours}"


def _launch_faults(plan: SchedulePlan, facts: ScheduleFacts) -> Iterator[str]:
    least = facts.policies.calendar_weeks
    if plan.venture_id != facts.brief.id:
        yield f"venture_id is {plan.venture_id}, the brief is of {facts.brief.id}"
    if (plan.ends - plan.starts).days + 1 < 7 * least:
        yield f"{plan.starts} to {plan.ends} is less than {least} weeks"
    if facts.today is not None and plan.starts < facts.today:
        yield f"it starts on {plan.starts}, which is past"
    dated = {c.campaign_id: c for c in plan.campaigns}
    launched = {e.campaign_id for e in plan.calendar if e.kind == "launch"}
    for campaign in facts.templates.campaigns if facts.templates else ():
        dates = dated.get(campaign.campaign_id)
        if dates is None:
            yield f"{campaign.campaign_id} has no launch date"
        elif not plan.starts <= dates.launches <= dates.ends <= plan.ends:
            yield f"{campaign.campaign_id} runs {dates.launches} to {dates.ends}, outside the plan"
        if campaign.campaign_id not in launched:
            yield f"{campaign.campaign_id} has no launch in the calendar"


def _email_faults(plan: SchedulePlan, facts: ScheduleFacts) -> Iterator[str]:
    if plan.window != facts.policies.window(facts.brief.audience):
        yield f"the send window is not that of {facts.brief.audience}"
    window = facts.policies.window(facts.brief.audience)
    for slot in plan.emails:
        local = datetime.combine(slot.on, slot.at)
        if not window.allows(local):
            yield f"{_slot(slot)} goes out on {WEEKDAYS[slot.on.weekday()]} at {slot.at:%H:%M}"
        if not plan.starts <= slot.on <= plan.ends:
            yield f"{_slot(slot)} goes out on {slot.on}, outside the plan"
    if facts.templates is not None:
        yield from _sequence_faults(plan, facts.templates)


def _sequence_faults(plan: SchedulePlan, templates: TemplateSet) -> Iterator[str]:
    for campaign in templates.campaigns:
        template = templates.template(campaign.template_id)
        if template is None or template.channel != "email":
            continue
        delays = {step.step: step.delay_hours for step in template.steps}
        for segment in campaign.segments:
            mine = [s for s in plan.emails if (s.campaign_id, s.segment_id) == (campaign.campaign_id, segment)]
            steps = [s.step for s in mine]
            yield from (f"{campaign.campaign_id}/{segment}/{n} has no send" for n in sorted(set(delays) - set(steps)))
            yield from (
                f"{campaign.campaign_id}/{segment}/{n} is sent twice"
                for n in sorted({n for n in steps if steps.count(n) > 1})
            )
            for earlier, later in pairwise(sorted(mine, key=lambda s: s.step)):
                passed = datetime.combine(later.on, later.at) - datetime.combine(earlier.on, earlier.at)
                wanted = 0 if campaign.kind.session else delays.get(later.step, 0)
                if passed < timedelta(hours=wanted) or passed <= timedelta(0):
                    yield f"{_slot(later)} follows after {passed}, its delay is {wanted} h"


def _slot(slot: EmailSlot) -> str:
    return f"{slot.campaign_id}/{slot.segment_id}/{slot.step}"


def _flight_faults(plan: SchedulePlan, budget: BudgetPlan | None, policies: Policies) -> Iterator[str]:
    if budget is None:
        yield "no budget is stored"
        return
    paid = {line.channel: line.amount for line in budget.lines if line.channel in PAID_CHANNELS and line.amount}
    flown = {
        channel: sum((f.amount for f in plan.flights if f.channel == channel), Decimal("0.00")) for channel in paid
    }
    for channel, amount in sorted(paid.items()):
        if flown[channel] != amount:
            yield f"{channel} flies {usd(flown[channel])}, its budget line is {usd(amount)}"
    for flight in plan.flights:
        yield from _one_flight(flight, plan, policies.pacing.day_over_mean)
        if flight.channel not in paid:
            yield f"{flight.channel} has a flight and no paid budget line"
    for day in sorted({d.on for f in plan.flights for d in f.days}):
        spent = sum((d.amount for f in plan.flights for d in f.days if d.on == day), Decimal("0.00"))
        # The daily cap is a rounded thirtieth; a month split to the cent may be above it by a cent a flight.
        if spent > budget.pacing.daily_cap + Decimal("0.01") * len(plan.flights):
            yield f"{day} spends {usd(spent)}, the daily cap is {usd(budget.pacing.daily_cap)}"


def _one_flight(flight: AdFlight, plan: SchedulePlan, limit: Decimal) -> Iterator[str]:
    name = f"{flight.channel} from {flight.starts}"
    if flight.planned != flight.amount:
        yield f"{name}: its days sum to {usd(flight.planned)}, not to {usd(flight.amount)}"
    wanted = [flight.starts + timedelta(days=n) for n in range((flight.ends - flight.starts).days + 1)]
    if [d.on for d in flight.days] != wanted:
        yield f"{name}: its days are not those from {flight.starts} to {flight.ends}"
    if flight.starts < plan.starts or flight.ends > plan.ends:
        yield f"{name}: it ends on {flight.ends}, outside the plan"
    yield from (
        f"{name}: {usd(d.amount)} on {d.on} is more than {limit} times what a day has on average"
        for d in too_fast(flight, limit)
    )
    if not flight.dayparts:
        yield f"{name}: no dayparting"


def _content_faults(plan: SchedulePlan, policies: Policies) -> Iterator[str]:
    for rule in policies.publishing:
        entries = [e for e in plan.calendar if e.kind == rule.kind]
        off = [e for e in entries if e.on.weekday() not in rule.weekdays]
        yield from (f"{e.kind} “{e.title}” stands on a {WEEKDAYS[e.on.weekday()]}" for e in off)
        days = {e.on for e in entries}
        wanted = [
            d
            for n in range((plan.ends - plan.starts).days + 1)
            if (d := plan.starts + timedelta(days=n)).weekday() in rule.weekdays
        ]
        missing = [d for d in wanted if d not in days]
        if missing:
            yield f"{counted(len(missing), 'day')} without {rule.kind}, the first is {missing[0]}"
    titles = [e.title for e in plan.calendar if e.kind == "blog"]
    yield from (f"the article “{t}” is planned twice" for t in sorted({t for t in titles if titles.count(t) > 1}))


def _zone_faults(plan: SchedulePlan, brief: VentureBrief) -> Iterator[str]:
    for name in sorted(
        {*(e.zone for e in plan.calendar), *(f.zone for f in plan.flights), *brief.geography.time_zones}
    ):
        try:
            zone_of(name)
        except InvalidInput as error:
            yield error.detail
