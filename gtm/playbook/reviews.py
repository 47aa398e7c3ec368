"""The house's draft of a review: what LEAD, PLAN or EXEC writes before a person decides a checkpoint."""

from collections import Counter
from collections.abc import Iterator

from gtm.domain.asked_copy import network_of
from gtm.domain.brief import Fact
from gtm.domain.money import usd
from gtm.domain.names import agreed, counted, day, in_text, name_of
from gtm.domain.review import Ground, Review, ReviewedItem, ReviewFacts
from gtm.domain.statements import without_stop
from gtm.domain.verdict import Check
from gtm.domain.vocabulary import PAID_CHANNELS, Checkpoint, Role
from gtm.domain.workflow import Condition
from gtm.playbook.budget import contradictions
from gtm.playbook.economics import arithmetic, ruinous
from gtm.playbook.effects import CommentEffects, comment_effects, missing_told
from gtm.playbook.review_items import ITEMS
from gtm.playbook.review_names import piece_name
from gtm.playbook.strategy import assumptions

CONCENTRATED = 50
"""Percent of the budget in one channel above which a review names the concentration."""

NOT_THERE = "the workflow has no "
"""How a test says that a workflow has nothing for a case to test, which is no risk."""

CROWDED = 5
"""Sends on one day, and a third of all, above which a day is crowded."""

_FIGURES = ("financial_model", "pricing", "website")


def draft_review(checkpoint: Checkpoint, role: Role, facts: ReviewFacts) -> Review:
    """The review of a checkpoint: what was checked with its figures, the risks, and a recommendation.

    It recommends approval unless a blocking check of the verdicts does not hold, the newest comment did not get what it
    asked for, or the strategy's customers cost more than they can bring (domain.md, GTM-001). A person may decide
    otherwise on the last two.

    Args:
        checkpoint: which one.
        role: who reviews.
        facts: the artifacts so far, the verdicts, the brief's findings, earlier comments.
    """
    failed = [check for verdict in facts.verdicts for check in verdict.failures]
    effects = comment_effects(checkpoint, facts)
    ruin = ruinous(facts.brief, facts.policies) if checkpoint == "strategy" and facts.policies else ""
    items = (*ITEMS[checkpoint](facts), *_checks(facts), *effects.items(), *_comments(facts))
    grounds = _grounds(failed, effects, ruin)
    return Review(
        checkpoint=checkpoint,
        role=role,
        checked=items,
        risks=tuple(dict.fromkeys(risk[:4000] for risk in _risks(checkpoint, facts))),
        recommendation="reject" if grounds else "approve",
        reason=_against(role, effects, ruin)
        if grounds and not failed
        else _reason(checkpoint, role, facts, items, failed),
        grounds=grounds,
    )


def _grounds(failed: list[Check], effects: CommentEffects, ruin: str) -> tuple[Ground, ...]:
    found: tuple[tuple[Ground, bool], ...] = (
        ("checks", bool(failed)),
        ("comment", bool(effects.missing)),
        ("economics", bool(ruin)),
    )
    return tuple(ground for ground, holds in found if holds)


def _against(role: Role, effects: CommentEffects, ruin: str) -> str:
    """The reason not to approve what passes every check."""
    parts = [f"the last comment did not get what it asked for: {missing_told(effects)}"] if effects.missing else []
    parts += [ruin] if ruin else []
    return f"{role} does not recommend approval; {'; '.join(parts)}."[:4000]


def _line(check: Check) -> str:
    """A checklist line by its own words; of a row of the SOP's tables, by the first cell."""
    return check.sop.split(" | ")[0]


def _checks(facts: ReviewFacts) -> Iterator[ReviewedItem]:
    if not facts.verdicts:
        return
    checks = [c for v in facts.verdicts for c in v.checks]
    blocked = [c for v in facts.verdicts for c in v.failures]
    noted = [c for c in checks if not c.passed and c.severity == "note"]
    told = "; ".join(f"{_line(c)}: {without_stop(c.detail)}" for c in [*blocked, *noted])
    yield ReviewedItem(
        subject="Checks",
        finding=(f"{_held(checks)}. {told}." if told else f"{_held(checks)}.")[:4000],
        rests_on=tuple(v.policy for v in facts.verdicts),
    )


