"""Ads: one step a network, each text within the network's limit by construction.

A venture that would rather distribute useful knowledge than run ads (one of its beliefs says so) is advertised by what
it teaches: the workshop, the handbook, not the demo.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from gtm.domain.brief import Fact, Offer, VentureBrief
from gtm.domain.campaign import Claim
from gtm.playbook.copy_desk import Desk, Draft, short_line
from gtm.playbook.copy_draft import Copy, Filled
from gtm.playbook.copy_words import capital, count_words, mentions, normal, rotated, stop
from gtm.playbook.frameworks import Framework

AD_WORDS = 50
"""domain.md: content length of an ad; one word is kept for a creator's #ad."""
DESCRIPTION = 90
"""Characters of a search ad's description."""

_SAYS_WHAT_IT_DOES = ("feature", "privacy", "proof")
ON_SCREENS = (
    "app", "apps", "software", "platform", "system", "console", "dashboard", "analytics", "api", "ui", "saas",
    "browser", "cloud", "web", "website", "database", "data", "plugin", "bot", "code", "mobile", "digital",
)  # fmt: skip
"""Words of a product that is looked at on a screen."""
_KNOWLEDGE = ("register_webinar", "download_resource")


def distributes_knowledge(brief: VentureBrief) -> bool:
    """Whether a claimable belief of the venture puts useful knowledge above traditional ads."""
    beliefs = (f for f in brief.facts if f.kind == "belief" and f.claimable)
    return any(mentions(f.text, ("ads", "advertising")) and mentions(f.text, ("knowledge",)) for f in beliefs)


def ad_offer(brief: VentureBrief, usual: Offer) -> Offer:
    """The offer that ads lead to: the usual one, or the first that teaches where the venture's belief asks for it."""
    if not distributes_knowledge(brief):
        return usual
    return next((o for o in brief.offers if o.cta in _KNOWLEDGE), usual)


def write_ad(desk: Desk, step: int, network: str, facts: Sequence[Fact], place: int) -> Copy:
    """Fill the variables of one network's step in one version.

    Args:
        desk: the writer's desk; its template declares the limits.
        step: the step's number.
        network: the step's name, such as `linkedin` or `google-ads`.
        facts: facts to choose from, best first.
        place: 0 for version A, 1 for B, and so on.
    """
    draft = Draft()
    framework: Framework = "FAB"
    if network == "google-ads":
        filled = _search(desk, step, facts, place, draft)
    elif network == "influencer-partnerships":
        filled, framework = _creator(desk, step, facts, place, draft)
    else:
        filled, framework = _social(desk, step, network.removesuffix("-ads"), facts, place, draft)
    patterned = frozenset(name for name in filled if name.endswith(("_primary_text", "_caption")))
    return Copy(filled, tuple(dict.fromkeys(draft.claims)), framework, patterned)


def _limit(desk: Desk, variable: str) -> int:
    declared = desk.template.variable(variable)
    return declared.max_characters if declared else 90


def _social(
    desk: Desk, step: int, network: str, facts: Sequence[Fact], place: int, draft: Draft
) -> tuple[Filled, Framework]:
    primary, headline = f"{network}_primary_text", f"{network}_headline"
    text, framework = _primary(desk, step, facts, place, _limit(desk, primary), draft)
    line, fact = _line(desk, step, rotated(facts, 1 + place), _limit(desk, headline))
    if fact:
        draft.claim(line, fact)
    line = _with_act(desk, network, line, text, _limit(desk, headline))
    # A picture shows what there is, not what it costs.
    seen = [f for f in facts if f.kind not in ("pricing", "offer")] or facts
    shown, about = _line(desk, step, rotated(seen, 2 + place), 90, again=True)
    if about:
        draft.claim(shown, about)
    common = desk.data.common
    pairs = zip(common.image_briefs, common.alt_texts, strict=False)
    shown_so = [pair for pair in pairs if _can_show(desk.brief, pair[0])]
    fit = [pair for pair in shown_so if desk.allowed(pair[0]) and desk.allowed(pair[1])] or [("{short}", "{short}.")]
    brief, alt = fit[(step + place + desk.revision - 1) % len(fit)]
    return {
        primary: text,
        headline: line,
        f"{network}_image_brief": brief.format(short=shown, venture=desk.brief.name),
        f"{network}_alt_text": alt.format(short=shown, venture=desk.brief.name),
    }, framework


def on_a_screen(brief: VentureBrief) -> bool:
    """Whether what the venture offers is seen on a screen, so that a picture of one shows it."""
    return mentions(f"{brief.category}. {brief.product}", ON_SCREENS)


