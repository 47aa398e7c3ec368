"""Marketing channels, the UTM schema and attribution (SOP step 1.2)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import Field

from gtm.domain.base import Model, Share, Slug, Text, VentureId
from gtm.domain.vocabulary import Channel, ChannelRole, Tier

VaultRef = Annotated[str, Field(pattern=r"^vault://[A-Za-z0-9][A-Za-z0-9._-]*/[a-z0-9_-]+/[a-z0-9_-]+$")]
UtmWord = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class ChannelParameter(Model):
    """One campaign parameter of a channel, such as audience, format or frequency."""

    name: Slug
    value: Text


class ChannelChoice(Model):
    """A channel that the venture uses.

    Attributes:
        overlap: share of the segments, weighted by priority, that name this channel as preferred.
        credential_ref: `vault://venture/channel/name`, never a value; None when the channel needs none.
        integration: the platform behind it and whether it is connected.
    """

    channel: Channel
    role: ChannelRole
    tier: Tier
    overlap: Share
    segments: tuple[Slug, ...]
    parameters: tuple[ChannelParameter, ...]
    utm_source: UtmWord
    utm_medium: UtmWord
    tracking: Text
    integration: Text
    credential_ref: VaultRef | None = None
    rationale: Text


class UtmSchema(Model):
    """Closed vocabularies for campaign links; `campaign_pattern` uses {year} {month} {medium} {name}."""

    sources: tuple[UtmWord, ...]
    mediums: tuple[UtmWord, ...]
    campaign_pattern: Text
    lower_case_campaign: bool = True
    content_pattern: Text = "{template}-{segment}-{step}-{variant}"


class Attribution(Model):
    """How a conversion is credited, and how far back one looks."""

    model: Literal["first_touch", "last_touch", "multi_touch"]
    lookback_days: Annotated[int, Field(ge=1, le=365)]
    rationale: Text


class ChannelPlan(Model):
    """What LEAD configures in step 1.2."""

    venture_id: VentureId
    channels: tuple[ChannelChoice, ...]
    utm: UtmSchema
    attribution: Attribution
    declined: tuple[Text, ...] = ()

    @property
    def primary(self) -> ChannelChoice:
        """The primary channel."""
        return next(c for c in self.channels if c.role == "primary")

    def choice(self, channel: str) -> ChannelChoice | None:
        """The choice for a channel, if it is used."""
        return next((c for c in self.channels if c.channel == channel), None)

    def aims_at(self, channel: str, segment_id: str) -> bool:
        """Whether a channel of the plan is aimed at a segment (SOP step 1.2): at those that prefer it, or at all."""
        choice = self.choice(channel)
        return choice is not None and segment_id in choice.segments


def segment_overlap(channel: str, preferences: Iterable[tuple[int, Iterable[str]]]) -> Decimal:
    """Share of the segments that prefer a channel, each weighted by 1/priority, to four decimals.

    Args:
        channel: the channel.
        preferences: (priority, preferred channels) of every segment.
    """
    whole = hit = Decimal(0)
    for priority, channels in preferences:
        weight = Decimal(1) / Decimal(priority)
        whole += weight
        if channel in tuple(channels):
            hit += weight
    return Decimal(0) if whole == 0 else (hit / whole).quantize(Decimal("0.0001"))


def campaign_name(schema: UtmSchema, on: date, medium: str, name: str) -> str:
    """The utm_campaign of a campaign under the schema's pattern, e.g. `2026-01-ps-Brand`."""
    text = schema.campaign_pattern.format(year=f"{on:%Y}", month=f"{on:%m}", medium=medium, name=name)
    return text.lower() if schema.lower_case_campaign else text


def tracked_link(base: str, choice: ChannelChoice, campaign: str, content: str) -> str:
    """`base` with the channel's UTM set; what the base already asks for stays."""
    parts = urlsplit(base)
    query = urlencode(
        {
            "utm_source": choice.utm_source,
            "utm_medium": choice.utm_medium,
            "utm_campaign": campaign,
            "utm_content": content,
        }
    )
    return parts._replace(query="&".join(q for q in (parts.query, query) if q)).geturl()
