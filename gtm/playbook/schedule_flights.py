"""Ad flights: one a paid channel, thirty days, its days summing to the channel's line to the cent (SOP 2.3)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.campaign import Campaign, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.money import split_by_weights
from gtm.domain.schedule import AdFlight, DailySpend, DayPart
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import PAID_CHANNELS
from gtm.playbook.economics import MONTH_DAYS
from gtm.playbook.schedule_dates import Dates

_WEEKDAYS = (0, 1, 2, 3, 4)
_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def flights(
    brief: VentureBrief, templates: TemplateSet, plan: ChannelPlan, budget: BudgetPlan, policies: Policies, dates: Dates
) -> tuple[AdFlight, ...]:
    """The flights of every paid channel that has money; each begins when its campaign launches.

    A budget month is 30 days (as in the pacing), and a flight runs exactly one, so that its days sum to the line.
    """
    found: list[AdFlight] = []
    for choice in plan.channels:
        line = budget.line(choice.channel)
        if choice.channel not in PAID_CHANNELS or line is None or not line.amount or not templates.campaigns:
            continue
        campaign = carrier(templates.campaigns, choice.channel)
        begins = dates.launches(campaign)
        found.append(
            AdFlight(
                campaign_id=campaign.campaign_id,
                channel=choice.channel,
                starts=begins,
                ends=begins + timedelta(days=MONTH_DAYS - 1),
                amount=line.amount,
                zone=dates.zone,
                dayparts=(_daypart(brief, policies),),
                days=daily(line.amount, begins, MONTH_DAYS, len(found)),
            )
        )
    return tuple(found)


def carrier(campaigns: Sequence[Campaign], channel: str) -> Campaign:
    """The campaign a channel's ads belong to: one that names the channel, ads first, else the ads' or the page's."""
    ranked = sorted(campaigns, key=lambda c: (c.kind.look != "ad", not c.kind.page))
    return next((c for c in ranked if channel in c.channels), ranked[0])


def daily(amount: Decimal, begins: date, days: int, turn: int = 0) -> tuple[DailySpend, ...]:
    """A line spread evenly over days, to the cent.

    Args:
        amount: dollars of the whole flight.
        begins: its first day.
        days: how many days.
        turn: by how many thirds the odd cents move, so that those of several channels do not fall on the same days
            and lift a day above the daily cap.
    """
    parts = split_by_weights(amount, [Decimal(1)] * days)
    shift = turn * days // 3 % days
    turned = parts[-shift:] + parts[:-shift] if shift else parts
    return tuple(DailySpend(on=begins + timedelta(days=n), amount=part) for n, part in enumerate(turned))


def _daypart(brief: VentureBrief, policies: Policies) -> DayPart:
    business = brief.audience == "b2b"
    return DayPart(
        range=policies.ad_dayparts_b2b if business else policies.ad_dayparts_b2c,
        weekdays=_WEEKDAYS if business else _EVERY_DAY,
        bid_adjustment=policies.ad_bid_adjustment,
    )
