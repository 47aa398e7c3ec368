"""Queries on ad flights as they are stored: whole, with what became of the days before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from gtm.domain.schedule import AdFlight
from gtm.store.models.campaigns import CampaignPerformance, CampaignRow, CampaignSchedule
from gtm.store.models.gtm import MarketingChannel


@dataclass(frozen=True)
class StoredFlight:
    """A flight's row.

    Attributes:
        paused_since: the first day on which a person wanted nothing spent; None while it runs.
        closed: days that a person took out.
        campaign_paused: whether its campaign is paused, as a rollback does.
        paced_by: the hash of what it was last paced by; empty for one that stands as planned.
    """

    schedule_id: str
    flight: AdFlight
    paused_since: date | None = None
    closed: frozenset[date] = field(default_factory=frozenset)
    campaign_paused: bool = False
    paced_by: str = ""

    @property
    def paused(self) -> bool:
        """Whether nothing is spent on it now."""
        return self.campaign_paused or self.paused_since is not None


def of_venture(session: Session, venture_id: str, *, lock: bool = False) -> list[StoredFlight]:
    """A venture's flights by id; with `lock`, nobody else changes them before this transaction ends."""
    rows = (
        select(CampaignSchedule)
        .where(CampaignSchedule.venture_id == venture_id, CampaignSchedule.kind == "ad_flight")
        .order_by(col(CampaignSchedule.schedule_id))
    )
    found = session.exec(rows.with_for_update() if lock else rows).all()
    paused = set(
        session.exec(
            select(CampaignRow.campaign_id).where(CampaignRow.venture_id == venture_id, CampaignRow.status == "paused")
        )
    )
    return [_stored(row, row.campaign_id in paused) for row in found]


def ventures_with_flights(session: Session, today: date) -> Sequence[str]:
    """Ventures with a flight that has begun and is not over, give or take a day of time zones; by id."""
    statement = select(CampaignSchedule.venture_id).where(
        CampaignSchedule.kind == "ad_flight",
        col(CampaignSchedule.starts) <= date.fromordinal(today.toordinal() + 1),
        col(CampaignSchedule.ends) >= date.fromordinal(today.toordinal() - 1),
    )
    return session.exec(statement.distinct().order_by(col(CampaignSchedule.venture_id))).all()


def spend_by_day(session: Session, campaign_ids: Sequence[str]) -> Mapping[str, Mapping[date, Decimal]]:
    """What campaigns spent, by campaign and day; days without a figure are left out."""
    wanted: tuple[Any, ...] = (CampaignPerformance.campaign_id, CampaignPerformance.date, CampaignPerformance.spend)
    statement = select(*wanted).where(col(CampaignPerformance.campaign_id).in_(campaign_ids))
    found: dict[str, dict[date, Decimal]] = {}
    for campaign_id, on, spend in session.exec(statement):
        found.setdefault(campaign_id, {})[on] = spend
    return found


def month_budgets(session: Session, venture_id: str, channels: Sequence[str]) -> Decimal:
    """What these channels may spend a month together, as the budget plan gave it to them."""
    statement = select(MarketingChannel).where(
        MarketingChannel.venture_id == venture_id, col(MarketingChannel.channel).in_(channels)
    )
    return sum((row.budget for row in session.exec(statement) if row.budget is not None), Decimal("0.00"))


def save(session: Session, stored: StoredFlight) -> None:
    """Write a flight's amount, its days, and how it stands."""
    row = session.get(CampaignSchedule, stored.schedule_id)
    if row is None:
        raise ValueError("the flight was read from a row")
    flight = stored.flight
    rule: dict[str, Any] = flight.model_dump(mode="json", include={"channel", "dayparts", "days"})
    if stored.paused_since is not None:
        rule["paused_since"] = stored.paused_since.isoformat()
    if stored.closed:
        rule["closed"] = sorted(day.isoformat() for day in stored.closed)
    row.rule = rule | {"paced_by": stored.paced_by}
    row.budget = flight.amount
    session.add(row)
    session.flush()


def _stored(row: CampaignSchedule, campaign_paused: bool) -> StoredFlight:
    rule = dict(row.rule)
    since, closed, paced_by = rule.pop("paused_since", None), rule.pop("closed", []), rule.pop("paced_by", "")
    flight = AdFlight.model_validate(
        {**rule, "campaign_id": row.campaign_id, "starts": row.starts, "ends": row.ends, "zone": row.zone,
         "amount": row.budget or Decimal("0.00")}
    )  # fmt: skip
    return StoredFlight(
        schedule_id=row.schedule_id,
        flight=flight,
        paused_since=date.fromisoformat(since) if since else None,
        closed=frozenset(map(date.fromisoformat, closed)),
        campaign_paused=campaign_paused,
        paced_by=paced_by,
    )
