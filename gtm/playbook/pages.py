"""Landing pages: hero, three features, proof, form; facts only, each within its limit."""

from collections.abc import Sequence

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim
from gtm.playbook.ads import Filled
from gtm.playbook.copy_desk import Desk, Draft, short_line
from gtm.playbook.copy_words import capital, normal, rotated, stop

TITLE, TEXT = 60, 220


def write_page(desk: Desk, place: int) -> tuple[Filled, tuple[Claim, ...]]:
    """Fill the page's variables in one variant: A leads with the outcome, B with what the product is.

    Args:
        desk: the writer's desk.
        place: 0 for variant A, 1 for B.
    """
    draft = Draft()
    facts = [f for f in desk.facts() if len(stop(f.text)) <= TEXT]
    features = [f for f in facts if f.kind in ("feature", "privacy") and 0 < len(short_line(f)) <= TITLE]
    general = [f for f in features if not f.segments] or features
    filled = _hero(desk, general, place, draft)
    ordered = rotated(features, (desk.revision - 1) * 3)
    chosen = [f for f in rotated(ordered, place * 3) if normal(short_line(f)) != normal(filled["hero"])][:3]
    for number in (1, 2, 3):
        fact = chosen[number - 1] if number <= len(chosen) else None
        filled[f"feature_{number}_title"] = draft.claim(short_line(fact), fact) if fact else desk.offer.name
        filled[f"feature_{number}_text"] = draft.claim(stop(fact.text), fact) if fact else stop(desk.brief.category)
    filled["proof"] = _proof(desk, [f for f in facts if f not in ordered[:7]], place, draft)
    filled["form_intro"] = desk.phrase("form_intro", 1, place=place, limit=160) or stop(desk.offer.name)
    return filled, tuple(dict.fromkeys(draft.claims))


def _hero(desk: Desk, general: Sequence[Fact], place: int, draft: Draft) -> Filled:
    value = capital(desk.value)
    # Without a value proposition for A, each variant leads with another statement.
    lead = general[0 if place == 0 or value else len(general) // 2] if general else None
    if place == 0 and value and len(value) <= 70:
        hero = value
        draft.claims.extend(desk.claims_of(value))
    elif lead:
        hero = draft.claim(short_line(lead), lead)
    else:
        hero = desk.brief.name
    if place == 0 and lead:
        return {"hero": hero, "subhead": draft.claim(stop(lead.text), lead)}
    line = desk.phrase("value_lead", 1, place=1, limit=TEXT)
    if line:
        draft.claims.extend(desk.claims_of(line))
    seen = desk.situation()[:1]
    together = " ".join([*seen, line or ""]).strip()
    subhead = together if 0 < len(together) <= TEXT else line or stop(desk.brief.name)
    return {"hero": hero, "subhead": subhead}


def _proof(desk: Desk, facts: Sequence[Fact], place: int, draft: Draft) -> str:
    for kind in ("proof", "privacy", "pricing", "feature"):
        found = [f for f in facts if f.kind == kind]
        if len(found) > 1 or (found and place == 0):
            fact = rotated(found, place + desk.revision - 1)[0]
            return draft.claim(stop(fact.text), fact)
    return desk.phrase("proof_none", 1, place=place, limit=TEXT) or stop(desk.brief.category)
