"""Letters: the steps of a mail sequence, each by one of four patterns (`gtm.playbook.frameworks`).

Where the body is under test, each version follows another pattern. A body has 60-180 words.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim
from gtm.domain.playbook_data import Move
from gtm.playbook.copy_desk import Desk, Draft, short_line
from gtm.playbook.copy_facts import for_variant
from gtm.playbook.copy_themes import Theme
from gtm.playbook.copy_words import capital, count_words, normal, rotated, stop
from gtm.playbook.frameworks import Framework

MIN_WORDS, MAX_WORDS = 60, 180
SUBJECT, PREHEADER = 60, 100
AGAIN = 2
"""Facts that a letter without any of its own takes up again."""

RECAP = 4
"""Points of a recap."""

POINTS = 2
"""A letter that tells fewer facts than this does not speak of “these points”."""


@dataclass
class Letter:
    """What one version of one step is written from.

    Attributes:
        pool: the facts dealt to this step.
        spare: the facts dealt to no step.
        others: what other steps tell, to be said again in other words when nothing else is left.
        place: 0 for version A, 1 for B, and so on.
        order: the patterns, best first.
        taken: patterns that other versions of the body follow.
        least: the fewest words of the body.
        claims: what the texts written so far rest on.
    """

    desk: Desk
    step: int
    name: str
    theme: Theme
    order: tuple[Framework, ...]
    pool: list[Fact]
    place: int
    spare: list[Fact] = field(default_factory=list)
    others: list[Fact] = field(default_factory=list)
    taken: Collection[Framework] = ()
    least: int = MIN_WORDS
    claims: list[Claim] = field(default_factory=list)

    @property
    def facts(self) -> list[Fact]:
        """The facts for the body, as many as the variant tells."""
        most = 1 if self.desk.directives.shorter else 2 if self.place else 3
        pool = for_variant(self.pool, self.desk.template.type, self.name, self.place)
        return pool[: min(most, self.theme.facts)]

    def phrase(self, move: Move | None, *, limit: int = 300) -> str | None:
        """The next phrase of a move that differs from the neighbors'; None for no move."""
        return self.desk.phrase(move, self.step, place=self.place, limit=limit) if move else None

    def take(self, text: str) -> str:
        """Mark a text as told by this step."""
        return self.desk.take(text, self.step)

    def observation(self) -> str | None:
        """The next sentence about the reader's day that no step has used."""
        found = self.unseen
        return self.take(found) if found else None

    @property
    def unseen(self) -> str | None:
        """That sentence, left where it is."""
        return next((s for s in self.desk.situation() if normal(s) not in self.desk.used), None)

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
        # The first fact is told in full below the list.
        told = self.facts[:1] if len(self.pool) > 2 else []
        again = self.others if self.theme.recaps else []
        lines = [(short_line(f), f) for f in (*self.pool[1:], *self.pool[:1], *again) if f not in told]
        fit = [
            (line, f)
            for line, f in lines
            if line and normal(line) != normal(skip) and self.desk.allowed(line) and self.desk.is_free(line, self.step)
        ]
        # What the subject says already comes last, and only where there is too little else.
        fit.sort(key=lambda pair: normal(pair[0]) in self.desk.used)
        return ["- " + draft.claim(self.take(line), f) for line, f in fit[:most]]


def write_subject(letter: Letter) -> str:
    """The subject line: what the segment gets in the first message, else a fact's short form, else a phrase."""
    value = capital(letter.desk.value)
    if letter.place == 0 and letter.theme.subject == "subject_problem" and 0 < len(value) <= SUBJECT:
        letter.claims.extend(letter.desk.claims_of(value))
        return letter.take(value)
    if letter.place % 2 == 0 and not letter.theme.named:
        chosen = _short(letter, SUBJECT)
        if chosen:
            return _claimed(letter, letter.take(short_line(chosen)), chosen)
    phrase = letter.phrase(letter.theme.subject, limit=SUBJECT)
    if phrase:
        return phrase.rstrip(".")
    chosen = _short(letter, SUBJECT)
    if chosen:
        return _claimed(letter, letter.take(short_line(chosen)), chosen)
    return letter.desk.last_resort(letter.step, SUBJECT)


