from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.domain.brief import Milestone
from gtm.domain.calendar import to_csv, to_ics
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import PAID_CHANNELS
from gtm.domain.zones import resolve
from gtm.playbook.copy import draft_content
from gtm.playbook.directives import Directives
from gtm.playbook.schedule import draft_schedule
from gtm.playbook.titles import Titles
from gtm.policies.facts import ScheduleFacts
from gtm.policies.schedule import scheduled
from tests.unit.playbook.test_copy import DATA
from tests.unit.policies.support import common

ZONES = ("America/New_York", "Australia/Sydney", "Africa/Cairo", "Asia/Beirut", "Asia/Kathmandu", "America/Santiago",
         "Pacific/Chatham", "Africa/Casablanca")  # fmt: skip
STARTS = date(2026, 1, 1)


def redraft(drafts, policies: Policies, starts: date = STARTS, asked: Directives | None = None, **changes):
    brief = drafts.brief.model_copy(update=changes)
    return draft_schedule(
        brief,
        drafts.templates,
        drafts.channels,
        drafts.budget,
        policies,
        starts=starts,
        directives=asked or Directives(),
    )


def test_it_runs_whole_weeks_from_a_monday_and_at_least_four(drafts) -> None:
    plan = drafts.schedule
    assert plan.starts == date(2026, 1, 5) and plan.ends.weekday() == 6
    assert (plan.ends - plan.starts).days + 1 >= 28
    days = [s.on for s in plan.emails] + [e.on for e in plan.calendar] + [f.ends for f in plan.flights]
    assert all(plan.starts <= on <= plan.ends for on in days)


def test_every_mail_lies_in_the_window_after_its_delay_across_clock_changes(ventures, policies: Policies) -> None:
    # The property is inside so that Hypothesis does not write out the fixtures.
    @settings(max_examples=30, deadline=None)
    @given(starts=st.dates(date(2024, 1, 1), date(2030, 12, 31)), name=st.sampled_from(["fleet", "life", "posthog"]))
    def holds(starts: date, name: str) -> None:
        plan = redraft(ventures[name], policies, starts)
        assert (plan.starts - starts).days in range(7) and plan.starts.weekday() == 0
        in_window_everywhere(ventures[name], plan)
        drip_keeps_its_delays(ventures[name], plan)

    holds()


