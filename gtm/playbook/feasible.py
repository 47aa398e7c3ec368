"""Which of the things that a comment asks for the venture's own facts do not allow, with the reason.

Drafts say it in their notes and a review in its items: what was asked is never dropped in silence.
"""

from gtm.domain.brief import VentureBrief
from gtm.domain.names import in_text
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import Cta
from gtm.playbook.directives import Directives
from gtm.playbook.objectives import goals_asked
from gtm.playbook.send_hours import narrowed


def cta_refusal(brief: VentureBrief, cta: Cta | None) -> str:
    """Why no message can lead to this call to action: the brief has no such offer. Empty where it has one."""
    if cta is None or any(offer.cta == cta for offer in brief.offers):
        return ""
    offers = ", ".join(f"{offer.cta} ({offer.name})" for offer in brief.offers) or "none"
    return f"{brief.name}'s brief has no offer with the call to action {cta}, it has {offers}; add one to its offers"


def voice_refusal(brief: VentureBrief, directives: Directives, *, moved: bool) -> str:
    """Why the voice stays as it is where no voice of the house lies in the direction that was asked for."""
    if not directives.tone_shift or moved:
        return ""
    more = "more" if directives.tone_shift > 0 else "less"
    return f"the house has no voice that is {more} formal than {in_text(brief.brand.voice)}"


def refusals(brief: VentureBrief, policies: Policies, directives: Directives) -> tuple[str, ...]:
    """Everything in the directives that this venture's brief rules out, a sentence each, without a full stop."""
    _, goals = goals_asked(brief, directives)
    _, hours = narrowed(policies.window(brief.audience), directives)
    cta = cta_refusal(brief, directives.cta)
    return (*goals, *([cta] if cta else []), *hours)


def told(brief: VentureBrief, policies: Policies, directives: Directives) -> tuple[str, ...]:
    """The directives' own notes, and what of them is not possible for this venture."""
    return (*directives.notes(), *(f"Not possible: {why}." for why in refusals(brief, policies, directives)))
