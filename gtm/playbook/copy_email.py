"""Letters: the steps of an e-mail sequence, each in two variants that start from different ends.

Variant A argues from the reader's situation or from the facts (problem-agitate-solve, feature-advantage-benefit);
variant B starts from the outcome, a list or a question (before-after-bridge, AIDA). Each message has 60-180 words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim
from gtm.domain.playbook_data import Move
from gtm.playbook.copy_desk import Desk, Draft, short_line
from gtm.playbook.copy_facts import for_variant
from gtm.playbook.copy_words import capital, count_words, normal, rotated, stop

MIN_WORDS, MAX_WORDS = 60, 180
SUBJECT, PREHEADER = 60, 100
AGAIN = 2
"""Facts that a letter without any of its own takes up again."""

POINTS = 2
"""A letter that tells fewer facts than this does not speak of “these points”."""


@dataclass
class Written:
    """One variant of a letter, with what it claims."""

    subject: str
    preheader: str
    body: str
    claims: tuple[Claim, ...]


@dataclass
class Letter:
    """What one variant of one step is written from.

    Attributes:
        pool: the facts dealt to this step.
        spare: the facts dealt to no step.
        others: what other steps tell, to be said again in other words when nothing else is left.
        place: 0 for variant A and 1 for B.
    """

    desk: Desk
    step: int
    name: str
    pool: list[Fact]
    place: int
    spare: list[Fact] = field(default_factory=list)
    others: list[Fact] = field(default_factory=list)

    @property
    def facts(self) -> list[Fact]:
        """The facts for the body, as many as the variant tells."""
        most = 1 if self.desk.directives.shorter else (3, 2)[self.place]
        return for_variant(self.pool, self.name, self.place)[:most]

    def phrase(self, move: Move, *, limit: int = 300) -> str | None:
        """The next phrase of a move that differs from the neighbors'."""
        return self.desk.phrase(move, self.step, place=self.place, limit=limit)

    def take(self, text: str) -> str:
        """Mark a text as told by this step."""
        return self.desk.take(text, self.step)

    def observation(self) -> str | None:
        """The next sentence about the reader's day that no step has used."""
        unused = (s for s in self.desk.situation() if normal(s) not in self.desk.used)
        found = next(unused, None)
        return self.take(found) if found else None

    def told(self, draft: Draft, facts: list[Fact]) -> list[str]:
        """The facts as sentences, claimed; where there is none left, something told before in other words."""
        said = {normal(part) for paragraph in draft.paragraphs for part in paragraph}
        free = [f for f in facts if self.desk.is_free(f.text, self.step) and normal(f.text) not in said]
        return [draft.claim(self.take(stop(f.text)), f) for f in free] or self.again(draft)

    def again(self, draft: Draft) -> list[str]:
        """What other steps tell, once more in other words, claimed; the variants take different facts."""
        found: list[str] = []
        for fact in rotated(self.others, self.step + AGAIN * self.place):
            text = self.desk.retold(fact, self.step) if len(found) < AGAIN else None
            if text:
                found.append(draft.claim(text, fact))
        return found

    def value_line(self, draft: Draft, move: Move) -> str | None:
        """A phrase that tells the value proposition, claimed where a fact carries it."""
        text = self.phrase(move)
        if text:
            draft.claims.extend(self.desk.claims_of(text))
        return text

    def headline_value(self, draft: Draft) -> str | None:
        """The value proposition as a sentence of its own."""
        if not self.desk.value or not self.desk.is_free(self.desk.value, self.step):
            return None
        text = self.take(stop(capital(self.desk.value)))
        draft.claims.extend(self.desk.claims_of(text))
        return text

    def bullets(self, draft: Draft, most: int, skip: str) -> list[str]:
        """Short forms as list lines, claimed."""
        # Variant B tells its first fact in full below the list.
        told = self.facts[:1] if self.place == 1 and len(self.pool) > 2 else []
        lines = [(short_line(f), f) for f in (*self.pool[1:], *self.pool[:1]) if f not in told]
        fit = [(line, f) for line, f in lines if line and normal(line) != normal(skip)]
        return [
            "- " + draft.claim(self.take(line), f)
            for line, f in fit[:most]
            if self.desk.allowed(line) and self.desk.is_free(line, self.step)
        ]


def write_letter(letter: Letter) -> Written:
    """Write one variant of one step."""
    draft = Draft()
    subject = _subject(letter, draft)
    preheader = _preheader(letter, draft, subject)
    _BODIES.get(letter.name, _how)(letter, draft, preheader)
    _open_with_value(letter, draft, subject)
    _fill_up(letter, draft)
    return Written(subject=subject, preheader=preheader, body=draft.text, claims=_unique(draft.claims))


