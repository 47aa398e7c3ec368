"""A series of posts: its outline, and each post with the mail and the social post that point to it."""

from collections.abc import Sequence

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim
from gtm.domain.playbook_data import Move
from gtm.playbook.copy_desk import Draft, short_line
from gtm.playbook.copy_draft import Copy, Filled, Pools
from gtm.playbook.copy_email import Letter, fitting, write_preheader, write_subject
from gtm.playbook.copy_sequences import Order, letter_for, write_post
from gtm.playbook.copy_words import capital, count_words, normal, rotated, shared_words, stop
from gtm.playbook.frameworks import Framework

TITLE, DESCRIPTION, PROMISE, SOCIAL = 70, 160, 220, 250
"""Characters of a title, of what previews show, of a series' promise, and of a post on a network."""

MAIL_WORDS = 75
"""Words that facts may bring a mail to: its place takes 90, and the call to action follows."""

OUTLINE = "outline"
POINTS = 3
"""A post with fewer facts needs no list at its end."""


def write_outline(order: Order) -> Copy:
    """The page that says what the series is for and what each post is about."""
    letter = letter_for(order)
    filled: Filled = {}
    if order.wants("series_title"):
        title = letter.phrase("series_title", limit=TITLE)
        filled["series_title"] = title or letter.desk.last_resort(letter.step, TITLE)
    if order.wants("series_promise"):
        promise = letter.phrase("series_promise", limit=PROMISE) or letter.desk.plain(letter.step, PROMISE)
        letter.claims.extend(letter.desk.claims_of(promise))
        filled["series_promise"] = letter.take(promise)
    if order.wants("series_outline"):
        filled["series_outline"] = _parts(letter, order.pools)
    return Copy(filled, tuple(dict.fromkeys(letter.claims)), "AIDA")


def _parts(letter: Letter, pools: Pools) -> str:
    parts, lines = letter.desk.data.common.series_parts, []
    for step in letter.desk.template.steps:
        if step.name == OUTLINE:
            continue
        headline, fact = _headline(letter, step.name, pools.get(step.name, []))
        part = parts.get(step.name, capital(step.name.replace("-", " ")))
        if headline and fact:
            letter.claims.append(Claim(text=headline, fact_id=fact.id))
        lines.append(f"- {part}: {headline}" if headline else f"- {part}")
    return "\n".join(filter(None, [letter.phrase("series_intro"), *(letter.take(line) for line in lines)]))


def _headline(letter: Letter, name: str, pool: Sequence[Fact]) -> tuple[str, Fact | None]:
    """The headline that a post gets, the same in the outline as above the post; empty where it takes a phrase."""
    if name == "problem":
        seen = [s for s in letter.desk.situation() if len(s) <= TITLE]
        told = " ".join(f.text for f in pool)
        best = max(seen, key=lambda s: (shared_words(s, told), s.endswith("?")), default="")
        return best.rstrip("."), None
    lines = ((short_line(f), f) for f in pool)
    fit = (f for line, f in lines if 0 < len(line) <= TITLE and letter.desk.allowed(line))
    fact = next(fit, None)
    return (short_line(fact), fact) if fact else ("", None)


def write_part(order: Order) -> Copy:
    """One version of a post and of what points to it, or of the one variable of these that is wanted."""
    letter = letter_for(order)
    filled: Filled = {}
    framework = letter.order[0]
    headline = _title(letter)
    if order.wants("post_headline"):
        filled["post_headline"] = headline
    if order.wants("post_description"):
        filled["post_description"] = _description(letter)
    if order.wants("email_subject"):
        filled["email_subject"] = write_subject(letter)
    if order.wants("email_preheader"):
        filled["email_preheader"] = write_preheader(letter, filled.get("email_subject", ""))
    if order.wants("post_article"):
        filled["post_article"], framework = _article(letter)
    if order.wants("post_social"):
        filled["post_social"] = write_post(letter, SOCIAL)
    if order.wants("email_body"):
        filled["email_body"] = _mail(letter, headline)
    return Copy(filled, tuple(dict.fromkeys(letter.claims)), framework, patterned=frozenset({"post_article"}))


