from datetime import date, timedelta

import pytest

from gtm.domain.brief import CampaignWish
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.collisions import find
from gtm.domain.delivery import FrequencyCap
from gtm.domain.spec import Policies
from gtm.playbook.directives import Directives
from gtm.playbook.schedule import draft_schedule
from tests.unit.playbook.conftest import drafted as all_drafts


def drafted(drafts, policies: Policies, caps: FrequencyCap | None = None):
    if caps is not None:
        delivery = policies.delivery.model_copy(update={"frequency": caps})
        policies = policies.model_copy(update={"delivery": delivery})
    return draft_schedule(
        drafts.brief, drafts.templates, drafts.channels, drafts.budget, policies,
        starts=date(2026, 1, 1), directives=Directives(),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_nothing_collides_in_the_houses_plan_and_it_says_what_was_moved(ventures, policies: Policies, name) -> None:
    plan = drafted(ventures[name], policies)
    assert find(plan, policies.delivery.frequency) == ()
    assert [n for n in plan.notes if "launches on" in n and "they write to the same people" in n]


def test_a_tighter_weekly_cap_moves_mails_and_the_calendar_follows(ventures, policies: Policies) -> None:
    caps = FrequencyCap(per_day=1, per_week=1)
    plan = drafted(ventures["fleet"], policies, caps)
    assert all(s.on <= plan.ends and plan.window.weekdays for s in plan.emails)
    assert [n for n in plan.notes if n.startswith("Moved so that nobody gets more mails than 1 a day and 1 in 7 days")]
    # Two mails that a session binds to its week may stay; they are told.
    left = find(plan, caps)
    assert all(c.campaign_id.endswith("webinar-funnel") for c in left)
    assert bool(left) == any(n.startswith("Still in each other's way") for n in plan.notes)


def test_two_sessions_are_a_week_apart_and_each_is_invited_to_before_it_is_reminded_of(ventures, policies: Policies):
    life = ventures["life"]
    wishes = tuple(CampaignWish(type=kind) for kind in KINDS)
    full = all_drafts(life.brief.model_copy(update={"campaigns": wishes}), life.preset, policies, Directives())
    plan = draft_schedule(
        full.brief, full.templates, full.channels, full.budget, policies,
        starts=date(2026, 11, 26), directives=Directives(),
    )  # fmt: skip
    held = [plan.session_of(f"life-{kind}").on for kind in ("webinar-funnel", "event-promotion")]
    assert held[1] - held[0] >= timedelta(weeks=1)
    for campaign in ("life-webinar-funnel", "life-event-promotion"):
        for segment in full.brief.segments:
            days = {s.step: s.on for s in plan.emails if (s.campaign_id, s.segment_id) == (campaign, segment.id)}
            assert days[1] < days[2] < days[3]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_a_launch_is_told_of_when_it_takes_place_and_other_campaigns_make_room(
    ventures, policies: Policies, name: str
) -> None:
    """With all eight types for one audience a launch's mails do not come weeks after what they announce."""
    own = ventures[name]
    wishes = tuple(CampaignWish(type=kind) for kind in KINDS)
    full = all_drafts(own.brief.model_copy(update={"campaigns": wishes}), own.preset, policies, Directives())
    plan = draft_schedule(
        full.brief, full.templates, full.channels, full.budget, policies,
        starts=date(2026, 11, 26), directives=Directives(),
    )  # fmt: skip
    launch = next((e.on for e in plan.calendar if e.kind == "milestone" and "launch" in e.title.lower()), plan.starts)
    first = {s.segment_id: s.on for s in plan.emails if s.campaign_id == f"{name}-product-launch" and s.step == 1}
    assert set(first) == {segment.id for segment in full.brief.segments}
    assert all(timedelta(0) <= on - launch < timedelta(weeks=1) for on in first.values()), (launch, first)
    for campaign in (f"{name}-webinar-funnel", f"{name}-event-promotion"):
        held = plan.session_of(campaign).on
        after = {s.on for s in plan.emails if s.campaign_id == campaign and s.step == 4}
        assert all(timedelta(0) < on - held <= timedelta(weeks=2) for on in after), (campaign, held, after)
    left = find(plan, policies.delivery.frequency)
    # Eight types to consumers, who are written to at weekends, fill thirteen weeks: what is left over is told.
    assert not left or name == "life"
    assert bool(left) == any(note.startswith("Still in each other's way") for note in plan.notes)
