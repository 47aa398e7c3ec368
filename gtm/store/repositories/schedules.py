"""A schedule plan as rows, and the campaigns' shares of the channels' budgets."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from gtm.domain.money import split_by_weights
from gtm.domain.schedule import SchedulePlan
from gtm.store.models.gtm import MarketingChannel


def schedule_rows(plan: SchedulePlan) -> list[dict[str, Any]]:
    """The plan as rows of `campaign_schedules`, without their origin; ids are stable within a venture."""
    number = count(1)
    rows: list[dict[str, Any]] = []

    def add(
        kind: str, campaign: str | None, starts: date, ends: date, zone: str, rule: Any, budget: Decimal | None = None
    ) -> None:
        rows.append(
            {
                "schedule_id": f"{plan.venture_id}:{kind}:{next(number):04d}",
                "venture_id": plan.venture_id,
                "campaign_id": campaign,
                "kind": kind,
                "starts": starts,
                "ends": ends,
                "zone": zone,
                "rule": rule,
                "budget": budget,
            }
        )

    for dates in plan.campaigns:
        add("launch", dates.campaign_id, dates.launches, dates.ends, "recipient", {"aligned_with": dates.aligned_with})
    for slot in plan.emails:
        rule = slot.model_dump(mode="json", include={"template_id", "step", "segment_id", "at"})
        add("email", slot.campaign_id, slot.on, slot.on, slot.zone_basis, rule)
    for flight in plan.flights:
        rule = flight.model_dump(mode="json", include={"channel", "dayparts", "days"})
        add("ad_flight", flight.campaign_id, flight.starts, flight.ends, flight.zone, rule, flight.amount)
    for entry in plan.calendar:
        rule = entry.model_dump(mode="json", include={"at", "kind", "title", "channel", "segment_id"})
        add("content", entry.campaign_id, entry.on, entry.on, entry.zone, rule)
    return rows


def budget_shares(
    session: Session, plan: SchedulePlan, links: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Decimal]:
    """Each campaign's dollars a month on each of its channels, summing to the channel's budget to the cent.

    Args:
        plan: its ad flights say how a paid channel divides; without flights the parts are equal.
        links: (channel, campaign) pairs.
    """
    rows = session.exec(select(MarketingChannel).where(col(MarketingChannel.venture_id) == plan.venture_id))
    budgets = {row.channel: row.budget for row in rows if row.budget is not None}
    flown: dict[tuple[str, str], Decimal] = {}
    for flight in plan.flights:
        key = (flight.channel, flight.campaign_id)
        flown[key] = flown.get(key, Decimal(0)) + flight.amount
    shares: dict[tuple[str, str], Decimal] = {}
    for channel, budget in budgets.items():
        members = [link for link in links if link[0] == channel]
        weights = [flown.get(link, Decimal(0)) for link in members]
        if members:
            parts = split_by_weights(budget, weights if any(weights) else [Decimal(1)] * len(members))
            shares |= dict(zip(members, parts, strict=True))
    return shares
