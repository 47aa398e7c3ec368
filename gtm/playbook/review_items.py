"""What each checkpoint's review looks at, with the artifacts' own figures."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from statistics import mean

from gtm.domain.budget import BudgetPlan
from gtm.domain.channels import ChannelPlan
from gtm.domain.money import usd
from gtm.domain.names import day, in_text, name_of
from gtm.domain.review import ReviewedItem, ReviewFacts
from gtm.domain.strategy import GtmStrategy
from gtm.domain.vocabulary import Checkpoint
from gtm.domain.workflow import ActionStep, Condition, SendEmail
from gtm.domain.workflow_report import SOP_TEST_CASES
from gtm.playbook.economics import arithmetic, explained
from gtm.playbook.targets import target_figures

Items = Iterator[ReviewedItem]


def strategy_items(facts: ReviewFacts) -> Items:
    """Objectives, segments, criteria, channels, money."""
    if facts.strategy is not None:
        yield from _encoded(facts, facts.strategy)
    if facts.channels is not None:
        yield from _channels(facts, facts.channels)
    if facts.budget is not None:
        yield from _budget(facts, facts.budget)


def _encoded(facts: ReviewFacts, strategy: GtmStrategy) -> Items:
    brief = facts.brief
    first = strategy.objectives[0]
    total = sum((o.weight for o in strategy.objectives), Decimal(0))
    yield ReviewedItem(
        subject="Objectives",
        finding=f"{len(strategy.objectives)} objectives, weights sum to {total}; {in_text(first.name)} leads with "
        f"{first.weight} (“{first.aligned_with}”).",
        rests_on=("market_strategy.objectives",),
    )
    criteria = [c for o in strategy.objectives for c in o.success_criteria]
    own = [c for c in criteria if c.rests_on.startswith("fact:")]
    known = len(target_figures(brief))
    yield ReviewedItem(
        subject="Success criteria",
        finding=f"{len(criteria)} criteria: {len(own)} rest on {brief.name}'s own figures, "
        f"{len(criteria) - len(own)} on the house's policy numbers; "
        f"the brief carries {known} figures that can be read as targets.",
        rests_on=tuple(dict.fromkeys(c.rests_on for c in criteria)),
    )
    told = [s for s in strategy.target_segments if s.value_proposition]
    lead = brief.ranked_segments[0]
    yield ReviewedItem(
        subject="Segments",
        finding=f"{len(told)} of {len(brief.segments)} segments have a value proposition; first comes {lead.name}: "
        f"“{lead.value_proposition}”.",
        rests_on=tuple(f"segments.{s.segment_id}" for s in strategy.target_segments),
    )


def _channels(facts: ReviewFacts, plan: ChannelPlan) -> Items:
    brief = facts.brief
    primary = plan.primary
    wanting = [s for s in brief.segments if primary.channel in s.channels]
    yield ReviewedItem(
        subject="Primary channel",
        finding=f"{name_of(primary.channel)}, the primary channel, covers {len(wanting)} of {len(brief.segments)} "
        f"segments (overlap {primary.overlap:.2f}).",
        rests_on=tuple(f"segments.{s.id}.channels" for s in wanting),
    )
    others = ", ".join(f"{name_of(c.channel)} ({c.role}, {c.overlap:.2f})" for c in plan.channels if c is not primary)
    refused = f" Declined: {'; '.join(plan.declined)}." if plan.declined else " None was declined."
    yield ReviewedItem(subject="Other channels", finding=f"{others}.{refused}"[:4000], rests_on=("channels",))
    yield ReviewedItem(
        subject="Measurement",
        finding=f"{name_of(plan.attribution.model)} over {plan.attribution.lookback_days} days; mediums "
        f"{', '.join(plan.utm.mediums)}; campaigns named {plan.utm.campaign_pattern}.",
        rests_on=("utm", "pricing.sales_cycle_days"),
    )


def _budget(facts: ReviewFacts, budget: BudgetPlan) -> Items:
    model = facts.brief.financial_model.monthly
    summed = sum((line.amount for line in budget.lines), Decimal("0.00"))
    equal = "equals" if summed == model.value else "differs from"
    tiers = ", ".join(f"{usd(budget.of_tier(t))} {t}" for t in ("proven", "growth", "experimental"))
    yield ReviewedItem(
        subject="Budget",
        finding=f"{len(budget.lines)} lines sum to {usd(summed)}, which {equal} the financial model's "
        f"{usd(model.value)}: {tiers}; at most {usd(budget.pacing.daily_cap)} a day.",
        rests_on=("financial_model.monthly",),
    )
    rules = "; ".join(
        f"{t.told}: {t.action_told}, on {t.minimum_sample}+ events in {t.window_days} days" for t in budget.triggers
    )
    yield ReviewedItem(
        subject="Reallocation rules",
        finding=f"{len(budget.triggers)} rules: {rules}.",
        rests_on=("pricing.target_cac", "pricing.lifetime_value"),
    )
    if facts.policies is not None:
        sums = arithmetic(facts.brief, facts.policies)
        yield ReviewedItem(
            subject="Does the money reach",
            finding=explained(sums, facts.brief, facts.policies),
            rests_on=("financial_model.monthly", "policy:targets"),
        )


def content_items(facts: ReviewFacts) -> Items:
    """Templates, pieces, variants, claims, voice."""
    if facts.templates is not None:
        kinds = ", ".join(
            f"{in_text(t.type)} with {len(t.steps)} step{'s' if len(t.steps) != 1 else ''}"
            for t in facts.templates.templates
        )
        yield ReviewedItem(
            subject="Templates",
            finding=f"{len(facts.templates.templates)} templates, {len(facts.templates.campaigns)} campaigns: {kinds}.",
            rests_on=("campaigns",),
        )
    if facts.content is None or not facts.content.pieces:
        return
    pieces = facts.content.pieces
    segments = Counter(p.segment_id for p in pieces)
    told = ", ".join(f"{count} for {_segment(facts, name)}" for name, count in segments.items())
    yield ReviewedItem(
        subject="Pieces",
        finding=f"{len(pieces)} pieces: {told}; "
        f"written by {', '.join(f'{k} ({v})' for k, v in Counter(p.generated_by for p in pieces).items())}.",
        rests_on=tuple(f"segments.{name}" for name in segments),
    )
    counts = [len(e.variants) for p in pieces for e in p.elements]
    ctas = Counter(p.cta for p in pieces)
    yield ReviewedItem(
        subject="Variants and calls to action",
        finding=f"{len(counts)} elements carry {_span(counts)} variants each; calls to "
        f"action: {', '.join(f'{in_text(name)} {count}' for name, count in ctas.most_common())}.",
        rests_on=("offers",),
    )
    named = Counter(c.fact_id for p in pieces for c in p.claims)
    most = named.most_common(1)
    yield ReviewedItem(
        subject="Claims",
        finding=f"{sum(named.values())} claims rest on {len(named)} of {len(facts.brief.facts)} facts"
        + (f"; most used is {most[0][0]} ({most[0][1]} times)." if most else "."),
        rests_on=tuple(f"fact:{name}" for name in sorted(named)),
    )
    scores = [p.brand_voice_score for p in pieces if p.brand_voice_score is not None]
    if scores:
        lowest = min((p for p in pieces if p.brand_voice_score is not None), key=lambda p: p.brand_voice_score or 0)
        yield ReviewedItem(
            subject="Brand voice",
            finding=f"{facts.content.voice} (“{facts.brief.brand.description}”): {len(scores)} pieces score "
            f"{mean(scores):.2f} on average, lowest {lowest.brand_voice_score:.2f} in {lowest.piece_id}.",
            rests_on=("brand",),
        )


def campaign_items(facts: ReviewFacts) -> Items:
    """Calendar, sends, flights."""
    plan = facts.schedule
    if plan is None:
        return
    weeks = ((plan.ends - plan.starts).days + 1) // 7
    first = min(plan.campaigns, key=lambda c: c.launches, default=None)
    yield ReviewedItem(
        subject="Launch calendar",
        finding=f"{weeks} weeks from {day(plan.starts)} to {day(plan.ends)}, {len(plan.campaigns)} campaigns"
        + (f"; first out is {_campaign(facts, first.campaign_id)} on {first.aligned_with}." if first else "."),
        rests_on=("launch",),
    )
    inside = [s for s in plan.emails if plan.window.allows(datetime.combine(s.on, s.at))]
    last = max((s.on for s in plan.emails), default=plan.starts)
    yield ReviewedItem(
        subject="Email sends",
        finding=f"{len(inside)} of {len(plan.emails)} planned sends lie inside the "
        f"{plan.window.audience.upper()} window in recipient time; the last is on {day(last)}.",
        rests_on=("geography.time_zones",),
    )
    flights = "; ".join(
        f"{name_of(f.channel)} {usd(f.planned)} from {day(f.starts)} to {day(f.ends)}"
        + _against(facts, f.channel, f.planned)
        for f in plan.flights
    )
    yield ReviewedItem(
        subject="Ad flights",
        finding=f"{len(plan.flights)} flights: {flights}." if flights else "There is no paid flight.",
        rests_on=("financial_model.monthly",),
    )
    kinds = Counter(e.kind for e in plan.calendar)
    titles = [e.title for e in plan.calendar if e.kind in ("blog", "social")]
    yield ReviewedItem(
        subject="Content calendar",
        finding=f"{kinds['blog']} articles, {kinds['social']} posts ({len(set(titles))} different titles of "
        f"{len(titles)}), {kinds['webinar']} session entries, {kinds['review']} reviews by LEAD.",
        rests_on=tuple(f"fact:{f.id}" for f in facts.brief.facts if f.kind == "theme"),
    )


def _span(counts: list[int]) -> str:
    least, most = min(counts, default=0), max(counts, default=0)
    return f"{least}" if least == most else f"{least} to {most}"


def _segment(facts: ReviewFacts, segment_id: str) -> str:
    return next((s.name for s in facts.brief.segments if s.id == segment_id), segment_id)


def _campaign(facts: ReviewFacts, campaign_id: str) -> str:
    campaigns = facts.templates.campaigns if facts.templates else ()
    return next((c.name for c in campaigns if c.campaign_id == campaign_id), campaign_id)


def _workflow(facts: ReviewFacts, workflow_id: str) -> str:
    return next((w.name for w in facts.workflows if w.workflow_id == workflow_id), workflow_id)


def _against(facts: ReviewFacts, channel: str, planned: Decimal) -> str:
    line = facts.budget.line(channel) if facts.budget else None
    if line is None:
        return ""
    return " (equal to its line)" if line.amount == planned else f" (its line is {usd(line.amount)})"


def automation_items(facts: ReviewFacts) -> Items:
    """Workflows, triggers, tests."""
    if facts.workflows:
        steps = [step for w in facts.workflows for step in w.steps]
        actions = [s for s in steps if isinstance(s, ActionStep)]
        both = [s for s in actions if s.on_success and s.on_failure]
        mails = [s for s in steps if isinstance(s, SendEmail)]
        branches = [s for s in steps if isinstance(s, Condition)]
        yield ReviewedItem(
            subject="Workflows",
            finding=f"{len(facts.workflows)} workflows ({'; '.join(w.name for w in facts.workflows)}): "
            f"{len(steps)} steps, {len(mails)} mails, {len(branches)} conditions; "
            f"{len(both)} of {len(actions)} actions have a success and a failure path.",
            rests_on=tuple(w.workflow_id for w in facts.workflows),
        )
    if facts.triggers:
        limited = [t for t in facts.triggers if t.limit is not None]
        guarded = [t for t in facts.triggers if t.filters.exclude_test and t.filters.exclude_duplicates]
        kinds = Counter(t.type for t in facts.triggers)
        yield ReviewedItem(
            subject="Triggers",
            finding=f"{len(facts.triggers)} triggers ({', '.join(f'{n} by {in_text(k)}' for k, n in kinds.items())}): "
            f"{len(limited)} rate limited, {len(guarded)} leave out test and duplicate data.",
            rests_on=tuple(t.trigger_id for t in facts.triggers),
        )
    yield from _tests(facts)


def _tests(facts: ReviewFacts) -> Items:
    if not facts.tests:
        return
    cases = [c for r in facts.tests for c in r.cases]
    statuses = Counter(c.status for c in cases)
    leads = sum(r.lead_count for r in facts.tests)
    complete = [_workflow(facts, r.workflow_id) for r in facts.tests if r.complete]
    yield ReviewedItem(
        subject="Tests",
        finding=f"{len(facts.tests)} workflows tested with {leads} test leads: {statuses['passed']} cases passed, "
        f"{statuses['failed']} failed, {statuses['not_applicable']} did not apply; all "
        f"{len(SOP_TEST_CASES)} cases of the SOP passed for {'; '.join(complete) or 'none'}.",
        rests_on=tuple(f"{r.workflow_id}: {r.evidence_dir}" for r in facts.tests),
    )
    timed = [c.measured_ms for c in cases if c.test_case == "Execution time" and c.measured_ms is not None]
    clean = [r for r in facts.tests if r.cleanup.clean]
    yield ReviewedItem(
        subject="Clean-up",
        finding=f"{len(clean)} of {len(facts.tests)} tests left no test lead, mail or enrolment behind"
        + (f"; what was due was done within {max(timed):.0f} ms." if timed else "."),
        rests_on=tuple(r.workflow_id for r in clean),
    )


def final_items(facts: ReviewFacts) -> Items:
    """The whole run: what stands, and one line of each part."""
    made = {
        "strategy": facts.strategy,
        "channels": facts.channels,
        "budget": facts.budget,
        "templates": facts.templates,
        "content": facts.content,
        "schedule": facts.schedule,
        "workflows": facts.workflows or None,
        "triggers": facts.triggers or None,
        "tests": facts.tests or None,
    }
    missing = [name for name, artifact in made.items() if artifact is None]
    yield ReviewedItem(
        subject="Artifacts",
        finding=f"{len(made) - len(missing)} of {len(made)} artifacts of {facts.brief.name} stand"
        + (f"; missing: {', '.join(missing)}." if missing else "."),
        rests_on=tuple(name for name in made if name not in missing),
    )
    if facts.channels is not None:
        yield next(_channels(facts, facts.channels))
    if facts.budget is not None:
        yield next(_budget(facts, facts.budget))
    for items in (content_items, campaign_items, automation_items):
        found = list(items(facts))
        yield from found[1:2]
    yield from (item for item in _tests(facts) if item.subject == "Tests")


ITEMS: dict[Checkpoint, Callable[[ReviewFacts], Items]] = {
    "strategy": strategy_items,
    "content": content_items,
    "campaigns": campaign_items,
    "automation": automation_items,
    "final": final_items,
}
