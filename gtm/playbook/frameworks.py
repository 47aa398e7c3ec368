"""Which pattern a message is written by: AIDA, PAS, before-after-bridge or feature-advantage-benefit.

AIDA (E. St. Elmo Lewis) leads from attention to interest, desire and action. PAS names a problem, agitates it and
solves it. Before-after-bridge (BAB) shows the reader's day, the outcome, and the way there. Feature-advantage-benefit
(FAB) goes from what the product has to what the reader gets.
"""

from collections.abc import Mapping
from typing import Literal

from gtm.domain.vocabulary import Cta, Objective
from gtm.playbook.copy_words import rotated

Framework = Literal["AIDA", "PAS", "BAB", "FAB"]
FunnelStage = Literal["awareness", "consideration", "decision", "action"]
"""How far a reader has come when a message reaches them."""

_BY_STAGE: Mapping[FunnelStage, tuple[Framework, ...]] = {
    "awareness": ("PAS", "BAB", "AIDA", "FAB"),
    "consideration": ("FAB", "AIDA", "PAS", "BAB"),
    "decision": ("FAB", "AIDA", "PAS", "BAB"),
    "action": ("AIDA", "BAB", "FAB", "PAS"),
}
"""The patterns by how well they suit a stage, best first: who knows the problem wants the product."""

_BY_OBJECTIVE: Mapping[Objective, Framework] = {
    "awareness": "BAB", "consideration": "FAB", "lead_generation": "PAS", "conversion": "AIDA", "retention": "FAB",
    "advocacy": "BAB",
}  # fmt: skip
"""What a campaign is for → the pattern that it favors."""

_BY_CTA: Mapping[Cta, Framework] = {
    "book_demo": "PAS", "contact_sales": "PAS", "start_trial": "BAB", "buy_now": "AIDA", "download_resource": "AIDA",
    "register_webinar": "AIDA", "learn_more": "FAB",
}  # fmt: skip
"""A talk begins with the problem, a trial with the outcome, an order or a seat with attention."""

_STAGES: Mapping[str, FunnelStage] = {
    "problem": "awareness", "invite": "awareness", "outline": "awareness",
    "how-it-works": "consideration", "depth": "consideration", "question": "consideration", "belief": "consideration",
    "reminder-7-day": "consideration",
    "proof": "decision", "pricing": "decision", "alternative": "decision", "reminder-1-day": "decision",
    "invitation": "action", "recap": "action", "follow-up": "action",
}  # fmt: skip

FAVOR = 0.6
"""What an objective or a call to action adds: both together move a pattern up by one place of the stage's order."""

FITTING = 3
"""How many of a ranking are taken in turn."""


def stage_of(step: str) -> FunnelStage:
    """The funnel stage of a step by its name; an ad or a page meets readers who know nothing yet."""
    return _STAGES.get(step, "awareness")


def frameworks(stage: FunnelStage, objective: str, cta: Cta, turn: int) -> tuple[Framework, ...]:
    """All four patterns, the most fitting first.

    Args:
        stage: how far the reader has come.
        objective: what the campaign is for; one outside the vocabulary favors none.
        cta: what the message asks for.
        turn: rank of the segment, number of the step and revision; neighbors begin with another of the leading ones, so
            that neither two segments nor two steps read alike.
    """
    order = _BY_STAGE[stage]
    points = {one: float(len(order) - at) for at, one in enumerate(order)}
    for favored in (_BY_CTA[cta], next((f for name, f in _BY_OBJECTIVE.items() if name == objective), None)):
        if favored:
            points[favored] += FAVOR
    ranked = sorted(order, key=lambda one: -points[one])
    return (*rotated(ranked[:FITTING], turn), *ranked[FITTING:])
