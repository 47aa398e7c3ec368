"""Examples of the tracked links that the channels' UTM schema gives."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from crews.stage17_gtm.handoff.context import Context
from gtm.domain.base import id_key
from gtm.domain.channels import ChannelChoice, ChannelPlan, campaign_name, tracked_link


def utm_examples(context: Context) -> Mapping[str, str]:
    """One tracked link a channel: from its own content where there is some, else made from the schema."""
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
    site = context.brief.website.value.rstrip("/")
    base = site if urlsplit(site).scheme else f"https://{site}"
    offer = context.brief.offers[0].path if context.brief.offers else "/"
    start = context.dossier.schedule.starts if context.dossier.schedule else context.now.date()
    name = campaign_name(plan.utm, start, choice.utm_medium, id_key(context.brief.id))
    word = choice.channel.replace("_", "-")
    content = plan.utm.content_pattern.format(template=word, campaign=word, segment="all", step=1, variant="a")
    return tracked_link(base + offer, choice, name, content)
