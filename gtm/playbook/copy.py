"""Copy for every campaign, segment and step, written from the venture's facts without a model (SOP step 2.2).

Pure and seeded: the same brief, templates, plan and revision give the same words. The element under test has versions
that differ; every other element has one. Each factual statement is recorded as a claim with the fact that carries it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from gtm.domain.asked_copy import asked_steps
from gtm.domain.brief import Offer, Segment, VentureBrief
from gtm.domain.campaign import (
    Campaign,
    CampaignContent,
    CampaignTemplate,
    ContentElement,
    ContentPiece,
    TemplateSet,
    TemplateStep,
    Variant,
)
from gtm.domain.channels import ChannelPlan
from gtm.domain.errors import NotFound
from gtm.domain.names import name_of
from gtm.domain.page_address import NOT_SERVED, ServedPages
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import Cta
from gtm.playbook.ad_buttons import ad_buttons
from gtm.playbook.ads import ad_offer, write_ad
from gtm.playbook.copy_desk import Desk
from gtm.playbook.copy_draft import Copy, Pools
from gtm.playbook.copy_facts import plan_pools
from gtm.playbook.copy_issue import write_issue
from gtm.playbook.copy_links import piece_link, target_of
from gtm.playbook.copy_sequences import Order, write_mail
from gtm.playbook.copy_series import OUTLINE, write_outline, write_part
from gtm.playbook.copy_words import capital, normal, rotated, stop
from gtm.playbook.directives import Directives
from gtm.playbook.frameworks import Framework
from gtm.playbook.pages import write_page
from gtm.playbook.schedule_dates import JOIN_LIST, Dates, advertised_dates
from gtm.playbook.templates import main_offer, step_variables, variable_under_test

LABELS = "ABCDE"
ALIKE = 0.93
"""Two texts that are this alike, letter by letter, test nothing."""

SHORTEST = 30
"""Characters of the shortest element: a search headline, a button."""


@dataclass(frozen=True)
class _Job:
    """What is drafted from what."""

    brief: VentureBrief
    templates: TemplateSet
    plan: ChannelPlan
    policies: Policies
    data: PlaybookData
    dates: Dates
    revision: int
    directives: Directives
    variants: int
    pages: ServedPages


PLAIN_LABELS: Mapping[Cta, tuple[str, str]] = {
    "book_demo": ("Ask for a demo", "Pick a time"),
    "start_trial": ("Begin a trial", "Try it first"),
    "download_resource": ("Get your copy", "Open the resource"),
    "register_webinar": ("Keep a seat for me", "Join the session"),
    "contact_sales": ("Write to us", "Talk to us"),
    "learn_more": ("See how it works", "Look inside"),
    "buy_now": ("Order yours", "Buy it today"),
}
"""Buttons for a venture whose name is too long to stand in one."""


def draft_content(
    brief: VentureBrief,
    templates: TemplateSet,
    plan: ChannelPlan,
    policies: Policies,
    data: PlaybookData,
    *,
    starts: date,
    revision: int = 1,
    directives: Directives | None = None,
    variants: int = 0,
    pages: ServedPages = NOT_SERVED,
) -> CampaignContent:
    """Draft every piece: each campaign's template for each of its segments, step by step (`asked_steps`).

    Args:
        brief: the venture.
        templates: the templates and campaigns of step 2.1.
        plan: the channels with their UTM set, of step 1.2.
        policies: variants and house voices.
        data: the phrase data.
        starts: the first day that the plan may begin; the launches that follow from it give the campaign names their
            month.
        revision: 1 for the first draft; a later one says it in other words.
        directives: what a reviewer asked for.
        variants: versions of the element under test, 2-5; as many as the policies say where it is 0.
        pages: the run's pages that links may lead to; without any they lead to the venture's site.

    Raises:
        NotFound: a campaign names a template or a segment that does not exist.
    """
    job = _job(brief, templates, plan, policies, data, starts, revision, directives, variants, pages)
    pieces = [p for c in templates.campaigns for segment_id in c.segments for p in _draft_sequence(job, c, segment_id)]
    return CampaignContent(venture_id=brief.id, voice=brief.brand.voice, pieces=tuple(pieces))


def draft_piece(
    brief: VentureBrief,
    templates: TemplateSet,
    plan: ChannelPlan,
    policies: Policies,
    data: PlaybookData,
    *,
    template_id: str,
    segment_id: str,
    step: int,
    starts: date,
    revision: int = 1,
    directives: Directives | None = None,
    variants: int = 0,
    pages: ServedPages = NOT_SERVED,
) -> ContentPiece:
    """Draft one piece; it equals the piece that `draft_content` gives for the same arguments.

    Raises:
        NotFound: there is no such template, segment or step.
    """
    campaign = next((c for c in templates.campaigns if c.template_id == template_id), None)
    if campaign is None:
        raise NotFound("no campaign uses this template", field="template_id", value=template_id)
    job = _job(brief, templates, plan, policies, data, starts, revision, directives, variants, pages)
    found = next((p for p in _draft_sequence(job, campaign, segment_id) if p.step == step), None)
    if found is None:
        raise NotFound("the template has no such step for this segment", field="step", value=step)
    return found


def _job(
    brief: VentureBrief,
    templates: TemplateSet,
    plan: ChannelPlan,
    policies: Policies,
    data: PlaybookData,
    starts: date,
    revision: int,
    directives: Directives | None,
    variants: int,
    pages: ServedPages,
) -> _Job:
    least, most = int(policies.variants.minimum), int(policies.variants.maximum)
    count = min(max(variants or int(policies.variants.default or least), least), most)
    dates = advertised_dates(brief, templates, policies, starts)
    return _Job(brief, templates, plan, policies, data, dates, revision, directives or Directives(), count, pages)


def _draft_sequence(job: _Job, campaign: Campaign, segment_id: str) -> list[ContentPiece]:
    template = job.templates.template(campaign.template_id)
    segment = next((s for s in job.brief.segments if s.id == segment_id), None)
    if template is None or segment is None:
        raise NotFound(
            "a campaign names a template or a segment that does not exist",
            field="campaigns",
            value=f"{campaign.template_id}, {segment_id}",
        )
    desk = _desk(job, template, segment)
    pools = _pools(desk)
    return [_piece(job, desk, pools, campaign, step) for step in asked_steps(template, segment_id, job.plan)]


def _desk(job: _Job, template: CampaignTemplate, segment: Segment) -> Desk:
    return Desk(
        brief=job.brief,
        data=job.data,
        policies=job.policies,
        template=template,
        segment=segment,
        index=job.brief.ranked_segments.index(segment),
        offer=main_offer(job.brief, segment, job.policies, job.directives),
        revision=job.revision,
        directives=job.directives,
    )


def _pools(desk: Desk) -> Pools:
    facts, names = desk.facts(), [step.name for step in desk.template.steps]
    if desk.template.kind.look == "ad":
        # An ad says one thing; each network starts from another fact.
        own = [f for f in facts if f.segments and f.kind != "belief"]
        general = [f for f in facts if not f.segments and f.kind != "belief"]
        shift = desk.revision - 1
        return {
            name: [*rotated(own, 2 * at + shift), *rotated(general, at + desk.index + shift)]
            for at, name in enumerate(names)
        }
    names = [name for name in names if name != OUTLINE]
    return plan_pools(facts, desk.template.type, names, desk.brief.market_strategy.competitors, desk.revision)


def _piece(job: _Job, desk: Desk, pools: Pools, campaign: Campaign, step: TemplateStep) -> ContentPiece:
    usual = desk.offer
    desk = replace(desk, offer=_step_offer(desk, step))
    waits = job.dates.waits(campaign)
    labels = _labels(desk, step, waits=waits)
    tested = variable_under_test(desk.template, step)
    first = _version(desk, pools, campaign, step, 0)
    texts = first.filled | {"cta_text": labels[0]}
    versions, made = [texts[tested]], [first]
    for place in range(1, job.variants):
        if tested == "cta_text":
            versions += labels[place : place + 1]
            continue
        text, other = _other_version(desk, pools, campaign, step, tested, versions, made)
        versions.append(text)
        made.append(other)
    target = target_of(job.brief, job.pages, campaign, desk.offer, usual, desk.segment.id)
    frameworks = dict.fromkeys(one.framework for one in (made if tested in first.patterned else made[:1]))
    return ContentPiece(
        piece_id=f"{desk.template.template_id}/{desk.segment.id}/{step.step}-{step.name}",
        campaign_id=campaign.campaign_id,
        template_id=desk.template.template_id,
        segment_id=desk.segment.id,
        step=step.step,
        elements=tuple(_element(name, versions if name == tested else [text]) for name, text in texts.items()),
        cta=desk.offer.cta,
        cta_url=piece_link(job.plan, campaign, desk.template, step, target, job.dates, desk.segment.id),
        claims=tuple(dict.fromkeys(claim for one in made for claim in one.claims)),
        generated_by="playbook",
        prompt_version=desk.data.common.version,
        tested=tested,
        framework=", ".join(frameworks),
    )


def _other_version(
    desk: Desk,
    pools: Pools,
    campaign: Campaign,
    step: TemplateStep,
    tested: str,
    versions: Sequence[str],
    made: Sequence[Copy],
) -> tuple[str, Copy]:
    """One more version of the tested element, with what it claims; nothing else of what is written on the way stays."""
    trial = desk.scratch()
    copy = _version(trial, pools, campaign, step, len(versions), tested, [one.framework for one in made])
    text = copy.filled[tested]
    if any(_alike(text, other) for other in versions):
        text = _apart(trial, step.step, tested, text)
    desk.take(text, step.step)
    said = normal(text)
    return text, replace(copy, claims=tuple(claim for claim in copy.claims if normal(claim.text) in said))


def _alike(one: str, other: str) -> bool:
    left, right = normal(one), normal(other)
    if left == right or min(len(left), len(right)) <= SHORTEST:
        return left == right
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _element(name: str, texts: Sequence[str]) -> ContentElement:
    variants = tuple(Variant(label=label, text=text) for label, text in zip(LABELS, texts, strict=False))
    return ContentElement(variable=name, variants=variants)


def _version(
    desk: Desk,
    pools: Pools,
    campaign: Campaign,
    step: TemplateStep,
    place: int,
    only: str = "",
    taken: Collection[Framework] = (),
) -> Copy:
    """One version of a step, or of one of its variables; the button is not among them."""
    pool = pools.get(step.name, [])
    if desk.template.kind.page:
        return write_page(desk, place)
    if desk.template.kind.look == "ad":
        return write_ad(desk, step.step, step.name, rotated(pool, place), place)
    order = Order(desk, step, pools, place, campaign.objective, only, taken)
    used = {variable.name for variable in step_variables(desk.template, step)}
    return next((write for name, write in _WRITERS.items() if name in used), write_mail)(order)


_WRITERS: Mapping[str, Callable[[Order], Copy]] = {
    "story_text": write_issue, "post_article": write_part, "series_outline": write_outline
}  # fmt: skip
"""Who writes a step that has the variable; any other is a mail."""


def _apart(desk: Desk, step: int, name: str, text: str) -> str:
    """Another line where a thin brief made a version say the same as another."""
    declared = desk.template.variable(name)
    line = desk.last_resort(step, declared.max_characters if declared else SHORTEST)
    longer = declared is not None and len(text) + len(line) + 2 <= declared.max_characters and len(text) > SHORTEST
    return f"{stop(line)} {text}" if longer else line


def _step_offer(desk: Desk, step: TemplateStep) -> Offer:
    if desk.template.kind.look == "ad":
        asked = desk.directives.cta is not None and desk.offer.cta == desk.directives.cta
        return desk.offer if asked else ad_offer(desk.brief, desk.offer)
    if desk.template.kind.session and step.name != "follow-up":
        return next((o for o in desk.brief.offers if o.cta == "register_webinar"), desk.offer)
    return desk.offer


def _labels(desk: Desk, step: TemplateStep, *, waits: bool) -> list[str]:
    """The button in several wordings, best first; on a network with a list of its own, values of that."""
    own = desk.policies.ad_buttons(step.name.replace("-", "_")) if desk.template.kind.look == "ad" else ()
    if own:
        return ad_buttons(desk.offer.cta, own, waits=waits)
    return _list_labels(desk) if waits else _cta_labels(desk, step)


def _list_labels(desk: Desk) -> list[str]:
    """The button of a page that gathers a waiting list, in several wordings."""
    every = [JOIN_LIST, "Put me on the list", "Tell me when it starts", "Keep a place for me", "Add me to the list"]
    fit = [label for label in every if desk.allowed(label)]
    return fit if len(fit) > 1 else every


def _cta_labels(desk: Desk, step: TemplateStep) -> list[str]:
    """The button in several wordings, at most 30 characters: the offer's own, and others for the same offer."""
    common = desk.data.common
    if step.name.startswith("reminder"):
        shown = rotated(common.event_labels, desk.index + desk.revision - 1)
        return [x for x in shown if desk.allowed(x)] + list(PLAIN_LABELS["register_webinar"])
    plain = (name_of(desk.offer.cta), *PLAIN_LABELS[desk.offer.cta])
    named = [text for text in (desk.offer.cta_text, capital(desk.cta), *plain) if len(text) <= SHORTEST]
    own = next((text for text in named if text and desk.allowed(text)), plain[0])
    labels = [text.format(venture=desk.brief.name, offer=desk.offer.name) for text in desk.data.labels(desk.offer.cta)]
    fit = [x for x in labels if len(x) <= SHORTEST and desk.allowed(x)]
    every = [own, *rotated(fit, desk.index + step.step + desk.revision), *plain]
    found: dict[str, str] = {}
    for label in every:
        found.setdefault(normal(label), label)
    return list(found.values())
