"""What single channels get when a comment asks for it, with the tiers kept valid (SOP step 1.3, 70-20-10)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from gtm.domain.budget import Split, allocate
from gtm.domain.money import cents
from gtm.domain.names import name_of
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import Channel, Tier
from gtm.playbook.directives import ShareAsked

Members = list[tuple[Channel, Tier, Decimal]]

TIERS: tuple[Tier, ...] = ("proven", "growth", "experimental")
LEAST = Decimal(1)
"""Percent of the budget that a channel beside the one asked for keeps."""

_HUNDREDTH = Decimal("0.01")
_FINE = Decimal("0.000001")


@dataclass(frozen=True)
class Shares:
    """A budget's split and weights after a comment.

    Attributes:
        wanted: percent of the whole budget by channel, as asked.
        refused: why it is not possible; split and members are then those of before.
    """

    split: Split
    members: Members
    wanted: dict[Channel, Decimal] = field(default_factory=dict)
    refused: str = ""


def with_shares(
    total: Decimal,
    split: Split,
    members: Members,
    asked: Sequence[ShareAsked],
    policies: Policies,
    *,
    unit: Decimal | None,
    split_stands: bool,
) -> Shares:
    """Give the channels what was asked, move the tiers within their ranges, and share the rest as before.

    Args:
        total: dollars a month.
        split, members: the budget without the comment; weights within each tier.
        asked: what each channel should get, in the order in which it was asked.
        policies: the ranges of the tiers.
        unit: dollars to which the other lines are rounded; None leaves them unrounded.
        split_stands: whether a person asked for this very split, so that it may not move.
    """
    here = {line.channel: line.amount * 100 / total for line in allocate(total, split, members)}
    strangers = [name_of(s.channel) for s in asked if s.channel not in here]
    if strangers:
        names = ", ".join(name_of(c) for c in here)
        return Shares(split, members, refused=f"{strangers[0]} is not in the channel plan, which has {names}")
    wanted = _wanted(here, asked)
    bad = next((c for c, percent in wanted.items() if not 0 < percent < 100), None)
    if bad is not None:
        why = f"{name_of(bad)} would get {_shown(wanted[bad])} % of the budget"
        return Shares(split, members, wanted, refused=why)
    parts, refused = _tiers(split, members, wanted, policies, split_stands=split_stands)
    if refused:
        return Shares(split, members, wanted, refused=refused)
    moved = Split(proven=parts["proven"], growth=parts["growth"], experimental=parts["experimental"])
    return Shares(moved, _weights(total, parts, members, wanted, unit), wanted)


def _wanted(here: dict[Channel, Decimal], asked: Sequence[ShareAsked]) -> dict[Channel, Decimal]:
    wanted: dict[Channel, Decimal] = {}
    for share in asked:
        now = wanted.get(share.channel, here[share.channel])
        changed = {"to": share.percent, "by": now * (100 + share.percent) / 100, "points": now + share.percent}
        wanted[share.channel] = changed[share.kind].quantize(_FINE)
    return wanted


def _tiers(
    split: Split, members: Members, wanted: dict[Channel, Decimal], policies: Policies, *, split_stands: bool
) -> tuple[dict[Tier, Decimal], str]:
    """The tiers' percentages nearest to the split that hold what is asked, or why there are none."""
    ranges = policies.split_ranges
    base = dict(zip(TIERS, (split.proven, split.growth, split.experimental), strict=True))
    limits = dict(zip(TIERS, (ranges.proven, ranges.growth, ranges.experimental), strict=True))
    low: dict[Tier, Decimal] = {}
    high: dict[Tier, Decimal] = {}
    for tier in TIERS:
        own = [channel for channel, of, _ in members if of == tier]
        free = [channel for channel in own if channel not in wanted]
        fixed = sum((wanted[c] for c in own if c in wanted), Decimal(0)).quantize(_HUNDREDTH)
        least, most = (base[tier], base[tier]) if split_stands else (limits[tier].minimum, limits[tier].maximum)
        low[tier] = max(least, fixed + LEAST * len(free))
        high[tier] = most if free else min(most, fixed)
        if low[tier] > high[tier]:
            return {}, _tier_told(tier, own, free, fixed, least, most)
    parts = {tier: min(max(base[tier], low[tier]), high[tier]) for tier in TIERS}
    missing = 100 - sum(parts.values(), Decimal(0))
    edge = high if missing > 0 else low
    room = {tier: edge[tier] - parts[tier] for tier in TIERS}
    whole = sum(room.values(), Decimal(0))
    if abs(whole) < abs(missing):
        reach = f"{_shown(sum(low.values(), Decimal(0)))} to {_shown(sum(high.values(), Decimal(0)))}"
        told = ", ".join(f"{t} {_shown(low[t])}-{_shown(high[t])}" for t in TIERS)
        return {}, f"the tiers could then take {reach} % of the money ({told}), not 100 %"
    if missing:
        for tier in TIERS:
            parts[tier] += (missing * room[tier] / whole).quantize(_HUNDREDTH)
        parts[max(TIERS, key=lambda t: abs(room[t]))] += 100 - sum(parts.values(), Decimal(0))
    return parts, ""


def _tier_told(
    tier: Tier, own: list[Channel], free: list[Channel], fixed: Decimal, least: Decimal, most: Decimal
) -> str:
    names = ", ".join(name_of(c) for c in own)
    range_ = _shown(least) if least == most else f"{_shown(least)}-{_shown(most)}"
    beside = f" and at least {_shown(LEAST * len(free))} % for the others in it" if free else ""
    return (
        f"the tier {tier} takes {range_} % of the money and holds {names}: "
        f"{_shown(fixed)} %{beside} does not fit into it"
    )


def _weights(
    total: Decimal,
    parts: dict[Tier, Decimal],
    members: Members,
    wanted: dict[Channel, Decimal],
    unit: Decimal | None,
) -> Members:
    """Dollars as weights: exactly what was asked, the rest of each tier in the proportions of before."""
    found: dict[Channel, Decimal] = {}
    for tier in TIERS:
        own = [(channel, weight) for channel, of, weight in members if of == tier]
        free = [(channel, weight) for channel, weight in own if channel not in wanted]
        found |= {channel: cents(total * wanted[channel] / 100) for channel, _ in own if channel in wanted}
        if not free:
            continue
        rest = cents(total * parts[tier] / 100) - sum((found[c] for c, _ in own if c in found), Decimal(0))
        whole = sum((weight for _, weight in free), Decimal(0))
        lines = [rest * weight / whole for _, weight in free]
        if unit is not None:
            rounded = [line // unit * unit for line in lines[:-1]]
            rounded.append(rest - sum(rounded, Decimal(0)))
            lines = rounded if all(line > 0 for line in rounded) else lines
        found |= {channel: line for (channel, _), line in zip(free, lines, strict=True)}
    return [(channel, tier, found[channel]) for channel, tier, _ in members]


def _shown(percent: Decimal) -> str:
    return f"{percent.quantize(_HUNDREDTH).normalize():f}"