def write_preheader(letter: Letter, subject: str, *titles: str) -> str:
    """The preview text beside a subject; it repeats neither that nor what else is told by the mail's own titles."""
    chosen = _short(letter, PREHEADER, subject, *titles)
    if chosen:
        return _claimed(letter, letter.take(short_line(chosen)), chosen)
    told = letter.observation()
    if told and len(told) <= PREHEADER:
        return told
    phrase = letter.desk.phrase("ask_short", letter.step, place=letter.place, limit=PREHEADER)
    return phrase or letter.desk.last_resort(letter.step, PREHEADER)


def _claimed(letter: Letter, text: str, fact: Fact) -> str:
    letter.claims.append(Claim(text=text, fact_id=fact.id))
    return text


def _short(letter: Letter, limit: int, *avoid: str) -> Fact | None:
    for fact in (*for_variant(letter.pool, letter.desk.template.type, letter.name, letter.place), *letter.pool):
        line = short_line(fact)
        fits = line and len(line) <= limit and normal(line) not in map(normal, avoid)
        if fits and letter.desk.allowed(line) and normal(line) not in letter.desk.used:
            return fact
    return None


def write_body(letter: Letter, skip: str) -> tuple[str, Framework]:
    """The message between greeting and signature, and the pattern that it follows.

    Args:
        letter: what it is written from.
        skip: a line that its list leaves out, because the preview shows it.
    """
    draft, framework, theme = Draft(), fitting(letter), letter.theme
    draft.paragraph(letter.phrase(theme.notice))
    _FRAMES[framework](letter, draft, skip)
    _value_first(letter, draft)
    draft.paragraph(letter.phrase(theme.promise))
    _ask(letter, draft)
    fill_up(letter, draft)
    letter.claims.extend(draft.claims)
    return draft.text, framework


def fitting(letter: Letter) -> Framework:
    """The best pattern that no other version follows and whose parts are there."""
    seen, theme = letter.unseen is not None, letter.theme
    parts: dict[Framework, bool] = {
        "PAS": seen, "BAB": seen and bool(letter.desk.value),
        "AIDA": seen or bool(theme.question or theme.lead or theme.notice), "FAB": True,
    }  # fmt: skip
    fit = [one for one in letter.order if parts[one] and one in theme.frames] or [
        one for one in letter.order if one in theme.frames
    ]
    return next((one for one in fit if one not in letter.taken), fit[letter.place % len(fit)])


def _problem_first(letter: Letter, draft: Draft, _skip: str) -> None:
    seen, theme = letter.observation(), letter.theme
    more = letter.phrase(theme.agitate) if theme.agitate else None if theme.notice else letter.observation()
    draft.paragraph(seen, more)
    # A turn leads from the reader's situation to the facts; without a situation it would lead from nothing.
    turn = letter.phrase(_lead(letter, theme.turn)) if seen else None
    told = letter.told(draft, letter.facts)
    draft.paragraph(turn, *told)
    _benefit(letter, draft, told)


def _outcome_first(letter: Letter, draft: Draft, _skip: str) -> None:
    seen, theme = letter.observation(), letter.theme
    value = letter.headline_value(draft) if theme.value == "value_lead" else None
    value = value or letter.value_line(draft, theme.value)
    draft.paragraph(seen, value)
    flip = letter.phrase(theme.flip) if value else None
    told = letter.told(draft, letter.facts)
    draft.paragraph(flip, *told)
    draft.paragraph(_close(letter, told, theme.close))


