"""An issue of a newsletter: an opening, a story, a tip and one link."""

from collections.abc import Sequence
from dataclasses import replace

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim
from gtm.playbook.copy_desk import short_line
from gtm.playbook.copy_draft import Copy, Filled
from gtm.playbook.copy_email import Letter, write_body, write_preheader, write_subject
from gtm.playbook.copy_sequences import Order, letter_for
from gtm.playbook.copy_words import count_words, normal, stop

OPENING_WORDS = 30
"""The fewest words of an opening: the story and the tip follow it."""

STORY_FACTS = 3
"""The most facts of a story."""

STORY, STORY_WORDS, TIP, TIP_WORDS, TITLE = 500, 70, 320, 45, 70
"""Characters and words of a story, a tip, and the title of either."""

_PRICED = ("pricing", "offer")


def write_issue(order: Order) -> Copy:
    """One version of an issue, or of the one variable of it that is wanted."""
    letter = letter_for(order)
    letter.least = OPENING_WORDS
    # A reader who is written to every week is met where they are: with their own day, as long as any of it is untold.
    letter.order = tuple(sorted(letter.order, key=lambda framework: framework == "FAB"))
    story = _story_facts(letter)
    filled: Filled = {}
    framework = letter.order[0]
    if order.wants("email_subject"):
        filled["email_subject"] = write_subject(letter)
    if order.wants("email_preheader"):
        filled["email_preheader"] = write_preheader(
            letter, filled.get("email_subject", ""), *map(short_line, story[:2])
        )
    if order.wants("email_body"):
        # No version of the opening tells what the story does.
        kept = [[f for f in facts if f not in story] for facts in (letter.pool, letter.spare)]
        opening = replace(letter, pool=kept[0], spare=kept[1], claims=letter.claims)
        filled["email_body"], framework = write_body(opening, "")
    if order.wants("story_title", "story_text"):
        filled |= _story(letter, story)
    if order.wants("tip_title", "tip_text"):
        filled |= _tip(letter)
    wanted = {name: text for name, text in filled.items() if order.wants(name)}
    return Copy(wanted, tuple(dict.fromkeys(letter.claims)), framework, patterned=frozenset({"email_body"}))


def _story(letter: Letter, told: Sequence[Fact]) -> Filled:
    """The facts as a story; a lone one with a word on it. Its title is the first one's short form."""
    for fact in told:
        letter.claims.append(Claim(text=letter.take(stop(fact.text)), fact_id=fact.id))
    parts = [stop(f.text) for f in told] or [letter.desk.plain(letter.step, STORY)]
    if len(told) == 1 and (close := letter.phrase("news_close")):
        parts.append(close)
    return {"story_title": _story_title(letter, told), "story_text": " ".join(parts)}


def _story_facts(letter: Letter) -> list[Fact]:
    """What the story tells: facts after the opening's, as many as its place takes and later issues can spare."""
    facts = [f for f in (*letter.pool[1:], *letter.spare) if letter.desk.is_free(f.text, letter.step)]
    most = 1 if letter.desk.directives.shorter else STORY_FACTS
    for count in range(most, 0, -1):
        text = " ".join(stop(f.text) for f in facts[:count])
        if len(text) <= STORY and count_words(text) <= STORY_WORDS:
            return list(facts[:count])
    return []


def _story_title(letter: Letter, told: Sequence[Fact]) -> str:
    lines = [(short_line(f), f) for f in told if short_line(f) and letter.desk.is_free(short_line(f), letter.step)]
    if not lines:
        return letter.desk.last_resort(letter.step, TITLE)
    line, fact = lines[letter.place % len(lines)]
    other = letter.desk.phrase("story_title", letter.step, place=letter.place, limit=TITLE, short=line)
    title = line if letter.place < len(lines) and len(line) <= TITLE else other
    if title is None:
        return letter.desk.last_resort(letter.step, TITLE)
    letter.claims.append(Claim(text=letter.take(title), fact_id=fact.id))
    return title


def _tip(letter: Letter) -> Filled:
    """Something the reader can do: look at their own day, in every other issue, or at one of the facts."""
    seen = letter.unseen if (letter.step + letter.desk.index) % 2 == 0 and _is_plenty(letter) else None
    text = (_look_around(letter, seen) if seen else None) or _look_here(letter, priced=False)
    if text is None and (seen := letter.unseen):
        text = _look_around(letter, seen)
    text = text or _look_here(letter, priced=True)
    title = letter.phrase("tip_title", limit=TITLE) or letter.desk.last_resort(letter.step, TITLE)
    return {"tip_title": title, "tip_text": text or letter.phrase("ask") or letter.desk.plain(letter.step, TIP)}


def _is_plenty(letter: Letter) -> bool:
    """Whether the openings of later issues have sentences about the reader's day of their own."""
    left = [s for s in letter.desk.situation() if normal(s) not in letter.desk.used]
    return len(left) > len(letter.desk.template.steps) - letter.step + 1


def _look_around(letter: Letter, seen: str) -> str | None:
    follow = letter.phrase("tip_question" if seen.endswith("?") else "tip_statement")
    text = " ".join(filter(None, (seen, follow)))
    return letter.take(text) if follow and len(text) <= TIP and count_words(text) <= TIP_WORDS else None


def _look_here(letter: Letter, *, priced: bool) -> str | None:
    """One of the facts, in its short form, that the issue has not shown yet.

    Args:
        priced: whether it may be a price or an offer, which nobody can look for in what they use.
    """
    told = (*letter.pool[::-1], *letter.spare, *letter.others)
    known = [fact for fact in told if priced or fact.kind not in _PRICED]
    # What the issue tells in full already is no tip, as long as there is anything else.
    for fact in sorted(known, key=lambda f: letter.desk.used.get(normal(f.text)) == letter.step):
        line = short_line(fact)
        if not line or normal(line) in letter.desk.used or not letter.desk.allowed(line):
            continue
        text = letter.desk.phrase("tip_fact", letter.step, place=letter.place, limit=TIP, short=line)
        if text and count_words(text) <= TIP_WORDS:
            letter.claims.append(Claim(text=text, fact_id=fact.id))
            letter.take(line)
            return text
    return None
