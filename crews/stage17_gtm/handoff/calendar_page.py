"""calendar.html: the plan on paper, one landscape page a month, beside calendar.ics and calendar.csv."""

from dataclasses import dataclass
from datetime import date

from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.month import KINDS, Week, weeks
from crews.stage17_gtm.handoff.rendering import html
from gtm.domain.holidays import closed_days

PAGE = "calendar.html"


@dataclass(frozen=True)
class Month:
    """A month of the plan, in whole weeks; a week across two months stands in both, its days shown once.

    Attributes:
        name: such as January 2026.
        weeks: those with a day of the month.
        other: the days of these weeks that another month shows.
    """

    name: str
    weeks: tuple[Week, ...]
    other: frozenset[date]


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
        months=months(whole),
        kinds=[(kind, name) for kind, name in KINDS if kind in present],
        closed=closed_days(context.brief.geography.countries, plan.starts, plan.ends),
        names={c.campaign_id: c.name for c in campaigns},
    )
    return {PAGE: page.encode()}


def months(found: tuple[Week, ...]) -> tuple[Month, ...]:
    """The weeks by calendar month: a day's own month shows it, the other only its date."""
    by_month: dict[tuple[int, int], list[Week]] = {}
    for week in found:
        for key in dict.fromkeys((day.on.year, day.on.month) for day in week.days if day.inside):
            by_month.setdefault(key, []).append(week)
    return tuple(_month(key, own) for key, own in sorted(by_month.items()))


def _month(key: tuple[int, int], own: list[Week]) -> Month:
    days = (day.on for week in own for day in week.days)
    other = frozenset(on for on in days if (on.year, on.month) != key)
    return Month(f"{date(*key, 1):%B %Y}", tuple(own), other)
