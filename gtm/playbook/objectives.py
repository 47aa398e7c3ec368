"""Objectives in their order: the brief's own, and what a comment asks of their order and weights (SOP step 1.1)."""

from decimal import Decimal

from gtm.domain.brief import VentureBrief, WeightedObjective
from gtm.domain.names import in_text
from gtm.domain.vocabulary import Objective
from gtm.playbook.directives import Directives, WeightAsked

_DEFAULT_WEIGHTS: tuple[tuple[Objective, Decimal], ...] = (
    ("lead_generation", Decimal("0.6")),
    ("conversion", Decimal("0.4")),
)
_HUNDREDTH = Decimal("0.01")

Goals = tuple[WeightedObjective, ...]


def own_goals(brief: VentureBrief) -> Goals:
    """The brief's objectives (the defaults where it has none), one of each name, heaviest first, summing to 1."""
    given = brief.market_strategy.objectives or tuple(
        WeightedObjective(name=name, weight=weight) for name, weight in _DEFAULT_WEIGHTS
    )
    merged: dict[str, WeightedObjective] = {}
    for goal in given:
        known = merged.get(goal.name)
        words = [w for w in ((known.in_their_words if known else ""), goal.in_their_words) if w]
        weight = goal.weight + (known.weight if known else Decimal(0))
        merged[goal.name] = WeightedObjective(
            name=goal.name, weight=min(Decimal(1), weight), in_their_words="; ".join(dict.fromkeys(words))
        )
    return _normalised(tuple(sorted(merged.values(), key=lambda g: -g.weight)))


def goals_asked(brief: VentureBrief, directives: Directives) -> tuple[Goals, tuple[str, ...]]:
    """The objectives as a comment asks for them, and why what it asks beyond that is not possible.

    A goal that the brief names is never left out, and none that it does not name is put in: the SOP's validation
    “Objectives align with venture goals” holds the strategy to the brief.
    """
    goals, refused = _without(own_goals(brief), brief, directives)
    names = [g.name for g in goals]
    known = f"{brief.name}'s objectives are {', '.join(in_text(n) for n in names)}"
    lead = directives.lead_objective
    if lead is not None and lead not in names:
        refused.append(f"{in_text(lead)} cannot come first: {known}; name it in the brief's market strategy")
    elif lead is not None:
        weights = [g.weight for g in goals]
        order = sorted(goals, key=lambda g: g.name != lead)
        goals = tuple(g.model_copy(update={"weight": w}) for g, w in zip(order, weights, strict=True))
    refused += [
        f"{in_text(w.objective)} gets no weight: {known}" for w in directives.weights if w.objective not in names
    ]
    wanted = [w for w in directives.weights if w.objective in names]
    goals, why = _weighed(goals, wanted)
    return goals, (*refused, *([why] if why else []))


def _without(goals: Goals, brief: VentureBrief, directives: Directives) -> tuple[Goals, list[str]]:
    refused: list[str] = []
    own = {g.name for g in brief.market_strategy.objectives}
    for name in directives.drop_objectives:
        left = tuple(g for g in goals if g.name != name)
        if name in own:
            refused.append(
                f"{in_text(name)} stays: the brief names it as a goal, and the strategy has to align with the "
                "venture's goals (SOP step 1.1); take it out of the brief's market strategy, or give it less weight"
            )
        elif not left:
            refused.append(f"{in_text(name)} stays: it is the only objective")
        else:
            goals = _normalised(left)
    return goals, refused


def _weighed(goals: Goals, wanted: list[WeightAsked]) -> tuple[Goals, str]:
    if not wanted:
        return goals, ""
    asked = {w.objective: w.weight for w in wanted}
    given, others = sum(asked.values(), Decimal(0)), [g for g in goals if g.name not in asked]
    rest = 1 - given
    if (others and rest <= 0) or (not others and rest != 0):
        told = ", ".join(f"{in_text(name)} {weight}" for name, weight in asked.items())
        need = "leave something for the other objectives" if others else "sum to 1"
        return goals, f"the weights {told} cannot stand: they have to {need}"
    whole = sum((g.weight for g in others), Decimal(0))
    shares = {g.name: (rest * g.weight / whole if whole else rest / len(others)).quantize(_HUNDREDTH) for g in others}
    if others:
        shares[others[0].name] += rest - sum(shares.values(), Decimal(0))
    found = (g.model_copy(update={"weight": asked.get(g.name, shares.get(g.name))}) for g in goals)
    return tuple(sorted(found, key=lambda g: -g.weight)), ""


def _normalised(goals: Goals) -> Goals:
    whole = sum((g.weight for g in goals), Decimal(0))
    if whole == 1:
        return goals
    shares = [(g.weight / whole if whole else Decimal(1) / len(goals)).quantize(_HUNDREDTH) for g in goals]
    shares[0] += 1 - sum(shares, Decimal(0))
    return tuple(g.model_copy(update={"weight": share}) for g, share in zip(goals, shares, strict=True))
