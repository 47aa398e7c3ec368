"""Tracked links: every link of a piece carries the channel's UTM set and says which variant was shown."""

import re

from gtm.domain.asked_copy import network_of
from gtm.domain.brief import Offer, VentureBrief
from gtm.domain.campaign import Campaign, CampaignTemplate, TemplateStep
from gtm.domain.channels import ChannelChoice, ChannelPlan, campaign_name, tracked_link
from gtm.domain.page_address import ServedPages
from gtm.domain.vocabulary import Channel
from gtm.playbook.schedule_dates import Dates

_LAST_VARIANT = re.compile(r"(utm_content=[^&#]*-)[a-e](?=&|#|$)")


def offer_link(brief: VentureBrief, offer: Offer) -> str:
    """The offer's address on the venture's site."""
    return brief.website.value.rstrip("/") + offer.path


def target_of(
    brief: VentureBrief, pages: ServedPages, campaign: Campaign, offer: Offer, usual: Offer, segment_id: str
) -> str:
    """Where a piece's call to action leads, without tracking: to a page of the run's own where its reader has use for
    it, else to the offer on the venture's site.

    Invitations and reminders of a session lead to its registration page. What strangers see, such as an ad or a
    published article, leads to the landing page when that asks for the same act. Other mails go to people whose address
    is known, many of them from that page's form, and lead on to the site; so does the landing page itself.

    Args:
        brief: the venture.
        pages: what is served.
        campaign: the piece's.
        offer: what the piece calls to.
        usual: what the segment's landing page calls to.
        segment_id: the piece's.
    """
    site, kind = offer_link(brief, offer), campaign.kind
    if kind.session and offer.cta == campaign.cta:
        return pages.registration_url(brief.id, campaign.campaign_id, segment_id) or site
    if kind.mailed or kind.page or offer != usual:
        return site
    return pages.landing_url(brief.id, segment_id) or site


def step_channel(campaign: Campaign, template: CampaignTemplate, step: TemplateStep) -> Channel:
    """The channel that a step runs on: an ad's own network, else the template's, else the campaign's first."""
    own = network_of(step)
    if own in campaign.channels:
        return next(c for c in campaign.channels if c == own)
    if template.channel != "web" and (template.kind.mailed or template.channel in campaign.channels):
        return template.channel
    return campaign.channels[0] if campaign.channels else "email"


def piece_link(
    plan: ChannelPlan,
    campaign: Campaign,
    template: CampaignTemplate,
    step: TemplateStep,
    target: str,
    dates: Dates,
    segment_id: str,
) -> str:
    """The tracked link of a step's variant A to a target of `target_of`; `link_for_variant` gives that of the others.

    The campaign name follows the plan's pattern with the month of the campaign's own launch, and utm_content is
    template-segment-step-variant, so that segments can be told apart in any analytics tool.
    """
    channel = step_channel(campaign, template, step)
    choice = plan.choice(channel) or _own_channel(plan, channel)
    own = utm_name(campaign, lower=plan.utm.lower_case_campaign)
    name = campaign_name(plan.utm, dates.launches(campaign), choice.utm_medium, own)
    pattern = plan.utm.content_pattern
    content = pattern.format(
        template=template.template_id, segment=segment_id, step=step.step, variant="a", campaign=campaign.campaign_id
    )
    return tracked_link(target, choice, name, content)


def utm_name(campaign: Campaign, *, lower: bool) -> str:
    """The {name} part of a campaign name: `nurture`, or `Nurture` where the venture keeps capitals."""
    name = campaign.kind.utm
    return name if lower else "-".join(word.capitalize() for word in name.split("-"))


def link_for_variant(url: str, label: str) -> str:
    """A piece's link as it is sent with variant `label` (A-E): only the end of utm_content changes."""
    return _LAST_VARIANT.sub(rf"\g<1>{label.lower()}", url)


def _own_channel(plan: ChannelPlan, channel: Channel) -> ChannelChoice:
    # Mail to people who signed up is the venture's own channel and costs nothing, so a plan may leave it out.
    word = channel.replace("_ads", "")
    return plan.channels[0].model_copy(update={"channel": channel, "utm_source": word, "utm_medium": word})
