"""Step 2.3."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.schedule import SchedulePlan
from gtm.policies.facts import ScheduleFacts
from gtm.policies.schedule import scheduled
from tests.unit.policies.support import assert_fails, at, common, drafts, lines, policies, with_

GOOD = drafts().schedule
D = drafts()


def judge(plan: SchedulePlan | None, **changes: Any) -> Any:
    facts: dict[str, Any] = {"brief": D.brief, "templates": D.templates, "budget": D.budget, "artifact": plan}
    return scheduled(ScheduleFacts(**common(), **(facts | changes)))


def email(**changes: Any) -> SchedulePlan:
    return with_(GOOD, emails=at(GOOD.emails, 0, **changes))


def flight(**changes: Any) -> SchedulePlan:
    return with_(GOOD, flights=at(GOOD.flights, 0, **changes))


def calendar(*kinds: str) -> SchedulePlan:
    return with_(GOOD, calendar=tuple(e for e in GOOD.calendar if e.kind not in kinds))


SATURDAY = GOOD.emails[0].on + timedelta(days=(5 - GOOD.emails[0].on.weekday()) % 7)
FLIGHT = GOOD.flights[0]
BROKEN = [
    ("schedule.launch_calendar", with_(GOOD, ends=GOOD.starts + timedelta(days=26)), "less than 4 weeks"),
    ("schedule.launch_calendar", with_(GOOD, campaigns=GOOD.campaigns[1:]), "no launch date"),
    ("schedule.launch_calendar", calendar("launch"), "no launch in the calendar"),
    ("schedule.launch_calendar", with_(GOOD, venture_id="life"), "the brief is of fleet"),
    (
        "schedule.launch_calendar",
        with_(GOOD, campaigns=at(GOOD.campaigns, 0, launches=date(2020, 1, 1))),
        "outside the plan",
    ),
    ("schedule.email_sends", email(on=SATURDAY), "Saturday"),
    ("schedule.email_sends", email(at=time(14, 0)), "14:00"),
    ("schedule.email_sends", email(at=time(9, 59)), "09:59"),
    ("schedule.email_sends", with_(GOOD, emails=GOOD.emails[1:]), "has no send"),
    ("schedule.email_sends", with_(GOOD, emails=(*GOOD.emails, GOOD.emails[0])), "sent twice"),
    ("schedule.email_sends", with_(GOOD, window=policies().window("b2c")), "not that of b2b"),
    ("schedule.ad_flights", with_(GOOD, flights=GOOD.flights[1:]), "flies $0.00"),
    ("schedule.ad_flights", flight(amount=FLIGHT.amount + 1), "its days sum to"),
    ("schedule.ad_flights", flight(days=FLIGHT.days[1:]), "its days are not those from"),
    ("schedule.ad_flights", flight(dayparts=()), "no dayparting"),
    ("schedule.ad_flights", flight(days=at(FLIGHT.days, 0, amount=Decimal("40000.00"))), "the daily cap"),
    ("schedule.ad_flights", flight(channel="twitter_ads"), "no paid budget line"),
    ("schedule.content_calendar", calendar("blog"), "days without blog"),
    ("schedule.content_calendar", calendar("social"), "days without social"),
    (
        "schedule.content_calendar",
        with_(GOOD, calendar=tuple(with_(e, title="Same") if e.kind == "blog" else e for e in GOOD.calendar)),
        "planned twice",
    ),
    (
        "schedule.content_calendar",
        with_(
            GOOD,
            calendar=tuple(with_(e, on=e.on + timedelta(days=1)) if e.kind == "blog" else e for e in GOOD.calendar),
        ),
        "stands on a Tuesday",
    ),
    ("schedule.zones_known", with_(GOOD, calendar=at(GOOD.calendar, 0, zone="Mars/Olympus")), "Mars/Olympus"),
]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_pass(name: str) -> None:
    d = drafts(name)
    verdict = judge(d.schedule, brief=d.brief, templates=d.templates, budget=d.budget, today=d.schedule.starts)
    assert verdict.passed, verdict.explain()


@pytest.mark.parametrize(("name", "plan", "word"), BROKEN)
def test_a_broken_plan_fails_the_named_check(name: str, plan: SchedulePlan, word: str) -> None:
    assert_fails(judge(plan), name, word)


def test_every_line_has_a_failing_case() -> None:
    assert lines("schedule.set") <= {row[0] for row in BROKEN}


def test_a_plan_does_not_start_in_the_past() -> None:
    assert_fails(judge(GOOD, today=GOOD.starts + timedelta(days=1)), "schedule.launch_calendar", "which is past")


def test_two_emails_closer_than_their_delay_fail() -> None:
    drip = [n for n, s in enumerate(GOOD.emails) if s.campaign_id == "fleet-email-drip" and s.segment_id == "security"]
    first, second = GOOD.emails[drip[0]], drip[1]
    close = with_(GOOD, emails=at(GOOD.emails, second, on=first.on, at=time(13, 45)))
    assert_fails(judge(close), "schedule.email_sends", "its delay is")


def test_b2c_mail_goes_out_at_the_weekend() -> None:
    plan = drafts("life").schedule
    assert {s.on.weekday() for s in plan.emails} <= {5, 6}


def test_nothing_stored_and_no_budget_fail() -> None:
    assert_fails(judge(None), "schedule.ad_flights", "nothing is stored for step 2.3")
    assert_fails(judge(GOOD, budget=None), "schedule.ad_flights", "no budget is stored")


def test_a_collision_is_shown_to_the_approver_and_does_not_stop() -> None:
    one = GOOD.emails[0]
    again = one.model_copy(update={"campaign_id": "fleet-webinar-funnel"})
    verdict = judge(with_(GOOD, emails=(*GOOD.emails, again)))
    (check,) = [c for c in verdict.checks if c.name == "schedule.collisions"]
    assert not check.passed and check.severity == "note" and "is above 1 a day" in check.detail
    (check,) = [c for c in judge(GOOD).checks if c.name == "schedule.collisions"]
    assert check.passed
