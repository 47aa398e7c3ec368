"""Checks of one piece of copy by itself: shape, variants, lengths, placeholders, language, voice and call to action."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache

from gtm.domain.asked_copy import network_of
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignTemplate, ContentPiece, Variable
from gtm.domain.check import CopyCheck, CopyFault
from gtm.domain.errors import InvalidInput
from gtm.domain.names import counted
from gtm.domain.proofing import Slip
from gtm.domain.rendering import placeholders
from gtm.domain.spec import Policies
from gtm.domain.statements import fact_of
from gtm.policies.brand_voice import banned_words, score
from gtm.policies.language import slips
from gtm.policies.unwritten import LEFTOVER, vague
from gtm.policies.words import similarity, stems

Read = Mapping[str, tuple[Slip, ...]]
"""What a proofreader found, by text."""

_AD_PARTS = {"headline": "headline", "primary_text": "text", "text": "text", "description": "description"}
"""What follows the network's name in a variable → the network's part of an ad."""

SAME = 0.95
"""Two variants that are this alike, letter by letter, test nothing."""

MOST = 20_000
"""Characters of a text whose variable is not known."""

NEAR = Decimal("0.05")
"""A brand voice score that passes by less than this is a warning."""

SAID = 0.5
"""Share of a statement's words by which a text says it."""

_BODY = "_body"
BUTTON = "cta_text"
"""The variable that holds the text of a button."""


def _fault(check: CopyCheck, piece: ContentPiece, why: str, repair: str, element: str = "") -> CopyFault:
    return CopyFault(check=check, piece=piece.piece_id, element=element, why=why, repair=repair)


def _whole(check: CopyCheck, piece: ContentPiece, at: tuple[str, str, str], why: str, repair: str) -> CopyFault:
    """A fault of a text as a whole; `at` is its element, its variant's label, and itself."""
    element, label, text = at
    return CopyFault(
        check=check,
        piece=piece.piece_id,
        element=element,
        variant=label,
        span=text,
        end=len(text),
        why=why,
        repair=repair,
    )


def _texts(piece: ContentPiece) -> Iterator[tuple[str, str, str]]:
    for element in piece.elements:
        yield from ((element.variable, variant.label, variant.text) for variant in element.variants)


def shape_faults(piece: ContentPiece, template: CampaignTemplate) -> Iterator[CopyFault]:
    """Each required variable of the step is filled, and nothing else is."""
    step = next((s for s in template.steps if s.step == piece.step), None)
    if step is None:
        yield _fault(
            "content.complete", piece, f"template {template.template_id} has no step {piece.step}", "remove it"
        )
        return
    used: set[str] = set()
    for slot in step.slots:
        used |= _placeholders(slot.text)
    wanted = {v.name: v for v in template.variables if v.filled_by == "content" and v.name in used}
    filled = [e.variable for e in piece.elements]
    for name in sorted(set(filled)):
        if filled.count(name) > 1:
            yield _fault("content.complete", piece, "the element is filled twice", "fill it once", name)
        if name not in wanted:
            yield _fault("content.complete", piece, "the step has no such variable", "leave it out", name)
    for name, variable in wanted.items():
        if variable.required and name not in filled:
            yield _fault(
                "content.variables_filled", piece, "the variable is not filled", f"write it: {variable.purpose}", name
            )


@lru_cache(maxsize=1024)
def _placeholders(text: str) -> frozenset[str]:
    try:
        return frozenset(placeholders(text))
    except InvalidInput:
        return frozenset()  # step 2.1 names a text that does not parse


def variant_faults(piece: ContentPiece, template: CampaignTemplate, policies: Policies) -> Iterator[CopyFault]:
    """Each element under test has as many versions as the policies ask, labelled apart, and they differ.

    A piece that names none has every element under test that its template allows.
    """
    least, most = int(policies.variants.minimum), int(policies.variants.maximum)
    for element in piece.elements:
        variable, variants = template.variable(element.variable), element.variants
        tested = variable is not None and (piece.tested == variable.name if piece.tested else variable.ab_tested)
        if tested and not least <= len(variants) <= most:
            yield _fault(
                "content.variants",
                piece,
                f"{counted(len(variants), 'variant')}, not {least}-{most}",
                "write another",
                element.variable,
            )
        labels = [v.label for v in variants]
        if len(set(labels)) != len(labels):
            yield _fault(
                "content.variants", piece, "two variants have one label", "label them A, B, C", element.variable
            )
        for index, one in enumerate(variants):
            for other in variants[index + 1 :]:
                if _alike(one.text, other.text):
                    yield CopyFault(
                        check="content.variants",
                        piece=piece.piece_id,
                        element=element.variable,
                        variant=other.label,
                        span=other.text,
                        why=f"it is the same as variant {one.label}",
                        repair="write a version that tests something",
                    )


