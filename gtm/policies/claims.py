"""Every number, promise, comparison, endorsement and foreign name in copy must stand in a fact that it may claim.

A claim names its fact; a fact that is assumed or not claimable carries nothing. The brief's own words for a segment, an
offer or the product are no claims of ours and may be repeated. Numbers are compared by value, in digits or in words
(`gtm.policies.numbers`); the forms of claims made in words are data (`gtm.policies.claim_forms`).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gtm.domain.brief import Fact, VentureBrief
from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault
from gtm.domain.statements import fact_of
from gtm.policies.claim_contexts import ENDORSEMENT
from gtm.policies.claim_names import unknown_names
from gtm.policies.claim_phrases import Phrase, carries, is_plain_question, is_request, unproved_phrases
from gtm.policies.numbers import is_part, numbers_in
from gtm.policies.words import similarity, stems

ASSERTION_SIMILARITY = 0.75
"""Above this a sentence says what a fact says, in nearly its words."""

CLAIM_SIMILARITY = 0.2
"""Below this a claim's text has nothing to do with the fact it names."""


@dataclass(frozen=True)
class Carriers:
    """What may be repeated: the texts of facts named by claims, and the brief's own words.

    Attributes:
        facts: a fact each, with its short form.
        own: a statement each.
        names: words that may stand as names, in lower case.
    """

    facts: tuple[str, ...]
    own: tuple[str, ...]
    names: frozenset[str]

    @property
    def claimed(self) -> str:
        """The facts."""
        return "\n".join(self.facts)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join((*self.facts, *self.own))


def claim_faults(piece: ContentPiece, brief: VentureBrief, given: Collection[str] = ()) -> Iterator[CopyFault]:
    """The untraced claims of a piece, and the claims that name a fact which does not carry them.

    Args:
        piece: the copy.
        brief: whose facts carry it.
        given: texts that are somebody else's and claim nothing, such as the values of a network's button.
    """
    yield from _wrong_claims(piece, brief)
    carriers = carriers_of(piece, brief)
    for element in piece.elements:
        for variant in (v for v in element.variants if v.text not in given):
            for fault in untraced(variant.text, carriers, brief):
                yield CopyFault(
                    check="content.claims_traced",
                    piece=piece.piece_id,
                    element=element.variable,
                    variant=variant.label,
                    span=fault[2],
                    start=fault[0],
                    end=fault[1],
                    why=fault[3],
                    repair=fault[4],
                )


def carriers_of(piece: ContentPiece, brief: VentureBrief) -> Carriers:
    """What a piece may repeat."""
    named = [
        fact for claim in piece.claims if (fact := fact_of(brief, claim.fact_id)) and usable(fact, piece.segment_id)
    ]
    return replace(own_words(brief, piece.segment_id), facts=tuple(f"{fact.text}\n{fact.short}" for fact in named))


def own_words(brief: VentureBrief, segment_id: str) -> Carriers:
    """What copy to a segment may repeat without naming a fact."""
    strategy, segment = brief.market_strategy, next((s for s in brief.segments if s.id == segment_id), None)
    own = [brief.name, brief.product, brief.category, *strategy.competitors]
    own += [text for offer in brief.offers for text in (offer.name, offer.cta_text)]
    own += [segment.name, segment.value_proposition, *segment.roles] if segment else []
    return Carriers(facts=(), own=tuple(own), names=known_names(brief))


def usable(fact: Fact, segment_id: str) -> bool:
    """Whether a claim to a segment may rest on the fact."""
    return fact.claimable and not fact.assumed and (not fact.segments or segment_id in fact.segments)


Fault = tuple[int, int, str, str, str]
"""Start, end, span, why, repair."""


def untraced(text: str, carriers: Carriers, brief: VentureBrief) -> Iterator[Fault]:
    """The untraced claims of one text."""
    known = {value for _, _, _, value in numbers_in(carriers.text)}
    for number in numbers_in(text):
        start, end, span, value = number
        asked = is_part(number) and is_plain_question(text, start, end)
        if value not in known and not asked and not is_request(text, start, end):
            yield start, end, span, "a number that no named fact carries", _number_repair(value, brief)
    statements = (*carriers.facts, *carriers.own)
    for phrase in unproved_phrases(text, statements, brief.name, brief.market_strategy.competitors):
        why = f"{phrase.form.what} that no named fact carries"
        yield phrase.start, phrase.end, phrase.span, why, _phrase_repair(phrase, text, brief)
    for match in ENDORSEMENT.finditer(text):
        if similarity(match.group(), carriers.claimed) < ASSERTION_SIMILARITY:
            yield match.start(), match.end(), match.group(), "an endorsement that no named fact carries", "leave it out"
    yield from _names(text, carriers)
    yield from _forbidden_assertions(text, carriers, brief)