def _comments(facts: ReviewFacts) -> Iterator[ReviewedItem]:
    pieces = {p.piece_id: p for p in (facts.content.pieces if facts.content else ())}
    for piece_id, asked in facts.piece_comments.items():
        name = piece_name(facts, pieces[piece_id]) if piece_id in pieces else piece_id
        yield ReviewedItem(
            subject=f"Made anew: {name}",
            finding=f"“{asked[-1].strip()[:1000]}”: compare this piece with it before deciding; the others stay.",
        )
    for comment in facts.comments[facts.settled :]:
        if comment.strip():
            yield ReviewedItem(
                subject="Comment of an earlier round",
                finding=f"“{comment.strip()[:1000]}”: compare this revision with it before deciding.",
            )


def _reason(
    checkpoint: Checkpoint, role: Role, facts: ReviewFacts, items: tuple[ReviewedItem, ...], failed: list[Check]
) -> str:
    if failed:
        names = "; ".join(dict.fromkeys(_line(c) for c in failed))
        fixes = " ".join(dict.fromkeys(c.fix for c in failed if c.fix))
        told = f"{counted(len(failed), 'blocking check')} {agreed(len(failed), 'does', 'do')} not hold"
        return f"{told} ({names}). {fixes}".strip()[:4000]
    first = items[0].finding if items else f"{facts.brief.name} has nothing at this checkpoint yet."
    checks = [c for v in facts.verdicts for c in v.checks]
    basis = _held(checks) if checks else "no check was handed to it"
    return f"{role} recommends approval of {facts.brief.name}'s {_NAMES[checkpoint]}: {basis}. {first}"[:4000]


def _held(checks: list[Check]) -> str:
    """How many checks hold, and what they are: the handoff counts the SOP's checklist lines, which are fewer."""
    held = sum(c.passed for c in checks)
    noted = sum(not c.passed and c.severity == "note" for c in checks)
    notes = f", {counted(noted, 'note')} {agreed(noted, 'stays', 'stay')} open" if noted else ""
    return f"{held} of {counted(len(checks), 'automatic check')} {agreed(held, 'holds', 'hold')}{notes}"


_NAMES: dict[Checkpoint, str] = {
    "strategy": "strategy configuration",
    "content": "content",
    "campaigns": "campaigns",
    "automation": "automation",
    "final": "stage 17",
}


def _risks(checkpoint: Checkpoint, facts: ReviewFacts) -> Iterator[str]:
    if checkpoint in ("strategy", "final"):
        yield from _money_risks(facts)
    yield from (_finding(f.kind, f.field, f.detail) for f in facts.findings if _belongs(checkpoint, f.kind))
    if checkpoint in ("content", "final"):
        yield from _content_risks(facts)
    if checkpoint in ("campaigns", "final"):
        yield from _schedule_risks(facts)
    if checkpoint in ("automation", "final"):
        yield from _automation_risks(facts)
    if checkpoint in ("strategy", "campaigns", "final"):
        yield from _connection_risks(facts)


def _belongs(checkpoint: Checkpoint, kind: str) -> bool:
    return checkpoint in ("strategy", "final") or (checkpoint == "content" and kind == "risk")


def _finding(kind: str, field: str, detail: str) -> str:
    return f"{kind.capitalize()} in the brief, {_field(field)}: {detail}"


def _field(path: str) -> str:
    """A dotted field of the brief, in words."""
    parts = [in_text(part) for part in path.split(".")]
    if parts[0] == "facts":
        # The detail quotes the fact; its id says nothing to a reader.
        return "Facts"
    return " › ".join((name_of(path.split(".")[0]), *parts[1:]))


def _said(fact: Fact) -> str:
    return fact.short or without_stop(fact.text)


