"""Campaign templates for a venture (SOP step 2.1): the library's templates cut to its channels, and its campaigns.

The library holds the structure (config/campaign_templates); nothing of a venture's copy is in it.
"""

from collections.abc import Mapping, Sequence

from gtm.domain.asked_copy import network_of
from gtm.domain.base import id_key, identifier
from gtm.domain.brief import Offer, Segment, VentureBrief
from gtm.domain.campaign import Campaign, CampaignTemplate, Slot, TemplateSet, TemplateStep, Variable
from gtm.domain.channels import ChannelPlan
from gtm.domain.errors import InvalidInput, TemplateRefused
from gtm.domain.rendering import placeholders, render
from gtm.domain.spec import Policies
from gtm.domain.statements import FACTS_A_LETTER
from gtm.domain.strategy import GtmStrategy
from gtm.domain.vocabulary import SOCIAL_CHANNELS, Channel, Cta
from gtm.playbook.ads import ad_offer
from gtm.playbook.directives import Directives

SOP_EMAILS = 5
"""SOP step 2.1, deliverables: an e-mail sequence has 3-5 e-mails."""

_ARC = (
    "problem",
    "invitation",
    "how-it-works",
    "proof",
    "alternative",
    "depth",
    "pricing",
    "belief",
    "question",
    "recap",
)
"""Which roles a sequence takes first when it is shorter than the library's; they stay in narrative order."""


def draft_templates(
    brief: VentureBrief,
    plan: ChannelPlan,
    strategy: GtmStrategy,
    policies: Policies,
    library: Sequence[CampaignTemplate],
    directives: Directives | None = None,
) -> TemplateSet:
    """Instantiate the library for a venture: `fleet-email-drip` and so on, one campaign a template.

    Args:
        brief: the venture; its `campaigns` say which types it wants and how long.
        plan: the channels it uses; an ad template keeps the steps of these networks only.
        strategy: its ranked objectives and target segments.
        policies: the campaign types and the default length of a sequence.
        library: the templates to start from.
        directives: what a reviewer asked for: a call to action, a number of e-mails, the delay between them.

    Raises:
        InvalidInput: a library template uses an undeclared variable, or declares one that nothing uses.
    """
    asked = directives or Directives()
    wanted = brief.campaign_types(policies.campaign_types, policies.default_campaign_types)
    made: list[tuple[Campaign, CampaignTemplate]] = []
    for source in library:
        if source.type not in wanted:
            continue
        check_template(source)
        template = _for_venture(source, brief, plan, policies, asked)
        if template:
            made.append((_campaign(template, brief, plan, strategy, policies, asked), template))
    made.sort(key=lambda pair: wanted.index(pair[0].type))
    return TemplateSet(venture_id=brief.id, campaigns=tuple(c for c, _ in made), templates=tuple(t for _, t in made))


def main_offer(brief: VentureBrief, segment: Segment, policies: Policies, directives: Directives) -> Offer:
    """The offer a segment's messages lead to: the reviewer's call to action, the segment's, the audience's, the first.

    Raises:
        InvalidInput: the brief has no offer at all.
    """
    for cta in (directives.cta, segment.cta, policies.audience(brief.audience).cta):
        for offer in brief.offers:
            if cta and offer.cta == cta:
                return offer
    if not brief.offers:
        raise InvalidInput("the brief has no offer to lead to", field="offers", hint="add at least one offer")
    return brief.offers[0]


def check_template(template: CampaignTemplate) -> None:
    """Hold a template to its declarations.

    Raises:
        TemplateRefused: a slot cannot be parsed, or uses more than text, variables, filters and `if`.
        InvalidInput: a slot uses an undeclared variable, a declared one is never used, or a step tests what it has not.
    """
    used = {name for step in template.steps for slot in step.slots for name in _names(template, slot)}
    declared = [variable.name for variable in template.variables]
    faults = [f"{name} is used and not declared" for name in sorted(used - set(declared))]
    faults += [f"{name} is declared and not used" for name in declared if name not in used]
    faults += [f"{name} is declared twice" for name in sorted({n for n in declared if declared.count(n) > 1})]
    if faults:
        raise InvalidInput(
            f"the template {template.template_id} and its variables disagree",
            field="variables",
            value=template.template_id,
            findings=faults,
        )
    for step in template.steps:
        variable_under_test(template, step)


