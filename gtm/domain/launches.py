"""Launches on one segment: campaigns that write to the same people do not begin on the same day."""

from collections.abc import Iterator
from datetime import date

from gtm.domain.calendar import Words
from gtm.domain.schedule import CampaignDates, SchedulePlan


def launch_clashes(plan: SchedulePlan) -> Iterator[tuple[date, str, str, str]]:
    """Each launch beside an earlier-ranked one: day, campaign, the first segment they share, the other campaign.

    Only campaigns that send mail count: ads and pages are there at the same time on purpose.
    """
    ranked = _ranked(plan)
    for number, dates in enumerate(ranked):
        for other in ranked[:number]:
            shared = _reach(plan, dates.campaign_id) & _reach(plan, other.campaign_id)
            if shared and other.launches == dates.launches:
                yield dates.launches, dates.campaign_id, min(shared), other.campaign_id
                break


def spread_launches(plan: SchedulePlan, words: Words) -> tuple[SchedulePlan, tuple[str, ...]]:
    """The plan in which such a campaign launches with its own first mail, and which were moved.

    Where it has no mail on a day of its own, it stays.
    """
    notes: list[str] = []
    passed: set[str] = set()
    while clash := next((c for c in launch_clashes(plan) if c[1] not in passed), None):
        was, campaign, _, other = clash
        passed.add(campaign)
        day = _free_day(plan, campaign, was)
        if day is None:
            continue
        plan = _moved(plan, campaign, day, f"its first mail, after the launch of {words.name(other)}")
        notes.append(
            f"{words.name(campaign)} launches on {day:%a} {day.day} {day:%B} with its first mail, not beside "
            f"{words.name(other)} on {was:%a} {was.day} {was:%B}: they write to the same people."
        )
    return plan, tuple(notes)


def _ranked(plan: SchedulePlan) -> list[CampaignDates]:
    """The campaigns that send mail, the one whose first mail goes out first in front."""
    first = {c.campaign_id: min(days) for c in plan.campaigns if (days := _days(plan, c.campaign_id))}
    own = [c for c in plan.campaigns if c.campaign_id in first]
    return sorted(own, key=lambda c: (first[c.campaign_id], own.index(c)))


def _days(plan: SchedulePlan, campaign_id: str) -> list[date]:
    """The days of a campaign's first step."""
    own = [s for s in plan.emails if s.campaign_id == campaign_id]
    step = min((s.step for s in own), default=0)
    return sorted({s.on for s in own if s.step == step})


def _reach(plan: SchedulePlan, campaign_id: str) -> set[str]:
    return {s.segment_id for s in plan.emails if s.campaign_id == campaign_id}


def _free_day(plan: SchedulePlan, campaign_id: str, after: date) -> date | None:
    """The day of its first mail, unless it is the launch's own or another campaign to the same people launches then."""
    mine = _reach(plan, campaign_id)
    others = {c.launches for c in plan.campaigns if c.campaign_id != campaign_id and mine & _reach(plan, c.campaign_id)}
    first = min(_days(plan, campaign_id))
    return first if first > after and first not in others else None


def _moved(plan: SchedulePlan, campaign_id: str, day: date, why: str) -> SchedulePlan:
    def own(of: str | None) -> bool:
        return of == campaign_id

    return plan.model_copy(
        update={
            "campaigns": tuple(
                c.model_copy(update={"launches": day, "ends": max(c.ends, day), "aligned_with": why})
                if own(c.campaign_id)
                else c
                for c in plan.campaigns
            ),
            "calendar": tuple(
                sorted(
                    (e.model_copy(update={"on": day}) if own(e.campaign_id) and e.kind == "launch" else e
                     for e in plan.calendar),
                    key=lambda e: (e.on, e.at.isoformat(), e.kind, e.title),
                )
            ),
        }
    )  # fmt: skip