def _title(letter: Letter) -> str:
    """The headline of a version: A's is that of the outline, the others are the voice's own or another fact's."""
    planned, fact = _headline(letter, letter.name, letter.pool)
    if letter.place == 0 and planned and letter.desk.is_free(planned, letter.step):
        if fact:
            letter.claims.append(Claim(text=planned, fact_id=fact.id))
        return letter.take(planned)
    phrase = letter.phrase("post_title", limit=TITLE)
    return phrase or letter.desk.last_resort(letter.step, TITLE)


def _description(letter: Letter) -> str:
    for fact in letter.pool:
        said = (stop(text) for text in (fact.text, short_line(fact)) if text)
        free = (t for t in said if len(t) <= DESCRIPTION and letter.desk.is_free(t, letter.step))
        text = next(free, "")
        if text:
            letter.claims.append(Claim(text=text, fact_id=fact.id))
            return letter.take(text)
    return letter.desk.plain(letter.step, DESCRIPTION)


def _article(letter: Letter) -> tuple[str, Framework]:
    """The post by its pattern: an opening, facts two a paragraph, the points once more, a close, what to do next."""
    draft, framework = Draft(), fitting(letter)
    facts = [f for f in letter.pool if letter.desk.is_free(f.text, letter.step)]
    # What a post opens on stands by itself: a phrase on “the idea behind it” would point back to nothing.
    opening = letter.headline_value(draft) if framework == "FAB" else None
    seen = None if framework == "FAB" else letter.observation()
    if opening is None and seen is None:
        facts = rotated(facts, 1)  # the first one stands above the post already
    if framework == "PAS":
        draft.paragraph(seen, letter.observation())
    elif framework == "BAB":
        draft.paragraph(seen, letter.headline_value(draft) or letter.value_line(draft, "value_lead"))
    else:
        draft.paragraph(opening or seen)
    draft.paragraph(letter.phrase("post_lead") if seen else None)
    if framework == "AIDA":
        _points(letter, draft, facts, "how_list")
    _sections(letter, draft, facts)
    if not facts:
        draft.paragraph(*letter.again(draft))
    if framework != "AIDA":
        _points(letter, draft, facts, "post_list")
    if framework in ("PAS", "AIDA") or (framework == "FAB" and opening is None):
        draft.paragraph(letter.value_line(draft, "value_lead"))
    ask = letter.phrase("ask") or letter.phrase("ask_short")
    draft.paragraph(letter.phrase("post_close"), ask)
    letter.claims.extend(draft.claims)
    return draft.text, framework


def _sections(letter: Letter, draft: Draft, facts: Sequence[Fact]) -> None:
    for pair in (facts[at : at + 2] for at in range(0, len(facts), 2)):
        told = [draft.claim(letter.take(stop(f.text)), f) for f in pair]
        # A word on what the product does; a price speaks for itself.
        turn = letter.phrase("post_turn") if pair[-1].kind in ("feature", "privacy") else None
        draft.paragraph(*told, turn)


def _points(letter: Letter, draft: Draft, facts: Sequence[Fact], move: Move) -> None:
    lines = [(short_line(f), f) for f in facts if short_line(f) and normal(short_line(f)) != normal(f.text)]
    free = [(x, f) for x, f in lines if letter.desk.allowed(x) and letter.desk.is_free(x, letter.step)]
    if len(free) >= POINTS:
        told = [f"- {draft.claim(letter.take(line), f)}" for line, f in free]
        draft.paragraph(letter.phrase(move), *told)


def _mail(letter: Letter, headline: str) -> str:
    draft = Draft()
    lead = letter.desk.phrase("post_mail", letter.step, place=letter.step + letter.place, short=headline)
    draft.paragraph(letter.take(lead.replace("?.", "?")) if lead else None)
    facts = [f for f in letter.pool if letter.desk.is_free(f.text, letter.step)]
    told: list[str] = []
    for fact in facts[:2]:
        if count_words(" ".join([draft.text, *told, fact.text])) <= MAIL_WORDS:
            told.append(draft.claim(letter.take(stop(fact.text)), fact))
    draft.paragraph(*(told or letter.again(draft)))
    if not draft.claims:
        draft.paragraph(letter.value_line(draft, "value_lead") or letter.headline_value(draft))
    draft.paragraph(letter.phrase("ask") or letter.phrase("ask_short"))
    letter.claims.extend(draft.claims)
    return draft.text
