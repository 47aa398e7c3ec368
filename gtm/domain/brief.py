"""A venture brief: what stages 5, 11, 15 and 16 hand to stage 17, as typed facts.

Every fact has an id, so that a claim in copy can name what it rests on; whatever no public figure carries is marked
`assumed`, and a strategy that rests on it says so.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Amount, Line, MaybeLine, Model, Share, Slug, Text, VentureId
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.vocabulary import (
    Audience,
    BrandVoice,
    CampaignType,
    Channel,
    ConsentMode,
    Cta,
    Objective,
    SegmentType,
    audience_of,
)

FactKind = Literal["feature", "proof", "offer", "belief", "pricing", "target", "milestone", "theme", "privacy"]
COPY_KINDS: tuple[FactKind, ...] = ("feature", "proof", "offer", "belief", "pricing", "privacy")
"""Kinds of fact that copy may use; targets, milestones and themes are for the plan."""


class Sourced(Model):
    """A statement with its standing: `assumed` when it is ours, `note` saying from what."""

    value: Text
    assumed: bool = False
    note: str = ""


class SourcedAmount(Model):
    """An amount in US dollars with its standing."""

    value: Amount
    assumed: bool = False
    note: str = ""


class Fact(Model):
    """One checkable statement about the venture; copy may claim nothing that no fact carries.

    Attributes:
        id: short slug by which claims name it.
        kind: what sort of statement it is.
        text: the statement as a full sentence.
        short: the same in at most 90 characters, without a full stop, for headlines and ads.
        segments: ids of the segments it speaks to; empty means all.
        claimable: False for a statement that must not be repeated in copy (say why in `note`).
    """

    id: Slug
    kind: FactKind
    text: Text
    short: Annotated[MaybeLine, Field(max_length=90)] = ""
    segments: tuple[Slug, ...] = ()
    assumed: bool = False
    claimable: bool = True
    note: str = ""


class Characteristics(Model):
    """Size, growth and accessibility of a segment (SOP entry gate 2)."""

    size: Sourced | None = None
    growth: Sourced | None = None
    accessibility: Sourced | None = None


class Segment(Model):
    """A customer segment; `priority` 1 is the first."""

    id: Slug
    name: Line
    priority: Annotated[int, Field(ge=1, le=20)]
    status: Literal["draft", "validated"] = "validated"
    audience: Audience
    profile: Annotated[str, Field(max_length=600)] = ""
    roles: tuple[Line, ...] = ()
    situation: Sourced | None = None
    value_proposition: str = ""
    characteristics: Characteristics = Characteristics()
    channels: tuple[Channel, ...] = ()
    cta: Cta | None = None


class WeightedObjective(Model):
    """A ranked objective; the weights of a venture sum to 1."""

    name: Objective
    weight: Share
    in_their_words: str = ""


class MarketStrategy(Model):
    """The market strategy document of stage 16."""

    status: Literal["draft", "approved"]
    last_updated: date
    document: Text
    value_proposition: str = ""
    positioning: str = ""
    differentiators: tuple[Text, ...] = ()
    competitors: tuple[Text, ...] = ()
    objectives: tuple[WeightedObjective, ...] = ()


class Pricing(Model):
    """Pricing of stage 16, as far as it is public."""

    status: Literal["draft", "aligned"]
    model: Text
    price: Text
    annual_contract_value: SourcedAmount | None = None
    lifetime_value: SourcedAmount | None = None
    target_cac: SourcedAmount | None = None
    sales_cycle_days: Annotated[int, Field(ge=0, le=1000)] | None = None
    sales_cycle_assumed: bool = False


class Brand(Model):
    """The brand of stage 11: one of six voices, placed by formality, emotion and complexity in 0-1."""

    voice: BrandVoice
    description: Text
    formality: Share
    emotion: Share
    complexity: Share
    profile_assumed: bool = False
    preferred_words: tuple[Text, ...] = ()
    banned_words: tuple[Text, ...] = ()


class FinancialModel(Model):
    """The marketing budget of stage 15. `monthly` is the month that is planned; the others are kept to be compared."""

    monthly: SourcedAmount
    annual_total: Amount | None = None
    by_month: tuple[Amount, ...] = ()


class MediumRule(Model):
    """The venture's own code for a medium, such as `ps` for paid search."""

    medium: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,29}$")]
    channel: Channel
    meaning: Text