def _can_show(brief: VentureBrief, direction: str) -> bool:
    """Whether a direction for a picture suits the venture: bread has no screen, and software is not photographed."""
    return not mentions(direction, ("photograph",) if on_a_screen(brief) else ("screen", "phone"))


def _with_act(desk: Desk, network: str, line: str, text: str, limit: int) -> str:
    """The headline with the venture's own words for the act, where the button may not hold them and no text does."""
    act, buttons = capital(desk.cta), desk.policies.ad_buttons(network) or desk.policies.ad_buttons(f"{network}_ads")
    told = f"{act}: {line}"
    said = normal(desk.cta) in normal(f"{text} {line}") or act in buttons
    return line if not buttons or said or len(told) > limit or not desk.allowed(told) else told


def _primary(
    desk: Desk, step: int, facts: Sequence[Fact], place: int, limit: int, draft: Draft
) -> tuple[str, Framework]:
    """The longest of several texts that fits the limit: situation first for A, facts first for B, and so in turn.

    Where a reviewer asks for less, it is the shortest that still tells the value proposition, or a fact beside it.
    """
    said = [f for f in facts if f.kind in _SAYS_WHAT_IT_DOES]
    # Networks reach different readers: what another one says may be said again before nothing is.
    fresh = [f for f in said if desk.is_free(f.text, step)]
    said = sorted(fresh if len(fresh) > 1 else said, key=lambda f: desk.used.get(normal(f.text)) == step)
    taught = [f for f in desk.facts() if f.kind == "offer" and place % 2 == 1 and desk.offer.cta in _KNOWLEDGE]
    told = [(stop(f.text), f) for f in (*(f for f in taught if desk.is_free(f.text, step)), *said)]
    seen = [s for s in desk.situation() if normal(s) not in desk.used]
    value = _value_within(desk.value, limit) if normal(desk.value) not in desk.used else ""
    ask = desk.phrase("ask_short", step, place=place + step, limit=limit) or ""
    options = _from_situation(seen, value, ask, told) if place % 2 == 0 else _from_facts(value, ask, told)
    options += [[text, ask] for text, _ in told] + [[text] for text, _ in told] + [[ask, value], [ask]]
    fit = [o for o in options if _fits(o, limit)] or [[desk.last_resort(step, limit)]]
    says = {value} if value and place % 2 == 0 else {text for text, _ in told}
    # The shortest that still says something of the venture, and what the version otherwise leads with.
    brief = [o for o in fit if says & set(o)] or fit
    chosen = min(brief, key=_length) if desk.directives.shorter else fit[0]
    for text in filter(None, chosen):
        desk.take(text, step)
        draft.claims.extend(desk.claims_of(text))
        draft.claims.extend(Claim(text=text, fact_id=f.id) for sentence, f in told if sentence == text)
    framework: Framework = "FAB" if not set(chosen) & set(seen) else "BAB" if value and value in chosen else "PAS"
    return " ".join(filter(None, chosen)), framework


Told = Sequence[tuple[str, Fact]]


def _from_situation(seen: Sequence[str], value: str, ask: str, told: Told) -> list[list[str]]:
    with_value = [[s, value, ask] for s in seen[:3]] + [[s, value] for s in seen[:3]] if value else []
    with_value += [[value, ask], [value]] if value else []
    with_fact = [[s, text, ask] for text, _ in told for s in seen[:2]]
    return with_value + with_fact + [[s, ask] for s in seen] + [[s] for s in seen]


def _from_facts(value: str, ask: str, told: Told) -> list[list[str]]:
    texts = [text for text, _ in told]
    pairs = [[one, two, ask] for one, two in pairwise(texts)]
    return pairs[:2] + [[text, value, ask] for text in texts[:2] if value] + [[text, ask] for text in texts]


def _value_within(value: str, limit: int) -> str:
    """The value proposition as a sentence; one that is too long for an ad ends at a clause."""
    text = stop(capital(value)) if value else ""
    cut = max((text.rfind(mark, 0, limit) for mark in (", ", "; ", " and ", " with ", " for ", " in ")), default=-1)
    return text if len(text) <= limit or cut < limit // 2 else stop(text[:cut])


def _fits(parts: Iterable[str], limit: int) -> bool:
    text = " ".join(filter(None, parts))
    return bool(text) and len(text) <= limit and count_words(text) < AD_WORDS


def _length(parts: Iterable[str]) -> int:
    return count_words(" ".join(filter(None, parts)))


