"""The guardrail of step 2.2, Generate Campaign Content: the SOP's quality checklist, and every claim traced."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlsplit

from gtm.domain.asked_copy import asked_steps
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import Campaign, CampaignContent, CampaignTemplate, ContentPiece, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.check import CopyCheck, CopyFault
from gtm.domain.names import counted
from gtm.domain.page_address import PREFIX, served_pages
from gtm.domain.spec import Policies
from gtm.domain.verdict import Verdict
from gtm.policies.checklist import Checklist, missing_step
from gtm.policies.claims import claim_faults
from gtm.policies.experiments import experiment_faults
from gtm.policies.facts import ContentFacts
from gtm.policies.foreign import language_faults
from gtm.policies.html import markup_faults
from gtm.policies.links import foreign_faults, target_faults, text_link_faults
from gtm.policies.origin import origin_faults
from gtm.policies.piece_checks import (
    BUTTON,
    Read,
    ad_button_faults,
    ad_limit_faults,
    buttons_of,
    cta_text_faults,
    grammar_faults,
    length_faults,
    oversized,
    placeholder_faults,
    shape_faults,
    substance_faults,
    variant_faults,
    voice_faults,
)
from gtm.policies.readability import readability_faults
from gtm.policies.remembered import Remembered, digest_of
from gtm.policies.rendered import alternative_faults, rendered_faults
from gtm.policies.utm import link_faults
from gtm.policies.words import sentences, stems

POLICY = "content.generated"
CAMPAIGN_OVERLAP = 0.5
"""Share of a value proposition's words that a segment must read somewhere in a campaign."""

PIECE_WORDS = 2
"""Words of the value proposition that a campaign's opening piece shares with it, or all where it has fewer."""

NEAR_SPAM = Decimal("0.5")
"""Share of the limit from which a spam score that passes is a warning."""

_JUDGED: Remembered[list[tuple[CopyFault, ...]]] = Remembered(32)

SHARED_WORDS = 5
"""A sentence of fewer words may return in a later step: a greeting or a call to action."""

_HOUSE: tuple[tuple[CopyCheck, str, str, str], ...] = (
    ("content.claims_traced", "House rule: no copy claims what no fact of the venture carries",
     "every number, superlative, guarantee and name stands in a claimed fact",
     "take the statement out, or name its fact"),
    ("content.lengths", "Length: {{length}} (content generation prompt template)",
     "every text keeps to its limit", "shorten the texts named"),
    ("content.variables_filled", "Define variable placeholders; each is filled",
     "no placeholder is left", "fill the placeholders named"),
    ("content.steps_differ", "House rule: no two steps of a sequence share a sentence",
     "no step repeats another", "rewrite the later of the two"),
    ("content.complete", "Invoke CrewAI ContentGenerator agent for each template",
     "every step of every campaign has copy for every segment", "generate the pieces named"),
    ("content.readability", "House rule: copy reads at the grades of the brand's voice",
     "no text reads above the highest grade of its voice", "split the long sentences of the texts named"),
    ("content.links", "House rule: addresses in copy are the venture's own, tracked, and run nothing",
     "every address may be followed", "take the addresses named out"),
    ("content.language", "House rule: copy is English, in letters that can be read",
     "every sentence is English", "write the sentences named in English"),
    ("content.origin", "House rule: no instruction of a prompt, a brief or a document reaches a reader",
     "nothing that was meant for a model stands in copy", "take what is named out"),
    ("content.html", "House rule: copy is words, without markup",
     "no text holds markup", "write the words without it"),
    ("content.accessibility", "WCAG 2.1 AA: words for pictures, contrast, order of headings",
     "everything can be read and heard", "mend what is named"),
)  # fmt: skip
_RENDERED: tuple[CopyCheck, str, str, str] = (
    "content.unsubscribe", "RFC 8058 and the anti-spam acts: every mail names a way out",
    "each leads to unsubscribe, and no placeholder is left in it", "put the link to unsubscribe into the footer",
)  # fmt: skip
"""A line only where mails were rendered."""

_MEASURED: tuple[tuple[CopyCheck, str, str, str], ...] = (
    ("content.spam", "House rule: no mail reads as spam", "SpamAssassin weighs every mail below the policies' limit",
     "take out what the rules named object to"),
)  # fmt: skip
"""Checks with a line only where somebody measured."""

