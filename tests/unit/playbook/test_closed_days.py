from datetime import date

from gtm.domain.holidays import closed_days
from gtm.domain.spec import Policies
from gtm.playbook.directives import Directives
from gtm.playbook.schedule import draft_schedule

PLANNED = date(2026, 11, 23)


def plan_of(drafts, policies: Policies, countries: tuple[str, ...] | None = None):
    brief = drafts.brief
    if countries is not None:
        geography = brief.geography.model_copy(update={"countries": countries})
        brief = brief.model_copy(update={"geography": geography})
    return draft_schedule(
        brief, drafts.templates, drafts.channels, drafts.budget, policies, starts=PLANNED, directives=Directives()
    )


def test_no_mail_but_a_reminder_goes_out_on_a_holiday_and_the_rest_is_named(ventures, policies: Policies) -> None:
    for drafts in ventures.values():
        plan = plan_of(drafts, policies)
        closed = closed_days(drafts.brief.geography.countries, plan.starts, plan.ends)
        assert date(2026, 12, 25) in closed
        assert not [s for s in plan.emails if s.on in closed]
        (note,) = [n for n in plan.notes if "holiday" in n.lower()]
        assert "Christmas Day" in note and "1 post" in note
        assert not [e for e in plan.calendar if e.kind == "review" and e.on in closed]


def test_a_country_whose_holidays_are_not_known_is_named(ventures, policies: Policies) -> None:
    (note,) = [n for n in plan_of(ventures["fleet"], policies, ("US", "XX")).notes if "holiday" in n.lower()]
    assert note.endswith("Regional ones are not known, nor any of XX.")