class UtmRules(Model):
    """The venture's naming rules for campaign links; empty parts fall back to the house's."""

    mediums: tuple[MediumRule, ...] = ()
    campaign_pattern: str = ""


class Offer(Model):
    """Something a call to action leads to.

    Attributes:
        assumed_path: whether nobody but us names the page's address.
        join_url: where a session takes place, for those who have registered; empty where that is not known.
        assumed: whether nobody but us says that the venture offers this at all.
        note: why it is offered all the same.
    """

    id: Slug
    name: Line
    cta: Cta
    path: Annotated[str, Field(pattern=r"^/[a-z0-9/_-]*$")]
    assumed_path: bool = True
    cta_text: MaybeLine = ""
    join_url: Annotated[str, Field(pattern=r"^(https://[^\s\"'<>{}]{4,1990})?$")] = ""
    assumed: bool = False
    note: str = ""


class Milestone(Model):
    """A day the launch aligns with: a date, or a number of weeks after the start of the plan."""

    name: Text
    on: date | None = None
    week: Annotated[int, Field(ge=0, le=52)] | None = None
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    at: time | None = None
    zone: str = "UTC"


class Geography(Model):
    """Where the recipients are, most important first."""

    countries: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...], Field(min_length=1)]
    time_zones: Annotated[tuple[str, ...], Field(min_length=1)]


class ScoreRule(Model):
    """One line of a lead score."""

    attribute: Slug
    value: Text
    points: int
    source: str = ""


class LeadScoring(Model):
    """A lead score with its cut."""

    maximum: int
    cut: int
    rules: tuple[ScoreRule, ...]


class CampaignWish(Model):
    """A campaign type the venture wants; `steps` is for e-mail sequences, 3-10 (domain.md), absent for the default."""

    type: CampaignType
    steps: Annotated[int, Field(ge=3, le=10)] | None = None