def step_variables(template: CampaignTemplate, step: TemplateStep) -> tuple[Variable, ...]:
    """The declared variables that a step's slots use, in declared order."""
    used = {name for slot in step.slots for name in _names(template, slot)}
    return tuple(v for v in template.variables if v.name in used)


def variable_under_test(template: CampaignTemplate, step: TemplateStep) -> str:
    """The content variable of a step that has versions: the one that it names, else the first that may have some.

    Raises:
        InvalidInput: the step has no content variable of that name that may be tested.
    """
    able = [v.name for v in step_variables(template, step) if v.filled_by == "content" and v.ab_tested]
    if step.tested in able or (step.tested is None and able):
        return step.tested or able[0]
    raise InvalidInput(
        f"step {step.step} of {template.template_id} has nothing to test",
        field="tested",
        value=step.tested or "",
        allowed=", ".join(able) or "a content variable with ab_tested",
    )


def render_step(template: CampaignTemplate, step: TemplateStep, values: Mapping[str, str]) -> dict[str, str]:
    """The slots of a step with all variables filled.

    Args:
        template: whose variables are declared.
        step: one of its steps.
        values: text by variable name; where one is missing or empty, the variable's fallback is used.

    Raises:
        InvalidInput: a value is given that no variable declares, a required one is missing, or one is too long.
    """
    declared = {v.name: v for v in template.variables}
    faults = [f"{name} is not declared" for name in sorted(set(values) - set(declared))]
    filled: dict[str, str] = {}
    for variable in step_variables(template, step):
        text = values.get(variable.name) or variable.fallback
        if fault := variable.fault(text):
            faults.append(fault)
        filled[variable.name] = text
    if faults:
        raise InvalidInput(
            f"step {step.step} of {template.template_id} cannot be filled", field="values", findings=faults
        )
    return {slot.name: render(slot.text, filled) for slot in step.slots}


def _names(template: CampaignTemplate, slot: Slot) -> set[str]:
    try:
        return placeholders(slot.text)
    except TemplateRefused as error:
        raise TemplateRefused(
            f"the slot {slot.name} of {template.template_id} is no valid text: {error.detail}",
            field="slots",
            value=error.value,
            allowed=error.allowed,
        ) from error


def _for_venture(
    source: CampaignTemplate, brief: VentureBrief, plan: ChannelPlan, policies: Policies, asked: Directives
) -> CampaignTemplate | None:
    steps: Sequence[TemplateStep] = source.steps
    channel = source.channel
    if source.type == "email_drip":
        steps = _waited(_arc(source.steps, _length(brief, policies, asked)), asked)
    elif source.kind.look == "ad":
        networks = [choice.channel for choice in plan.channels]
        steps = [s for s in source.steps if network_of(s) in networks]
        # A search ad has no room for the value proposition, which the first step must tell.
        steps.sort(key=lambda s: s.name == "google-ads")
        social = [n for n in networks if n in SOCIAL_CHANNELS]
        if not social or not steps:
            return None
        channel = social[0]
    elif brief.audience == "b2c":
        steps = [s.model_copy(update={"slots": tuple(x for x in s.slots if x.name != "forward")}) for s in steps]
    numbered = tuple(step.model_copy(update={"step": at}) for at, step in enumerate(steps, start=1))
    used = {name for step in numbered for slot in step.slots for name in _names(source, slot)}
    return source.model_copy(
        update={
            "template_id": identifier(id_key(brief.id), source.template_id),
            "name": f"{brief.name}: {_kind_of_ads(numbered) or source.name[:1].lower() + source.name[1:]}",
            "channel": channel,
            "steps": numbered,
            "variables": tuple(_named(v, brief) for v in source.variables if v.name in used),
        }
    )


def _kind_of_ads(steps: Sequence[TemplateStep]) -> str:
    """Ads by where they appear; empty for templates of other kinds."""
    search = [s for s in steps if s.name == "google-ads"]
    social = [s for s in steps if network_of(s) in SOCIAL_CHANNELS]
    if not search and not social:
        return ""
    return "social and search ads" if search and social else "search ads" if search else "social ads"


def _named(variable: Variable, brief: VentureBrief) -> Variable:
    if variable.name != "sender_name":
        return variable
    return variable.model_copy(update={"fallback": f"The {brief.name} team"})


