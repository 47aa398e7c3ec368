"""One step of a mail sequence with what belongs to it: the mail, the page it invites to, the post beside it."""

from collections.abc import Collection
from dataclasses import dataclass

from gtm.domain.campaign import Claim, TemplateStep
from gtm.playbook.copy_desk import Desk
from gtm.playbook.copy_draft import Copy, Filled, Pools
from gtm.playbook.copy_email import Letter, write_body, write_preheader, write_subject
from gtm.playbook.copy_themes import theme_of
from gtm.playbook.copy_words import capital, count_words, normal, stop
from gtm.playbook.frameworks import Framework, frameworks, stage_of
from gtm.playbook.templates import step_variables

HEADLINE = 70
"""Characters of a page's headline."""

POST_WORDS = 50
"""The longest post on a network, in words."""


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes:
        pools: the facts of every step of the sequence.
        place: 0 for version A, 1 for B, and so on.
        objective: what the campaign is for.
        only: the one variable that is wanted; empty for all.
        taken: patterns that other versions follow.
    """

    desk: Desk
    step: TemplateStep
    pools: Pools
    place: int
    objective: str
    only: str = ""
    taken: Collection[Framework] = ()

    def wants(self, *names: str) -> bool:
        """Whether one of the variables is wanted."""
        return not self.only or self.only in names


def letter_for(order: Order) -> Letter:
    """What the step's letter is written from: its own facts, what is left over, and what other steps tell."""
    desk, name = order.desk, order.step.name
    pool = order.pools.get(name, [])
    others = [f for other, facts in order.pools.items() if other != name for f in facts]
    return Letter(
        desk=desk,
        step=order.step.step,
        name=name,
        theme=theme_of(desk.template.type, name),
        order=frameworks(
            stage_of(name), order.objective, desk.offer.cta, desk.index + order.step.step + desk.revision - 2
        ),
        pool=pool,
        place=order.place,
        spare=[f for f in desk.facts() if f not in pool and f not in others],
        others=others,
        taken=order.taken,
    )


def write_mail(order: Order) -> Copy:
    """One version of a mail and of what belongs to it."""
    letter, desk = letter_for(order), order.desk
    prefix = "webinar" if desk.template.type == "webinar_funnel" else "email"
    subject, preheader, body = (f"{prefix}_{part}" for part in ("subject", "preheader", "body"))
    filled: Filled = {}
    framework = letter.order[0]
    if order.wants(subject):
        filled[subject] = write_subject(letter)
    if order.wants(preheader):
        filled[preheader] = write_preheader(letter, filled.get(subject, ""))
    if order.wants(body):
        filled[body], framework = write_body(letter, filled.get(preheader, ""))
    if order.step.name == "invite" and order.wants("page_headline", "page_intro"):
        filled |= _registration(letter)
    for variable in step_variables(desk.template, order.step):
        if variable.name.endswith("_social") and order.wants(variable.name):
            filled[variable.name] = write_post(letter, variable.max_characters)
    return Copy(filled, tuple(dict.fromkeys(letter.claims)), framework, patterned=frozenset({body}))


def _registration(letter: Letter) -> Filled:
    desk, step, place, theme = letter.desk, letter.step, letter.place, letter.theme
    headline = desk.offer.name if place == 0 else desk.phrase(theme.subject, step, place=2, limit=HEADLINE)
    intro = desk.phrase(theme.notice, step, place=2, limit=300) if theme.notice else None
    form = desk.phrase("form_intro", step, place=place, limit=160)
    fits = headline if headline and len(headline) <= HEADLINE else ""
    return {
        "page_headline": fits or desk.last_resort(step, HEADLINE),
        "page_intro": " ".join(filter(None, (intro, form))) or desk.last_resort(step, HEADLINE),
    }


def write_post(letter: Letter, limit: int) -> str:
    """What a post on a network says beside a mail, before its link: what there is, or a fact, and what to do next.

    Args:
        letter: what the mail is written from; later versions begin with the reader's situation, in turn.
        limit: characters.
    """
    desk, theme = letter.desk, letter.theme
    ask = desk.phrase("ask_short", letter.step, place=letter.place, limit=limit) or ""
    named = desk.phrase(theme.post, letter.step, place=letter.place, limit=limit) if theme.post else None
    seen = letter.unseen if letter.place % 2 else None
    value = stop(capital(desk.value)) if desk.value and not letter.place % 2 else ""
    facts = [(stop(f.text), f) for f in (*letter.facts, *letter.pool) if desk.is_free(f.text, letter.step)]
    options: list[list[str]] = []
    if named:
        options += [[value or seen or "", named, ask], [value or seen or "", named], [named, ask], [named]]
    options += [[seen, text, ask] for text, _ in facts if seen]
    options += [[text, ask] for text, _ in facts] + [[text] for text, _ in facts] + [[ask]]
    chosen = next((o for o in options if _fits(o, limit)), [desk.last_resort(letter.step, limit)])
    for text in filter(None, chosen):
        letter.take(text)
        letter.claims.extend(desk.claims_of(text))
        letter.claims.extend(Claim(text=text, fact_id=f.id) for told, f in facts if normal(told) == normal(text))
    return " ".join(filter(None, chosen))


def _fits(parts: list[str], limit: int) -> bool:
    text = " ".join(filter(None, parts))
    return bool(text) and len(text) <= limit and count_words(text) < POST_WORDS
