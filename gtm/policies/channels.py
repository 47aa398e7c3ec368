"""The guardrail of step 1.2, Configure Marketing Channels."""

from collections.abc import Iterator
from decimal import Decimal

from gtm.domain.brief import VentureBrief
from gtm.domain.channels import ChannelChoice, ChannelPlan, segment_overlap
from gtm.domain.names import counted, joined, name_of
from gtm.domain.spec import Policies
from gtm.domain.verdict import Verdict
from gtm.policies.checklist import Checklist, missing_step
from gtm.policies.facts import ChannelsFacts
from gtm.policies.secrets import looks_like_secret
from gtm.policies.utm import schema_faults

POLICY = "channels.configured"
LONGEST_LOOKBACK = 365
"""Days; an attribution model looks no further back, however long the sales cycle is."""


def configured(facts: ChannelsFacts) -> Verdict:
    """The plan has one primary channel, two or three secondary ones, references instead of secrets, a closed UTM
    schema and an attribution model."""
    plan = facts.artifact
    if plan is None:
        return missing_step(facts.stage, POLICY)
    checks, brief, policies = Checklist(facts.stage, POLICY), facts.brief, facts.policies
    secondary = [c.channel for c in plan.channels if c.role == "secondary"]
    checks.line(
        "channels.primary_selected",
        _primary_faults(plan, brief, policies),
        f"{_primary_name(plan)}, preferred by the highest share of the segments",
        "make the channel primary that most segments, weighted by priority, prefer",
    )
    checks.line(
        "channels.secondary_selected",
        []
        if policies.secondary_channels.holds(Decimal(len(secondary)))
        else [f"{len(secondary)} secondary channels: {', '.join(secondary) or 'none'}"],
        f"{len(secondary)}: {joined(secondary)}",
        f"choose {policies.secondary_channels.minimum}-{policies.secondary_channels.maximum} secondary channels",
    )
    checks.line(
        "channels.credentials_secure",
        _credential_faults(plan),
        f"{counted(sum(c.credential_ref is not None for c in plan.channels), 'reference')} into the vault, no value "
        f"anywhere",
        "put the value into the vault, name it by `vault://venture/channel/name`, and change it if it was seen",
    )
    checks.line(
        "channels.utm_schema_defined",
        schema_faults(plan, brief),
        f"sources {', '.join(plan.utm.sources)}; mediums {', '.join(plan.utm.mediums)}; {plan.utm.campaign_pattern}",
        "use the venture's own rules where it has some, else lower-case words from a closed list",
    )
    checks.line(
        "channels.attribution_selected",
        _attribution_faults(plan, brief),
        f"{name_of(plan.attribution.model)} with {plan.attribution.lookback_days} days of lookback",
        "choose first_touch, last_touch or multi_touch, and look back at least one sales cycle",
    )
    checks.rule(
        "channels.fit_audience",
        "Select marketing channels based on segment preferences (B2B and B2C lists)",
        _fit_faults(plan, brief, policies),
        f"each of {counted(len(plan.channels), 'channel')} suits the venture's audience",
        "drop the channel, or correct segment_type",
    )
    checks.rule(
        "channels.parameters_defined",
        "Define channel-specific campaign parameters",
        [f"{c.channel} has no parameter" for c in plan.channels if not c.parameters],
        f"{sum(len(c.parameters) for c in plan.channels)} parameters",
        "give each channel its audience, format or frequency",
    )
    return checks.verdict()


def allowed_channels(brief: VentureBrief, policies: Policies) -> frozenset[str]:
    """The channels that suit a venture's audience (domain.md, rules between them); Hybrid takes both lists."""
    if brief.segment_type == "Hybrid":
        return frozenset((*policies.b2b.allowed_channels, *policies.b2c.allowed_channels))
    return frozenset(policies.audience(brief.audience).allowed_channels)


def overlaps(brief: VentureBrief, policies: Policies) -> dict[str, Decimal]:
    """The segment overlap of every allowed channel that a segment prefers."""
    preferences = [(s.priority, s.channels) for s in brief.segments]
    wanted = {c for s in brief.segments for c in s.channels} & allowed_channels(brief, policies)
    return {channel: segment_overlap(channel, preferences) for channel in sorted(wanted)}


def _primary_name(plan: ChannelPlan) -> str:
    return ", ".join(name_of(c.channel) for c in plan.channels if c.role == "primary")


def _primary_faults(plan: ChannelPlan, brief: VentureBrief, policies: Policies) -> Iterator[str]:
    primary = [c for c in plan.channels if c.role == "primary"]
    if len(primary) != 1:
        yield f"{counted(len(primary), 'channel')} are primary, not one"
        return
    known = overlaps(brief, policies)
    best = max(known.values(), default=Decimal(0))
    mine = known.get(primary[0].channel, Decimal(0))
    if mine < best:
        better = ", ".join(f"{c} ({v})" for c, v in known.items() if v == best)
        yield f"{primary[0].channel} overlaps {mine} of the segments, {better} more"
    for choice in plan.channels:
        expected = known.get(choice.channel, Decimal(0))
        if choice.overlap != expected:
            yield f"{choice.channel} states an overlap of {choice.overlap}, the segments give {expected}"


def _credential_faults(plan: ChannelPlan) -> Iterator[str]:
    for choice in plan.channels:
        ref = choice.credential_ref
        if ref is not None and not ref.startswith(f"vault://{plan.venture_id}/{choice.channel}/"):
            yield f"{choice.channel}: the reference belongs to another venture or channel"
        # A value may stand where nobody expects one, so every text of the choice is looked at; it is never repeated.
        for name, text in _texts(choice):
            if kind := looks_like_secret(text):
                yield f"{choice.channel}: {name} holds what looks like {kind}"


def _texts(choice: ChannelChoice) -> Iterator[tuple[str, str]]:
    yield from (("tracking", choice.tracking), ("integration", choice.integration), ("rationale", choice.rationale))
    yield from ((f"parameter {p.name}", p.value) for p in choice.parameters)
    if choice.credential_ref:
        yield "credential_ref", choice.credential_ref.rsplit("/", 1)[-1]


def _attribution_faults(plan: ChannelPlan, brief: VentureBrief) -> Iterator[str]:
    cycle = min(brief.pricing.sales_cycle_days or 0, LONGEST_LOOKBACK)
    if cycle and plan.attribution.lookback_days < cycle:
        yield f"{plan.attribution.lookback_days} days of lookback are shorter than the sales cycle of {cycle} days"


def _fit_faults(plan: ChannelPlan, brief: VentureBrief, policies: Policies) -> Iterator[str]:
    allowed, segments = allowed_channels(brief, policies), {s.id for s in brief.segments}
    names = [c.channel for c in plan.channels]
    if plan.venture_id != brief.id:
        yield f"venture_id is {plan.venture_id}, the brief is of {brief.id}"
    yield from (f"{name} is chosen twice" for name in sorted({n for n in names if names.count(n) > 1}))
    for choice in plan.channels:
        if choice.channel not in allowed:
            yield f"{choice.channel} is not for {brief.segment_type} ({', '.join(sorted(allowed))})"
        yield from (f"{choice.channel}: segment {s} is not in the brief" for s in choice.segments if s not in segments)
