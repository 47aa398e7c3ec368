"""Landing pages: hero, three features, proof, form; facts only, each within its limit."""

from collections.abc import Sequence

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim
from gtm.playbook.ads import Filled
from gtm.playbook.copy_desk import Desk, Draft, short_line
from gtm.playbook.copy_words import capital, count_words, normal, rotated, sentences, stop

TITLE, TEXT, TEXT_WORDS = 60, 220, 50
_FORM = "Leave your details here."


def write_page(desk: Desk, place: int) -> tuple[Filled, tuple[Claim, ...]]:
    """Fill the page's variables in one variant: A leads with the outcome, B with what the product is.

    Args:
        desk: the writer's desk.
        place: 0 for variant A, 1 for B.
    """
    draft = Draft()
    facts = [f for f in desk.facts() if len(stop(f.text)) <= TEXT and len(f.text.split()) <= TEXT_WORDS]
    features = [f for f in facts if f.kind in ("feature", "privacy") and 0 < len(short_line(f)) <= TITLE]
    general = [f for f in features if not f.segments] or features
    filled = _hero(desk, general, place, draft)
    ordered = rotated(features, (desk.revision - 1) * 3)
    chosen = _chosen(ordered, place, filled["hero"])
    plain = rotated(_plain_features(desk), 3 * place)
    for number in (1, 2, 3):
        fact = chosen[number - 1] if number <= len(chosen) else None
        title, text = (short_line(fact), stop(fact.text)) if fact else plain[number - 1]
        filled[f"feature_{number}_title"] = draft.claim(title, fact) if fact else title
        filled[f"feature_{number}_text"] = draft.claim(text, fact) if fact else text
    filled["proof"] = _proof(desk, [f for f in facts if f not in ordered[:7]], place, draft)
    filled["form_intro"] = desk.phrase("form_intro", 1, place=place, limit=160) or _FORM
    return filled, tuple(dict.fromkeys(draft.claims))


def _chosen(ordered: Sequence[Fact], place: int, hero: str) -> list[Fact]:
    """Three facts for a variant; with fewer than six, variant B tells them from another place."""
    turn = place * 3 if len(ordered) > 3 else place
    left = [f for f in rotated(ordered, turn) if normal(short_line(f)) != normal(hero)]
    return left[place:][:3] if len(ordered) == 1 else left[:3]


def _plain_features(desk: Desk) -> list[tuple[str, str]]:
    """Titles and texts from the brief's own words, for a page that has too few facts; they state nothing."""
    first = next(iter(sentences(desk.brief.product)), "")
    product = first if 0 < len(first) <= TEXT and count_words(first) <= TEXT_WORDS else desk.brief.category
    value = capital(desk.value) if 0 < len(desk.value) < TEXT else desk.brief.category
    told = [
        ("What it is", stop(capital(product))),
        ("What you get", stop(value)),
        ("Your next step", stop(capital(desk.cta))),
        ("Ask before you decide", "Bring your questions, they come first."),
        ("See it for yourself", "Take a case of your own, and judge by what you see."),
        ("Take your time", "Look around first, then decide."),
    ]
    return [(title, text if desk.allowed(text) else stop(desk.brief.name)) for title, text in told]


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
    subhead = together if 0 < len(together) <= TEXT and count_words(together) <= TEXT_WORDS else line
    if not subhead and 0 < len(value) < TEXT:
        subhead = stop(value)
        draft.claims.extend(desk.claims_of(subhead))
    subhead = subhead or stop(capital(desk.brief.category))
    return {"hero": hero, "subhead": subhead}


def _proof(desk: Desk, facts: Sequence[Fact], place: int, draft: Draft) -> str:
    for kind in ("proof", "privacy", "pricing", "feature"):
        found = [f for f in facts if f.kind == kind]
        if len(found) > 1 or (found and place == 0):
            fact = rotated(found, place + desk.revision - 1)[0]
            return draft.claim(stop(fact.text), fact)
    return desk.phrase("proof_none", 1, place=place, limit=TEXT) or stop(capital(desk.brief.category))
