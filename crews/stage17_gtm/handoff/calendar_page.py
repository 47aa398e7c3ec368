"""calendar.html: the plan on paper, week by week on landscape pages, beside calendar.ics and calendar.csv."""

from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.month import KINDS, weeks
from crews.stage17_gtm.handoff.rendering import html
from gtm.domain.holidays import closed_days

PAGE = "calendar.html"


def calendar_page(context: Context) -> dict[str, bytes]:
    """calendar.html of the run's schedule; nothing when none was set."""
    plan = context.dossier.schedule
    if plan is None:
        return {}
    whole = weeks(context, plan)
    present = {chip.kind for week in whole for day in week.days for chip in day.chips}
    campaigns = context.dossier.templates.campaigns if context.dossier.templates else ()
    page = html(
        "calendar.html",
        brief=context.brief,
        schedule=plan,
        now=context.now,
        weeks=whole,
        kinds=[(kind, name) for kind, name in KINDS if kind in present],
        closed=closed_days(context.brief.geography.countries, plan.starts, plan.ends),
        names={c.campaign_id: c.name for c in campaigns},
    )
    return {PAGE: page.encode()}
