"""Effects of a comment on the plan: objectives, channels, split, shares."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from gtm.domain.names import in_text, name_of
from gtm.domain.review import ReviewFacts
from gtm.domain.vocabulary import Checkpoint, StepId
from gtm.playbook.budget import shares_asked, shown, within
from gtm.playbook.directives import Directives, read_comments
from gtm.playbook.effects.found import Effect, absent, placed
from gtm.playbook.objectives import goals_asked

_NEAR = Decimal("0.05")
"""Percent of the budget by which a line may miss its share: half a tenth, for the rounding of cents and percents."""


def plan_effects(checkpoint: Checkpoint, facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    """What the newest comment asked of objectives, channels and budget, against what stands."""
    for effects, step in _MADE_BY:
        for effect in effects(facts, asked):
            yield placed(effect, checkpoint, facts, step)


def _objectives(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    wishes: list[tuple[str, bool]] = []
    goals = facts.strategy.objectives if facts.strategy else ()
    weights = {goal.name: goal.weight for goal in goals}
    lead = asked.lead_objective
    if lead is not None:
        wishes.append((f"{in_text(lead)} first", bool(goals) and goals[0].name == lead))
    wishes += [(f"{in_text(w.objective)} at {w.weight}", weights.get(w.objective) == w.weight) for w in asked.weights]
    wishes += [(f"no objective {in_text(name)}", bool(goals) and name not in weights) for name in asked.drop_objectives]
    _, refused = goals_asked(facts.brief, asked)
    stands = ", ".join(f"{in_text(goal.name)} {goal.weight}" for goal in goals)
    for told, done in wishes:
        if not goals:
            yield absent(told, "strategy")
            continue
        why = f"; not possible: {'; '.join(refused)}" if refused and not done else ""
        yield Effect(told, done, f"the objectives are {stands}{why}", ("strategy.objectives",), possible=not refused)


def _channels(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    plan = facts.channels
    for channel, wanted in (*((c, False) for c in asked.drop_channels), *((c, True) for c in asked.add_channels)):
        told = f"{name_of(channel)} {'in the plan' if wanted else 'left out'}"
        if plan is None:
            yield absent(told, "channel plan")
            continue
        done = (plan.choice(channel) is not None) == wanted
        names = ", ".join(name_of(choice.channel) for choice in plan.channels)
        reasons = [text for text in plan.declined if text.startswith((name_of(channel), channel))]
        reasons += [c.rationale for c in plan.channels if not wanted and c.channel == channel]
        why = f"; {reasons[0].rstrip('.')}" if reasons and not done else ""
        yield Effect(told, done, f"the plan has {names}{why}", ("channels",))


def _split(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    if asked.split is None:
        return
    told, budget = f"the split {shown(asked.split)}", facts.budget
    if budget is None:
        yield absent(told, "budget")
        return
    outside = facts.policies is not None and not within(asked.split, facts.policies)
    why = "; what was asked lies outside the tiers' ranges" if outside else ""
    yield Effect(
        told,
        budget.split == asked.split,
        f"the split is {shown(budget.split)}{why}",
        ("budget.split",),
        possible=not outside,
    )


def _shares(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    budget, plan, policies = facts.budget, facts.channels, facts.policies
    for share in asked.shares:
        told = share.told
        if budget is None or plan is None or policies is None:
            yield absent(told, "budget")
            continue
        # Shares asked for one after the other build on each other, so every comment counts for what is wanted now.
        wanted, _ = shares_asked(facts.brief, plan, policies, facts.preset, read_comments(facts.comments))
        line = budget.line(share.channel)
        percent = wanted.wanted.get(share.channel)
        stands = f"{name_of(share.channel)} gets {line.percent} %" if line else f"{name_of(share.channel)} has no line"
        if wanted.refused or percent is None:
            yield Effect(
                told,
                done=False,
                found=f"{stands}; not possible: {wanted.refused}",
                rests_on=("budget",),
                possible=False,
            )
            continue
        done = line is not None and abs(line.percent - percent) <= _NEAR
        yield Effect(told, done, f"{stands}, asked are {percent.quantize(Decimal('0.01'))} %", ("budget",))


_MADE_BY: tuple[tuple[Callable[[ReviewFacts, Directives], Iterator[Effect]], StepId], ...] = (
    (_objectives, "1.1"),
    (_channels, "1.2"),
    (_split, "1.3"),
    (_shares, "1.3"),
)
