"""The house's draft of the GTM strategy, from the venture's own facts (SOP step 1.1)."""

import re
from collections.abc import Iterable
from decimal import Decimal

from gtm.domain.brief import VentureBrief, WeightedObjective
from gtm.domain.errors import InvalidInput
from gtm.domain.money import usd
from gtm.domain.names import in_text, name_of
from gtm.domain.spec import Policies, Presets
from gtm.domain.strategy import GtmStrategy, SegmentValue, StrategyObjective, SuccessCriterion
from gtm.domain.vocabulary import Metric, Objective
from gtm.playbook.copy_words import sentences
from gtm.playbook.directives import Directives
from gtm.playbook.economics import arithmetic, explained, percent
from gtm.playbook.feasible import told
from gtm.playbook.objectives import goals_asked
from gtm.playbook.targets import TargetFigure, target_figures

_LONGEST_ASSUMPTION = 240
_AMOUNT = re.compile(r"^[0-9]+\.[0-9]{2}\b")
_WORD = re.compile(r"[a-z]{4,}")


def draft_strategy(
    brief: VentureBrief, policies: Policies, preset: Presets | None, directives: Directives
) -> GtmStrategy:
    """The strategy: ranked objectives with success criteria, every segment with its value proposition.

    Args:
        brief: the venture's facts.
        policies: the numbers that stand in where no fact carries one.
        preset: the preset the venture chose, when it chose one.
        directives: what a rejection asked for: the order and the weights of the objectives.

    Raises:
        InvalidInput: a segment has no value proposition, or the positioning cannot be brought to 50-200 characters.
            Both are the entry gates' to refuse; no house sentence stands in for them.
    """
    figures = target_figures(brief)
    goals, _ = goals_asked(brief, directives)
    return GtmStrategy(
        venture_id=brief.id,
        objectives=_told_once(_objective(goal, brief, policies, figures) for goal in goals),
        target_segments=tuple(_value(brief, index) for index in range(len(brief.segments))),
        competitive_positioning=_positioning(brief, policies),
        rationale=_rationale(brief, policies, preset, goals, directives),
        assumptions=assumptions(brief),
    )


def assumptions(brief: VentureBrief) -> tuple[str, ...]:
    """Every assumed statement of the brief as `field: text`, in the brief's order, each once."""
    found = [f"{field}: {_brief_text(text)}" for field, text in brief.assumptions()]
    if brief.pricing.sales_cycle_assumed and brief.pricing.sales_cycle_days is not None:
        found.append(f"pricing.sales_cycle_days: {brief.pricing.sales_cycle_days} days")
    if brief.brand.profile_assumed:
        brand = brief.brand
        found.append(
            f"brand: formality {brand.formality}, emotion {brand.emotion}, complexity {brand.complexity} "
            "were placed by us from the venture's description of its voice"
        )
    return tuple(text[:4000] for text in dict.fromkeys(found))


def _brief_text(text: str) -> str:
    """An assumed amount in dollars; a long passage by its beginning and its note, the whole stands in the brief."""
    if amount := _AMOUNT.match(text):
        text = usd(Decimal(amount.group(0))) + text[amount.end() :]
    if len(text) <= _LONGEST_ASSUMPTION:
        return text
    note = re.search(r"\([^()]*\)$", text)
    return f"{text[:80].rsplit(' ', 1)[0]}… {note.group(0) if note else ''}".rstrip()


def _objective(
    goal: WeightedObjective, brief: VentureBrief, policies: Policies, figures: tuple[TargetFigure, ...]
) -> StrategyObjective:
    own = [f.criterion for f in figures if f.objective == goal.name]
    known = {c.metric for c in own}
    house = [c for c in _policy_criteria(goal.name, brief, policies) if c.metric not in known]
    return StrategyObjective(
        name=goal.name,
        weight=goal.weight,
        aligned_with=_aligned(goal, brief, [f for f in figures if f.objective == goal.name]),
        success_criteria=(*own, *house),
    )


def _told_once(objectives: Iterable[StrategyObjective]) -> tuple[StrategyObjective, ...]:
    """The objectives with each of the house's figures on one of them: the one that has no other, else the first.

    Two that have nothing else share a figure, because every objective has a success criterion (SOP step 1.1).
    """
    found = tuple(objectives)
    taken = {o.success_criteria[0].rests_on for o in found if len(o.success_criteria) == 1}
    told = []
    for one in found:
        criteria = [c for c in one.success_criteria if len(one.success_criteria) == 1 or c.rests_on not in taken]
        criteria = criteria or list(one.success_criteria[:1])
        taken |= {c.rests_on for c in criteria if c.rests_on.startswith("policy:")}
        told.append(one.model_copy(update={"success_criteria": tuple(criteria)}))
    return tuple(told)


