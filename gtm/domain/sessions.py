"""A session that people register for: when it is on each recipient's own clock, where it is, and who is registered."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gtm.domain.base import Model
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import Campaign
from gtm.domain.conditions import Predicate
from gtm.domain.names import day
from gtm.domain.schedule import SchedulePlan
from gtm.domain.zones import moment_of

REGISTERED = "registered_for"
"""The lead's attribute that holds what it is registered for: campaign ids, a comma between them."""


class HeldSession(Model):
    """A campaign's session.

    Attributes:
        at: the aware moment at which it begins.
        join_url: where it takes place; empty where no such address is on file.
    """

    at: datetime
    join_url: str

    def told(self, zone: str) -> str:
        """Day and hour on a recipient's clock, `Thursday 5 February 2026, 11:00 New York time`."""
        local = self.at.astimezone(ZoneInfo(zone))
        return f"{local:%A} {day(local.date())}, {local:%H:%M} {place(zone)}"


class UndatedSession(HeldSession):
    """A session whose day no schedule has set yet, as previews show it; nobody is ever invited to one."""

    def told(self, zone: str) -> str:
        """A word in place of day and hour."""
        return "(day and hour: set by the schedule)"


def undated_sessions(brief: VentureBrief, campaigns: Iterable[Campaign]) -> dict[str, HeldSession]:
    """Sessions without a day, for every campaign that has one, by campaign."""
    never = datetime.max.replace(tzinfo=UTC)
    offer = brief.session_offer
    undated = UndatedSession(at=never, join_url=offer.join_url if offer else "")
    return {campaign.campaign_id: undated for campaign in campaigns if campaign.kind.session}


def place(zone: str) -> str:
    """An IANA zone as a reader knows it: `New York time`; a zone that is no place keeps its name."""
    area, _, city = zone.rpartition("/")
    return f"{city.replace('_', ' ')} time" if area and area != "Etc" else zone


def held_session(brief: VentureBrief, campaign: Campaign, plan: SchedulePlan | None) -> HeldSession | None:
    """The session of a campaign; None where the campaign has none, or none is in the calendar.

    Args:
        brief: its offer says where the session takes place, where that is known.
        campaign: the campaign.
        plan: the schedules of step 2.3.
    """
    entry = plan.session_of(campaign.campaign_id) if plan is not None and campaign.kind.session else None
    offer = brief.session_offer
    if entry is None or offer is None:
        return None
    at = moment_of(datetime.combine(entry.on, entry.at), entry.zone)
    return HeldSession(at=at, join_url=offer.join_url)


def sessions_of(
    brief: VentureBrief, campaigns: Iterable[Campaign], plan: SchedulePlan | None
) -> dict[str, HeldSession]:
    """The session of every campaign that has one, by campaign; see `held_session`."""
    found = {campaign.campaign_id: held_session(brief, campaign, plan) for campaign in campaigns}
    return {campaign_id: session for campaign_id, session in found.items() if session is not None}


def is_registered(campaign_id: str) -> Predicate:
    """The condition that a lead's registration for a campaign's session is stored."""
    return Predicate(field=f"attributes.{REGISTERED}", operator="contains", value=campaign_id)