def _money_risks(facts: ReviewFacts) -> Iterator[str]:
    brief = facts.brief
    named = [a for a in assumptions(brief) if a.startswith(_FIGURES)]
    if named:
        told = "; ".join(f"{_field(a.partition(': ')[0])}: {a.partition(': ')[2]}" for a in named)
        yield (
            f"{counted(len(named), 'figure')} that the plan rests on {agreed(len(named), 'is', 'are')} assumed: {told}."
        )
    if facts.policies is not None:
        sums = arithmetic(brief, facts.policies)
        if not sums.fits:
            yield (
                f"At the targets a customer costs {usd(sums.per_customer)}, above the ceiling of "
                f"{usd(sums.ceiling.amount)} ({sums.ceiling.basis}): budget, target or ceiling must move."
            )
        if not any(f.kind == "contradiction" and "financial_model" in f.field for f in facts.findings):
            yield from (
                f"Contradiction in the financial model: {text}" for text in contradictions(brief, facts.policies)
            )
    if facts.budget is not None:
        for line in facts.budget.lines:
            if line.percent > CONCENTRATED:
                yield f"{line.percent:.0f} % of the money ({usd(line.amount)}) goes to {name_of(line.channel)} alone."
    if facts.strategy is not None:
        criteria = [c for o in facts.strategy.objectives for c in o.success_criteria]
        if criteria and not any(c.rests_on.startswith("fact:") for c in criteria):
            which = (
                "The only success criterion does not rest"
                if len(criteria) == 1
                else (f"None of the {len(criteria)} success criteria rests")
            )
            yield f"{which} on a figure of {brief.name}'s own."


def _content_risks(facts: ReviewFacts) -> Iterator[str]:
    brief, content = facts.brief, facts.content
    if content is None:
        return
    used = Counter(c.fact_id for p in content.pieces for c in p.claims)
    assumed = [f for f in brief.facts if f.id in used and f.assumed]
    if assumed:
        told = "; ".join(f"“{_said(f)}” ({counted(used[f.id], 'time')})" for f in assumed)
        yield f"Claims rest on assumed facts: {told}."
    barred = [f for f in brief.facts if not f.claimable and f.kind in ("proof", "belief", "feature")]
    if barred:
        broken = [f"“{_said(f)}”" for f in barred if f.id in used]
        state = f"{', '.join(broken)} is claimed all the same" if broken else "no copy says so"
        told = "; ".join(f"“{_said(f)}” ({f.note})" if f.note else f"“{_said(f)}”" for f in barred)
        yield f"Not to be claimed: {told}; {state}."
    for fact in brief.barred_in(brief.market_strategy.positioning):
        yield f"The positioning says “{fact.short or fact.text}”, which no copy may repeat: {fact.note}."
    if aside := _ads_aside(facts):
        yield (
            f"Ads are also written for segments at which their network is not aimed (step 1.2): {'; '.join(aside)}. "
            "Run these only once the aim is widened."
        )
    if unwritten := _ads_unwritten(facts):
        yield (
            f"Money without an ad: {', '.join(unwritten)}. No ad is written for it, so its flight has nothing to show: "
            "add a social network, which ads need, or move the money."
        )
    drafts = [p for p in content.pieces if p.generated_by.startswith("playbook")]
    if drafts:
        yield (
            f"{len(drafts)} of {counted(len(content.pieces), 'piece')} {agreed(len(drafts), 'is', 'are')} the "
            f"house's own "
            "drafts, edited by no model or writer."
        )
    silent = [f"“{_said(f)}”" for f in brief.facts if f.claimable and f.kind == "proof" and f.id not in used]
    if silent:
        yield f"Proofs that no piece uses: {'; '.join(silent)}."
    proofs = [s.name for s in brief.segments if not brief.facts_for(s.id, "proof")]
    if proofs:
        yield f"No proof that may be claimed stands behind the copy for {', '.join(proofs)}."


