"""What stage 17 needs of a brief so that a run can reach its end: told at intake, and judged by entry gate 1.

Without these a run would stop in substage 17.2, long after the person who can mend the brief has gone. Each finding
names the field, its value, what is allowed and what to do.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal

from gtm.domain.brief import Fact, VentureBrief
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.errors import shorten
from gtm.domain.money import usd
from gtm.domain.names import counted, joined, name_of
from gtm.domain.spec import Policies
from gtm.domain.statements import FACTS_A_LETTER, is_thin, stated
from gtm.domain.verdict import Finding
from gtm.policies.brand_voice import banned_words, score
from gtm.policies.claims import own_words, untraced
from gtm.policies.language import article_for, slips
from gtm.policies.piece_checks import lower_case_names
from gtm.policies.unwritten import leftovers, vague
from gtm.policies.words import sentences, stems

Kind = Literal["contradiction", "missing", "risk"]

LEAST_FACTS = 2
"""Claimable facts a segment needs: copy may claim nothing else, and two variants of a message tell two things."""

LONGEST_VALUE = 200
"""Characters of a value proposition: it stands within the sentences of mails, pages and ads."""

LARGEST_FIGURE = Decimal(10_000_000)
"""Dollars a customer may cost or bring; a trigger rule holds no larger number."""

_SAMPLE = "This is how {name} works in practice, and what {name} is. See {name} in a demo, below the {name} logo."
"""A name is tried where copy puts it: before a verb, before a comma, at a sentence's end, after an article."""


def serving_faults(brief: VentureBrief, policies: Policies) -> tuple[Finding, ...]:
    """Everything in a brief that would stop a run after the entry gates, in a fixed order.

    Args:
        brief: the venture's facts.
        policies: the ranges of domain.md.
    """
    return tuple(finding for rule in _RULES for finding in rule(brief, policies))


