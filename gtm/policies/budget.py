"""The guardrail of step 1.3, Allocate Budgets: to the cent, equal to the financial model, and with typed triggers."""

from collections.abc import Iterator
from decimal import Decimal

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan, ReallocationTrigger, pace, parse_trigger
from gtm.domain.channels import ChannelPlan
from gtm.domain.errors import InvalidInput
from gtm.domain.money import split_by_weights, usd
from gtm.domain.names import counted
from gtm.domain.spec import Policies
from gtm.domain.verdict import Verdict
from gtm.policies.checklist import Checklist, missing_step
from gtm.policies.facts import BudgetFacts

POLICY = "budget.allocated"


def allocated(facts: BudgetFacts) -> Verdict:
    """The plan spends what the financial model gives, split 100 % in the allowed ranges, paced, with triggers."""
    plan = facts.artifact
    if plan is None:
        return missing_step(facts.stage, POLICY)
    checks, split = Checklist(facts.stage, POLICY), plan.split
    checks.line(
        "budget.matches_financial_model",
        _total_faults(plan, facts.brief, facts.policies),
        f"{usd(plan.total)} a month, as in the financial model, and {counted(len(plan.lines), 'line')} that sum to it",
        "allocate exactly financial_model.monthly; the lines sum to it to the cent",
    )
    checks.line(
        "budget.percentages_sum",
        _percent_faults(plan),
        f"{split.proven}/{split.growth}/{split.experimental} % is 100 %",
        "let the three tiers sum to exactly 100 %",
    )
    checks.line(
        "budget.triggers_defined",
        _trigger_faults(plan.triggers),
        "; ".join(f"{t.told}: {t.action_told}" for t in plan.triggers),
        "define triggers as `CAC > $100` → `reduce spend by 20%`, each with a precedence of its own",
    )
    checks.rule(
        "budget.split_in_range",
        "Allocate budget across channels using 70-20-10 rule (ranges: domain.md, configuration)",
        _range_faults(plan, facts.policies),
        f"{split.proven}/{split.growth}/{split.experimental} % lies in the ranges",
        "keep proven in 50-80, growth in 10-30 and experimental in 5-20 %",
    )
    checks.rule(
        "budget.pacing_set",
        "Set budget pacing (daily, weekly, monthly)",
        [] if plan.pacing == pace(plan.total, plan.pacing.period) else ["the caps do not follow from the total"],
        f"{plan.pacing.period}: {usd(plan.pacing.daily_cap)} a day, {usd(plan.pacing.weekly_cap)} a week",
        "derive the caps from the total: a day is 1/30 of a month, a week 7/30",
    )
    checks.rule(
        "budget.channels_known",
        "Allocate budget across channels",
        _channel_faults(plan, facts.channels),
        f"{counted(len(plan.lines), 'channel')}, as configured in step 1.2",
        "give each channel of step 1.2 one line, in the tier it was configured for",
    )
    return checks.verdict()


def _total_faults(plan: BudgetPlan, brief: VentureBrief, policies: Policies) -> Iterator[str]:
    expected = brief.financial_model.monthly.value
    if plan.venture_id != brief.id:
        yield f"venture_id is {plan.venture_id}, the brief is of {brief.id}"
    if plan.total != expected:
        yield f"the total is {usd(plan.total)}, the financial model says {usd(expected)}"
    if not policies.total_budget.holds(plan.total):
        yield (
            f"{usd(plan.total)} a month lies outside "
            f"{usd(policies.total_budget.minimum)}-{usd(policies.total_budget.maximum)}"
        )
    summed = sum((line.amount for line in plan.lines), Decimal("0.00"))
    if summed != plan.total:
        yield f"the lines sum to {usd(summed)}, not to {usd(plan.total)}"
    if plan.split.total == 100:
        wanted = split_by_weights(plan.total, [plan.split.proven, plan.split.growth, plan.split.experimental])
        for tier, amount in zip(("proven", "growth", "experimental"), wanted, strict=True):
            got = sum((line.amount for line in plan.lines if line.tier == tier), Decimal("0.00"))
            if got != amount:
                yield f"{tier} gets {usd(got)}, its share is {usd(amount)}"


def _percent_faults(plan: BudgetPlan) -> Iterator[str]:
    if plan.split.total != 100:
        yield f"the split sums to {plan.split.total} %"
    for line in plan.lines:
        exact = Decimal(0) if plan.total == 0 else (line.amount * 100 / plan.total).quantize(Decimal("0.01"))
        if line.percent != exact:
            yield f"{line.channel} states {line.percent} %, {usd(line.amount)} is {exact} %"
    summed = sum((line.percent for line in plan.lines), Decimal(0))
    # Each line is rounded to a hundredth, so the sum may be off by half a hundredth a line.
    if plan.lines and abs(summed - 100) > Decimal("0.005") * len(plan.lines):
        yield f"the lines' percentages sum to {summed} %"


def _range_faults(plan: BudgetPlan, policies: Policies) -> Iterator[str]:
    for tier in ("proven", "growth", "experimental"):
        percent, allowed = getattr(plan.split, tier), getattr(policies.split_ranges, tier)
        if not allowed.holds(percent):
            yield f"{tier} is {percent} %, allowed is {allowed.minimum}-{allowed.maximum} %"


def _channel_faults(plan: BudgetPlan, channels: ChannelPlan | None) -> Iterator[str]:
    if channels is None:
        yield "no channel plan is stored"
        return
    names = [line.channel for line in plan.lines]
    yield from (f"{name} has two lines" for name in sorted({n for n in names if names.count(n) > 1}))
    for line in plan.lines:
        choice = channels.choice(line.channel)
        if choice is None:
            yield f"{line.channel} is not in the channel plan"
    yield from (f"{c.channel} gets nothing" for c in channels.channels if c.channel not in names)


def _trigger_faults(triggers: tuple[ReallocationTrigger, ...]) -> Iterator[str]:
    if not triggers:
        yield "there is no reallocation trigger"
    ranks = [t.precedence for t in triggers]
    yield from (f"precedence {r} is given twice" for r in sorted({r for r in ranks if ranks.count(r) > 1}))
    for trigger in triggers:
        text = (
            "pause and review" if trigger.action == "pause_and_review" else f"reduce spend by {trigger.reduce_percent}%"
        )
        try:
            read = parse_trigger(
                trigger.condition,
                text,
                minimum_sample=trigger.minimum_sample,
                window_days=trigger.window_days,
                cooldown_days=trigger.cooldown_days,
                precedence=trigger.precedence,
            )
        except InvalidInput as error:
            yield f"{trigger.condition!r}: {error.detail} (allowed: {error.allowed})"
            continue
        if (read.metric, read.operator, read.threshold) != (trigger.metric, trigger.operator, trigger.threshold):
            yield f"{trigger.condition!r} is typed as {trigger.metric} {trigger.operator} {trigger.threshold}"
        if trigger.action == "reduce_spend" and not trigger.reduce_percent:
            yield f"{trigger.condition!r} reduces by nothing"