class VentureBrief(Model):
    """The whole brief, as `gtm venture load` reads it.

    Attributes:
        consent: how the consent of a form counts; `single` is left out where a brief is written, so that the hash of
            one that says nothing is what it was.
    """

    id: VentureId
    name: Annotated[Line, Field(max_length=60)]
    website: Sourced
    product: Text
    category: Text
    segment_type: SegmentType
    preset: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")] | None = None
    market_strategy: MarketStrategy
    segments: Annotated[tuple[Segment, ...], Field(max_length=12)]
    facts: Annotated[tuple[Fact, ...], Field(max_length=200)]
    offers: Annotated[tuple[Offer, ...], Field(min_length=1, max_length=50)]
    pricing: Pricing
    brand: Brand
    financial_model: FinancialModel
    channels: tuple[Channel, ...] = ()
    utm: UtmRules = UtmRules()
    launch: tuple[Milestone, ...] = ()
    geography: Geography
    lead_scoring: LeadScoring | None = None
    campaigns: tuple[CampaignWish, ...] = ()
    postal_address: Sourced | None = None
    consent: Annotated[ConsentMode, Field(exclude_if=lambda mode: mode == "single")] = "single"
    source: Text

    @property
    def audience(self) -> Audience:
        """Whom the venture sells to."""
        return audience_of(self.segment_type)

    @property
    def ranked_segments(self) -> tuple[Segment, ...]:
        """The segments, first priority first."""
        return tuple(sorted(self.segments, key=lambda s: (s.priority, s.id)))

    @property
    def session_offer(self) -> Offer | None:
        """The offer that somebody registers for, if the venture holds any session."""
        return next((offer for offer in self.offers if offer.cta == "register_webinar"), None)

    def campaign_types(
        self, known: Sequence[CampaignType], default: Sequence[CampaignType]
    ) -> tuple[CampaignType, ...]:
        """The types that campaigns are made of, in the order wished.

        A type with a session, such as a webinar funnel, needs one to invite to: without an offer that is registered for
        there is none, even where one is wished (`campaigns.session` says so at intake).

        Args:
            known: the types that the house makes (policies.campaign_types).
            default: those that a brief without wishes gets (policies.default_campaign_types).
        """
        held = self.session_offer is not None
        return tuple(t for t in self.wished_types(default) if t in known and (held or not KINDS[t].session))

    def wished_types(self, default: Sequence[CampaignType]) -> tuple[CampaignType, ...]:
        """The campaign types that the brief wishes, each once; the default ones where it wishes none."""
        return tuple(dict.fromkeys(wish.type for wish in self.campaigns)) or tuple(default)

    def copy_facts(self, segment_id: str) -> tuple[Fact, ...]:
        """The facts that copy for a segment may claim: its own and those for all, of a public kind, none assumed."""
        return tuple(f for f in self.facts_for(segment_id, *COPY_KINDS) if not f.assumed)

    def fact(self, fact_id: str) -> Fact | None:
        """The fact of that id, if there is one."""
        return next((f for f in self.facts if f.id == fact_id), None)

    def facts_for(self, segment_id: str, *kinds: FactKind) -> tuple[Fact, ...]:
        """Claimable facts that speak to a segment, its own first, optionally of some kinds only."""
        chosen = [
            f
            for f in self.facts
            if f.claimable and (not kinds or f.kind in kinds) and (not f.segments or segment_id in f.segments)
        ]
        return tuple(sorted(chosen, key=lambda f: not f.segments))

    def barred_in(self, text: str) -> tuple[Fact, ...]:
        """The facts that may not be claimed and that a text says all the same, such as a positioning's `the first`.

        Args:
            text: any text; case does not count.
        """
        said, found = " ".join(text.lower().split()), []
        for fact in self.facts:
            claim = " ".join(fact.text.lower().split()).rstrip(".")
            for opening in (f"{self.name.lower()} is ", f"{self.name.lower()} has ", f"{self.name.lower()} "):
                claim = claim.removeprefix(opening)
            short = fact.short.strip().lower()
            if not fact.claimable and ((claim and claim in said) or (short and short in said)):
                found.append(fact)
        return tuple(found)

    def assumptions(self) -> Iterator[tuple[str, str]]:
        """Every assumed statement as (dotted field, text), for findings and for the report."""
        for fact in self.facts:
            if fact.assumed:
                yield f"facts.{fact.id}", fact.text
        for offer in self.offers:
            if offer.assumed:
                yield f"offers.{offer.id}", offer.name + (f" ({offer.note})" if offer.note else "")
        placed = [f"{offer.path} for {offer.name}" for offer in self.offers if offer.assumed_path]
        if placed:
            yield "offers.path", f"{'; '.join(placed)} (addresses placed by us: check each page before a link goes out)"
        yield from _assumed("", self)


def _assumed(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, (Sourced, SourcedAmount)):
        if value.assumed:
            yield path, f"{value.value}" + (f" ({value.note})" if value.note else "")
    elif isinstance(value, Model) and not isinstance(value, Fact):
        for name in type(value).model_fields:
            yield from _assumed(f"{path}.{name}".lstrip("."), getattr(value, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            key = getattr(item, "id", index)
            yield from _assumed(f"{path}.{key}", item)


def decimal_share(percent: int | Decimal) -> Decimal:
    """A percentage as a share in 0-1."""
    return Decimal(percent) / 100
