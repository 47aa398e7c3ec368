"""What a comment asks for stands in the house's next draft, or the draft says why it cannot."""

from datetime import time
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.spec import Policies
from gtm.domain.workflow import Wait
from gtm.playbook.budget import draft_budget, within
from gtm.playbook.directives import ShareAsked, read_comments
from gtm.playbook.feasible import cta_refusal, refusals
from tests.unit.playbook.conftest import Drafts, drafted


def redraft(before: Drafts, policies: Policies, *comments: str) -> Drafts:
    return drafted(before.brief, before.preset, policies, read_comments(comments))


def shares(drafts: Drafts) -> dict[str, Decimal]:
    return {line.channel: line.percent for line in drafts.budget.lines}


def test_a_share_moves_the_tiers_within_their_ranges(ventures, policies: Policies) -> None:
    plan = redraft(ventures["fleet"], policies, "Cut LinkedIn by 20 %.").budget
    assert plan.line("linkedin").amount == Decimal("28000.00")
    assert (plan.split.proven, plan.split.growth, plan.split.experimental) == (56, 27, 17)
    assert within(plan.split, policies) and sum(line.amount for line in plan.lines) == plan.total
    assert "For it the split moves to 56/27/17." in plan.rests_on


def test_a_share_within_its_tier_leaves_the_split(ventures, policies: Policies) -> None:
    plan = redraft(ventures["posthog"], policies, "Email budget to 30%.").budget
    assert plan.line("email").percent == Decimal("30.00") and plan.line("linkedin").percent == Decimal("40.00")
    assert plan.split == ventures["posthog"].budget.split


def test_shares_without_a_figure_move_by_a_fifth(ventures, policies: Policies) -> None:
    before, after = ventures["fleet"], redraft(ventures["fleet"], policies, "Less for LinkedIn, more for webinars.")
    assert after.budget.line("webinars").amount == before.budget.line("webinars").amount * Decimal("1.2")
    assert after.budget.line("linkedin").amount == before.budget.line("linkedin").amount * Decimal("0.8")


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("Give LinkedIn 40 %.", "the tier proven takes 50-80 % of the money and holds LinkedIn: 40 % does not fit"),
        ("Email budget to 30%.", "30 % and at least 2 % for the others in it does not fit"),
        ("Give Instagram 10 %.", "Instagram Ads is not in the channel plan"),
        ("Split 60/30/10. Cut LinkedIn by 20 points.", "the tier proven takes 60 %"),
        ("Raise LinkedIn by 60 %.", "LinkedIn would get 112 % of the budget"),
    ],
)
def test_a_share_that_the_tiers_cannot_hold_is_told(ventures, policies: Policies, comment: str, why: str) -> None:
    after = redraft(ventures["fleet"], policies, comment).budget
    assert "Not possible: " in after.rests_on and why in after.rests_on
    assert within(after.split, policies)


@given(data=st.data())
def test_any_share_leaves_a_valid_budget(ventures, policies: Policies, data: st.DataObject) -> None:
    before = ventures[data.draw(st.sampled_from(["fleet", "life", "posthog"]))]
    channels = [line.channel for line in before.budget.lines]
    asked = tuple(
        ShareAsked(channel=data.draw(st.sampled_from(channels)), kind=kind, percent=Decimal(data.draw(amounts)))
        for kind, amounts in data.draw(st.lists(st.sampled_from(
            [("to", st.integers(1, 99)), ("by", st.integers(-99, 200)), ("points", st.integers(-50, 50))]
        ), min_size=1, max_size=3))
    )  # fmt: skip
    directives = read_comments([]).model_copy(update={"shares": asked})
    plan = draft_budget(before.brief, before.channels, policies, before.preset, directives)
    assert within(plan.split, policies)
    assert sum(line.amount for line in plan.lines) == plan.total
    assert all(line.amount > 0 for line in plan.lines)


def test_objectives_are_put_in_the_order_asked_for(ventures, policies: Policies) -> None:
    first = redraft(ventures["fleet"], policies, "Put revenue first.").strategy.objectives
    assert [(o.name, o.weight) for o in first[:2]] == [("conversion", Decimal("0.35")), ("awareness", Decimal("0.25"))]
    weighed = redraft(ventures["fleet"], policies, "Consideration weight 0.5.").strategy.objectives
    assert (weighed[0].name, weighed[0].weight) == ("consideration", Decimal("0.5"))
    for goals in (first, weighed):
        assert sum(o.weight for o in goals) == 1 and {o.name for o in goals} == {
            o.name for o in ventures["fleet"].strategy.objectives
        }


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("Drop the awareness objective.", "awareness stays: the brief names it as a goal"),
        ("Put retention first.", "retention cannot come first: Fleet's objectives are awareness"),
        ("Awareness weight 1.0.", "leave something for the other objectives"),
        ("Advocacy weight 0.2.", "advocacy gets no weight"),
    ],
)
def test_an_objective_the_brief_does_not_allow_is_told(ventures, policies: Policies, comment: str, why: str) -> None:
    after = redraft(ventures["fleet"], policies, comment).strategy
    assert f"Not possible: {why}" in after.rationale or why in after.rationale
    assert [(o.name, o.weight) for o in after.objectives] == [
        (o.name, o.weight) for o in ventures["fleet"].strategy.objectives
    ]


