"""The house's draft of the channel plan (SOP step 1.2): who is chosen, who is declined and why."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import get_args

from gtm.domain.brief import Segment, VentureBrief
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.channels import Attribution, ChannelChoice, ChannelPlan, segment_overlap
from gtm.domain.errors import InvalidInput
from gtm.domain.names import agreed, counted, in_text, name_of
from gtm.domain.spec import Policies, Presets
from gtm.domain.strategy import GtmStrategy
from gtm.domain.vocabulary import PAID_CHANNELS, CampaignType, Channel, ChannelRole, Tier
from gtm.playbook.channel_details import credential_ref, integration, parameters, tracking, utm_schema, utm_words
from gtm.playbook.directives import Directives

LONG_CYCLE_DAYS = 30
SHORT_CYCLE_DAYS = 14


@dataclass(eq=False)
class _Candidate:
    channel: Channel
    overlap: Decimal
    segments: tuple[Segment, ...]
    reasons: list[str] = field(default_factory=list)


def draft_channels(
    brief: VentureBrief,
    strategy: GtmStrategy,
    policies: Policies,
    preset: Presets | None,
    directives: Directives,
) -> ChannelPlan:
    """The channel plan: one primary by highest segment overlap, two or three secondary, one experimental.

    A channel that domain.md does not list for the venture's audience is declined even where the brief names it; the
    plan says so. Ties of overlap go to the order in which the first segment prefers them.

    Args:
        brief: the venture's facts.
        strategy: the strategy the channels carry; only its target segments count.
        policies: channels allowed by audience, lookback days.
        preset: the preset the venture chose, whose channels are candidates.
        directives: channels a rejection asked to drop or to add.

    Raises:
        InvalidInput: fewer than three channels are left, so that primary and two secondary cannot be filled.
    """
    targets = {value.segment_id for value in strategy.target_segments}
    segments = tuple(s for s in brief.ranked_segments if s.id in targets)
    types = _types(brief, policies)
    declined: list[str] = []
    pool = _pool(brief, segments, policies, preset, directives, types, declined)
    roles = _choose(pool, types, policies, set(directives.add_channels), declined)
    plan = tuple(
        _choice(brief, candidate, role, tier, segments, policies) for candidate, role, tier in _with_tiers(roles)
    )
    return ChannelPlan(
        venture_id=brief.id,
        channels=plan,
        utm=utm_schema(brief, tuple(choice.channel for choice in plan)),
        attribution=attribution(brief, policies),
        declined=(*declined, *(f"Comment not acted on: {text}" for text in directives.unhandled)),
    )


def allowed_channels(brief: VentureBrief, policies: Policies) -> frozenset[str]:
    """The channels that domain.md lists for the venture's audience; a Hybrid venture takes both lists."""
    if brief.segment_type == "Hybrid":
        return frozenset((*policies.b2b.allowed_channels, *policies.b2c.allowed_channels))
    return frozenset(policies.audience(brief.audience).allowed_channels)


def attribution(brief: VentureBrief, policies: Policies) -> Attribution:
    """The attribution model that the length of the venture's sales cycle asks for."""
    cycle = brief.pricing.sales_cycle_days
    assumed = " (assumed)" if brief.pricing.sales_cycle_assumed else ""
    days = policies.audience(brief.audience).lookback_days
    if brief.audience == "b2c":
        days = min(365, max(days, cycle or 0))
        return Attribution(
            model="last_touch",
            lookback_days=days,
            rationale=f"{brief.name} sells to people at {brief.pricing.price}: "
            + ("the decision is short, so the last " if (cycle or 0) <= LONG_CYCLE_DAYS else "the last ")
            + f"touch within {days} days is credited.",
        )
    if cycle is not None and cycle <= SHORT_CYCLE_DAYS:
        short = policies.b2c.lookback_days
        return Attribution(
            model="last_touch",
            lookback_days=short,
            rationale=f"A sales cycle of {cycle} days{assumed} leaves few touches; the last of {short} days counts.",
        )
    length = (
        f"A sales cycle of {cycle} days{assumed}"
        if cycle is not None
        else "A sales cycle that the brief does not state"
    )
    lookback = min(365, max(days, cycle or 0))
    return Attribution(
        model="multi_touch",
        lookback_days=lookback,
        rationale=f"{length} and {counted(len(brief.segments), 'segment')} mean several touches before {brief.name} "
        f"wins a customer; credit is shared over the touches of {lookback} days.",
    )