_LINES: tuple[tuple[CopyCheck, str, str], ...] = (
    ("content.brand_voice", "each piece reaches the brand voice minimum", "rewrite them in the brand's own voice"),
    ("content.value_proposition", "each campaign speaks of its segments' value propositions, from its first step on, "
     "and every variant tells that or a traced fact", "say what the segment gets, or tell a fact"),
    ("content.cta", "each call to action says what happens and has a tracked link", "mend the calls to action named"),
    ("content.grammar", "no slip found", "mend the slips named"),
    ("content.variants", "each tested element has at least two versions that differ", "write another version"),
)  # fmt: skip


def generated(facts: ContentFacts) -> Verdict:
    """Judge all copy of a run; every fault is also a finding that names piece, element, variant, span and repair."""
    content, templates = facts.artifact, facts.templates
    if content is None or templates is None:
        return missing_step(facts.stage, POLICY)
    faults = tuple(content_faults(content, templates, facts))
    checks = Checklist(facts.stage, POLICY)
    for check, holds, fix in _LINES:
        checks.line(check, _sentences(faults, check), f"{counted(len(content.pieces), 'piece')}: {holds}", fix)
    for check, source, holds, fix in _HOUSE:
        checks.rule(check, source, _sentences(faults, check), f"{counted(len(content.pieces), 'piece')}: {holds}", fix)
    if facts.spam is not None:
        for check, source, holds, fix in _MEASURED:
            checks.rule(check, source, _sentences(faults, check), f"{counted(len(facts.spam), 'mail')}: {holds}", fix)
    if facts.mails is not None:
        check, source, holds, fix = _RENDERED
        checks.rule(check, source, _sentences(faults, check), f"{counted(len(facts.mails), 'mail')}: {holds}", fix)
    _noted(checks, faults, facts)
    for fault in faults:
        checks.finding(fault.as_finding())
    return checks.verdict()


def _noted(checks: Checklist, faults: tuple[CopyFault, ...], facts: ContentFacts) -> None:
    """What does not stop the step: warnings, and the checkers that are not there or do not answer; a line of each."""
    warned = [fault.sentence() for fault in faults if fault.severity == "warn"]
    if warned:
        checks.note(
            "content.warnings", "House rule: what passes barely is said", warned, "", "read the texts named twice"
        )
    if facts.not_checked:
        checks.note(
            "content.not_checked",
            "House rule: what a checker did not look at is said",
            [one.sentence() for one in facts.not_checked],
            "",
            "gtm doctor says what answers; the copy is checked again when the step is judged again",
        )


def piece_faults(
    piece: ContentPiece, template: CampaignTemplate, brief: VentureBrief, policies: Policies, read: Read | None = None
) -> tuple[str, ...]:
    """What stops one piece taken by itself, a sentence each; a model is shown them and asked again.

    The piece's own link, and what only shows among several pieces, are not looked at: they are the core's.
    """
    faults = (*copy_faults(piece, template, brief, policies, read), *foreign_faults(piece, link_hosts(brief)))
    return tuple(fault.sentence() for fault in faults if fault.severity == "block")


def copy_faults(
    piece: ContentPiece, template: CampaignTemplate, brief: VentureBrief, policies: Policies, read: Read | None = None
) -> Iterator[CopyFault]:
    """The faults of one piece taken by itself; `read` is what a proofreader found, by text.

    A text of more than twice the length that its variable allows is only measured, and looked through for markup: the
    other checks would take time that grows with its square.
    """
    if oversized(piece, template):
        yield from shape_faults(piece, template)
        yield from length_faults(piece, template, policies)
        yield from markup_faults(piece, brief.name)
        return
    yield from shape_faults(piece, template)
    yield from variant_faults(piece, template, policies)
    yield from length_faults(piece, template, policies)
    yield from placeholder_faults(piece, template)
    yield from grammar_faults(piece, brief, read)
    yield from voice_faults(piece, brief, policies)
    yield from cta_text_faults(piece, template, policies)
    yield from _value_faults(piece, brief)
    yield from substance_faults(piece, brief)
    yield from claim_faults(piece, brief, buttons_of(piece, template, policies))
    yield from readability_faults(piece, brief, policies)
    yield from ad_limit_faults(piece, template, policies)
    yield from ad_button_faults(piece, template, policies)
    yield from experiment_faults(piece)
    yield from language_faults(piece, brief)
    yield from origin_faults(piece)
    yield from markup_faults(piece, brief.name)
    yield from target_faults(piece)
    yield from text_link_faults(piece, None, frozenset())
    yield from alternative_faults(piece)