def test_an_objective_of_the_house_may_go(ventures, policies: Policies) -> None:
    before = ventures["fleet"]
    market = before.brief.market_strategy.model_copy(update={"objectives": ()})
    brief = before.brief.model_copy(update={"market_strategy": market})
    after = drafted(brief, before.preset, policies, read_comments(["Drop the conversion goal."])).strategy
    assert [(o.name, o.weight) for o in after.objectives] == [("lead_generation", 1)]


def test_a_delay_stands_in_templates_calendar_and_workflows(drafts: Drafts, policies: Policies) -> None:
    after = redraft(drafts, policies, "Wait 3 days between the emails.")
    drip = next(t for t in after.templates.templates if t.type == "email_drip")
    assert [step.delay_hours for step in drip.steps] == [0, *[72] * (len(drip.steps) - 1)]
    flows = [w for w in after.workflows if w.campaign_id.endswith("email-drip") and w.content_refs]
    assert flows and {s.hours for w in flows for s in w.steps if isinstance(s, Wait)} == {72}
    others = [w for w in after.workflows if w.campaign_id.endswith("webinar-funnel")]
    assert others == [w for w in drafts.workflows if w.campaign_id.endswith("webinar-funnel")]
    days = sorted({s.on for s in after.schedule.emails if s.template_id == drip.template_id and
                   s.segment_id == drafts.brief.ranked_segments[0].id})  # fmt: skip
    assert all((later - earlier).days >= 3 for earlier, later in pairwise(days))


def test_a_rate_limit_stands_in_every_trigger(drafts: Drafts, policies: Policies) -> None:
    assert {t.rate_limit for t in redraft(drafts, policies, "At most 2 per week.").triggers} == {"2 per week"}
    assert {t.rate_limit for t in redraft(drafts, policies, "Limit to 1 per day per lead.").triggers} == {"1 per lead"}


def test_days_and_hours_of_sending_are_narrowed_inside_the_window(ventures, policies: Policies) -> None:
    after = redraft(ventures["fleet"], policies, "Send on Wednesdays. Send at 11:00.").schedule
    drip = [s for s in after.emails if s.campaign_id.endswith("email-drip")]
    assert {s.on.weekday() for s in drip} == {2} and {s.at.hour for s in after.emails} == {11}
    assert min(s.at for s in drip) == time(11) and after.window == policies.window("b2b")
    kept = redraft(ventures["fleet"], policies, "No mail on Thursdays.").schedule
    assert 3 not in {s.on.weekday() for s in kept.emails}


@pytest.mark.parametrize(
    ("comment", "why"),
    [("Send on Mondays.", "no mail on Monday"), ("Send mails at 8 am.", "no mail from 08:00 on"),
     ("Don't send on Tuesdays, Wednesdays, Thursdays.", "cannot all be left out")],
)  # fmt: skip
def test_a_day_outside_the_window_is_told(ventures, policies: Policies, comment: str, why: str) -> None:
    before, after = ventures["fleet"].schedule, redraft(ventures["fleet"], policies, comment).schedule
    assert after.emails == before.emails
    assert any(f"Not possible: {why}" in note or (note.startswith("Not possible") and why in note)
               for note in after.notes)  # fmt: skip


def test_a_call_to_action_without_an_offer_is_told(ventures, policies: Policies) -> None:
    asked = read_comments(["Use start_trial as CTA."])
    fleet, life = ventures["fleet"].brief, ventures["life"].brief
    assert "no offer with the call to action start_trial, it has book_demo (Fleet demo)" in cta_refusal(
        fleet, asked.cta
    )
    assert refusals(life, policies, asked) == () and len(refusals(fleet, policies, asked)) == 1
    after = redraft(ventures["fleet"], policies, "Use start_trial as CTA.")
    assert [c.cta for c in after.templates.campaigns] == [c.cta for c in ventures["fleet"].templates.campaigns]
    assert any("Not possible: Fleet's brief has no offer" in note for note in after.schedule.notes)
    handbook = redraft(ventures["fleet"], policies, "Use download_resource as CTA.").templates
    assert {c.cta for c in handbook.campaigns} == {"download_resource", "register_webinar"}
