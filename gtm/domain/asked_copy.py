"""Which steps of a template are written for which segment."""

from gtm.domain.campaign import CampaignContent, CampaignTemplate, TemplateSet, TemplateStep
from gtm.domain.channels import ChannelPlan


def asked_steps(template: CampaignTemplate, segment_id: str, plan: ChannelPlan | None) -> tuple[TemplateStep, ...]:
    """The steps of a template that a segment gets copy for (SOP steps 1.2 and 2.2).

    Every step, except that an ad is not written for a segment at which its network is not aimed: it could not run. A
    segment at which no network of the template is aimed gets all of them, because SOP step 2.2 asks for copy from
    every template for every segment; the review tells that they wait for a wider aim.

    Args:
        template: the template; the steps of an ad template are named after their networks, such as `google-ads`.
        segment_id: the segment.
        plan: the channels with their aims, of step 1.2; None where there is none yet.
    """
    if template.kind.look != "ad" or plan is None:
        return template.steps
    aimed = tuple(step for step in template.steps if plan.aims_at(network_of(step), segment_id))
    return aimed or template.steps


def left_out(templates: TemplateSet, content: CampaignContent, plan: ChannelPlan | None) -> dict[str, list[str]]:
    """Networks with the segments that they have no ad for because they are not aimed at them (`asked_steps`)."""
    written = {(p.campaign_id, p.segment_id, p.step) for p in content.pieces}
    found: dict[str, list[str]] = {}
    for campaign in templates.campaigns:
        template = templates.template(campaign.template_id)
        if template is None:
            continue
        for segment_id in campaign.segments:
            asked = asked_steps(template, segment_id, plan)
            for step in template.steps:
                if step not in asked and (campaign.campaign_id, segment_id, step.step) not in written:
                    found.setdefault(network_of(step), []).append(segment_id)
    return found


def network_of(step: TemplateStep) -> str:
    """The channel that a step of an ad template is written for: `google_ads` of the step `google-ads`."""
    return step.name.replace("-", "_")
