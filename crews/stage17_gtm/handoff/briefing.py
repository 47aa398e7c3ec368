"""sales-briefing.md: what stage 18 needs to know before it picks up (SOP, handoff checklist)."""

from crews.stage17_gtm.handoff.agent_api import endpoint
from crews.stage17_gtm.handoff.completeness import scoring_workflows
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.follow_up import ActionItem
from crews.stage17_gtm.handoff.known_issues import Issue
from crews.stage17_gtm.handoff.rendering import markdown

BRIEFING = "sales-briefing.md"
TOLD = ("overruled", "contradiction", "missing", "not connected")
"""The kinds of known issues that a seller must know before the first call."""


def briefing_file(context: Context, issues: tuple[Issue, ...], actions: tuple[ActionItem, ...]) -> dict[str, bytes]:
    """The briefing for the sales team."""
    dossier, brief = context.dossier, context.brief
    page = markdown(
        "sales-briefing.md.j2",
        brief=brief,
        stage=context.stage,
        strategy=dossier.strategy,
        channels=dossier.channels,
        schedule=dossier.schedule,
        campaigns=dossier.templates.campaigns if dossier.templates else (),
        scoring=brief.lead_scoring,
        scoring_workflows=scoring_workflows(context),
        cut=brief.lead_scoring.cut if brief.lead_scoring else context.policies.qualified_score,
        required=context.policies.audience(brief.audience).required_lead_fields,
        target=context.policies.target(brief.segment_type),
        pricing=brief.pricing,
        issues=[issue for issue in issues if issue.kind in TOLD],
        actions=actions,
        dashboard_url=context.dashboard_url,
        agent_url=endpoint(context.agent_url),
    )
    return {BRIEFING: page.encode()}