def _alike(one: str, other: str) -> bool:
    left, right = (re.sub(r"[\W_]+", " ", text.lower()).strip() for text in (one, other))
    if left == right or len(left) <= 40:
        return left == right
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.real_quick_ratio() >= SAME and matcher.quick_ratio() >= SAME and matcher.ratio() >= SAME


def length_faults(piece: ContentPiece, template: CampaignTemplate, policies: Policies) -> Iterator[CopyFault]:
    """No text is longer than its variable allows, and no variant of the piece than its kind of message may be."""
    for name, label, text in _texts(piece):
        variable = template.variable(name)
        if variable is None:
            continue
        for count, limit, unit in _counts(text, variable):
            if count > limit:
                yield CopyFault(
                    check="content.lengths",
                    piece=piece.piece_id,
                    element=name,
                    variant=label,
                    span=text,
                    why=f"{count} {unit}, at most {limit}",
                    repair=f"shorten it by {count - limit} {unit}",
                )
    limit = words_allowed(template, policies)
    for label in sorted({label for _, label, _ in _texts(piece)}):
        words = sum(len(element.text(label).split()) for element in piece.elements)
        if words > limit:
            yield _fault("content.lengths", piece, f"variant {label} has {words} words, at most {limit}", "shorten it")


def oversized(piece: ContentPiece, template: CampaignTemplate) -> bool:
    """Whether a text is more than twice as long as its variable allows."""
    limits = {variable.name: variable.max_characters for variable in template.variables}
    return any(len(text) > 2 * limits.get(name, MOST) for name, _, text in _texts(piece))


def ad_limit_faults(piece: ContentPiece, template: CampaignTemplate, policies: Policies) -> Iterator[CopyFault]:
    """No part of an ad is longer than its network takes."""
    step = next((s for s in template.steps if s.step == piece.step), None)
    limits = policies.ad_limit(network_of(step)) if step else None
    for name, label, text in _texts(piece):
        limit = limits and getattr(limits, _AD_PARTS.get(re.sub(r"_\d+$", "", name).partition("_")[2], ""), None)
        if limit and len(text) > limit:
            why = f"{len(text)} characters, the network takes {limit}"
            repair = f"shorten it by {len(text) - limit} characters"
            yield _whole("content.lengths", piece, (name, label, text), why, repair)


def ad_button_faults(piece: ContentPiece, template: CampaignTemplate, policies: Policies) -> Iterator[CopyFault]:
    """The button of an ad is one of the values that its network takes, where that has a list."""
    taken = buttons_of(piece, template, policies)
    for name, label, text in _texts(piece) if taken else ():
        if name == BUTTON and text not in taken:
            repair = f"take one of its own: {', '.join(taken)}; say it in the headline"
            yield _whole("content.cta", piece, (name, label, text), "the network has no such button", repair)


def buttons_of(piece: ContentPiece, template: CampaignTemplate, policies: Policies) -> tuple[str, ...]:
    """The only values that the button of a piece may have; empty where its network takes any words, or it is no ad."""
    step = next((s for s in template.steps if s.step == piece.step), None)
    return policies.ad_buttons(step.name.replace("-", "_")) if step and template.kind.look == "ad" else ()


def words_allowed(template: CampaignTemplate, policies: Policies) -> int:
    """The most words of one variant of a piece."""
    limits = {
        "email_words": policies.email_words,
        "blog_words": policies.blog_words,
        "content_words": int(policies.content_words.maximum),
    }
    return limits[template.kind.words]


def _counts(text: str, variable: Variable) -> Iterator[tuple[int, int, str]]:
    yield len(text), variable.max_characters, "characters"
    if variable.max_words is not None:
        yield len(text.split()), variable.max_words, "words"


def placeholder_faults(piece: ContentPiece, template: CampaignTemplate) -> Iterator[CopyFault]:
    """No placeholder is left; only those that are filled for each recipient may stand."""
    recipient = {v.name for v in template.variables if v.filled_by == "recipient"}
    for name, label, text in _texts(piece):
        for match in LEFTOVER.finditer(text):
            inner = match.group().strip("{} ").split("|")[0].strip()
            if match.group().startswith("{{") and inner in recipient:
                continue
            yield CopyFault(
                check="content.variables_filled",
                piece=piece.piece_id,
                element=name,
                variant=label,
                span=match.group(),
                start=match.start(),
                end=match.end(),
                why="a placeholder is left",
                repair="write what it stands for",
            )


def grammar_faults(piece: ContentPiece, brief: VentureBrief, read: Read | None = None) -> Iterator[CopyFault]:
    """The slips of every text; names that the brief spells in small letters keep them.

    Args:
        piece: the copy.
        brief: whose names these are.
        read: what a proofreader found, by text; it adds to the house's own rules.
    """
    names = lower_case_names(brief)
    for name, label, text in _texts(piece):
        counted = [slip for slip in (read or {}).get(text, ()) if not _after_number(brief.name, text, slip)]
        for slip in _with(slips(text, names), tuple(counted)):
            yield CopyFault(
                check="content.grammar",
                piece=piece.piece_id,
                element=name,
                variant=label,
                span=text[slip.start : slip.end],
                start=slip.start,
                end=slip.end,
                why=slip.why,
                repair=slip.repair,
            )