def _types(brief: VentureBrief, policies: Policies) -> tuple[CampaignType, ...]:
    return brief.campaign_types(policies.campaign_types, policies.default_campaign_types)


def _pool(
    brief: VentureBrief,
    segments: tuple[Segment, ...],
    policies: Policies,
    preset: Presets | None,
    directives: Directives,
    types: Sequence[CampaignType],
    declined: list[str],
) -> list[_Candidate]:
    """Every channel somebody asks for and the audience allows, best overlap first."""
    defaults, allowed = policies.audience(brief.audience), allowed_channels(brief, policies)
    asked = _asked(brief, segments, preset, directives, types)
    for channel in defaults.channels:
        if len([c for c in asked if c in allowed and c not in directives.drop_channels]) < 4:
            asked.setdefault(channel, []).append(f"a default of {brief.audience.upper()}")
    _carried(asked, types, defaults.channels, allowed - set(directives.drop_channels))
    preferences = [(s.priority, s.channels) for s in segments]
    pool: list[_Candidate] = []
    for channel, reasons in asked.items():
        if channel not in allowed:
            declined.append(
                f"{name_of(channel)} is not in the {brief.audience.upper()} list of channels; asked for by "
                f"{', '.join(reasons)}"
            )
        elif channel in directives.drop_channels and not _irreplaceable(channel, types):
            asked_by = ", ".join(reasons)
            declined.append(f"{name_of(channel)} was dropped at the approver's comment; asked for by {asked_by}")
        else:
            if channel in directives.drop_channels:
                reasons = [*reasons, "kept against a comment because the email campaigns cannot run without it"]
            overlap = segment_overlap(channel, preferences)
            wanting = tuple(s for s in segments if channel in s.channels)
            pool.append(_Candidate(channel, overlap, wanting, reasons))
    return sorted(pool, key=lambda c: _rank(c, brief, segments))


def _asked(
    brief: VentureBrief,
    segments: tuple[Segment, ...],
    preset: Presets | None,
    directives: Directives,
    types: Sequence[CampaignType],
) -> dict[Channel, list[str]]:
    asked: dict[Channel, list[str]] = {}
    for segment in segments:
        for channel in segment.channels:
            asked.setdefault(channel, []).append(segment.name)
    for channel in brief.channels:
        asked.setdefault(channel, []).append("the brief")
    for channel in directives.add_channels:
        asked.setdefault(channel, []).append("the approver's comment")
    for channel in preset.channels if preset else ():
        asked.setdefault(channel, []).append("the preset the venture chose")
    for kind in types:
        if _needs(kind) == {"email"} and not any("which needs it" in reason for reason in asked.get("email", ())):
            asked.setdefault("email", []).append(f"the {in_text(kind)}, which needs it")
    return asked


def _carried(asked: dict[Channel, list[str]], types: Sequence[CampaignType], defaults: Sequence[Channel],
             usable: Container[str]) -> None:  # fmt: skip
    """Ask for a default channel of the audience where nobody asked for one that a campaign type can run on."""
    for kind in types:
        needs = _needs(kind)
        if needs and not any(c in needs and c in usable for c in asked):
            channel = next((c for c in defaults if c in needs and c in usable), None)
            if channel is not None:
                asked.setdefault(channel, []).append(f"the {in_text(kind)}, which need one such channel")


def _needs(kind: CampaignType) -> frozenset[str]:
    return KINDS[kind].carried_by


def _irreplaceable(channel: Channel, types: Sequence[CampaignType]) -> bool:
    return any(_needs(kind) == {channel} for kind in types)


def _rank(candidate: _Candidate, brief: VentureBrief, segments: tuple[Segment, ...]) -> tuple[Decimal, int, int, int]:
    def place(order: Sequence[str]) -> int:
        return order.index(candidate.channel) if candidate.channel in order else len(order)

    return (
        -candidate.overlap,
        place(segments[0].channels) if segments else 0,
        place(brief.channels),
        place(get_args(Channel)),
    )