def content_faults(content: CampaignContent, templates: TemplateSet, facts: ContentFacts) -> Iterator[CopyFault]:
    """All faults of a run's copy; the same words under the same facts are looked through once."""
    yield from _coverage(content, templates, facts.channels)
    words = replace(facts, mails=None)
    written = _JUDGED.found(
        digest_of(words, content, templates),
        lambda: [tuple(faults_of(p, templates.template(p.template_id), templates, words)) for p in content.pieces],
    )
    for piece, faults in zip(content.pieces, written, strict=True):
        yield from faults
        yield from _mail_faults(piece, facts)
    for campaign in templates.campaigns:
        for segment_id in campaign.segments:
            mine = [p for p in content.pieces if (p.campaign_id, p.segment_id) == (campaign.campaign_id, segment_id)]
            yield from _campaign_value_faults(mine, campaign, segment_id, facts.brief)
            if campaign.kind.sequence:
                yield from shared_sentences(mine)


def faults_of(
    piece: ContentPiece, template: CampaignTemplate | None, templates: TemplateSet, facts: ContentFacts
) -> Iterator[CopyFault]:
    """The faults of one piece, those included that only the core can see: its links, and what a spam filter said."""
    if template is not None:
        yield from copy_faults(piece, template, facts.brief, facts.policies, facts.slips)
    yield from _cta_faults(piece, templates, facts)
    yield from _spam_faults(piece, facts)
    if facts.channels is not None:
        yield from text_link_faults(piece, facts.channels, link_hosts(facts.brief, facts.allowed_hosts))
    yield from _mail_faults(piece, facts)


def _mail_faults(piece: ContentPiece, facts: ContentFacts) -> Iterator[CopyFault]:
    yield from rendered_faults(piece, (facts.mails or {}).get(piece.piece_id, {}))


def _spam_faults(piece: ContentPiece, facts: ContentFacts) -> Iterator[CopyFault]:
    report, limit = (facts.spam or {}).get(piece.piece_id), facts.policies.spam_score_below
    if report is not None and report.score >= limit * NEAR_SPAM:
        yield CopyFault(
            check="content.spam",
            piece=piece.piece_id,
            why=f"SpamAssassin gives it {report.score}, below {limit} is asked: {', '.join(report.rules)}",
            repair="take out what these rules object to",
            severity="block" if report.score >= limit else "warn",
        )


def _sentences(faults: tuple[CopyFault, ...], check: CopyCheck) -> list[str]:
    return [fault.sentence() for fault in faults if fault.check == check and fault.severity == "block"]


def _coverage(content: CampaignContent, templates: TemplateSet, plan: ChannelPlan | None) -> Iterator[CopyFault]:
    have = [(p.campaign_id, p.segment_id, p.step) for p in content.pieces]
    wanted, known = set(), set()
    for campaign in templates.campaigns:
        template = templates.template(campaign.template_id)
        if template is None:
            continue
        for segment_id in campaign.segments:
            known |= {(campaign.campaign_id, segment_id, step.step) for step in template.steps}
            asked = asked_steps(template, segment_id, plan)
            wanted |= {(campaign.campaign_id, segment_id, step.step) for step in asked}
    for key in sorted(wanted - set(have)):
        yield _complete("/".join(map(str, key)), "there is no copy", "generate it")
    # An ad beside its network's aim is no fault: the review tells it.
    for key in sorted(set(have) - known):
        yield _complete("/".join(map(str, key)), "no campaign asks for this copy", "remove it")
    for key in sorted({key for key in have if have.count(key) > 1}):
        yield _complete("/".join(map(str, key)), "there are two pieces of it", "keep one")


def _complete(piece: str, why: str, repair: str) -> CopyFault:
    return CopyFault(check="content.complete", piece=piece, why=why, repair=repair)


def _value_faults(piece: ContentPiece, brief: VentureBrief) -> Iterator[CopyFault]:
    if piece.step != 1:
        # A later step of a sequence has one thing to add; the opening and the campaign as a whole carry the value.
        return
    wanted = _value_stems(piece.segment_id, brief)
    shared = wanted & stems(_text(piece))
    if len(shared) < min(PIECE_WORDS, len(wanted)):
        value = next((s.value_proposition for s in brief.segments if s.id == piece.segment_id), "")
        yield CopyFault(
            check="content.value_proposition",
            piece=piece.piece_id,
            why=f"it shares {counted(len(shared), 'word')} with the segment's value proposition",
            repair=f"say in its own way: {value or 'what this segment gets'}",
        )


