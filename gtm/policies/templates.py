"""The guardrail of step 2.1, Create Campaign Templates: the SOP's four templates, with declared variables only."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from gtm.domain.asked_copy import network_of
from gtm.domain.campaign import Campaign, CampaignTemplate, TemplateSet
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.channels import ChannelPlan
from gtm.domain.errors import InvalidInput
from gtm.domain.names import counted, in_text
from gtm.domain.rendering import placeholders
from gtm.domain.spec import Policies
from gtm.domain.verdict import Verdict
from gtm.domain.vocabulary import SOCIAL_CHANNELS, CampaignType
from gtm.policies.checklist import Checklist, missing_step
from gtm.policies.facts import TemplatesFacts

POLICY = "templates.created"
EMAILS = (3, 5)
"""Emails in a sequence template (SOP step 2.1, deliverables); a brief may wish more, up to policies.sequence_length."""


def created(facts: TemplatesFacts) -> Verdict:
    """All four templates are stored, their variables are declared, and each campaign fits its template and channels."""
    artifact = facts.artifact
    if artifact is None:
        return missing_step(facts.stage, POLICY)
    checks = Checklist(facts.stage, POLICY)
    lines: tuple[tuple[str, CampaignType, Callable[[CampaignTemplate, int], Iterator[str]], str], ...] = (
        ("templates.email_sequence", "email_drip", _sequence_faults,
         "create an email_drip template of 3 to 5 emails, or as many as the brief wishes"),
        ("templates.social_ad", "social_ads", _ad_faults,
         "create a social_ads template with an image slot and A/B-tested copy"),
        ("templates.landing_page", "landing_page", _page_faults,
         "create a landing_page template with hero, features and CTA"),
        ("templates.webinar_funnel", "webinar_funnel", _funnel_faults,
         "create a webinar_funnel template with registration, reminder and follow-up"),
    )  # fmt: skip
    for name, kind, look, fix in lines:
        mine = [t for t in artifact.templates if t.type == kind]
        faults = [[f"{t.template_id}: {fault}" for fault in look(t, longest_sequence(facts))] for t in mine]
        spared = "" if mine else not_needed(kind, facts)
        best = min(faults, key=len, default=[f"there is no {kind} template"])
        holds = f"{', '.join(t.template_id for t in mine)}, {counted(sum(len(t.steps) for t in mine), 'step')}"
        if spared:
            checks.spare(name, spared)
        else:
            checks.line(name, best, holds, fix)
    checks.rule(
        "templates.variables_declared",
        "Define variable placeholders (segment name, value prop, CTA)",
        [fault for template in artifact.templates for fault in variable_faults(template, facts.policies)],
        f"{sum(len(t.variables) for t in artifact.templates)} variables, each declared and used",
        "declare the variable, or take it out of the text",
    )
    checks.rule(
        "templates.campaigns_fit",
        "Define campaign types and create template structure for each type",
        _campaign_faults(artifact, facts),
        f"{counted(len(artifact.campaigns), 'campaign')}, each with template, segments and channels",
        "give each campaign a stored template, segments of the brief and a channel that suits its type",
    )
    return checks.verdict()


def longest_sequence(facts: TemplatesFacts) -> int:
    """The most e-mails of a sequence: the SOP's 5, or the number that the venture's brief wishes."""
    wished = [wish.steps or 0 for wish in facts.brief.campaigns if wish.type == "email_drip"]
    return max(EMAILS[1], min(max(wished, default=0), int(facts.policies.sequence_length.maximum)))


def not_needed(kind: CampaignType, facts: TemplatesFacts) -> str:
    """Why a template of a kind may be missing, as a sentence; empty when it may not."""
    if kind not in facts.brief.campaign_types(facts.policies.campaign_types, facts.policies.default_campaign_types):
        if KINDS[kind].session and facts.brief.session_offer is None:
            return "no offer of the brief is registered for, so there is no session to invite to"
        return f"the brief wishes other campaigns and no {in_text(kind)}"
    planned = {choice.channel for choice in facts.channels.channels} if facts.channels else SOCIAL_CHANNELS
    if KINDS[kind].look == "ad" and not planned & SOCIAL_CHANNELS:
        return "the channel plan holds no social network"
    return ""


def variable_faults(template: CampaignTemplate, policies: Policies) -> Iterator[str]:
    """What is wrong with a template's variables and delays, a phrase each."""
    declared = {v.name for v in template.variables}
    used: set[str] = set()
    if len(declared) != len(template.variables):
        yield f"{template.template_id}: a variable is declared twice"
    for step in template.steps:
        if not policies.delay_hours.holds(Decimal(step.delay_hours)):
            yield f"{template.template_id}/{step.step}: a delay of {step.delay_hours} h is out of range"
        for slot in step.slots:
            try:
                names = placeholders(slot.text)
            except InvalidInput as error:
                yield f"{template.template_id}/{step.step}/{slot.name}: {error.detail}"
                continue
            used |= names
            yield from (
                f"{template.template_id}/{step.step}/{slot.name}: {name} is not declared"
                for name in sorted(names - declared)
            )
    yield from (f"{template.template_id}: {name} is declared and never used" for name in sorted(declared - used))
    yield from _network_faults(template, policies)
    yield from _way_out_faults(template)
    numbers = [step.step for step in template.steps]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"{template.template_id}: its steps are numbered {numbers}"


