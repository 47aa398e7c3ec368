"""What each checkpoint's review looks at, with the artifacts' own figures."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from statistics import mean

from gtm.domain.asked_copy import left_out
from gtm.domain.budget import BudgetPlan
from gtm.domain.channels import ChannelPlan
from gtm.domain.money import usd
from gtm.domain.names import agreed, counted, day, in_text, name_of
from gtm.domain.review import ReviewedItem, ReviewFacts
from gtm.domain.statements import fact_of, without_stop
from gtm.domain.strategy import GtmStrategy
from gtm.domain.vocabulary import Checkpoint
from gtm.domain.workflow import ActionStep, Condition, SendEmail
from gtm.domain.workflow_report import SOP_TEST_CASES
from gtm.playbook.economics import arithmetic, explained
from gtm.playbook.review_names import campaign_name, piece_name, segment_name
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
        finding=f"{counted(len(strategy.objectives), 'objective')}, weights sum to {total:.2f}; {in_text(first.name)} "
        f"leads with {first.weight:.2f} (“{first.aligned_with}”).",
        rests_on=("market_strategy.objectives",),
    )
    criteria = [c for o in strategy.objectives for c in o.success_criteria]
    own = [c for c in criteria if c.rests_on.startswith("fact:")]
    known = len(target_figures(brief))
    yield ReviewedItem(
        subject="Success criteria",
        finding=f"{counted(len(criteria), 'criterion', 'criteria')}: {len(own)} {agreed(len(own), 'rests', 'rest')} on "
        f"{brief.name}'s own figures, {len(criteria) - len(own)} on the house's policy numbers; "
        f"the brief carries {counted(known, 'figure')} that can be read as {agreed(known, 'a target', 'targets')}.",
        rests_on=tuple(dict.fromkeys(c.rests_on for c in criteria)),
    )
    told = [s for s in strategy.target_segments if s.value_proposition]
    lead = brief.ranked_segments[0]
    yield ReviewedItem(
        subject="Segments",
        finding=f"{len(told)} of {counted(len(brief.segments), 'segment')} {agreed(len(told), 'has', 'have')} a value "
        f"proposition; first comes {lead.name}: “{lead.value_proposition}”.",
        rests_on=tuple(f"segments.{s.segment_id}" for s in strategy.target_segments),
    )


def _channels(facts: ReviewFacts, plan: ChannelPlan) -> Items:
    brief = facts.brief
    primary = plan.primary
    wanting = [s for s in brief.segments if primary.channel in s.channels]
    yield ReviewedItem(
        subject="Primary channel",
        finding=f"{name_of(primary.channel)}, the primary channel, covers {len(wanting)} of "
        f"{counted(len(brief.segments), 'segment')} (overlap {primary.overlap:.2f}).",
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
        finding=f"{counted(len(budget.lines), 'line')} {agreed(len(budget.lines), 'sums', 'sum')} to {usd(summed)}, "
        f"which {equal} the financial model's "
        f"{usd(model.value)}: {tiers}; at most {usd(budget.pacing.daily_cap)} a day.",
        rests_on=("financial_model.monthly",),
    )
    rules = "; ".join(
        f"{t.told}: {t.action_told}, on {t.minimum_sample}+ events in {t.window_days} days" for t in budget.triggers
    )
    yield ReviewedItem(
        subject="Reallocation rules",
        finding=f"{counted(len(budget.triggers), 'rule')}: {rules}.",
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
        kinds = ", ".join(f"{in_text(t.type)} with {counted(len(t.steps), 'step')}" for t in facts.templates.templates)
        yield ReviewedItem(
            subject="Templates",
            finding=f"{counted(len(facts.templates.templates), 'template')}, "
            f"{counted(len(facts.templates.campaigns), 'campaign')}: {kinds}.",
            rests_on=("campaigns",),
        )
    if facts.content is None or not facts.content.pieces:
        return
    pieces = facts.content.pieces
    segments = Counter(p.segment_id for p in pieces)
    told = ", ".join(f"{count} for {segment_name(facts, name)}" for name, count in segments.items())
    yield ReviewedItem(
        subject="Pieces",
        finding=f"{counted(len(pieces), 'piece')}: {told}; "
        f"written by {', '.join(f'{k} ({v})' for k, v in Counter(p.generated_by for p in pieces).items())}."
        f"{_ads_left_out(facts)}",
        rests_on=tuple(f"segments.{name}" for name in segments),
    )
    counts = [len(e.variants) for p in pieces for e in p.elements if p.tested in (None, e.variable)]
    ctas = Counter(p.cta for p in pieces)
    yield ReviewedItem(
        subject="Variants and calls to action",
        finding=f"{counted(len(counts), 'element')} under test with {_span(counts)} variants each; calls to "
        f"action: {', '.join(f'{in_text(name)} {count}' for name, count in ctas.most_common())}.",
        rests_on=("offers",),
    )
    named = Counter(c.fact_id for p in pieces for c in p.claims)
    yield ReviewedItem(
        subject="Claims",
        finding=_claims_told(facts, named),
        rests_on=tuple(f"fact:{name}" for name in sorted(named)),
    )
    scores = [p.brand_voice_score for p in pieces if p.brand_voice_score is not None]
    if scores:
        lowest = min((p for p in pieces if p.brand_voice_score is not None), key=lambda p: p.brand_voice_score or 0)
        yield ReviewedItem(
            subject="Brand voice",
            finding=f"{facts.content.voice} (“{facts.brief.brand.description}”): {counted(len(scores), 'piece')} with "
            f"{mean(scores):.2f} on average, lowest {lowest.brand_voice_score:.2f} in {piece_name(facts, lowest)}.",
            rests_on=("brand",),
        )


def _ads_left_out(facts: ReviewFacts) -> str:
    """Why some segments have fewer ads than others; empty where each has all of them."""
    if facts.templates is None or facts.content is None:
        return ""
    left = left_out(facts.templates, facts.content, facts.channels)
    told = "; ".join(f"{name_of(c)} for {', '.join(segment_name(facts, s) for s in ids)}" for c, ids in left.items())
    return f" No ad is written where the network is not aimed (step 1.2): {told}." if told else ""


def _claims_told(facts: ReviewFacts, named: Counter[str]) -> str:
    claims = sum(named.values())
    own = [name for name in named if facts.brief.fact(name)]
    other = f" and {counted(len(named) - len(own), 'statement')} of the brief" if len(named) > len(own) else ""
    text = (
        f"{counted(claims, 'claim')} {agreed(claims, 'rests', 'rest')} on {len(own)} of "
        f"{counted(len(facts.brief.facts), 'fact')}{other}"
    )
    fact = fact_of(facts.brief, named.most_common(1)[0][0]) if named else None
    if fact is None:
        return f"{text}."
    times = counted(named.most_common(1)[0][1], "time")
    return f"{text}; most used is “{fact.short or without_stop(fact.text)}” ({times})."


def campaign_items(facts: ReviewFacts) -> Items:
    """Calendar, sends, flights."""
    plan = facts.schedule
    if plan is None:
        return
    weeks = ((plan.ends - plan.starts).days + 1) // 7
    first = min(plan.campaigns, key=lambda c: c.launches, default=None)
    yield ReviewedItem(
        subject="Launch calendar",
        finding=f"{counted(weeks, 'week')} from {day(plan.starts)} to {day(plan.ends)}, "
        f"{counted(len(plan.campaigns), 'campaign')}"
        + (f"; first out is {campaign_name(facts, first.campaign_id)} ({first.aligned_with})." if first else "."),
        rests_on=("launch",),
    )
    inside = [s for s in plan.emails if plan.window.allows(datetime.combine(s.on, s.at))]
    last = max((s.on for s in plan.emails), default=plan.starts)
    yield ReviewedItem(
        subject="Email sends",
        finding=f"{len(inside)} of {counted(len(plan.emails), 'planned send')} {agreed(len(inside), 'lies', 'lie')} "
        f"in the "
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
        finding=f"{counted(len(plan.flights), 'flight')}: {flights}." if flights else "There is no paid flight.",
        rests_on=("financial_model.monthly",),
    )
    kinds = Counter(e.kind for e in plan.calendar)
    titles = [e.title for e in plan.calendar if e.kind in ("blog", "social")]
    again = sum(e.told_again for e in plan.calendar)
    told = f"{len(set(titles))} different titles of {len(titles)}"
    told += f", {counted(again, 'post')} {agreed(again, 'tells', 'tell')} a fact again" if again else ""
    yield ReviewedItem(
        subject="Content calendar",
        finding=f"{counted(kinds['blog'], 'article')}, {counted(kinds['social'], 'post')} ({told}), "
        f"{counted(kinds['webinar'], 'session')}, {counted(kinds['review'], 'review')} by LEAD.",
        rests_on=tuple(f"fact:{f.id}" for f in facts.brief.facts if f.kind == "theme"),
    )


def _span(counts: list[int]) -> str:
    least, most = min(counts, default=0), max(counts, default=0)
    return f"{least}" if least == most else f"{least} to {most}"


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
            finding=f"{counted(len(facts.workflows), 'workflow')} ({'; '.join(w.name for w in facts.workflows)}): "
            f"{counted(len(steps), 'step')}, {counted(len(mails), 'mail')}, {counted(len(branches), 'condition')}; "
            f"{len(both)} of {counted(len(actions), 'action')} {agreed(len(both), 'has', 'have')} a success and a "
            f"failure "
            "path.",
            rests_on=tuple(w.workflow_id for w in facts.workflows),
        )
    if facts.triggers:
        limited = [t for t in facts.triggers if t.limit is not None]
        guarded = [t for t in facts.triggers if t.filters.exclude_test and t.filters.exclude_duplicates]
        kinds = Counter(t.type for t in facts.triggers)
        yield ReviewedItem(
            subject="Triggers",
            finding=f"{counted(len(facts.triggers), 'trigger')} "
            f"({', '.join(f'{n} by {in_text(k)}' for k, n in kinds.items())}): {len(limited)} rate limited, "
            f"{len(guarded)} {agreed(len(guarded), 'leaves', 'leave')} out test and duplicate data.",
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
        finding=f"{counted(len(facts.tests), 'workflow')} tested with {counted(leads, 'test lead')}: "
        f"{counted(statuses['passed'], 'case')} passed, {statuses['failed']} failed, {statuses['not_applicable']} "
        f"did not "
        f"apply{_apart(facts)}; all {counted(len(SOP_TEST_CASES), 'case')} of the SOP passed for "
        f"{'; '.join(complete) or 'none'}.",
        rests_on=tuple(f"{r.workflow_id}: {r.evidence_dir}" for r in facts.tests),
    )
    timed = [c.measured_ms for c in cases if c.test_case == "Execution time" and c.measured_ms is not None]
    clean = [r for r in facts.tests if r.cleanup.clean]
    yield ReviewedItem(
        subject="Clean-up",
        finding=f"{len(clean)} of {counted(len(facts.tests), 'test')} left no test lead, mail or enrolment behind"
        + (f"; what was due was done within {max(timed):.0f} ms." if timed else "."),
        rests_on=tuple(r.workflow_id for r in clean),
    )


def _apart(facts: ReviewFacts) -> str:
    """Why cases did not apply, each reason once: that is no risk, a workflow without a branch has none to test."""
    why = [c.observed.rstrip(".") for r in facts.tests for c in r.cases if c.status == "not_applicable"]
    return f" ({'; '.join(dict.fromkeys(why))})" if why else ""


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
        finding=f"{len(made) - len(missing)} of {counted(len(made), 'artifact')} of {facts.brief.name} "
        f"{agreed(len(made) - len(missing), 'stands', 'stand')}"
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