def serving_notes(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    """What a brief wishes and will not get, though the run goes on."""
    known = policies.campaign_types
    for wish in brief.campaigns:
        if wish.type not in known:
            yield _finding(
                "campaigns.unknown", "contradiction", "campaigns",
                f"No campaign of the type {wish.type} is made; allowed are {joined(known)}.",
                "It is left out. Which of these do you want in its place?",
            )  # fmt: skip
    wished = brief.wished_types(policies.default_campaign_types)
    sessions = [t for t in wished if t in known and KINDS[t].session]
    if brief.session_offer is None and sessions:
        yield _finding(
            "campaigns.session", "missing", "offers",
            "No offer has the call to action register_webinar, so there is no session to invite to.",
            f"The {joined(sessions)} {'is' if len(sessions) == 1 else 'are'} left out. "
            "Is there a session? Add it to the offers.",
        )  # fmt: skip

    yield from _thin(brief, policies)


def _thin(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    """A sequence that the facts cannot fill: it is shorter than wished, and facts return in other words."""
    wish = next((w.steps for w in brief.campaigns if w.type == "email_drip"), None)
    mails = wish or int(policies.sequence_length.default or policies.sequence_length.minimum)
    if "email_drip" not in brief.campaign_types(policies.campaign_types, policies.default_campaign_types):
        return
    for segment in brief.segments:
        told = len(brief.copy_facts(segment.id))
        wanted = FACTS_A_LETTER * mails
        if LEAST_FACTS <= told < wanted:
            yield _finding(
                "facts.few", "risk", "facts",
                f"{told} facts for {mails} mails to {segment.name}: {wanted} would give each mail its own. The "
                "sequence is cut to what they carry, and facts return in other words.",
                f"Add up to {wanted - told} facts for {segment.name}: what the product does, what proves it, what it "
                "costs, what is offered.",
            )  # fmt: skip


def _finding(
    code: str, kind: Literal["contradiction", "missing", "risk"], field: str, detail: str, ask: str
) -> Finding:
    return Finding(code=code, kind=kind, field=field, detail=detail, ask=ask)


def _facts(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    for segment in brief.segments:
        found = brief.copy_facts(segment.id)
        if len(found) < LEAST_FACTS:
            yield _finding(
                "serve.facts", "missing", "facts",
                f"Segment {segment.id} has {len(found)} of the {LEAST_FACTS} facts that its copy needs at least.",
                "Add facts of the kind feature, proof, offer, belief, pricing or privacy, claimable and not assumed, "
                "for this segment or for all.",
            )  # fmt: skip


def _campaigns(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    made = brief.campaign_types(policies.campaign_types, policies.default_campaign_types)
    if not any(KINDS[kind].mailed for kind in made):
        wished = joined([w.type for w in brief.campaigns]) or "none"
        yield _finding(
            "serve.campaigns", "contradiction", "campaigns",
            f"The campaigns wished ({wished}) hold none that a workflow can carry: {_carried(policies)}.",
            "Wish an email_drip as well, or leave `campaigns` out.",
        )  # fmt: skip


def _carried(policies: Policies) -> str:
    """The campaign types that a workflow carries (SOP step 3.1), as a brief names them."""
    mailed = [kind for kind in policies.campaign_types if KINDS[kind].mailed]
    plain = [f"{_article(kind)} {kind}" for kind in mailed if not KINDS[kind].session]
    held = [f"{_article(kind)} {kind}" for kind in mailed if KINDS[kind].session]
    told = f"{' or '.join(held)} together with an offer whose call to action is register_webinar" if held else ""
    return ", or ".join(filter(None, (" or ".join(plain), told)))


def _article(word: str) -> str:
    return article_for(word) or "a"


def _money(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    monthly, allowed = brief.financial_model.monthly.value, policies.total_budget
    if not allowed.holds(monthly):
        yield _finding(
            "budget.range", "contradiction", "financial_model.monthly",
            f"{usd(monthly)} lies outside {usd(allowed.minimum)}-{usd(allowed.maximum)} a month.",
            "Raise or lower the budget into the range.",
        )  # fmt: skip
    for name in ("target_cac", "lifetime_value"):
        amount = getattr(brief.pricing, name)
        if amount is not None and amount.value > LARGEST_FIGURE:
            yield _finding(
                "serve.figure", "contradiction", f"pricing.{name}",
                f"{usd(amount.value)} for one customer is beyond {usd(LARGEST_FIGURE)}.", "What is the figure?",
            )  # fmt: skip


def _positioning(brief: VentureBrief, policies: Policies) -> Iterator[Finding]:
    strategy, least = brief.market_strategy, int(policies.positioning_characters.minimum)
    said = "; ".join((strategy.positioning.strip(), *(d.strip() for d in strategy.differentiators)))
    if strategy.positioning.strip() and len(said) < least:
        yield _finding(
            "serve.positioning", "contradiction", "market_strategy.positioning",
            f"“{strategy.positioning.strip()}” and its differentiators have {counted(len(said), 'character')}; "
            f"{least}-{policies.positioning_characters.maximum} are allowed.",
            "Say what is different, and from whom.",
        )  # fmt: skip


def _values(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    """A value proposition stands in every campaign as it is, so it must itself be copy that could be approved."""
    for segment in brief.segments:
        field, text = f"segments.{segment.id}.value_proposition", segment.value_proposition.strip()
        if len(text) > LONGEST_VALUE:
            yield _finding(
                "serve.value_proposition", "contradiction", field,
                f"It has {counted(len(text), 'character')}; at most {LONGEST_VALUE} are allowed.",
                "Say in one sentence what the segment gets; details are facts.",
            )  # fmt: skip
        banned = [word for _, _, word in banned_words(text, brief.brand)]
        if banned:
            yield _finding(
                "serve.value_proposition", "contradiction", field,
                f"“{shorten(text, 80)}” holds “{banned[0]}”, which brand.banned_words forbids.",
                "Say it in words that the brand uses, or allow the word.",
            )  # fmt: skip
        scored = score(text.rstrip("!"), brief.brand.model_copy(update={"banned_words": ()}), brief.name)
        reasons = [reason for reason in scored.reasons if " reads as " not in reason]
        if reasons:
            yield _finding(
                "serve.value_proposition", "contradiction", field,
                f"“{shorten(text, 80)}” is no copy of a brand's: {'; '.join(reasons)}.", "Say it plainly.",
            )  # fmt: skip


def _name(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    """A name with a mark that ends a sentence breaks every sentence of copy that it stands in."""
    if mark := _ending_mark(brief.name):
        plain = " ".join(re.sub(rf"[{_ENDING}]+", " ", brief.name).split())
        shown = f", such as “{plain}”" if plain else ""
        yield _finding(
            "serve.name", "contradiction", "name",
            f"“{brief.name}” holds “{mark}”, which ends a sentence: copy cannot put the name within one.",
            f"Write the name without it{shown}; a logo may keep it.",
        )  # fmt: skip


_ENDING = "!?"


def _ending_mark(name: str) -> str:
    return next((mark for mark in _ENDING if mark in name), "")


def _language(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    """Slips and placeholders in the words that copy repeats."""
    names = lower_case_names(brief)
    for field, text in _repeated(brief):
        if field == "name" and _ending_mark(brief.name):
            # Whatever is found there follows from the mark, which is told by itself.
            continue
        plain = _at_start(" ".join(text.split()))
        for mark in leftovers(plain)[:1]:
            yield _finding(
                "serve.placeholder", "contradiction", field,
                f"“{shorten(plain, 80)}” holds “{mark}”, which reads as a placeholder.", "Write what it stands for.",
            )  # fmt: skip
        for slip in slips(plain, names)[:1]:
            yield _finding(
                "serve.language", "contradiction", field,
                f"“{plain[slip.start : slip.end]}” in “{shorten(plain, 80)}”: {slip.why}.",
                f"{slip.repair[:1].upper()}{slip.repair[1:]}.",
            )  # fmt: skip


def _at_start(text: str) -> str:
    """The text after another sentence; a first word with capitals inside (iOS) keeps its small letter there."""
    first = text.split(" ", 1)[0]
    return f"So it is. {text}" if any(c.isupper() for c in first[1:]) else text


def _situations(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    """A situation stands in copy word for word and names no fact, so it may claim nothing."""
    for segment in brief.segments:
        if segment.situation is None:
            continue
        carriers = own_words(brief, segment.id)
        for sentence in sentences(segment.situation.value):
            # Marks are cut off where sentences are told apart; a question claims less than the same words without it.
            asked = f"{sentence}?" if f"{sentence}?" in segment.situation.value else sentence
            for _, _, span, why, _ in list(untraced(asked, carriers, brief))[:1]:
                yield _finding(
                    "serve.situation", "contradiction", f"segments.{segment.id}.situation",
                    f"“{shorten(asked, 80)}” holds “{shorten(span, 40)}”: {why}.",
                    "Ask it as a question, say it without the claim, or make it a fact.",
                )  # fmt: skip


def _bans(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    for word in brief.brand.banned_words:
        named = any(match for match in banned_words(brief.name, brief.brand) if match[2].casefold() == word.casefold())
        if named or not stems(word):
            why = "a part of the venture's own name" if named else "a word that no sentence can do without"
            yield _finding(
                "serve.banned_words", "contradiction", "brand.banned_words", f"“{word}” is {why}.",
                "Take it out of the list.",
            )  # fmt: skip


def _buttons(brief: VentureBrief, _policies: Policies) -> Iterator[Finding]:
    for offer in brief.offers:
        if offer.cta_text and vague(offer.cta_text, offer.cta):
            yield _finding(
                "serve.cta_text", "contradiction", f"offers.{offer.id}.cta_text",
                f"“{offer.cta_text}” does not say what happens.", f"Name the act, such as “{name_of(offer.cta)}”.",
            )  # fmt: skip


def _repeated(brief: VentureBrief) -> Iterator[tuple[str, str]]:
    """The texts that copy repeats word for word, as (dotted field, text); the name within a sentence."""
    yield "name", _SAMPLE.format(name=brief.name)
    yield "name", f"More on {brief.name.rstrip('.')}."
    yield "category", brief.category
    for segment in brief.segments:
        yield f"segments.{segment.id}.value_proposition", segment.value_proposition.strip()
        yield from ((f"segments.{segment.id}.roles", role) for role in segment.roles)
        if segment.situation is not None:
            yield f"segments.{segment.id}.situation", segment.situation.value
    for offer in brief.offers:
        yield f"offers.{offer.id}.name", offer.name
        yield f"offers.{offer.id}.cta_text", offer.cta_text
    for index, rival in enumerate(brief.market_strategy.competitors):
        told = f"You may already have {rival} in place, and {rival} is a choice."
        yield f"market_strategy.competitors[{index}]", told
    for fact in _told(brief):
        yield f"facts.{fact.id}.text", fact.text
        yield f"facts.{fact.id}.short", fact.short
    if any(is_thin(brief, segment.id) for segment in brief.segments):
        yield from ((_STATED.get(fact.id, "segments"), fact.text) for fact in stated(brief))


_STATED = {
    "stated-product": "product", "stated-value": "market_strategy.value_proposition", "stated-price": "pricing.price",
    "stated-differences": "market_strategy.differentiators", "stated-positioning": "market_strategy.positioning",
}  # fmt: skip
"""Where the statements stand that a thin brief's copy repeats; a profile stands with its segment."""


def _told(brief: VentureBrief) -> tuple[Fact, ...]:
    facts = (fact for segment in brief.segments for fact in brief.copy_facts(segment.id))
    return tuple(dict.fromkeys(facts))


_RULES: tuple[Callable[[VentureBrief, Policies], Iterator[Finding]], ...] = (
    _facts, _campaigns, _money, _positioning, _values, _situations, _bans, _name, _language, _buttons,
)  # fmt: skip
