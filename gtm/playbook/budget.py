"""The house's draft of the budget (SOP step 1.3): split to the cent, paced, with rules from the venture's own money."""

import math
from collections.abc import Iterator
from decimal import Decimal

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan, ReallocationTrigger, Split, allocate, pace, parse_trigger
from gtm.domain.channels import ChannelChoice, ChannelPlan
from gtm.domain.money import cents, usd
from gtm.domain.names import counted
from gtm.domain.spec import Policies, Presets, TriggerDefaults
from gtm.domain.vocabulary import PAID_CHANNELS
from gtm.playbook.budget_shares import Members, Shares, with_shares
from gtm.playbook.directives import Directives
from gtm.playbook.economics import MONTH_DAYS, arithmetic, cac_ceiling, lead_cost_ceiling, percent

LONGEST_WINDOW = 90
"""Days a rule may look back (domain of `ReallocationTrigger.window_days`)."""

SMALLEST_SAMPLE = 3
"""No rule speaks on fewer events than this, however few customers a venture wins in a quarter."""

EARLY_AFTER_DAYS = 28
"""Where the CAC rule needs more days than this, a rule on the cost per lead warns before it."""

_UNPREFERRED = Decimal("0.25")
_OWNED = Decimal("0.25")


def draft_budget(
    brief: VentureBrief, plan: ChannelPlan, policies: Policies, preset: Presets | None, directives: Directives
) -> BudgetPlan:
    """A month's budget by channel, equal to the financial model to the cent.

    Within a tier a channel weighs its segment overlap; an owned channel (email, content, webinars, events) weighs a
    quarter of a paid one, because no auction takes its money. Lines are round numbers as far as the tier's sum lets
    them: a budget that somebody signs says $4,400 and not $4,444.44.

    Args:
        brief: the venture's facts; `financial_model.monthly` is the total.
        plan: the channels with their tiers.
        policies: default split and its ranges, the SOP's triggers with their guards.
        preset: its split stands in for the default, where it lies in the ranges.
        directives: a split a rejection asked for, where it lies in the ranges, and what single channels should get.

    Raises:
        InvalidInput: a tier with money has no channel in the plan.
    """
    total = brief.financial_model.monthly.value
    asked, split_note = shares_asked(brief, plan, policies, preset, directives)
    split, members = asked.split, asked.members
    return BudgetPlan(
        venture_id=brief.id,
        total=total,
        split=split,
        lines=allocate(total, split, members),
        pacing=pace(total, "monthly"),
        triggers=tuple(_triggers(brief, policies)),
        rests_on=_rests_on(brief, policies, split_note, directives),
    )


_UNITS = tuple(Decimal(unit) for unit in (1000, 500, 100, 50, 10, 5, 1))
_FINEST = Decimal(200)
"""A line is rounded to the largest unit that is at most one two-hundredth of the month."""


def shares_asked(
    brief: VentureBrief, plan: ChannelPlan, policies: Policies, preset: Presets | None, directives: Directives
) -> tuple[Shares, str]:
    """The split and the channels' weights with what a comment asks for, and a sentence on the split's origin."""
    total = brief.financial_model.monthly.value
    split, note = _split(policies, preset, directives)
    members = _rounded(total, split, [(c.channel, c.tier, _weight(c)) for c in plan.channels])
    if not directives.shares:
        return Shares(split, members), note
    told = ", ".join(share.told for share in directives.shares)
    stands = split == directives.split
    found = with_shares(total, split, members, directives.shares, policies, unit=_unit(total), split_stands=stands)
    if found.refused:
        return found, f"{note} Not possible: {told}; {found.refused}."
    moved = "" if found.split == split else f" For it the split moves to {shown(found.split)}."
    return found, f"{note} The approver asked for {told}.{moved}"


def _unit(total: Decimal) -> Decimal | None:
    return next((u for u in _UNITS if u <= total / _FINEST), None)


