"""Landing pages: hero, three features, proof, form; facts only, each within its limit.

Where a reviewer asked for a shorter page it says the same in fewer words: two features, and short forms around them.
"""

from collections.abc import Mapping, Sequence

from gtm.domain.brief import Fact
from gtm.playbook.copy_desk import Desk, Draft, short_line
from gtm.playbook.copy_draft import Copy, Filled
from gtm.playbook.copy_words import capital, count_words, normal, rotated, sentences, shared_words, stop

HERO, TITLE, TEXT, TEXT_WORDS = 70, 60, 220, 50
PARTS, LEAST_PARTS = 3, 2
SAME_THING = 3
"""Longer words that a proof has in common with a feature where it only says that again."""

_PROOFS = ("proof", "privacy", "pricing", "feature")
_TITLES: Mapping[str, tuple[str, ...]] = {
    "feature": ("What it does", "In daily use", "Good to know", "In practice", "What you get", "Worth knowing"),
    "privacy": ("Your data", "What stays with you", "On privacy", "Your data, briefly", "In your hands", "Kept apart"),
    "pricing": ("What it costs", "The price", "On the price", "The sums", "What you pay", "The cost"),
    "offer": ("How to begin", "The next step", "Where to start", "To begin with", "What comes next", "A first step"),
    "belief": ("What we stand for", "Our view", "Why we do it", "What it is for", "Our aim", "What we hold to"),
}
"""Titles above facts that are too short for a title of their own: three for variant A's parts, three for B's."""

_FORM = "Leave your details here."


def write_page(desk: Desk, place: int) -> Copy:
    """Fill the page's variables in one version, by AIDA: hero, features, proof, form.

    A leads with the outcome, the others each with another statement of what the product is. Where a reviewer asks for
    less, the page tells the features that take the fewest letters.

    Args:
        desk: the writer's desk.
        place: 0 for version A, 1 for B, and so on.
    """
    draft = Draft()
    facts = [f for f in desk.facts() if len(stop(f.text)) <= TEXT and len(f.text.split()) <= TEXT_WORDS]
    features = _features(facts)
    general = [f for f in features if not f.segments] or features
    filled = _hero(desk, [f for f in general if 0 < len(short_line(f)) <= HERO], place, draft)
    ordered = rotated(features, (desk.revision - 1) * 3)
    fresh = [f for f in ordered if filled["subhead"] not in (stop(f.text), stop(short_line(f)))]
    chosen = _chosen(fresh if len(fresh) >= PARTS else ordered, place, filled["hero"])
    plain = rotated(_plain_features(desk), 3 * place)
    for number in range(1, 1 + (LEAST_PARTS if desk.directives.shorter else PARTS)):
        fact = chosen[number - 1] if number <= len(chosen) else None
        title, text = (_title(fact, number, place), stop(fact.text)) if fact else plain[number - 1]
        filled[f"feature_{number}_title"] = draft.claim(title, fact) if fact and not _is_own_title(fact) else title
        filled[f"feature_{number}_text"] = draft.claim(text, fact) if fact else text
    untold = [f for f in facts if f not in ordered[:7]] or [f for f in facts if f not in chosen]
    shown = [filled[f"feature_{number}_text"] for number in range(1, PARTS + 1) if f"feature_{number}_text" in filled]
    apart = [f for f in untold if all(shared_words(f.text, text) < SAME_THING for text in shown)]
    filled["proof"] = _proof(desk, apart or untold, place, draft)
    filled["form_intro"] = desk.phrase("form_intro", 1, place=place, limit=160) or _FORM
    return Copy(filled, tuple(dict.fromkeys(draft.claims)), "AIDA")


def _features(facts: Sequence[Fact]) -> list[Fact]:
    """The facts for the three parts of a page; where the product's features are too few, whatever else is known."""
    fit = [f for f in facts if f.kind != "proof" and (_is_own_title(f) or len(short_line(f)) <= TITLE)]
    features = [f for f in fit if f.kind in ("feature", "privacy")]
    return features if len(features) >= PARTS else [*features, *(f for f in fit if f not in features)]


def _is_own_title(fact: Fact) -> bool:
    """Whether a fact has no shorter form than itself, so that a title would only say it twice."""
    return normal(short_line(fact)) in ("", normal(fact.text))


def _title(fact: Fact, number: int, place: int) -> str:
    titles = _TITLES.get(fact.kind, _TITLES["feature"])
    return titles[(number - 1 + PARTS * place) % len(titles)] if _is_own_title(fact) else short_line(fact)


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
    at = 0 if place == 0 else place - 1 if value else len(general) // 2 + place - 1
    lead = general[at % len(general)] if general else None
    if place == 0 and value and len(value) <= HERO:
        hero = value
        draft.claims.extend(desk.claims_of(value))
    elif lead:
        hero = draft.claim(short_line(lead), lead)
    else:
        hero = desk.brief.name
    if place == 0 and lead:
        return {"hero": hero, "subhead": draft.claim(_told(desk, lead, apart_from=hero), lead)}
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


def _told(desk: Desk, fact: Fact, apart_from: str = "") -> str:
    """A fact as a sentence, in its short form where the page is to be short and that says something new."""
    short = short_line(fact) if desk.directives.shorter else ""
    return stop(short) if short and normal(short) != normal(apart_from) and desk.allowed(short) else stop(fact.text)


def _proof(desk: Desk, facts: Sequence[Fact], place: int, draft: Draft) -> str:
    for kind in _PROOFS:
        found = [f for f in facts if f.kind == kind]
        if len(found) > 1 or (found and place == 0):
            fact = rotated(found, place + desk.revision - 1)[0]
            return draft.claim(_told(desk, fact), fact)
    left = [f for kind in (*_PROOFS, "belief") for f in facts if f.kind == kind][place:]
    if left:
        return draft.claim(_told(desk, left[0]), left[0])
    return desk.phrase("proof_none", 1, place=place, limit=TEXT) or stop(capital(desk.brief.category))
