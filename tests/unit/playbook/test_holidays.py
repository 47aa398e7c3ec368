from datetime import date

from gtm.domain.spec import Policies
from gtm.playbook.directives import Directives
from gtm.playbook.holidays import easter, holidays
from gtm.playbook.schedule import draft_schedule

PLANNED = date(2026, 11, 23)


def test_easter_and_the_days_a_rule_gives() -> None:
    assert [easter(y) for y in (2024, 2025, 2026, 2027)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)
    ]  # fmt: skip
    found = holidays(["US"], date(2026, 11, 1), date(2027, 1, 31))
    assert found[date(2026, 11, 26)] == "Thanksgiving" and found[date(2027, 1, 18)].startswith("Martin Luther")
    assert holidays(["US"], date(2026, 5, 1), date(2026, 5, 31)) == {date(2026, 5, 25): "Memorial Day"}
    assert date(2026, 12, 26) in holidays(["GB"], date(2026, 12, 1), date(2026, 12, 31))
    assert list(holidays(["XX"], date(2026, 12, 1), date(2026, 12, 28))) == [date(2026, 12, 24), date(2026, 12, 25)]


def test_no_mail_but_a_reminder_goes_out_on_a_holiday_and_the_rest_is_named(ventures, policies: Policies) -> None:
    for drafts in ventures.values():
        plan = draft_schedule(
            drafts.brief, drafts.templates, drafts.channels, drafts.budget, policies,
            starts=PLANNED, directives=Directives(),
        )  # fmt: skip
        closed = holidays(drafts.brief.geography.countries, plan.starts, plan.ends)
        assert date(2026, 12, 25) in closed
        assert not [s for s in plan.emails if s.on in closed]
        (note,) = [n for n in plan.notes if "holiday" in n.lower()]
        assert "Christmas Day" in note and "1 post" in note
        assert not [e for e in plan.calendar if e.kind == "review" and e.on in closed]
