"""The guardrail of step 1.1, Encode GTM Strategy."""

from collections.abc import Iterator
from decimal import Decimal

from pydantic import ValidationError

from gtm.domain.brief import VentureBrief
from gtm.domain.faults import plainly
from gtm.domain.names import counted, in_text
from gtm.domain.strategy import GtmStrategy
from gtm.domain.verdict import Verdict
from gtm.policies.checklist import Checklist, missing_step
from gtm.policies.facts import StrategyFacts

POLICY = "strategy.encoded"


def encoded(facts: StrategyFacts) -> Verdict:
    """The stored strategy fits its schema, speaks to every segment and follows the venture's own goals."""
    artifact = facts.artifact
    if artifact is None:
        return missing_step(facts.stage, POLICY)
    checks, brief = Checklist(facts.stage, POLICY), facts.brief
    checks.line(
        "strategy.json_validates",
        _schema_faults(artifact, brief),
        f"{counted(len(artifact.objectives), 'objective')}, {counted(len(artifact.target_segments), 'segment')}, "
        f"{counted(len(artifact.competitive_positioning), 'character')} of positioning",
        "store a strategy in the form of the configuration template",
    )
    checks.line(
        "strategy.value_proposition_per_segment",
        _segment_faults(artifact, brief),
        f"{counted(len(artifact.target_segments), 'segment')}, each with its value proposition",
        "name each segment of the brief once, with the value proposition it is told",
    )
    checks.line(
        "strategy.objectives_align",
        _goal_faults(artifact, brief),
        ", ".join(f"{in_text(o.name)} {o.weight}" for o in artifact.objectives),
        "take the objectives of the market strategy, in its order, with weights that sum to 1",
    )
    checks.rule(
        "strategy.success_criteria",
        "Set success criteria for each objective",
        _criteria_faults(artifact, brief),
        f"{sum(len(o.success_criteria) for o in artifact.objectives)} success criteria, each with what it rests on",
        "give each objective a measurable target that names `fact:ID` or `policy:NAME`",
    )
    return checks.verdict()


def _schema_faults(artifact: GtmStrategy, brief: VentureBrief) -> Iterator[str]:
    try:
        GtmStrategy.model_validate(artifact.model_dump())
    except ValidationError as error:
        yield from plainly(error)
    if artifact.venture_id != brief.id:
        yield f"venture_id is {artifact.venture_id}, the brief is of {brief.id}"


def _segment_faults(artifact: GtmStrategy, brief: VentureBrief) -> Iterator[str]:
    named = [s.segment_id for s in artifact.target_segments]
    known = {s.id for s in brief.segments}
    yield from (f"segment {s} is not in the brief" for s in named if s not in known)
    yield from (f"segment {s} is named twice" for s in sorted({s for s in named if named.count(s) > 1}))
    yield from (f"segment {s.id} is not targeted" for s in brief.ranked_segments if s.id not in named)


def _goal_faults(artifact: GtmStrategy, brief: VentureBrief) -> Iterator[str]:
    objectives = artifact.objectives
    if not objectives:
        yield "there is no objective"
        return
    total = sum((o.weight for o in objectives), Decimal(0))
    if total != 1:
        yield f"the weights sum to {total}, not 1"
    names = [o.name for o in objectives]
    yield from (f"{name} is named twice" for name in sorted({n for n in names if names.count(n) > 1}))
    wanted = {o.name for o in brief.market_strategy.objectives}
    if wanted:
        yield from (f"{o.name} is no goal of the venture" for o in objectives if o.name not in wanted)
        yield from (f"the venture's goal {name} is missing" for name in sorted(wanted - set(names)))
    ranked = [o.weight for o in objectives]
    if ranked != sorted(ranked, reverse=True):
        yield "the objectives are not ranked: a later one weighs more than one before it"


def _criteria_faults(artifact: GtmStrategy, brief: VentureBrief) -> Iterator[str]:
    for objective in artifact.objectives:
        if not objective.success_criteria:
            yield f"{objective.name} has no success criterion"
        for criterion in objective.success_criteria:
            kind, _, name = criterion.rests_on.partition(":")
            if kind not in ("fact", "policy") or not name:
                yield f"{objective.name}: {criterion.metric} rests on {criterion.rests_on!r}, no fact:ID or policy:NAME"
            elif kind == "fact" and brief.fact(name) is None:
                yield f"{objective.name}: there is no fact {name}"