def _ads_unwritten(facts: ReviewFacts) -> list[str]:
    """Paid channels that have money and no ad: `Google Ads $5,000.00`."""
    templates, written = facts.templates, facts.content
    if facts.budget is None or templates is None or written is None:
        return []
    steps = {(t.template_id, s.step): s for t in templates.templates if t.kind.look == "ad" for s in t.steps}
    used = [steps[key] for p in written.pieces if (key := (p.template_id, p.step)) in steps]
    shown = {network_of(step) for step in used}
    paid = [line for line in facts.budget.lines if line.channel in PAID_CHANNELS and line.amount]
    return [f"{name_of(line.channel)} {usd(line.amount)}" for line in paid if line.channel not in shown]


def _ads_aside(facts: ReviewFacts) -> list[str]:
    """Networks with the segments that they have ads for and are not aimed at: `Instagram Ads for Freelancers`."""
    plan, templates, written = facts.channels, facts.templates, facts.content
    if plan is None or templates is None or written is None:
        return []
    told: dict[str, list[str]] = {}
    for piece in written.pieces:
        template = templates.template(piece.template_id)
        step = next((s for s in template.steps if s.step == piece.step), None) if template else None
        if template is None or step is None or template.kind.look != "ad":
            continue
        network = network_of(step)
        if not plan.aims_at(network, piece.segment_id):
            named = next((s.name for s in facts.brief.segments if s.id == piece.segment_id), piece.segment_id)
            told.setdefault(network, []).append(named)
    return [f"{name_of(network)} for {', '.join(dict.fromkeys(names))}" for network, names in told.items()]


def _schedule_risks(facts: ReviewFacts) -> Iterator[str]:
    plan = facts.schedule
    if plan is None:
        return
    yield from (
        note for note in plan.notes if "holiday" in note.lower() or note.startswith(("Outside", "Until ", "Quiet days"))
    )
    if facts.budget is not None:
        idle = [line for line in facts.budget.lines if not any(f.channel == line.channel for f in plan.flights)]
        if idle:
            told = ", ".join(f"{name_of(line.channel)} {usd(line.amount)}" for line in idle)
            yield f"Without a flight, so paced by hand: {told}."
    per_day = Counter(s.on for s in plan.emails)
    if per_day:
        on, count = per_day.most_common(1)[0]
        if count > max(CROWDED, len(plan.emails) // 3):
            yield f"The busiest send day is {day(on)} with {count} of {len(plan.emails)} planned sends."


def _automation_risks(facts: ReviewFacts) -> Iterator[str]:
    asking = {
        w.name: counted(asked, "branch", "branches")
        for w in facts.workflows
        if (asked := sum(isinstance(s, Condition) and s.when.field.endswith("_opened") for s in w.steps))
    }
    if asking:
        yield (
            f"Whether a mail was opened decides the way in {'; '.join(f'{n} ({c})' for n, c in asking.items())}; mail "
            "clients that load or block images make opens unsure, clicks are the firmer sign."
        )
    names = {w.workflow_id: w.name for w in facts.workflows}
    alike: dict[str, list[str]] = {}
    for report in facts.tests:
        for case in report.cases:
            if case.status != "passed" and not case.observed.startswith(NOT_THERE):
                told = f"“{case.test_case}” {case.status.replace('_', ' ')}: {case.observed}"
                alike.setdefault(told, []).append(names.get(report.workflow_id, report.workflow_id))
    yield from (f"{'; '.join(flows)}: {told}" for told, flows in alike.items())
    if facts.tests:
        yield (
            f"Mail went to a local sink in the tests; before the first send to a customer the sender domain of "
            f"{facts.brief.website.value} needs SPF and DKIM."
        )


def _connection_risks(facts: ReviewFacts) -> Iterator[str]:
    if facts.channels is None:
        return
    waiting = [c for c in facts.channels.channels if c.credential_ref]
    if waiting:
        refs = ", ".join(name_of(c.channel) for c in waiting)
        is_ = agreed(len(waiting), "is not connected, its flight leaves", "are not connected, their flights leave")
        yield f"{counted(len(waiting), 'platform')} {is_} as a plan: {refs}."