def longest_sequence(brief: VentureBrief, policies: Policies) -> int:
    """The most e-mails that the facts of every segment can fill without repeats; at least the policies' minimum."""
    told = [len(brief.copy_facts(s.id)) for s in brief.segments]
    return max(int(policies.sequence_length.minimum), min(told, default=0) // FACTS_A_LETTER)


def _length(brief: VentureBrief, policies: Policies, asked: Directives) -> int:
    wish = next((w.steps for w in brief.campaigns if w.type == "email_drip"), None)
    length = asked.email_count or wish or int(policies.sequence_length.default or policies.sequence_length.minimum)
    # A venture's own wish may go beyond what the SOP delivers; a comment alone may not.
    most = min(int(policies.sequence_length.maximum), longest_sequence(brief, policies), max(SOP_EMAILS, wish or 0))
    return max(int(policies.sequence_length.minimum), min(most, length))


def _arc(steps: Sequence[TemplateStep], length: int) -> list[TemplateStep]:
    """The steps that matter most, in their narrative order, the first without delay."""
    ranked = sorted(steps, key=lambda s: (_ARC.index(s.name) if s.name in _ARC else len(_ARC), s.step))
    kept = sorted(ranked[:length], key=lambda s: s.step)
    return [kept[0].model_copy(update={"delay_hours": 0}), *kept[1:]]


def _waited(steps: Sequence[TemplateStep], asked: Directives) -> Sequence[TemplateStep]:
    """The delay that a reviewer asked for before every e-mail but the first."""
    if asked.delay_hours is None:
        return steps
    return [steps[0], *(s.model_copy(update={"delay_hours": asked.delay_hours}) for s in steps[1:])]


def sequence_refusal(brief: VentureBrief, policies: Policies, asked: Directives) -> str:
    """Why a sequence does not get the number of e-mails a reviewer asked for; empty where it does."""
    length = _length(brief, policies, asked)
    if asked.email_count is None or length == asked.email_count:
        return ""
    facts = longest_sequence(brief, policies)
    why = f"{brief.name}'s facts fill {facts}" if facts < asked.email_count else f"the SOP delivers 3-{SOP_EMAILS}"
    return f"a sequence of {asked.email_count} e-mails: {why} (step 2.1); it has {length}"


def _campaign(
    template: CampaignTemplate,
    brief: VentureBrief,
    plan: ChannelPlan,
    strategy: GtmStrategy,
    policies: Policies,
    asked: Directives,
) -> Campaign:
    targets = {s.segment_id for s in strategy.target_segments}
    segments = [s for s in brief.ranked_segments if s.id in targets] or list(brief.ranked_segments)
    names = [o.name for o in strategy.objectives]
    wanted = template.kind.objectives
    return Campaign(
        campaign_id=template.template_id,
        name=template.name,
        type=template.type,
        template_id=template.template_id,
        channels=_channels(template, plan),
        segments=tuple(s.id for s in segments),
        cta=_cta(template, brief, segments[0], policies, asked),
        objective=next((n for n in wanted if n in names), names[0] if names else wanted[0]),
    )


def _channels(template: CampaignTemplate, plan: ChannelPlan) -> tuple[Channel, ...]:
    """The plan's channels a campaign runs on; every channel of the plan is in one campaign at least."""
    planned = [choice.channel for choice in plan.channels]
    names = {network_of(step) for step in template.steps}
    if template.kind.look == "ad":
        return tuple(c for c in planned if c in names)
    if template.kind.session:
        carried = tuple(c for c in planned if c in ("webinars", "events", "email", "linkedin", "content_marketing"))
        return carried or ("email",)
    if template.kind.mailed:
        return ("email",)
    if template.kind.sequence:
        # Articles stand where content stands, and mails point to them.
        return tuple(c for c in planned if c in ("content_marketing", "email")) or (plan.primary.channel,)
    pulls = tuple(c for c in planned if c in ("google_ads", "content_marketing"))
    return pulls or (plan.primary.channel,)


def _cta(
    template: CampaignTemplate, brief: VentureBrief, segment: Segment, policies: Policies, asked: Directives
) -> Cta:
    if template.kind.session:
        return "register_webinar"
    offer = main_offer(brief, segment, policies, asked)
    if template.kind.look == "ad" and offer.cta != asked.cta:
        offer = ad_offer(brief, offer)
    return offer.cta
