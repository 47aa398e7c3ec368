"""Which step of a sequence tells which facts, so that no two steps tell the same one."""

from collections.abc import Mapping, Sequence

from gtm.domain.brief import Fact
from gtm.domain.vocabulary import CampaignType
from gtm.playbook.copy_words import mentions, rotated

POOL = 4
"""The most facts that one step is given: two or three for variant A, the others for variant B."""

POST_POOL = 6
"""The most facts of a post, which is longer than a mail."""

KINDS_BY_STEP: Mapping[str, tuple[str, ...]] = {
    "problem": ("feature", "privacy"),
    "how-it-works": ("feature", "privacy"),
    "depth": ("feature", "privacy"),
    "proof": ("proof", "privacy", "pricing"),
    "pricing": ("pricing", "offer"),
    "alternative": ("pricing", "privacy", "belief"),
    "belief": ("belief", "feature"),
    "question": ("feature", "privacy"),
    "recap": ("feature", "pricing"),
    "invitation": ("offer", "belief", "pricing"),
    "invite": ("feature", "privacy"),
    "reminder-7-day": ("feature", "privacy"),
    "reminder-1-day": ("proof", "feature"),
    "follow-up": ("pricing", "proof", "feature"),
}
"""The kinds of fact a step prefers, best first; any other kind stands in when these are told."""

_KINDS_BY_TYPE: Mapping[tuple[CampaignType, str], tuple[str, ...]] = {
    ("product_launch", "invitation"): ("feature", "privacy", "offer"),
    ("product_launch", "recap"): ("offer", "feature", "pricing"),
}
"""Where a step of one type tells other facts than a step of that name does elsewhere: a launch says what there is."""

_DEFINING: Mapping[CampaignType, str] = {
    "product_launch": "invitation", "email_newsletter": "", "content_series": "how-it-works"
}  # fmt: skip
"""The step that says what the product is, where it is not the first; readers of a newsletter know."""


def kinds_of(kind: CampaignType, step: str) -> tuple[str, ...]:
    """The kinds of fact that a step prefers, best first."""
    return _KINDS_BY_TYPE.get((kind, step)) or KINDS_BY_STEP.get(step, ("feature",))


_OWN_SECOND = ("alternative", "follow-up")
"""Steps whose second fact is one of the segment's own, so that they do not read the same to everybody."""
_SPECIAL_FIRST = ("proof", "pricing", "invitation", "follow-up", "alternative", "belief")


SHIFTS: Mapping[CampaignType, int] = {
    "product_launch": 1,
    "email_newsletter": 2,
    "event_promotion": 3,
    "content_series": 4,
}
"""How far into a brief's facts a type starts, so that one reader is not told the same in the same order twice."""


def turned(facts: Sequence[Fact], kind: CampaignType) -> list[Fact]:
    """The facts as a type's sequence starts on them: the segment's own in front, each sort from another place on."""
    by = SHIFTS.get(kind, 0)
    own, general = [f for f in facts if f.segments], [f for f in facts if not f.segments]
    return [*rotated(own, by), *rotated(general, by)]


def plan_pools(
    facts: Sequence[Fact], kind: CampaignType, steps: Sequence[str], competitors: Sequence[str], revision: int
) -> dict[str, list[Fact]]:
    """Deal the facts to the steps, a fact to one step only, in rounds, choosy steps first.

    Args:
        facts: claimable facts, the segment's own first.
        kind: of the campaign; another starts on another fact.
        steps: the names of the steps in order.
        competitors: a fact that names one goes to the step about the alternative.
        revision: a later revision tells each step's facts in another order.

    Returns:
        Facts by step name; with few facts a late step may have none.
    """
    # The first statement about everyone says what the product is, and one message must say that.
    first = next((f for f in facts if not f.segments and f.kind == "feature"), None)
    left = turned(facts, kind)
    pools: dict[str, list[Fact]] = {name: [] for name in steps}
    order = sorted(steps, key=lambda name: (name not in _SPECIAL_FIRST, steps.index(name)))
    _deal_named(left, pools, competitors)
    defining = _DEFINING.get(kind, steps[0])
    if first in left and defining in pools:
        pools[defining].append(first)
        left.remove(first)
    for turn in range(POST_POOL if kind == "content_series" else POOL):
        for name in order:
            fact = _own(left) if turn == 1 and name in _OWN_SECOND else None
            fact = fact or _best(left, kinds_of(kind, name), strict=turn < 2 or len(pools[name]) > 1)
            if fact and len(pools[name]) <= turn:
                pools[name].append(fact)
                left.remove(fact)
    return {name: rotated(pool, revision - 1) if name != steps[0] else pool for name, pool in pools.items()}


def _deal_named(left: list[Fact], pools: dict[str, list[Fact]], competitors: Sequence[str]) -> None:
    named = next((f for f in left if mentions(f.text, competitors)), None)
    if named and "alternative" in pools:
        pools["alternative"].append(named)
        left.remove(named)


def _own(left: Sequence[Fact]) -> Fact | None:
    # The last one: the first, which says most, belongs to the steps that explain the product.
    return next((f for f in reversed(left) if f.segments and f.kind in ("feature", "privacy")), None)


def for_variant(pool: Sequence[Fact], kind: CampaignType, step: str, place: int) -> list[Fact]:
    """A step's facts in the order a variant tells them: neighbors share as little as the pool allows.

    Facts of a kind the step prefers come first. In the first message both variants say what the product is.
    """
    kinds = kinds_of(kind, step)
    leading = next((kind for kind in kinds if sum(f.kind == kind for f in pool) > 1), None)
    best = [f for f in pool if f.kind == leading or (leading is None and f.kind in kinds)]
    ordered = [*best, *(f for f in pool if f not in best)]
    if step == "problem" and len(ordered) > 2:
        own = [f for f in ordered[3:] if f.segments]
        return [ordered[0], *(ordered[1:2] + own if place == 0 else ordered[2:3] + ordered[1:2])]
    if place == 0:
        return list(pool)
    last = len(best) - 1 if best else 0
    turned = [*ordered[last : last + 1], *ordered[1:last], *ordered[:1], *ordered[last + 1 :]]
    return rotated(list(dict.fromkeys(turned)), place - 1)


def _best(left: Sequence[Fact], kinds: Sequence[str], *, strict: bool) -> Fact | None:
    if kinds[0] == "feature":
        # What speaks to this segment alone goes before what everybody is told.
        own = next((f for f in left if f.segments and f.kind in kinds), None)
        if own:
            return own
    for kind in kinds:
        found = next((f for f in left if f.kind == kind), None)
        if found:
            return found
    return None if strict else next(iter(left), None)