def _rounded(total: Decimal, split: Split, members: Members) -> Members:
    """The members with weights that give round dollars; the last of a tier takes what the rounding leaves.

    A tier in which rounding would leave a channel with nothing keeps its weights.
    """
    unit = _unit(total)
    found: Members = []
    for tier, share in (("proven", split.proven), ("growth", split.growth), ("experimental", split.experimental)):
        own = [m for m in members if m[1] == tier]
        whole = sum((weight for _, _, weight in own), Decimal(0))
        amount = cents(total * share / 100)
        if unit is None or not whole or len(own) < 2:
            found += own
            continue
        lines = [amount * weight / whole // unit * unit for _, _, weight in own[:-1]]
        lines.append(amount - sum(lines, Decimal(0)))
        kept = all(line > 0 for line in lines)
        found += [(c, t, line if kept else weight) for (c, t, weight), line in zip(own, lines, strict=True)]
    return found


def _weight(choice: ChannelChoice) -> Decimal:
    weight = choice.overlap or _UNPREFERRED
    return weight if choice.channel in PAID_CHANNELS else weight * _OWNED


def _split(policies: Policies, preset: Presets | None, directives: Directives) -> tuple[Split, str]:
    """The split and where it comes from; one out of its ranges is not taken, and the note says so."""
    refused = ""
    if directives.split is not None:
        if within(directives.split, policies):
            return directives.split, f"Split {shown(directives.split)} as the approver asked."
        refused = f"The split {shown(directives.split)} that the approver asked for is outside {_ranges(policies)}. "
    if preset is not None and within(preset.split, policies):
        return preset.split, f"{refused}Split {shown(preset.split)} by the preset {preset.name}."
    return policies.default_split, f"{refused}Split {shown(policies.default_split)} by the SOP's rule."


def within(split: Split, policies: Policies) -> bool:
    """Whether a split sums to 100 and each part lies in its range (domain.md, configuration)."""
    ranges = policies.split_ranges
    return (
        split.total == 100
        and ranges.proven.holds(split.proven)
        and ranges.growth.holds(split.growth)
        and ranges.experimental.holds(split.experimental)
    )


def shown(split: Split) -> str:
    """A split as people write it: 70/20/10."""
    return "/".join(f"{part.normalize():f}" for part in (split.proven, split.growth, split.experimental))


def _ranges(policies: Policies) -> str:
    r = policies.split_ranges
    return " / ".join(
        f"{x.minimum.normalize():f}-{x.maximum.normalize():f}" for x in (r.proven, r.growth, r.experimental)
    )


def _triggers(brief: VentureBrief, policies: Policies) -> Iterator[ReallocationTrigger]:
    ceiling = cac_ceiling(brief).amount
    cac_window = 0
    for default in sorted(policies.reallocation_triggers, key=lambda t: t.precedence):
        window, sample = guards(default, brief, policies)
        condition = default.condition
        if condition.strip().upper().startswith("CAC"):
            condition, cac_window = f"CAC > ${_plain(ceiling)}", window
        yield _rule(condition, default, window=window, sample=sample, precedence=default.precedence)
    if cac_window > EARLY_AFTER_DAYS:
        reduce = next(t for t in policies.reallocation_triggers if "reduce" in t.action)
        yield _rule(
            f"CPL > ${_plain(lead_cost_ceiling(brief, policies))}",
            reduce,
            window=reduce.window_days,
            sample=_lead_sample(reduce, brief, policies),
            precedence=max(t.precedence for t in policies.reallocation_triggers) + 1,
        )


def guards(default: TriggerDefaults, brief: VentureBrief, policies: Policies) -> tuple[int, int]:
    """(window in days, minimum sample) at which a rule can fire at all for this venture.

    The window is the shortest, not below the policy's nor the sales cycle, in which the conversion target brings the
    policy's sample; where 90 days do not bring it, the sample is what they bring, and at least three.
    """
    daily = arithmetic(brief, policies).customers / MONTH_DAYS
    needed = math.ceil(default.minimum_sample / daily)
    window = min(LONGEST_WINDOW, max(default.window_days, needed, brief.pricing.sales_cycle_days or 0))
    return window, max(SMALLEST_SAMPLE, min(default.minimum_sample, int(daily * window)))


def _lead_sample(default: TriggerDefaults, brief: VentureBrief, policies: Policies) -> int:
    brought = int(arithmetic(brief, policies).leads * default.window_days / MONTH_DAYS)
    return max(SMALLEST_SAMPLE, brought // 2)


def _rule(
    condition: str, default: TriggerDefaults, *, window: int, sample: int, precedence: int
) -> ReallocationTrigger:
    return parse_trigger(
        condition,
        default.action,
        minimum_sample=sample,
        window_days=window,
        cooldown_days=default.cooldown_days,
        precedence=precedence,
    )


def _plain(amount: Decimal) -> str:
    return f"{cents(amount).normalize():f}"


def _rests_on(brief: VentureBrief, policies: Policies, split_note: str, directives: Directives) -> str:
    model, ceiling = brief.financial_model, cac_ceiling(brief)
    monthly = model.monthly
    standing = f"assumed{f': {monthly.note}' if monthly.note else ''}" if monthly.assumed else "as stage 15 states it"
    parts = [
        f"{brief.name}'s financial model gives {usd(monthly.value)} a month ({standing}).",
        *contradictions(brief, policies),
        split_note,
        f"CAC threshold {usd(ceiling.amount)}: {ceiling.basis}.",
        f"Cost per lead that this allows: {usd(lead_cost_ceiling(brief, policies))} at "
        f"{percent(policies.target(brief.segment_type).conversion)} conversion.",
        *(f"Not possible: {r.asked} ({r.why})." for r in directives.refused),
        *(f"Comment not acted on: {text}" for text in directives.unhandled),
    ]
    return " ".join(parts)[:4000]


def contradictions(brief: VentureBrief, policies: Policies) -> tuple[str, ...]:
    """Where the financial model's figures do not agree with each other or with the allowed range, in sentences."""
    model, said = brief.financial_model, []
    summed = sum(model.by_month, Decimal("0.00"))
    if model.by_month and model.annual_total is not None and summed != model.annual_total:
        said.append(
            f"Its {counted(len(model.by_month), 'month')} sum to {usd(summed)}, its annual total says "
            f"{usd(model.annual_total)}: "
            "the month that is planned is used."
        )
    if model.by_month and model.monthly.value != model.by_month[0]:
        said.append(f"Month by month it begins with {usd(model.by_month[0])}, not {usd(model.monthly.value)}.")
    if not policies.total_budget.holds(model.monthly.value):
        least, most = policies.total_budget.minimum, policies.total_budget.maximum
        said.append(f"That lies outside the {usd(least)}-{usd(most)} a month that stage 17 is made for.")
    return tuple(said)