_AD_PARTS = (("headline", "headline"), ("primary_text", "text"), ("description", "description"))
"""How an ad's slots begin, and the part of a network's limits that bounds them."""


def _network_faults(template: CampaignTemplate, policies: Policies) -> Iterator[str]:
    """Ad variables that may grow longer than their network takes (policies.ad_limits)."""
    for step in template.steps if template.kind.look == "ad" else ():
        limit = policies.ad_limit(network_of(step))
        for slot in step.slots if limit else ():
            part = next((part for prefix, part in _AD_PARTS if slot.name.startswith(prefix)), "")
            most = getattr(limit, part, None) if part else None
            longest = sum(v.max_characters for v in template.variables if f"{{{{ {v.name} }}}}" in slot.text)
            if most is not None and longest > most:
                yield f"{template.template_id}/{step.step}/{slot.name}: {longest} characters, the network takes {most}"


_WAYS_OUT = frozenset({"postal_address", "unsubscribe_url", "preferences_url"})


def _way_out_faults(template: CampaignTemplate) -> Iterator[str]:
    """Mails that do not say who writes and how one leaves."""
    for step in template.steps:
        slots = {slot.name: slot.text for slot in step.slots}
        if {"subject", "body"} <= slots.keys():
            named = [name for name in _WAYS_OUT if name in slots.get("footer", "")]
            missing = sorted(_WAYS_OUT - set(named))
            if missing:
                yield f"{template.template_id}/{step.step}: its footer lacks {', '.join(missing)}"


def _names(template: CampaignTemplate) -> str:
    words = [template.name, *(f"{s.name} {s.role}" for s in template.steps)]
    return " ".join((*words, *(slot.name for s in template.steps for slot in s.slots))).lower().replace("_", "-")


def _sequence_faults(template: CampaignTemplate, most: int) -> Iterator[str]:
    if not EMAILS[0] <= len(template.steps) <= most:
        yield f"{counted(len(template.steps), 'email')}, not {EMAILS[0]}-{most}"
    for step in template.steps:
        slots = {slot.name for slot in step.slots}
        yield from (f"email {step.step} has no {part}" for part in ("subject", "body") if part not in slots)


def _ad_faults(template: CampaignTemplate, _most: int) -> Iterator[str]:
    slots = [slot.name for step in template.steps for slot in step.slots]
    if not any(word in name for name in slots for word in ("image", "visual")):
        yield "there is no image slot"
    if not any(word in name for name in slots for word in ("copy", "text", "headline", "body")):
        yield "there is no copy slot"
    if not any(v.ab_tested and v.filled_by == "content" for v in template.variables):
        yield "no element has variants"


def _page_faults(template: CampaignTemplate, _most: int) -> Iterator[str]:
    names = _names(template)
    yield from (f"there is no {part}" for part in ("hero", "feature", "cta") if part not in names)


def _funnel_faults(template: CampaignTemplate, _most: int) -> Iterator[str]:
    names = _names(template)
    parts = (("registration", "regist"), ("reminder", "reminder"), ("follow-up", "follow-up"))
    yield from (f"there is no {part}" for part, word in parts if word not in names)


def _campaign_faults(artifact: TemplateSet, facts: TemplatesFacts) -> Iterator[str]:
    if artifact.venture_id != facts.brief.id:
        yield f"venture_id is {artifact.venture_id}, the brief is of {facts.brief.id}"
    if not artifact.campaigns:
        yield "there is no campaign"
    ids = [c.campaign_id for c in artifact.campaigns]
    yield from (f"{i} is used by two campaigns" for i in sorted({i for i in ids if ids.count(i) > 1}))
    segments = {s.id for s in facts.brief.segments}
    for campaign in artifact.campaigns:
        template = artifact.template(campaign.template_id)
        if template is None:
            yield f"{campaign.campaign_id}: its template {campaign.template_id} is not stored"
        elif template.type != campaign.type:
            yield f"{campaign.campaign_id} is {campaign.type}, its template {template.type}"
        if not campaign.segments:
            yield f"{campaign.campaign_id} addresses no segment"
        yield from (
            f"{campaign.campaign_id}: segment {s} is not in the brief" for s in campaign.segments if s not in segments
        )
        yield from _channel_faults(campaign, facts.channels)


def _channel_faults(campaign: Campaign, plan: ChannelPlan | None) -> Iterator[str]:
    if not campaign.channels:
        yield f"{campaign.campaign_id} runs on no channel"
    needed = campaign.kind.needs
    if needed and not needed & set(campaign.channels):
        yield f"{campaign.campaign_id}: {campaign.type} needs {' or '.join(sorted(needed))}"
    if plan is not None:
        yield from (
            f"{campaign.campaign_id}: {channel} is not in the channel plan"
            for channel in campaign.channels
            if plan.choice(channel) is None
        )