def _open_with_value(letter: Letter, draft: Draft, subject: str) -> None:
    """The first message of a sequence says what the segment gets; where no phrase did, the value stands by itself."""
    value = letter.desk.value
    if letter.place or letter.name not in _OPENINGS or not value:
        return
    if normal(value) not in normal(f"{subject} {draft.text}"):
        text = letter.take(stop(capital(value)))
        draft.claims.extend(letter.desk.claims_of(text))
        draft.paragraphs.insert(min(1, len(draft.paragraphs)), [text])


def _unique(claims: list[Claim]) -> tuple[Claim, ...]:
    return tuple(dict.fromkeys(claims))


def _subject(letter: Letter, draft: Draft) -> str:
    move = _SUBJECTS.get(letter.name, "subject_how")
    value = capital(letter.desk.value)
    if letter.place == 0 and letter.name == "problem" and 0 < len(value) <= SUBJECT:
        draft.claims.extend(letter.desk.claims_of(value))
        return letter.take(value)
    if letter.place == 0 and letter.name not in _EVENT_STEPS:
        chosen = _short(letter, SUBJECT, avoid="")
        if chosen:
            return draft.claim(letter.take(short_line(chosen)), chosen)
    phrase = letter.phrase(move, limit=SUBJECT)
    if phrase:
        return phrase.rstrip(".")
    chosen = _short(letter, SUBJECT, avoid="")
    if chosen:
        return draft.claim(letter.take(short_line(chosen)), chosen)
    return letter.desk.last_resort(letter.step, SUBJECT)


def _short(letter: Letter, limit: int, avoid: str) -> Fact | None:
    for fact in (*for_variant(letter.pool, letter.name, letter.place), *letter.pool):
        line = short_line(fact)
        fits = line and len(line) <= limit and normal(line) != normal(avoid)
        if fits and letter.desk.allowed(line) and normal(line) not in letter.desk.used:
            return fact
    return None


def _preheader(letter: Letter, draft: Draft, subject: str) -> str:
    chosen = _short(letter, PREHEADER, avoid=subject)
    if chosen:
        return draft.claim(letter.take(short_line(chosen)), chosen)
    told = letter.observation()
    if told and len(told) <= PREHEADER:
        return told
    phrase = letter.desk.phrase("ask_short", letter.step, place=letter.place, limit=PREHEADER)
    return phrase or letter.desk.last_resort(letter.step, PREHEADER)


def _problem(letter: Letter, draft: Draft, _skip: str) -> None:
    seen = letter.observation()
    if letter.place == 0:
        draft.paragraph(seen, letter.observation())
        # A bridge leads from the reader's situation to the facts; without a situation it would lead from nothing.
        bridge = letter.phrase("problem_bridge") if seen else None
        draft.paragraph(bridge, *letter.told(draft, letter.facts))
        draft.paragraph(letter.value_line(draft, "value_lead"))
    else:
        value = letter.headline_value(draft)
        draft.paragraph(seen, value)
        draft.paragraph(letter.phrase("problem_flip") if value else None, *letter.told(draft, letter.facts))
    _ask(letter, draft)


def _close(letter: Letter, told: list[str], move: Move) -> str | None:
    """A phrase on “these points”, where there are any."""
    return letter.phrase(move) if len(told) >= POINTS else None


def _how(letter: Letter, draft: Draft, skip: str) -> None:
    if letter.place == 0:
        told = letter.told(draft, letter.facts)
        draft.paragraph(letter.phrase("how_lead") if told else None)
        draft.paragraph(*told)
        draft.paragraph(_close(letter, told, "how_close"))
    else:
        draft.paragraph(letter.observation())
        listed = _listed(letter, draft, "how_list", skip)
        told = letter.told(draft, letter.facts[: 1 if listed else 2])
        draft.paragraph(*told, letter.phrase("how_close") if listed else _close(letter, told, "how_close"))
    _ask(letter, draft)


def _listed(letter: Letter, draft: Draft, move: Move, skip: str) -> bool:
    """Append a list with its opening, where there is more than one line for it."""
    tried = Draft()
    lines = letter.bullets(tried, 3, skip)
    if len(lines) < 2:
        return False
    draft.paragraph(letter.phrase(move), *lines)
    draft.claims.extend(tried.claims)
    return True


def _proof(letter: Letter, draft: Draft, _skip: str) -> None:
    proven = any(f.kind == "proof" for f in letter.facts)
    told = letter.told(draft, letter.facts)
    if told and letter.place == 0:
        draft.paragraph(letter.phrase("proof_lead" if proven else "proof_none"))
    elif told:
        draft.paragraph(letter.phrase("proof_question"), None if proven else letter.phrase("proof_none"))
    draft.paragraph(*told)
    draft.paragraph(letter.phrase("proof_close") if told else None)
    _ask(letter, draft)