def _campaign_value_faults(
    pieces: list[ContentPiece], campaign: Campaign, segment_id: str, brief: VentureBrief
) -> Iterator[CopyFault]:
    wanted = _value_stems(segment_id, brief)
    if not pieces or not wanted:
        return
    best = max(len(wanted & stems(_text(piece))) / len(wanted) for piece in pieces)
    if best < CAMPAIGN_OVERLAP:
        yield CopyFault(
            check="content.value_proposition",
            piece=f"{campaign.campaign_id}/{segment_id}",
            why=f"no piece says more than {best:.0%} of the value proposition",
            repair="say it plainly in one piece of the campaign",
        )


def _value_stems(segment_id: str, brief: VentureBrief) -> frozenset[str]:
    return next((stems(s.value_proposition) for s in brief.segments if s.id == segment_id), frozenset())


def _text(piece: ContentPiece) -> str:
    return "\n".join(variant.text for element in piece.elements for variant in element.variants)


def _cta_faults(piece: ContentPiece, templates: TemplateSet, facts: ContentFacts) -> Iterator[CopyFault]:
    def fault(why: str, repair: str, span: str = piece.cta_url) -> CopyFault:
        return CopyFault(
            check="content.cta", piece=piece.piece_id, element="cta_url", span=span, why=why, repair=repair
        )

    campaign = next((c for c in templates.campaigns if c.campaign_id == piece.campaign_id), None)
    if campaign is not None and piece.cta not in _calls(campaign, piece, facts.brief):
        yield fault(f"the campaign asks to {campaign.cta}", f"call to {campaign.cta}", piece.cta)
    plan: ChannelPlan | None = facts.channels
    if plan is None:
        yield fault("no channel plan is stored, so the link cannot be checked", "finish step 1.2 first")
        return
    hosts = link_hosts(facts.brief, facts.allowed_hosts)
    for why in link_faults(piece.cta_url, plan, hosts):
        yield fault(why, "use the tracked link of the campaign's channel")
    for why in _page_faults(piece.cta_url, templates, facts):
        yield fault(why, "lead to a page of this run, or to the venture's site")


def _page_faults(url: str, templates: TemplateSet, facts: ContentFacts) -> Iterator[str]:
    """Where the pages of all ventures are served a link leads to one of this run's, and nowhere else."""
    host, plain = (urlsplit(url).hostname or "").lower(), url.partition("?")[0]
    if host in link_hosts(facts.brief) or host not in facts.allowed_hosts:
        return
    served = served_pages(plain.partition(PREFIX)[0], templates)
    if plain not in served.urls(facts.brief.id):
        yield "the link leads to no page of this run"


def _calls(campaign: Campaign, piece: ContentPiece, brief: VentureBrief) -> frozenset[str]:
    """The opening calls to the campaign's own goal; a later step, such as a follow-up, may lead on to another offer."""
    own: frozenset[str] = frozenset({campaign.cta})
    return own if piece.step == 1 else own | {offer.cta for offer in brief.offers}


def link_hosts(brief: VentureBrief, allowed: tuple[str, ...] = ()) -> frozenset[str]:
    """Hosts that a venture's links may lead to: its website, with and without `www.`, and those allowed besides."""
    site = (urlsplit(brief.website.value).hostname or "").lower()
    own = {site, f"www.{site}", site.removeprefix("www.")} - {"", "www."}
    return frozenset((*own, *(host.lower() for host in allowed)))


def _compared(sentence: str) -> str:
    """A sentence as it is held against others: a point of a list, or one in quotes, says the same as without."""
    return " ".join(sentence.lower().replace("’", "'").strip(" -*.!?…\"'“”‘").split())


def shared_sentences(pieces: list[ContentPiece]) -> Iterator[CopyFault]:
    """Sentences of five or more words that two steps of one sequence share; a letter's own variants may share them."""
    seen: dict[str, int] = {}
    for piece in sorted(pieces, key=lambda p: p.step):
        mine: set[str] = set()
        for element in (e for e in piece.elements if e.variable != BUTTON):  # it may read the same in every step
            for variant in element.variants:
                for sentence in sentences(variant.text):
                    key = _compared(sentence)
                    if len(key.split()) < SHARED_WORDS:
                        continue
                    mine.add(key)
                    if key in seen:
                        start = max(variant.text.find(sentence), 0)
                        yield CopyFault(
                            check="content.steps_differ",
                            piece=piece.piece_id,
                            element=element.variable,
                            variant=variant.label,
                            span=sentence,
                            start=start,
                            end=start + len(sentence),
                            why=f"step {seen[key]} says the same sentence",
                            repair="say something new here",
                        )
        seen.update({key: piece.step for key in mine if key not in seen})
