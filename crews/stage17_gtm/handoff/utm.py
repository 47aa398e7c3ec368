"""Examples of the tracked links that the channels' UTM schema gives."""

from collections.abc import Mapping

from crews.stage17_gtm.handoff.context import Context
from gtm.domain.campaign import Campaign
from gtm.domain.channels import ChannelChoice, ChannelPlan, campaign_name, tracked_link
from gtm.playbook.channel_details import offer_for
from gtm.playbook.copy_links import offer_link, utm_name


def utm_examples(context: Context) -> Mapping[str, str]:
    """One tracked link a channel: from its own content where there is some, else made from its offer and campaign.

    A channel that has neither an offer nor a campaign has no link to show.
    """
    plan = context.dossier.channels
    return {choice.channel: _from_content(context, choice) or _made(context, plan, choice) for choice in
            (plan.channels if plan else ())} if plan else {}  # fmt: skip


def _from_content(context: Context, choice: ChannelChoice) -> str:
    content = context.dossier.content
    marks = (f"utm_source={choice.utm_source}&", f"utm_medium={choice.utm_medium}&")
    for piece in content.pieces if content else ():
        if all(mark in piece.cta_url + "&" for mark in marks):
            return piece.cta_url
    return ""


def _made(context: Context, plan: ChannelPlan, choice: ChannelChoice) -> str:
    segments = tuple(s for s in context.brief.ranked_segments if s.id in choice.segments)
    offer, campaign = offer_for(context.brief, choice.channel, segments), _campaign(context, choice)
    if offer is None or campaign is None:
        return ""
    dated = context.dossier.schedule.campaigns if context.dossier.schedule else ()
    dates = next((d for d in dated if d.campaign_id == campaign.campaign_id), None)
    name = utm_name(campaign, lower=plan.utm.lower_case_campaign)
    launch = dates.launches if dates else context.now.date()
    content = plan.utm.content_pattern.format(
        template=campaign.template_id,
        campaign=campaign.campaign_id,
        segment=segments[0].id if segments else "all",
        step=1,
        variant="a",
    )
    link = offer_link(context.brief, offer)
    return tracked_link(link, choice, campaign_name(plan.utm, launch, choice.utm_medium, name), content)


def _campaign(context: Context, choice: ChannelChoice) -> Campaign | None:
    """The campaign that runs on the channel; a webinar's own before any other."""
    templates = context.dossier.templates
    own = [c for c in (templates.campaigns if templates else ()) if choice.channel in c.channels]
    return min(own, key=lambda c: choice.channel in ("webinars", "events") and c.type != "webinar_funnel", default=None)