def _choose(
    pool: list[_Candidate],
    types: Sequence[CampaignType],
    policies: Policies,
    added: set[Channel],
    declined: list[str],
) -> list[tuple[_Candidate, ChannelRole]]:
    fewest, most = int(policies.secondary_channels.minimum), int(policies.secondary_channels.maximum)
    if len(pool) < 1 + fewest:
        raise InvalidInput(
            f"{counted(len(pool), 'channel')} {agreed(len(pool), 'is', 'are')} left; one primary and {fewest} "
            f"secondary are needed",
            field="channels",
            value=", ".join(c.channel for c in pool),
            hint="name further channels in the brief or drop fewer",
        )
    primary, rest = pool[0], pool[1:]
    must = _required(primary, rest, types) + [c for c in rest if c.channel in added]
    picked = [*must, *(c for c in rest if c not in must)][: most + 1]
    taken = sorted(picked, key=rest.index)
    experimental = _experiment(taken, types) if len(taken) > fewest else None
    for left in [c for c in rest if c not in taken]:
        declined.append(
            f"{name_of(left.channel)} is left out for now: overlap {left.overlap:.2f}, and {len(taken) + 1} channels "
            f"come before it; asked for by {', '.join(left.reasons)}"
        )
    return [
        (primary, "primary"),
        *((c, "secondary") for c in taken if c is not experimental),
        *((c, "experimental") for c in taken if c is experimental),
    ]


def _experiment(taken: list[_Candidate], types: Sequence[CampaignType]) -> _Candidate | None:
    """The last in rank; never the one channel that a campaign type cannot do without."""
    free = [c for c in taken if not _irreplaceable(c.channel, types)]
    return free[-1] if free else None


def _required(primary: _Candidate, rest: list[_Candidate], types: Sequence[CampaignType]) -> list[_Candidate]:
    """For each campaign type the best channel that carries it, unless one taken already does."""
    taken = [primary]
    for needs in filter(None, map(_needs, types)):
        if any(c.channel in needs for c in taken):
            continue
        fitting = next((c for c in rest if c.channel in needs), None)
        if fitting is not None:
            taken.append(fitting)
    return taken[1:]


def _with_tiers(roles: list[tuple[_Candidate, ChannelRole]]) -> list[tuple[_Candidate, ChannelRole, Tier]]:
    """Tiers such that each has a channel: primary proven, secondary growth, experimental experimental.

    A primary channel that is owned (email, content) cannot spend most of a budget: the best paid secondary one then
    stands beside it in proven. Without an experimental channel the last secondary takes its tier.
    """
    lone = [c for c, role in roles if role == "secondary"]
    has_experiment = any(role == "experimental" for _, role in roles)
    spare = len(lone) > (1 if has_experiment else 2)
    paid = next((c for c in lone if c.channel in PAID_CHANNELS), None)
    beside = paid if spare and roles[0][0].channel not in PAID_CHANNELS else None
    tiers: list[tuple[_Candidate, ChannelRole, Tier]] = []
    for candidate, role in roles:
        tier: Tier = "proven" if role == "primary" or candidate is beside else "growth"
        if role == "experimental" or (not has_experiment and candidate is _last_but(lone, beside)):
            tier = "experimental"
        tiers.append((candidate, role, tier))
    return tiers


def _last_but(candidates: list[_Candidate], other: _Candidate | None) -> _Candidate | None:
    return next((c for c in reversed(candidates) if c is not other), None)


def _choice(
    brief: VentureBrief,
    candidate: _Candidate,
    role: ChannelRole,
    tier: Tier,
    segments: tuple[Segment, ...],
    policies: Policies,
) -> ChannelChoice:
    served = candidate.segments or segments
    source, medium = utm_words(brief, candidate.channel)
    return ChannelChoice(
        channel=candidate.channel,
        role=role,
        tier=tier,
        overlap=candidate.overlap,
        segments=tuple(s.id for s in served),
        parameters=parameters(brief, candidate.channel, served, policies),
        utm_source=source,
        utm_medium=medium,
        tracking=tracking(brief, candidate.channel, source, medium),
        integration=integration(brief, candidate.channel),
        credential_ref=credential_ref(brief, candidate.channel),
        rationale=_why(candidate, role, tier, segments),
    )


def _why(candidate: _Candidate, role: ChannelRole, tier: Tier, segments: tuple[Segment, ...]) -> str:
    names = ", ".join(s.name for s in candidate.segments)
    count = (
        f"{len(candidate.segments) or 'none'} of {counted(len(segments), 'segment')} "
        f"{agreed(len(candidate.segments), 'prefers', 'prefer')} it (overlap {candidate.overlap:.2f})"
    )
    standing = {
        "proven": "Proven by the segments' stated preference; the venture's own figures are still to come.",
        "growth": "Growth: money follows once its own figures stand.",
        "experimental": "Experimental: a small part of the budget to learn from.",
    }[tier]
    named = f": {names}" if names else ""
    return f"{role.capitalize()}: {count}{named}. Asked for by {', '.join(candidate.reasons)}. {standing}"