def _aligned(goal: WeightedObjective, brief: VentureBrief, own: list[TargetFigure]) -> str:
    """The venture's goal in its words: the brief's own wording, else the fact behind the number, else its strategy.

    A strategy's title is no goal: where nothing speaks of this one, its value proposition says what it is all for.
    """
    if goal.in_their_words:
        return goal.in_their_words
    if own:
        return own[0].fact.text
    wanted = set(_WORD.findall(goal.name.replace("_", " ")))
    for fact in brief.facts:
        if fact.kind in ("target", "belief", "milestone") and wanted & set(_WORD.findall(fact.text.lower())):
            return fact.text
    strategy = brief.market_strategy
    said = (s for s in sentences(strategy.document) if wanted & set(_WORD.findall(s.lower())))
    return next(said, strategy.value_proposition or _first_sentence(strategy.document))


def _policy_criteria(name: Objective, brief: VentureBrief, policies: Policies) -> tuple[SuccessCriterion, ...]:
    target = policies.target(brief.segment_type)
    audience = policies.audience(brief.audience)
    at = f"policy:targets.{target.segment_type}"
    effectiveness = _criterion("effectiveness", target.effectiveness, "campaign effectiveness, 0-1",
                               14, f"{at}.effectiveness")  # fmt: skip
    ctr = _criterion("ctr", policies.benchmarks.ctr, "clicks per impression", 30, "policy:benchmarks.ctr")
    leads = _criterion("leads_per_week", Decimal(target.leads_per_week), "qualified leads a week",
                       7, f"{at}.leads_per_week")  # fmt: skip
    conversion = _criterion("conversion_rate", target.conversion, "paying customers per qualified lead",
                            audience.conversion_window_days, f"{at}.conversion")  # fmt: skip
    roas = _criterion("roas", policies.roas_target.default or policies.roas_target.minimum,
                      "revenue per dollar spent", 90, "policy:roas_target.default")  # fmt: skip
    return {
        "awareness": (ctr,),
        "consideration": (effectiveness,),
        "lead_generation": (leads,),
        "conversion": (conversion, roas),
        "retention": (roas,),
        "advocacy": (effectiveness,),
    }[name]


def _criterion(metric: Metric, target: Decimal, unit: str, days: int, rests_on: str) -> SuccessCriterion:
    return SuccessCriterion(metric=metric, operator=">=", target=target, unit=unit, window_days=days, rests_on=rests_on)


def _value(brief: VentureBrief, index: int) -> SegmentValue:
    segment = brief.ranked_segments[index]
    text = segment.value_proposition.strip()
    if not text:
        raise InvalidInput(
            f"segment {segment.id} has no value proposition",
            field=f"segments.{segment.id}.value_proposition",
            hint="the market strategy of stage 16 states one for each segment",
        )
    return SegmentValue(segment_id=segment.id, value_proposition=text)


def _positioning(brief: VentureBrief, policies: Policies) -> str:
    """The venture's positioning at the allowed length: differentiators lengthen it, a cut at a clause shortens it."""
    least, most = int(policies.positioning_characters.minimum), int(policies.positioning_characters.maximum)
    text = " ".join(brief.market_strategy.positioning.split())
    for extra in brief.market_strategy.differentiators:
        if len(text) >= least or not text:
            break
        text = f"{text.rstrip('.')}; {extra.strip()}"
    text = _cut(text, most)
    if not least <= len(text) <= most:
        raise InvalidInput(
            "the competitive positioning is too short",
            field="market_strategy.positioning",
            value=brief.market_strategy.positioning,
            allowed=f"{least}-{most} characters",
        )
    return text


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = text[:most]
    for mark in (". ", "; ", ", ", " "):
        at = head.rfind(mark)
        if at >= most // 2:
            return head[:at].rstrip(" ,;.")
    return head


def _rationale(
    brief: VentureBrief,
    policies: Policies,
    preset: Presets | None,
    goals: tuple[WeightedObjective, ...],
    directives: Directives,
) -> str:
    first, *others = brief.ranked_segments
    parts = [
        f"{brief.name} addresses {first.name} first (“{first.value_proposition.strip()}”)"
        + (f", then {_listed([s.name for s in others])}." if others else "."),
        f"Objectives by weight: {', '.join(f'{in_text(g.name)} {percent(g.weight)}' for g in goals)}.",
        explained(arithmetic(brief, policies), brief, policies),
        _preset_note(brief, policies, preset),
        _against(brief),
        *told(brief, policies, directives),
    ]
    return " ".join(part for part in parts if part)[:4000]


def _preset_note(brief: VentureBrief, policies: Policies, preset: Presets | None) -> str:
    if preset is None:
        return ""
    target = policies.target(brief.segment_type)
    if (preset.weekly_leads_target, preset.conversion_target) == (target.leads_per_week, target.conversion):
        return ""
    return (
        f"The chosen preset would ask for {preset.weekly_leads_target} leads a week at "
        f"{percent(preset.conversion_target)}; the targets of {name_of(target.segment_type)} count, "
        f"{target.leads_per_week} at {percent(target.conversion)}, and the budget is the brief's own "
        f"{usd(brief.financial_model.monthly.value)}."
    )


def _against(brief: VentureBrief) -> str:
    rivals = brief.market_strategy.competitors
    return f"It is placed against {_listed(list(rivals))}." if rivals else ""


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]