def _alternative(letter: Letter, draft: Draft, _skip: str) -> None:
    if letter.place == 0:
        draft.paragraph(letter.phrase("alternative_lead") or letter.phrase("alternative_plain"))
        draft.paragraph(*letter.told(draft, letter.facts))
    else:
        draft.paragraph(letter.observation(), letter.phrase("alternative_plain"))
        draft.paragraph(*letter.told(draft, letter.facts))
    draft.paragraph(letter.phrase("alternative_close"))
    _ask(letter, draft)


def _invitation(letter: Letter, draft: Draft, _skip: str) -> None:
    if letter.place == 0:
        draft.paragraph(letter.phrase("invitation_lead"))
        draft.paragraph(*letter.told(draft, letter.facts))
        draft.paragraph(letter.value_line(draft, "invitation_recap"))
    else:
        draft.paragraph(letter.observation(), letter.value_line(draft, "invitation_recap"))
        draft.paragraph(*letter.told(draft, letter.facts))
    _ask(letter, draft)


def _invite(letter: Letter, draft: Draft, skip: str) -> None:
    draft.paragraph(letter.phrase("webinar_lead"), letter.observation())
    listed = _listed(letter, draft, "webinar_agenda", skip)
    if letter.place == 0 and listed:
        draft.paragraph(letter.value_line(draft, "value_lead"))
    else:
        draft.paragraph(*letter.told(draft, letter.facts[:1]))
    draft.paragraph(letter.phrase("webinar_ask"))


def _reminder(letter: Letter, draft: Draft, _skip: str) -> None:
    draft.paragraph(letter.phrase("webinar_week" if "7" in letter.name else "webinar_day"))
    if letter.place == 0:
        told = letter.told(draft, letter.facts)
        draft.paragraph(*told)
        draft.paragraph(_close(letter, told, "how_close" if "7" in letter.name else "proof_close"))
    else:
        draft.paragraph(letter.observation(), letter.headline_value(draft))
        draft.paragraph(*letter.told(draft, letter.facts))


def _follow_up(letter: Letter, draft: Draft, _skip: str) -> None:
    told = letter.told(draft, letter.facts)
    draft.paragraph(letter.phrase("webinar_after"))
    draft.paragraph(*told)
    draft.paragraph(letter.value_line(draft, "value_lead"))
    _ask(letter, draft)


def _ask(letter: Letter, draft: Draft) -> None:
    draft.paragraph(letter.phrase("ask") or letter.phrase("ask_short"))


def _fill_up(letter: Letter, draft: Draft) -> None:
    """Bring a thin letter to its least length with what is still untold; the call to action stays last."""
    if not draft.paragraphs:
        draft.paragraph(stop(capital(letter.desk.brief.category)))
    told = {normal(s) for paragraph in draft.paragraphs for s in paragraph}
    claimed = {claim.text for claim in draft.claims}
    least = int(letter.desk.policies.content_words.minimum) if letter.desk.directives.shorter else MIN_WORDS
    home = max(reversed(draft.paragraphs[:-1] or draft.paragraphs), key=lambda p: len(claimed & set(p)))
    for fact in (*letter.pool, *letter.spare):
        if count_words(draft.text) >= least:
            return
        text = stop(fact.text)
        if normal(text) not in told and letter.desk.is_free(text, letter.step):
            told.add(normal(text))
            home.append(draft.claim(letter.take(text), fact))
    if count_words(draft.text) < least:
        draft.paragraphs[0].extend(filter(None, [letter.observation()]))
    if count_words(draft.text) < least and len({c.fact_id for c in draft.claims}) < POINTS:
        home.extend(letter.again(draft))
    closed = letter.desk.thin or letter.name in _CLOSED or len(claimed & set(home)) < POINTS
    if count_words(draft.text) < least and not closed:
        home.extend(filter(None, [letter.phrase("how_close")]))


_BODIES: Mapping[str, Callable[[Letter, Draft, str], None]] = {
    "problem": _problem, "question": _problem, "how-it-works": _how, "depth": _how, "recap": _how, "proof": _proof,
    "alternative": _alternative, "belief": _alternative, "pricing": _alternative, "invitation": _invitation,
    "invite": _invite, "reminder-7-day": _reminder, "reminder-1-day": _reminder, "follow-up": _follow_up,
}  # fmt: skip
_CLOSED = ("how-it-works", "depth", "recap", "reminder-7-day", "reminder-1-day")
"""Their bodies close on “these points” already."""

_OPENINGS = ("problem", "invite")
_EVENT_STEPS = ("invite", "reminder-7-day", "reminder-1-day", "follow-up")
"""Their subjects name the event: whoever has a seat looks for the session, not for a feature."""
_SUBJECTS: Mapping[str, Move] = {
    "problem": "subject_problem", "question": "subject_problem", "proof": "subject_proof",
    "alternative": "subject_alternative", "belief": "subject_alternative", "pricing": "subject_alternative",
    "invitation": "subject_invitation", "invite": "subject_webinar", "reminder-7-day": "subject_reminder",
    "reminder-1-day": "subject_reminder", "follow-up": "subject_after",
}  # fmt: skip