def _attention_first(letter: Letter, draft: Draft, skip: str) -> None:
    theme = letter.theme
    question = letter.phrase(theme.question)
    unproven = letter.phrase("proof_none") if question and theme.proven and not _proven(letter) else None
    seen = None if question or (theme.notice and not theme.greets) else letter.observation()
    lead = None if question or seen else letter.phrase(theme.lead)
    draft.paragraph(question, unproven, seen, lead)
    listed = theme.listed is not None and _listed(letter, draft, theme.listed, skip)
    told = letter.told(draft, letter.facts[: 1 if listed else 2])
    if listed and theme.valued:
        draft.paragraph(*told, letter.value_line(draft, theme.value))
    elif listed:
        draft.paragraph(*told)
        draft.paragraph(letter.phrase(theme.close))
    else:
        draft.paragraph(*told)
        _benefit(letter, draft, told)


def _feature_first(letter: Letter, draft: Draft, _skip: str) -> None:
    theme = letter.theme
    told = letter.told(draft, letter.facts)
    if told:
        plain: Move | None = "alternative_plain" if theme.lead == "alternative_lead" else None
        draft.paragraph(letter.phrase(_lead(letter, theme.lead)) or letter.phrase(plain))
    draft.paragraph(*told)
    _benefit(letter, draft, told)


def _benefit(letter: Letter, draft: Draft, told: list[str]) -> None:
    if letter.theme.valued:
        draft.paragraph(letter.value_line(draft, letter.theme.value))
    draft.paragraph(_close(letter, told, letter.theme.close))


def _lead(letter: Letter, move: Move | None) -> Move | None:
    """The move, or the one for evidence that a brief has not."""
    return "proof_none" if move and letter.theme.proven and not _proven(letter) else move


def _proven(letter: Letter) -> bool:
    return any(f.kind == "proof" for f in letter.facts)


def _value_first(letter: Letter, draft: Draft) -> None:
    """A message that has to say what the segment gets says it by itself where no phrase did."""
    value = letter.desk.value
    if letter.theme.valued and value and normal(value) not in normal(draft.text):
        text = letter.take(stop(capital(value)))
        draft.claims.extend(letter.desk.claims_of(text))
        draft.paragraphs.insert(min(1, len(draft.paragraphs)), [text])


def _close(letter: Letter, told: list[str], move: Move | None) -> str | None:
    """A phrase on “these points”, where there are any."""
    return letter.phrase(move) if len(told) >= POINTS else None


def _listed(letter: Letter, draft: Draft, move: Move, skip: str) -> bool:
    """Append a list with its opening, where there is more than one line for it."""
    tried = Draft()
    lines = letter.bullets(tried, RECAP if letter.theme.recaps else 3, skip)
    if len(lines) < 2:
        return False
    draft.paragraph(letter.phrase(move), *lines)
    draft.claims.extend(tried.claims)
    return True


def _ask(letter: Letter, draft: Draft) -> None:
    if letter.theme.ask:
        draft.paragraph(letter.phrase(letter.theme.ask) or letter.phrase("ask_short"))


def fill_up(letter: Letter, draft: Draft) -> None:
    """Bring a thin letter to its least length with what is still untold; the call to action stays last."""
    if not draft.paragraphs:
        draft.paragraph(stop(capital(letter.desk.brief.category)))
    told = {normal(s) for paragraph in draft.paragraphs for s in paragraph}
    claimed = {claim.text for claim in draft.claims}
    least = int(letter.desk.policies.content_words.minimum) if letter.desk.directives.shorter else letter.least
    before_ask = draft.paragraphs[:-1] if letter.theme.ask else draft.paragraphs
    home = max(reversed(before_ask or draft.paragraphs), key=lambda p: len(claimed & set(p)))
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
    closed = letter.desk.thin or letter.theme.close is not None or len(claimed & set(home)) < POINTS
    if count_words(draft.text) < least and not closed:
        home.extend(filter(None, [letter.phrase("how_close")]))


_FRAMES: Mapping[Framework, Callable[[Letter, Draft, str], None]] = {
    "PAS": _problem_first, "BAB": _outcome_first, "AIDA": _attention_first, "FAB": _feature_first,
}  # fmt: skip