def _number_repair(value: str, brief: VentureBrief) -> str:
    with_it = (f for f in brief.facts if value in {v for _, _, _, v in numbers_in(f"{f.text}\n{f.short}")})
    return next(map(_naming, with_it), "leave it out, or name the fact that carries it")


def _phrase_repair(phrase: Phrase, text: str, brief: VentureBrief) -> str:
    with_it = (f for f in brief.facts if carries(f"{f.text}\n{f.short}", phrase, text))
    return next(map(_naming, with_it), phrase.form.repair)


def _naming(fact: Fact) -> str:
    if not fact.claimable:
        return f"leave it out: fact {fact.id} must not be repeated ({fact.note or 'not claimable'})"
    if fact.assumed:
        return f"leave it out: fact {fact.id} is only assumed"
    return f"name fact {fact.id} by a claim, if it is that"


def _wrong_claims(piece: ContentPiece, brief: VentureBrief) -> Iterator[CopyFault]:
    for claim in piece.claims:
        fact, why, repair = fact_of(brief, claim.fact_id), "", "take the claim and its sentence out"
        if fact is None:
            why, repair = f"there is no fact {claim.fact_id}", "name a fact of the brief"
        elif not fact.claimable:
            why = f"fact {fact.id} must not be repeated" + (f": {fact.note}" if fact.note else "")
        elif fact.assumed:
            why = f"fact {fact.id} is assumed, copy may not rest on it"
        elif fact.segments and piece.segment_id not in fact.segments:
            why, repair = f"fact {fact.id} speaks to {', '.join(fact.segments)}", "name a fact for this segment"
        elif similarity(claim.text, f"{fact.text} {fact.short}") < CLAIM_SIMILARITY:
            why, repair = f"the claim does not say what fact {fact.id} says", f"say: {fact.short or fact.text}"
        if why:
            yield CopyFault(
                check="content.claims_traced", piece=piece.piece_id, span=claim.text, why=why, repair=repair
            )


def _forbidden_assertions(text: str, carriers: Carriers, brief: VentureBrief) -> Iterator[Fault]:
    forbidden = [fact for fact in brief.facts if not fact.claimable or fact.assumed]
    for match in re.finditer(r"[^.!?\n]+", text):
        sentence = match.group()
        if len(stems(sentence)) < 4 or similarity(sentence, carriers.text) >= ASSERTION_SIMILARITY:
            continue
        for fact in forbidden:
            if len(stems(fact.text)) >= 4 and similarity(fact.text, sentence) >= ASSERTION_SIMILARITY:
                standing = "is only assumed" if fact.claimable else "must not be repeated"
                yield (
                    match.start(),
                    match.end(),
                    sentence.strip(),
                    f"it repeats fact {fact.id}, which {standing}",
                    "leave it out",
                )


def _names(text: str, carriers: Carriers) -> Iterator[Fault]:
    for name in unknown_names(text, carriers.names):
        yield name.start, name.end, name.span, "a name that the brief does not know", "leave it out, or add a fact"


_NAME = re.compile(r"[^\W\d_]{2,}|[^\W\d_\x00-\u024f]")
"""Two letters and more, or one that is not Latin."""


@lru_cache(maxsize=16)
def known_names(brief: VentureBrief) -> frozenset[str]:
    """Every word of the brief that copy may use as a name, in lower case; forbidden facts lend none.

    A single letter is none, unless its script writes words with one (李) or parts them at its vowel signs (हि).
    """
    texts: list[str] = [brief.model_dump_json(exclude={"facts", "website", "source", "lead_scoring"})]
    texts += [f"{f.text} {f.short}" for f in brief.facts if f.claimable and not f.assumed]
    return frozenset(word.lower() for text in texts for word in _NAME.findall(text))


def claimed_facts(pieces: Iterable[ContentPiece]) -> frozenset[str]:
    """Ids of all facts that the pieces' claims name."""
    return frozenset(claim.fact_id for piece in pieces for claim in piece.claims)