def _line(desk: Desk, step: int, facts: Sequence[Fact], limit: int, *, again: bool = False) -> tuple[str, Fact | None]:
    """The first short form that fits a limit, with its fact; the offer's name or the category where none does."""
    for fact in facts:
        line = short_line(fact)
        if line and len(line) <= limit and desk.allowed(line) and (again or normal(line) not in desk.used):
            return desk.take(line, step), fact
    for fact in facts:
        line = short_line(fact)
        if line and len(line) <= limit and desk.allowed(line) and desk.used.get(normal(line)) != step:
            desk.used[normal(line)] = step
            return line, fact
    name, category = desk.brief.name, capital(desk.brief.category)
    for text in (desk.offer.cta_text, category, f"{name}: {category}", f"Meet {name}", name):
        if text and len(text) <= limit and desk.allowed(text) and normal(text) not in desk.used:
            return desk.take(text, step), None
    return desk.last_resort(step, limit), None


def _search(desk: Desk, step: int, facts: Sequence[Fact], place: int, draft: Draft) -> Filled:
    opens = not desk.used
    names = [p.format(venture=desk.brief.name) for p in desk.data.common.search_headlines]
    fit = rotated([n for n in names if len(n) <= 30], desk.index + desk.revision - 1)
    first = next((n for n in fit if normal(n) not in desk.used), "") or desk.last_resort(step, 30)
    filled = {"search_headline_1": desk.take(first, step)}
    short = [f for f in facts if 0 < len(short_line(f)) <= 30]
    for number in (2, 3):
        line, fact = _line(desk, step, short, 30)
        filled[f"search_headline_{number}"] = draft.claim(line, fact) if fact else line
    filled |= _descriptions(desk, step, facts, place, draft, opens=opens)
    return filled


def _descriptions(desk: Desk, step: int, facts: Sequence[Fact], place: int, draft: Draft, *, opens: bool) -> Filled:
    """Two descriptions a variant: other ones where there are enough, else the same in another order.

    Where no other network writes for the segment, this ad opens the campaign and tells the value proposition itself.
    """
    known = rotated(_described(desk, step, facts), 4 * (desk.revision - 1) + 3 * desk.index)
    chosen: list[tuple[str, Fact | None]] = rotated(known, 2 * place if len(known) > 3 else place)[:2]
    while len(chosen) < 2:
        phrase = desk.phrase("ask_short", step, place=place, limit=DESCRIPTION)
        chosen.insert(0 if place else len(chosen), (phrase or desk.last_resort(step, DESCRIPTION), None))
    value = _value_within(desk.value, DESCRIPTION) if opens else ""
    if 0 < len(value) <= DESCRIPTION and normal(value) not in {normal(text) for text, _ in chosen}:
        words = set(value.lower().split())
        beside = min(known, key=lambda told: len(words & set(told[0].lower().split())), default=chosen[0])
        chosen = [(value, desk.value_fact()), beside]
    for text, fact in chosen:
        desk.take(text, step)
        if fact:
            draft.claim(text, fact)
    return {f"search_description_{number}": text for number, (text, _) in enumerate(chosen, start=1)}


def _described(desk: Desk, step: int, facts: Sequence[Fact]) -> list[tuple[str, Fact | None]]:
    """What a description can say, in an order that both variants share: what no other network says, then the rest."""
    order = [f.id for f in desk.facts()]
    told = [(t, f) for f in sorted(facts, key=lambda f: order.index(f.id)) if (t := _short_enough(desk, f))]
    told.sort(key=lambda pair: not desk.is_free(pair[0], step))
    found: list[tuple[str, Fact | None]] = [*told]
    if len(found) < 2 and desk.value:
        values = (_value_within(desk.value, DESCRIPTION), stop(f"{desk.brief.name}: {desk.value}"))
        found += [(text, desk.value_fact()) for text in values if len(text) <= DESCRIPTION]
    return found


def _short_enough(desk: Desk, fact: Fact) -> str:
    texts = (stop(fact.text), stop(short_line(fact)) if fact.short else "")
    return next((text for text in texts if 0 < len(text) <= DESCRIPTION and desk.allowed(text)), "")


def _creator(desk: Desk, step: int, facts: Sequence[Fact], place: int, draft: Draft) -> tuple[Filled, Framework]:
    limit = _limit(desk, "creator_caption")
    caption, framework = _primary(desk, step, facts, place, limit - 4, draft)
    openings = [text for text in desk.data.common.creator_briefs if desk.allowed(text) and _can_show(desk.brief, text)]
    opening = rotated(openings, place + desk.revision - 1)[0] if openings else "{venture}:"
    may_say = [(short_line(f), f) for f in rotated(facts, place * 2) if f.short][:3]
    brief = opening.format(venture=desk.brief.name) + "".join(f"\n- {draft.claim(line, f)}" for line, f in may_say)
    return {"creator_caption": f"#ad {caption}", "creator_brief": brief}, framework
