"""Strategy, channels and budget (SOP substage 17.1)."""

from decimal import Decimal

from rich.console import Group, RenderableType

from app.cli.panels.parts import Bar, money, plain, section, table
from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan
from gtm.domain.channels import ChannelPlan
from gtm.domain.money import usd
from gtm.domain.names import name_of
from gtm.domain.references import grounds_told
from gtm.domain.strategy import GtmStrategy


def strategy_part(strategy: GtmStrategy, brief: VentureBrief, *, full: bool = False) -> RenderableType:
    """Objectives with success criteria, value propositions, positioning; the assumptions one by one when `full`."""
    objectives = table("Objective", "Weight", "Succeeds when", right=[1])
    for objective in strategy.objectives:
        criteria = "\n".join(
            f"{name_of(c.metric)} {c.operator} {c.target:f} {c.unit} in {c.window_days} days "
            f"({grounds_told((c.rests_on,), brief)})"
            for c in objective.success_criteria
        )
        objectives.add_row(plain(name_of(objective.name)), f"{objective.weight:.0%}", plain(criteria))
    values = table("Segment", "Is told")
    for segment in strategy.target_segments:
        values.add_row(plain(_segment(brief, segment.segment_id)), plain(segment.value_proposition))
    lines: list[RenderableType] = [plain(strategy.competitive_positioning, "italic"), "", objectives, "", values]
    if strategy.assumptions:
        lines += ["", plain(f"Rests on {len(strategy.assumptions)} assumptions" + (":" if full else "."), "yellow")]
    if full:
        lines += [plain(f"• {text}") for text in strategy.assumptions]
    return section("1.1 Strategy", *lines)


def _segment(brief: VentureBrief, segment_id: str) -> str:
    return next((s.name for s in brief.segments if s.id == segment_id), segment_id)


def channels_part(plan: ChannelPlan, brief: VentureBrief, *, full: bool = False) -> RenderableType:
    """Channels with role, tier, overlap and UTM; attribution."""
    rows = table(
        "Channel", "Role", "Tier", "Overlap", "utm_source / utm_medium", "Why" if full else "Segments", right=[3]
    )
    for choice in plan.channels:
        rows.add_row(
            plain(name_of(choice.channel), "bold" if choice.role == "primary" else ""),
            choice.role,
            choice.tier,
            f"{choice.overlap:.0%}",
            plain(f"{choice.utm_source} / {choice.utm_medium}"),
            plain(choice.rationale if full else ", ".join(_segment(brief, s) for s in choice.segments)),
        )
    attribution = plan.attribution
    lines: list[RenderableType] = [
        rows,
        "",
        plain(f"Campaign names: {plan.utm.campaign_pattern}"),
        plain(
            f"Attribution: {name_of(attribution.model)}, {attribution.lookback_days} days back. {attribution.rationale}"
        ),
    ]
    lines += [plain(f"Declined: {text}", "dim") for text in plan.declined]
    return section("1.2 Channels", *lines)


def budget_part(plan: BudgetPlan) -> RenderableType:
    """The allocation to the cent with bars, pacing and reallocation triggers."""
    rows = table("Channel", "Tier", "A month", "Share", "", right=[2, 3])
    for line in plan.lines:
        rows.add_row(
            plain(name_of(line.channel)), line.tier, money(line.amount), f"{line.percent} %", Bar(line.percent / 100)
        )
    total = sum((line.amount for line in plan.lines), Decimal("0.00"))
    split = plan.split
    rows.add_section()
    rows.add_row(plain("Total", "bold"), f"{split.proven}/{split.growth}/{split.experimental}", money(total), "", "")
    pacing = plan.pacing
    caps = f"{usd(pacing.daily_cap)} a day, {usd(pacing.weekly_cap)} a week, {usd(pacing.monthly_cap)} a month"
    rules = table("When", "Then", "On at least", "Over", "Rests")
    for rule in sorted(plan.triggers, key=lambda r: r.precedence):
        then = f"reduce spend by {rule.reduce_percent} %" if rule.action == "reduce_spend" else "pause and review"
        rules.add_row(
            plain(rule.told),
            then,
            str(rule.minimum_sample),
            f"{rule.window_days} days",
            f"{rule.cooldown_days} days",
        )
    return section(
        "1.3 Budget", rows, "", plain(f"Paced {pacing.period}: at most {caps}"), plain(plan.rests_on), "", rules
    )


def strategy_parts(
    brief: VentureBrief,
    strategy: GtmStrategy | None,
    channels: ChannelPlan | None,
    budget: BudgetPlan | None,
    *,
    full: bool = False,
) -> RenderableType:
    """Whatever of the three stands."""
    parts: list[RenderableType] = []
    if strategy:
        parts.append(strategy_part(strategy, brief, full=full))
    if channels:
        parts.append(channels_part(channels, brief, full=full))
    if budget:
        parts.append(budget_part(budget))
    return Group(*parts)
