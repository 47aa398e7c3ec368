"""A writer's desk: everything known for one template and one segment, and what has been used of it.

The desk hands out each sentence once: a sentence that one step has used is not offered to another step of the same
sequence. It refuses whatever holds a word that the brand, the house or a reviewer has banned.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from gtm.domain.brief import Fact, Offer, Segment, VentureBrief
from gtm.domain.campaign import CampaignTemplate, Claim
from gtm.domain.names import in_text, small_start, without_name
from gtm.domain.playbook_data import Move, PlaybookData, slots_of
from gtm.domain.spec import Policies
from gtm.domain.statements import ENOUGH_FACTS, statements, without_stop
from gtm.domain.vocabulary import BrandVoice
from gtm.playbook.copy_words import (
    capital,
    count_words,
    mentions,
    normal,
    role_in_text,
    rotated,
    seed_of,
    sentences,
    shuffled,
    stop,
    with_article,
)
from gtm.playbook.directives import Directives

PLAIN_LINES = (
    "Take a look", "See how it works", "The short version", "Worth a closer look", "In a few words",
    "See for yourself", "One more thing", "What it is about", "A short look", "Ask us about it",
    "Have a look inside", "The main point",
)  # fmt: skip
"""Lines of fewer than five words and at most 30 characters, for the place where nothing else is left to say."""


FACT_WORDS, SITUATION_WORDS = 40, 30
"""The longest fact and the longest observation that copy tells, in words: a message of 180 holds three facts."""

SHORT_FORM = 90
"""The longest short form of a fact (gtm.domain.brief)."""

SHOUTS = re.compile(
    r"\b(?:AMAZING|BEST|BUY|CLICK|DEAL|EVER|FREE|HURRY|INCREDIBLE|LAST|LIMITED|MUST|NEVER|NOW|ONLY|SALE|SAVE|STOP|TODAY|"
    r"URGENT|WIN|WOW)\b"
)


@dataclass
class Draft:
    """A text being written: paragraphs of sentences, and the facts that they claim."""

    paragraphs: list[list[str]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def paragraph(self, *texts: str | None) -> None:
        """Append a paragraph of the sentences that there are."""
        present = [text for text in texts if text]
        if present:
            self.paragraphs.append(present)

    def claim(self, text: str, fact: Fact) -> str:
        """Record what a sentence rests on, and hand it back."""
        self.claims.append(Claim(text=text, fact_id=fact.id))
        return text

    @property
    def text(self) -> str:
        """The whole text: a blank line between paragraphs, list lines below each other."""
        return "\n\n".join(_joined(paragraph) for paragraph in self.paragraphs)


def _joined(paragraph: list[str]) -> str:
    text = ""
    for part in paragraph:
        text += ("\n" if part.startswith("- ") and text else " " if text else "") + part
    return text


@dataclass
class Desk:
    """What a writer has in front of them. `index` is the segment's rank, from 0."""

    brief: VentureBrief
    data: PlaybookData
    policies: Policies
    template: CampaignTemplate
    segment: Segment
    index: int
    offer: Offer
    revision: int
    directives: Directives
    used: dict[str, int] = field(default_factory=dict)
    told_again: int = 0

    def scratch(self) -> "Desk":
        """The same desk for a trial: what is used at it is not used here."""
        return replace(self, used=dict(self.used))

    @property
    def voice(self) -> BrandVoice:
        """The brand's voice, or the one beside it when a reviewer asked for more or less formality."""
        return voice_after(self.brief.brand.voice, self.directives, self.policies)

    @property
    def banned(self) -> tuple[str, ...]:
        """Words that this copy may not hold."""
        return (*self.brief.brand.banned_words, *self.data.common.hype_words, *self.directives.avoid_words)

    def allowed(self, text: str) -> bool:
        """Whether the text holds no banned word and no exclamation.

        A name is what it is (Ultimate Guitar), and the value proposition is the venture's own: the house's list of hype
        does not judge them.
        """
        plain = without_name(text, self.brief.name)
        if self._value:
            plain = re.sub(re.escape(self._value), " ", plain, flags=re.I)
        return "!" not in plain and not mentions(plain, self.banned)

    def facts(self) -> tuple[Fact, ...]:
        """The facts that copy for this segment may claim, its own first, never an assumed one.

        Where they are too few, what the brief states elsewhere follows them.
        """
        facts = self._usable(self.brief.copy_facts(self.segment.id))
        return facts if len(facts) >= ENOUGH_FACTS else (*facts, *self._usable(statements(self.brief, self.segment.id)))

    def _usable(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        value = self.value_fact()
        told = (self._tellable(f) for f in facts if f != value)
        return tuple(f for f in told if self._fits(f.text, FACT_WORDS))

    @property
    def thin(self) -> bool:
        """Whether the brief's facts are too few for this segment: a short message is better than a filled one."""
        return len(self._usable(self.brief.copy_facts(self.segment.id))) < ENOUGH_FACTS

    def _fits(self, text: str, words: int) -> bool:
        return self.allowed(text) and count_words(text) <= words and len(text) <= 8 * words and not shouts(text)

    def _tellable(self, fact: Fact) -> Fact:
        """The fact as copy tells it: on one line, with a capital, without exclamation.

        One of a single short sentence is its own short form.
        """
        text = capital(" ".join(fact.text.split()))
        text = stop(text.rstrip("!")) if text.endswith("!") else text
        short = fact.short if self.allowed(fact.short) and not shouts(fact.short) else ""
        if not fact.short and len(text) <= SHORT_FORM and len(sentences(text)) == 1 and ": " not in text:
            short = without_stop(text)
        return fact if (text, short) == (fact.text, fact.short) else fact.model_copy(
            update={"text": text, "short": short}
        )  # fmt: skip

    def value_fact(self) -> Fact | None:
        """The fact that carries the segment's value proposition, where the brief has one."""
        wanted = normal(self.segment.value_proposition)
        claimable = [f for f in self.brief.facts_for(self.segment.id) if not f.assumed]
        return next((f for f in claimable if normal(f.short) == wanted or normal(f.text) == wanted), None)

    @property
    def value(self) -> str:
        """The segment's value proposition as it stands within a sentence; empty when it may not be used."""
        return small_start(self._value)

    @cached_property
    def _value(self) -> str:
        value = " ".join(self.segment.value_proposition.split()).rstrip(".!")
        banned = (*self.brief.brand.banned_words, *self.directives.avoid_words)
        return "" if mentions(value, banned) else value

    @property
    def cta(self) -> str:
        """The call to action within a sentence; a plain one where a reviewer has banned a word of the offer's own."""
        own = cta_phrase(self.offer)
        return own if self.allowed(own) else f"take a look at {self.brief.name}"

    def last_resort(self, step: int, limit: int) -> str:
        """A plain line for a step that has nothing else left to say."""
        name = self.brief.name
        lines = (f"A note from {name}", f"More about {name}", f"{name}, in short", f"One more look at {name}",
                 f"Where {name} fits in", f"What else there is to {name}", f"{name}, from another side",
                 f"A word on {name}", f"Again, briefly: {name}", f"About {name}")  # fmt: skip
        ordered = [*rotated(lines, step), *rotated(PLAIN_LINES, 2 * step)]
        fresh = (x for x in ordered if len(x) <= limit and self.allowed(x) and normal(x) not in self.used)
        return self.take(next(fresh, PLAIN_LINES[step % len(PLAIN_LINES)]), step)

    def plain(self, step: int, limit: int) -> str:
        """A sentence for a step that has no fact left: what the segment gets, what the venture is, or a plain line."""
        said = (stop(capital(text)) for text in (self.value, self.brief.category) if text)
        fit = (text for text in said if len(text) <= limit and self.allowed(text) and self.is_free(text, step))
        found = next(fit, None)
        return self.take(found, step) if found else stop(self.last_resort(step, limit - 1))

    def retold(self, fact: Fact, step: int) -> str | None:
        """A fact that another step told, in other words than there; None when all of them are used."""
        if not short_line(fact):
            return None
        told = (shape.format(short=short_line(fact)) for shape in rotated(self.data.common.retold, self.told_again))
        fresh = next((text for text in map(stop, told) if self.allowed(text) and self._fresh(text)), None)
        self.told_again += bool(fresh)
        return self.take(fresh, step) if fresh else None

    def situation(self) -> list[str]:
        """Sentences about the reader's day: questions and general observations, never claims."""
        told = self.segment.situation.value if self.segment.situation else ""
        fit = [
            s
            for s in sentences(told)
            if self._fits(s, SITUATION_WORDS) and not s.lower().startswith(("they ", "their "))
        ]
        return rotated(fit, self.revision - 1)

    def is_free(self, text: str, step: int) -> bool:
        """Whether no other step has used this sentence."""
        return self.used.get(normal(text), step) == step

    def take(self, text: str, step: int) -> str:
        """Mark a text's sentences as used by a step, and hand the text back."""
        for sentence in (text, *sentences(text)):
            self.used.setdefault(normal(sentence), step)
        return text

    def phrase(self, move: Move, step: int, *, place: int = 0, limit: int = 300, short: str = "") -> str | None:
        """The next unused phrase of a move, filled; None when none is left that fits.

        Args:
            move: which sort of phrase.
            step: the step that takes it.
            place: how far into the order to start, so that neighbors differ.
            limit: longest text, characters.
            short: a fact's short form, for phrases that hold one.
        """
        bank = self.data.phrases(self.voice, move)
        order = shuffled(bank, seed_of(self.brief.id, self.template.template_id, move))
        start = self.index * max(1, len(order) // max(1, len(self.brief.segments))) + self.revision - 1 + place
        for phrase in rotated(order, start):
            text = self.fill(phrase, place=place, short=short)
            if text and len(text) <= limit and self.allowed(text) and self._fresh(text):
                return self.take(text, step)
        return None

    def _fresh(self, text: str) -> bool:
        return all(normal(part) not in self.used for part in (text, *sentences(text)))

    def fill(self, phrase: str, *, place: int = 0, short: str = "") -> str | None:
        """The phrase with its slots filled; None when something that it needs is missing."""
        values = {
            "venture": self.brief.name,
            "value": self.value,
            "Value": capital(self.value),
            "a_role": self._role(place),
            "competitor": self._competitor(place),
            "cta": self.cta,
            "Cta": capital(self.cta),
            "offer": self.offer.name,
            "short": short,
        }
        if any(not values[slot] for slot in slots_of(phrase)):
            return None
        # A name that ends in a full stop (Acme Inc.) ends the sentence as well.
        name = self.brief.name
        text = phrase.format(**values)
        return capital(text.replace(f"{name}.", name) if name.endswith(".") else text)

    def claims_of(self, phrase: str) -> tuple[Claim, ...]:
        """The claim behind a sentence that tells the value proposition."""
        fact = self.value_fact()
        if fact and self.value and normal(self.value) in normal(phrase):
            return (Claim(text=phrase, fact_id=fact.id),)
        return ()

    def _role(self, place: int) -> str:
        roles = self.segment.roles
        return with_article(role_in_text(roles[place % len(roles)])) if roles else ""

    def _competitor(self, place: int) -> str:
        names = self.brief.market_strategy.competitors
        return names[(self.index + place) % len(names)] if names else ""


def cta_phrase(offer: Offer) -> str:
    """The offer's call to action as it stands within a sentence.

    A trial's button reads `Start free trial`, which is no sentence: it becomes `start free` or `start a trial`.
    """
    if offer.cta == "start_trial":
        return "start free" if "free" in (offer.cta_text + offer.name).lower() else "start a trial"
    return small_start(offer.cta_text.rstrip(".")) if offer.cta_text else in_text(offer.cta)


def voice_after(voice: BrandVoice, directives: Directives, policies: Policies) -> BrandVoice:
    """The voice for a brand after the formality that a reviewer asked for.

    The nearest voice on the side that was asked for, by the house profiles; the brand's own where there is none.
    """
    if not directives.tone_shift:
        return voice
    here = policies.voice(voice)
    wanted = here.formality + directives.tone_shift
    side = [
        v
        for v in policies.voices
        if (v.formality - here.formality) * directives.tone_shift > 0 and v.voice != "inspirational"
    ]
    return min(side, key=lambda v: (abs(v.formality - wanted), v.voice)).voice if side else voice


def shouts(text: str) -> bool:
    """Whether a text raises its voice in capitals; copy leaves such a fact out."""
    return SHOUTS.search(text) is not None


def short_line(fact: Fact) -> str:
    """A fact's short form as a line of its own; empty when it has none."""
    return capital(fact.short) if fact.short else ""
