"""Entry gates 1 and 2 of stage 17 (SOP, Entry Conditions)."""

from collections.abc import Iterator
from decimal import Decimal

from gtm.domain.brief import Segment, VentureBrief
from gtm.domain.names import counted, joined
from gtm.domain.verdict import Finding, Verdict
from gtm.policies.checklist import Checklist, nothing_stored
from gtm.policies.contradictions import find_contradictions
from gtm.policies.facts import EntryFacts
from gtm.policies.serving import serving_faults

MARKET_STRATEGY = "entry.market_strategy"
SEGMENTS = "entry.segments"
SERVED = f"{MARKET_STRATEGY}.can_be_served"
_NO_BRIEF = "no brief of this venture is stored"
_LOAD = "load one: gtm venture load FILE"


def market_strategy(facts: EntryFacts) -> Verdict:
    """Gate 1: the market strategy of stage 16 is there, approved and says what stage 17 needs.

    Assumed statements and contradictions in the brief are findings: LEAD sees them, they do not stop.
    """
    brief = facts.brief
    if brief is None:
        return nothing_stored(facts.stage, MARKET_STRATEGY, _NO_BRIEF, _LOAD)
    checks, strategy = Checklist(facts.stage, MARKET_STRATEGY), brief.market_strategy
    checks.line(
        f"{MARKET_STRATEGY}.document_exists",
        [] if strategy.status == "approved" else [f"market_strategy.status is {strategy.status}"],
        f"“{strategy.document}”, approved, last updated {strategy.last_updated}",
        "let stage 16 approve the market strategy, then set market_strategy.status to approved",
    )
    checks.line(
        f"{MARKET_STRATEGY}.segments_described",
        _undescribed(brief),
        f"{counted(len(brief.segments), 'segment')}, each with a profile or roles"
        if brief.segments
        else "no segment is named; that there is one is for gate 2 to judge",
        "give each segment a profile (who they are, how large, where) or roles",
    )
    checks.line(
        f"{MARKET_STRATEGY}.positioning_documented",
        [] if strategy.positioning.strip() else ["market_strategy.positioning is empty"],
        f"{counted(len(strategy.positioning), 'character')} of positioning"
        + (f" against {', '.join(strategy.competitors)}" if strategy.competitors else "; no competitor is named"),
        "write market_strategy.positioning: what is different, and from whom",
    )
    checks.line(
        f"{MARKET_STRATEGY}.value_proposition_per_segment",
        [
            *([] if strategy.value_proposition.strip() else ["market_strategy.value_proposition is empty"]),
            *(f"segment {s.id} has no value proposition" for s in brief.segments if not s.value_proposition.strip()),
        ],
        f"each of {counted(len(brief.segments), 'segment')} has one",
        "write the missing value_proposition: what this segment gets, in its own words",
    )
    checks.line(
        f"{MARKET_STRATEGY}.pricing_aligned",
        [] if brief.pricing.status == "aligned" else [f"pricing.status is {brief.pricing.status}"],
        f"{brief.pricing.model}: {brief.pricing.price}",
        "let stage 16 align the pricing, then set pricing.status to aligned",
    )
    checks.rule(
        SERVED,
        "House rule: a brief that passes the entry gates can be served to the end",
        [f"{f.field}: {f.detail.rstrip('.')}. {f.ask.rstrip('.')}" for f in serving_faults(brief, facts.policies)],
        "facts, campaigns, money and words are such that every step can be done",
        "mend what is named and load the brief again: gtm venture load FILE",
    )
    for finding in (*assumptions(brief), *find_contradictions(brief, facts.policies)):
        checks.finding(finding)
    return checks.verdict()


def segments(facts: EntryFacts) -> Verdict:
    """Gate 2: at least one validated segment, each with characteristics, a rank of its own and preferred channels."""
    brief = facts.brief
    if brief is None:
        return nothing_stored(facts.stage, SEGMENTS, _NO_BRIEF, _LOAD)
    checks, ranked = Checklist(facts.stage, SEGMENTS), brief.ranked_segments
    recommended = facts.policies.segments_recommended
    checks.line(
        f"{SEGMENTS}.defined",
        [
            *([] if ranked else ["there is no segment"]),
            *(f"segment {s.id} is {s.status}, not validated" for s in ranked if s.status != "validated"),
        ],
        f"{len(ranked)} validated segments: {', '.join(s.name for s in ranked)}",
        "validate the segments in stage 11 and set their status",
    )
    checks.line(
        f"{SEGMENTS}.characteristics_documented",
        [*([] if ranked else ["there is no segment"]), *(f for s in ranked for f in _uncharacterised(s))],
        "size, growth and accessibility are documented for each segment",
        "state what is missing under characteristics, or state an estimate and mark it `assumed: true`",
    )
    ranks = [s.priority for s in ranked]
    checks.line(
        f"{SEGMENTS}.priorities_ranked",
        [
            *([] if ranked else ["there is no segment"]),
            *(
                f"priority {rank} is given to more than one segment"
                for rank in sorted({r for r in ranks if ranks.count(r) > 1})
            ),
        ],
        "; ".join(f"{s.priority} {s.name}" for s in ranked),
        "give each segment a priority of its own, 1 first",
    )
    checks.line(
        f"{SEGMENTS}.channels_identified",
        [
            *([] if ranked else ["there is no segment"]),
            *(f"segment {s.id} names no channel" for s in ranked if not s.channels),
        ],
        "; ".join(f"{s.name}: {joined(s.channels)}" for s in ranked),
        "name the channels that the segment prefers, most preferred first",
    )
    if ranked and not recommended.holds(Decimal(len(ranked))):
        checks.finding(
            Finding(
                code="segments.count",
                kind="risk",
                field="segments",
                detail=f"{counted(len(ranked), 'segment')}; {recommended.minimum}-{recommended.maximum} are "
                f"recommended.",
                ask="Does the venture have the people to serve this many segments differently?",
            )
        )
    return checks.verdict()


def assumptions(brief: VentureBrief) -> Iterator[Finding]:
    """Every assumed statement of the brief as a finding: a strategy that rests on one has to say so."""
    for field, text in brief.assumptions():
        yield Finding(
            code="brief.assumed",
            kind="assumption",
            field=field,
            detail=f"Assumed, no public figure carries it: {text}",
            ask="Confirm it, replace it by a known figure, or accept the risk.",
        )


def _undescribed(brief: VentureBrief) -> Iterator[str]:
    for segment in brief.segments:
        if not segment.profile.strip() and not segment.roles:
            yield f"segment {segment.id} has neither profile nor roles"


def _uncharacterised(segment: Segment) -> Iterator[str]:
    for name in ("size", "growth", "accessibility"):
        if getattr(segment.characteristics, name) is None:
            yield f"segment {segment.id} lacks {name}"