def in_window_everywhere(drafts, plan) -> None:
    for slot in plan.emails:
        for zone in {*drafts.brief.geography.time_zones, *ZONES}:
            local = resolve(slot.on, slot.at, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            assert plan.window.allows(local), (slot, zone)


def drip_keeps_its_delays(drafts, plan) -> None:
    (template,) = [t for t in drafts.templates.templates if t.type == "email_drip"]
    delays = {s.step: s.delay_hours for s in template.steps}
    for segment in drafts.brief.segments:
        mine = [s for s in plan.emails if s.template_id == template.template_id and s.segment_id == segment.id]
        assert sorted(s.step for s in mine) == list(delays)
        for before, after in pairwise(sorted(mine, key=lambda s: s.step)):
            for zone in drafts.brief.geography.time_zones:
                passed = resolve(after.on, after.at, zone) - resolve(before.on, before.at, zone)
                assert passed >= timedelta(hours=delays[after.step]), (before, after, zone)


def test_no_segment_gets_two_mails_within_ten_hours(drafts) -> None:
    for segment in drafts.brief.segments:
        moments = sorted(datetime.combine(s.on, s.at) for s in drafts.schedule.emails if s.segment_id == segment.id)
        assert min(b - a for a, b in pairwise(moments)) >= timedelta(hours=10)


def test_flights_sum_to_their_lines_to_the_cent_and_keep_the_daily_cap(drafts) -> None:
    plan, budget = drafts.schedule, drafts.budget
    paid = {line.channel: line.amount for line in budget.lines if line.channel in PAID_CHANNELS}
    assert {f.channel: f.amount for f in plan.flights} == paid
    for flight in plan.flights:
        assert flight.planned == flight.amount and len(flight.days) == 30
        assert max(d.amount for d in flight.days) - min(d.amount for d in flight.days) <= Decimal("0.01")
        assert flight.dayparts and flight.zone == drafts.brief.geography.time_zones[0]
    for on in {d.on for f in plan.flights for d in f.days}:
        assert sum(d.amount for f in plan.flights for d in f.days if d.on == on) <= budget.pacing.daily_cap
    assert any("Four weeks of it are" in note for note in plan.notes)


@pytest.mark.parametrize("starts", [STARTS, date(2026, 3, 2), date(2026, 11, 27)])
def test_ads_that_lead_to_a_session_run_up_to_the_day_before_it(ventures, policies: Policies, starts: date) -> None:
    plan = redraft(ventures["fleet"], policies, starts)
    (session,) = [e.on for e in plan.calendar if e.kind == "webinar"]
    assert plan.flights and {f.ends for f in plan.flights} == {session - timedelta(days=1)}
    assert {len(f.days) for f in plan.flights} == {30}
    assert {f.planned for f in plan.flights} == {f.amount for f in plan.flights}
    (launch,) = [e.on for e in plan.calendar if e.kind == "launch" and e.campaign_id == "fleet-social-ads"]
    (ads,) = [c for c in plan.campaigns if c.campaign_id == "fleet-social-ads"]
    assert launch == ads.launches == min(f.starts for f in plan.flights) >= plan.starts
    note = next(n for n in plan.notes if "lead to the session" in n)
    assert f"on {session.day} {session:%B}" in note and "the 30 days up to the day before it" in note
    fleet = ventures["fleet"]
    facts = ScheduleFacts(
        **common(), brief=fleet.brief, templates=fleet.templates, budget=fleet.budget, artifact=plan, today=starts
    )
    assert scheduled(facts).passed


def test_the_links_of_such_ads_carry_the_month_in_which_they_launch(ventures, policies: Policies) -> None:
    fleet, starts = ventures["fleet"], date(2026, 11, 24)
    plan = redraft(fleet, policies, starts)
    launch = next(c.launches for c in plan.campaigns if c.campaign_id == "fleet-social-ads")
    assert (plan.starts.month, launch.month) == (11, 12)
    made = draft_content(fleet.brief, fleet.templates, fleet.channels, policies, DATA, starts=starts)
    links = {p.cta_url for p in made.pieces if p.campaign_id == "fleet-social-ads"}
    assert links and all("utm_campaign=2026-12-" in link for link in links)


def test_ads_run_up_to_the_last_of_two_sessions(ventures, policies: Policies) -> None:
    fleet = ventures["fleet"]
    funnel = next(c for c in fleet.templates.campaigns if c.kind.session)
    second = funnel.model_copy(update={"campaign_id": "fleet-second", "name": "Fleet: second session"})
    templates = fleet.templates.model_copy(update={"campaigns": (*fleet.templates.campaigns, second)})
    plan = redraft(replace(fleet, templates=templates), policies)
    last = max(e.on for e in plan.calendar if e.kind == "webinar")
    assert {f.ends for f in plan.flights} == {last - timedelta(days=1)}
    assert min(f.starts for f in plan.flights) == plan.starts


def test_ads_that_lead_elsewhere_begin_with_the_launch(ventures) -> None:
    for name in ("life", "posthog"):
        plan = ventures[name].schedule
        runs = {c.campaign_id: c.launches for c in plan.campaigns}
        assert all(f.starts == runs[f.campaign_id] for f in plan.flights)
        assert not [n for n in plan.notes if "lead to the session" in n]


def test_life_opens_its_page_two_weeks_before_a_tuesday_launch_at_0901_pacific(ventures) -> None:
    plan = ventures["life"].schedule
    runs = {c.campaign_id: c for c in plan.campaigns}
    assert runs["life-landing-page"].launches == date(2026, 1, 5)
    assert runs["life-social-ads"].launches == date(2026, 1, 20)
    assert runs["life-landing-page"].aligned_with.startswith("Waiting list and landing page, Monday")
    launch = [e for e in plan.calendar if e.kind == "launch" and e.on == date(2026, 1, 20)]
    assert {(e.at, e.zone) for e in launch} == {(time(9, 1), "America/Los_Angeles")}
    week = [e for e in plan.calendar if e.kind == "social" and date(2026, 1, 20) <= e.on <= date(2026, 1, 26)]
    assert len(week) == 7 and all(e.title.startswith(("Launch day: ", "Launch week: ")) for e in week)
    assert all(s.on > date(2026, 1, 20) for s in plan.emails)


def test_fleets_themes_take_turns_week_by_week(ventures) -> None:
    blog = [e for e in ventures["fleet"].schedule.calendar if e.kind == "blog"]
    assert [e.title.split(" · ")[0] for e in blog[::2]] == ["Brand", "MDM", "Linux", "Competitive", "GitOps"]
    assert blog[2].title == "MDM · Full Apple MDM parity: a walk-through for a head of IT"


def test_articles_on_monday_and_wednesday_and_a_post_every_day(drafts) -> None:
    plan = drafts.schedule
    blog = [e.on for e in plan.calendar if e.kind == "blog"]
    social = [e.on for e in plan.calendar if e.kind == "social"]
    days = [plan.starts + timedelta(days=n) for n in range((plan.ends - plan.starts).days + 1)]
    assert blog == [d for d in days if d.weekday() in (0, 2)] and social == days


def test_titles_come_from_facts_that_may_be_claimed_and_never_repeat(drafts) -> None:
    titles = [e.title for e in drafts.schedule.calendar if e.kind in ("blog", "social")]
    assert len(set(titles)) == len(titles)
    open_facts = [f for f in drafts.brief.facts if f.claimable]
    told = [(f.short or f.text).rstrip(". ").lower() for f in open_facts]
    assert all(any(fact in title.lower() for fact in told) for title in titles)
    barred = [f.short.lower() for f in drafts.brief.facts if not f.claimable and f.short]
    assert not [t for t in titles if any(b in t.lower() for b in barred)]


def test_posts_that_tell_a_fact_again_say_so_and_the_plan_says_from_when_on(ventures, policies: Policies) -> None:
    plan = redraft(ventures["fleet"], policies, date(2026, 11, 27))
    social = [e for e in plan.calendar if e.kind == "social"]
    facts = sorted((f.short or f.text for f in ventures["fleet"].brief.facts if f.claimable), key=len, reverse=True)
    told: set[str] = set()
    for entry in social:
        fact = next(f for f in facts if f.rstrip(". ").lower() in entry.title.lower())
        assert entry.title.startswith("Again, ") == (fact in told), entry.title
        told.add(fact)
    again = [e for e in social if e.title.startswith("Again, ")]
    (note,) = [n for n in plan.notes if "again, in another form, what an earlier one told" in n]
    assert again and note.startswith(f"From {again[0].on:%a} {again[0].on.day} {again[0].on:%B} on, {len(again)} posts")
    assert f"brief carries {len(social) - len(again)} different posts" in note
    short = [e for e in plan.calendar if e.kind == "social"][: len(social) - len(again)]
    assert not any(e.told_again for e in short)


def test_a_second_part_of_a_title_is_told_again(ventures) -> None:
    life = ventures["life"].brief
    few = life.model_copy(update={"facts": life.facts[:2]})
    supply = Titles(few)
    taken = [supply.take("social")[0] for _ in range(30)]
    parts = [t for t in taken if t.endswith(")") and "(part" in t]
    assert parts and all(t.startswith("Again, ") for t in parts)


def test_a_name_keeps_its_capital_where_a_title_is_told_again(ventures) -> None:
    life = ventures["life"].brief
    fact = life.facts[0].model_copy(update={"text": "LinkedIn shows who came", "short": "LinkedIn shows who came"})
    supply = Titles(life.model_copy(update={"facts": (fact,)}))
    again = [t for t in (supply.take("social")[0] for _ in range(30)) if t.startswith("Again, ")]
    assert any(t.startswith("Again, LinkedIn") for t in again) and not any("linkedIn" in t for t in again)


def test_no_title_would_read_the_same_for_another_venture(ventures) -> None:
    sets = [
        {e.title for e in d.schedule.calendar if e.kind in ("blog", "social", "webinar")} for d in ventures.values()
    ]
    assert not (sets[0] & sets[1]) and not (sets[1] & sets[2]) and not (sets[0] & sets[2])


def test_a_name_keeps_its_small_letter(ventures) -> None:
    titles = [e.title for e in ventures["fleet"].schedule.calendar]
    assert "iOS and Android, next to the laptops" in titles


def test_titles_do_not_run_out_and_part_numbers_tell_them_apart(ventures) -> None:
    supply = Titles(ventures["life"].brief)
    taken = [supply.take("blog")[0] for _ in range(150)]
    assert len(set(taken)) == 150 and any(t.endswith("(part 2)") for t in taken)


def test_posts_speak_to_segments_that_the_network_reaches(ventures) -> None:
    plan = ventures["posthog"].schedule
    reached = set(ventures["posthog"].channels.choice("linkedin").segments)
    assert {e.segment_id for e in plan.calendar if e.kind == "social"} <= {*reached, None}


def test_the_session_is_reminded_of_7_days_and_1_day_before(drafts) -> None:
    plan = drafts.schedule
    (session,) = [e.on for e in plan.calendar if e.kind == "webinar"]
    mails = [s for s in plan.emails if s.campaign_id.endswith("webinar-funnel")]
    assert {(session - s.on).days for s in mails if s.step in (2, 3)} == {7, 1}
    assert all(s.on > session for s in mails if s.step == 4)


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_no_session_falls_into_the_quiet_days_and_the_plan_says_so(ventures, policies: Policies, name: str) -> None:
    plan = redraft(ventures[name], policies, starts=date(2026, 11, 30))
    (session,) = [e.on for e in plan.calendar if e.kind == "webinar"]
    quiet = [date(2026, 12, 20) + timedelta(days=n) for n in range(14)]
    assert session > quiet[-1]
    reminders = [s for s in plan.emails if s.campaign_id.endswith("webinar-funnel") and s.step in (2, 3)]
    assert reminders and not [s for s in reminders if s.on in quiet]
    note = next(n for n in plan.notes if n.startswith("Quiet days, 20 December to 2 January"))
    # Life launches two weeks later, and its session comes after the quiet days by itself.
    told = f"the live session is on {session.day} January 2027 for that reason" in note
    assert told == (name != "life") and "by LEAD" in note


def test_a_session_that_would_be_later_anyway_is_not_said_to_be_moved(ventures, policies: Policies) -> None:
    plan = redraft(ventures["fleet"], policies, starts=date(2026, 12, 21))
    (session,) = [e.on for e in plan.calendar if e.kind == "webinar"]
    assert session == date(2027, 1, 20)
    note = next(n for n in plan.notes if n.startswith("Quiet days, "))
    assert "for that reason" not in note


def test_lead_reviews_every_week_with_the_weeks_money(drafts) -> None:
    reviews = [e for e in drafts.schedule.calendar if e.kind == "review"]
    assert len(reviews) == ((drafts.schedule.ends - drafts.schedule.starts).days + 1) // 7
    assert all(t.told in e.title for t in drafts.budget.triggers for e in reviews)
    assert not [e for e in reviews if ">" in e.title or "<" in e.title]


def test_a_comment_moves_the_start(ventures, policies: Policies) -> None:
    plan = redraft(ventures["fleet"], policies, asked=Directives(starts=date(2026, 3, 3), unhandled=("Be bold.",)))
    assert plan.starts == date(2026, 3, 9) and any("Be bold." in note for note in plan.notes)


def test_a_comment_does_not_move_the_start_before_the_first_possible_day(ventures, policies: Policies) -> None:
    assert redraft(ventures["fleet"], policies, asked=Directives(starts=date(2025, 3, 3))).starts == date(2026, 1, 5)


def test_milestones_out_of_reach_are_named_and_not_aligned_with(ventures, policies: Policies) -> None:
    past = Milestone(name="Launch of the beta", on=date(2020, 1, 1))
    plan = redraft(ventures["fleet"], policies, launch=(past,))
    assert any(n.startswith("Outside the plan's reach") and "Launch of the beta" in n for n in plan.notes)
    # The funnel writes to the drip's readers, so it launches with its own first mail.
    assert {c.launches for c in plan.campaigns if "webinar" not in c.campaign_id} == {date(2026, 1, 5)}


def test_a_page_without_an_opening_of_the_ventures_opens_with_the_launch(ventures, policies: Policies) -> None:
    plan = redraft(ventures["fleet"], policies, launch=(Milestone(name="Launch", on=date(2026, 2, 3), at=time(9)),))
    runs = {c.campaign_id: c.launches for c in plan.campaigns}
    assert runs["fleet-landing-page"] == date(2026, 2, 3) and runs["fleet-email-drip"] == date(2026, 2, 3)


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_plan_leaves_as_calendar_and_table(ventures, name: str) -> None:
    plan = ventures[name].schedule
    events = len(plan.calendar) + len(plan.emails) + len(plan.flights)
    assert to_ics(plan, name).count(b"BEGIN:VEVENT") == events
    assert len(to_csv(plan).splitlines()) == events + 1


def test_a_page_that_opens_before_the_launch_says_that_it_gathers_a_waiting_list(ventures) -> None:
    notes = [n for n in ventures["life"].schedule.notes if "waiting list" in n and n.startswith("Until ")]
    assert len(notes) == 1 and "Launch day" in notes[0]
    assert "reads “Join the waiting list”" in notes[0] and "becomes “Start free trial”" in notes[0]
    turned = [e for e in ventures["life"].schedule.calendar if "the button reads “Start free trial”" in e.title]
    assert [e.on for e in turned] == [m.on for m in ventures["life"].schedule.calendar if m.title == "Life: Launch day"]
    assert not [n for n in ventures["fleet"].schedule.notes if "waiting list" in n]


def test_no_launch_review_or_note_shows_an_identifier(drafts) -> None:
    told = [e.title for e in drafts.schedule.calendar] + list(drafts.schedule.notes)
    assert not [t for t in told if "_" in t.replace("America/New_York", "").replace("America/Los_Angeles", "")]