def _after_number(name: str, text: str, slip: Slip) -> bool:
    """Whether a proofreader took the number that a name ends in for a count of what follows: `Studio 54 logo`."""
    return name[-1:].isdigit() and text[: slip.start].rstrip().endswith(name)


def _with(own: tuple[Slip, ...], read: tuple[Slip, ...]) -> list[Slip]:
    """Both, but what is found twice only in the house's words."""
    more = [slip for slip in read if all(slip.start >= one.end or slip.end <= one.start for one in own)]
    return sorted((*own, *more))


def lower_case_names(brief: VentureBrief) -> frozenset[str]:
    """Names that start with a small letter: the brand's own words in small letters, and those such as `iOS`."""
    values = (" ".join((s.value_proposition, *s.roles)) for s in brief.segments)
    texts = " ".join((brief.name, brief.product, *values, *(f"{f.text} {f.short}" for f in brief.facts)))
    camel = re.findall(r"\b[a-z]{1,3}[A-Z][A-Za-z]*\b", texts)
    own = [word for word in brief.brand.preferred_words if word == word.lower()]
    return frozenset(word.lower() for word in (*camel, *own, *(w for w in brief.name.split() if w == w.lower())))


def voice_faults(piece: ContentPiece, brief: VentureBrief, policies: Policies) -> Iterator[CopyFault]:
    """A piece below the brand voice minimum, with what lowered each variant; a banned word is one in any case."""
    for name, label, text in _texts(piece):
        for start, end, word in banned_words(text, brief.brand):
            yield CopyFault(
                check="content.brand_voice",
                piece=piece.piece_id,
                element=name,
                variant=label,
                span=text[start:end],
                start=start,
                end=end,
                why=f"“{word}” is a word that the brand does not use",
                repair="say it plainly",
            )
    for label in sorted({label for _, label, _ in _texts(piece)}):
        scored = score("\n".join(element.text(label) for element in piece.elements), brief.brand, brief.name)
        if scored.score < policies.brand_voice_minimum + NEAR:
            blocks = scored.score < policies.brand_voice_minimum
            yield CopyFault(
                check="content.brand_voice",
                piece=piece.piece_id,
                variant=label,
                why=f"brand voice {scored.score}, at least {policies.brand_voice_minimum}: {', '.join(scored.reasons)}",
                repair=f"write {brief.brand.description}",
                severity="block" if blocks else "warn",
                score=scored.score,
            )


def substance_faults(piece: ContentPiece, brief: VentureBrief) -> Iterator[CopyFault]:
    """Each variant of a body says something of the venture: a traced claim, or what the segment gets.

    A mail's body is judged by itself, whatever its subject says; a page and an ad are judged as a whole.
    """
    value = next((stems(s.value_proposition) for s in brief.segments if s.id == piece.segment_id), frozenset())
    bodies = [e for e in piece.elements if e.variable.endswith(_BODY)]
    judged = bodies or [e for e in piece.elements if "cta" not in e.variable.split("_")]
    for label in sorted({v.label for e in judged for v in e.variants}):
        text = "\n".join(element.text(label) for element in judged)
        if not (_says_value(text, value) or _says_claim(text, piece, brief)):
            yield CopyFault(
                check="content.value_proposition",
                piece=piece.piece_id,
                element=bodies[0].variable if bodies else "",
                variant=label,
                span=text,
                why="it says nothing of the venture: no traced claim, and not what the segment gets",
                repair="tell a fact, and name it by a claim",
            )


def _says_value(text: str, value: frozenset[str]) -> bool:
    return bool(value) and len(value & stems(text)) / len(value) >= SAID


def _says_claim(text: str, piece: ContentPiece, brief: VentureBrief) -> bool:
    facts = [fact for claim in piece.claims if (fact := fact_of(brief, claim.fact_id))]
    told = [*(claim.text for claim in piece.claims), *(said for fact in facts for said in (fact.text, fact.short))]
    return any(stems(said) and similarity(said, text) >= SAID for said in told)


def cta_text_faults(piece: ContentPiece, template: CampaignTemplate, policies: Policies) -> Iterator[CopyFault]:
    """A call to action says what happens: `Book a demo`, never `Click here`; what a network offers is none of ours."""
    taken = buttons_of(piece, template, policies)
    for name, label, text in _texts(piece):
        if "cta" not in name.split("_") or text in taken:
            continue
        if vague(text, piece.cta):
            yield CopyFault(
                check="content.cta",
                piece=piece.piece_id,
                element=name,
                variant=label,
                span=text,
                why="the call to action does not say what happens",
                repair=f"name the act: {piece.cta.replace('_', ' ')}",
            )
