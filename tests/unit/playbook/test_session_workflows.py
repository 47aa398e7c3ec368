"""The workflow of a session: its mails stand on the session's day, and nobody is told of what is over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gtm.automation.interpreter import begin, step
from gtm.automation.triggers.enrol import closed_since
from gtm.domain.enrolment import Due, EnrolmentState, Perform, Succeeded
from gtm.domain.sessions import REGISTERED
from gtm.domain.spec import Policies
from gtm.domain.workflow import Reentry, SendEmail, UntilDate, Wait, WorkflowDefinition
from gtm.domain.workflow_checks import check_definition
from gtm.playbook.directives import Directives
from gtm.playbook.triggers import draft_triggers
from gtm.playbook.workflows import draft_workflows
from tests.unit.playbook.conftest import NAMES, Drafts


def funnel(drafts: Drafts) -> WorkflowDefinition:
    campaign = next(c for c in drafts.templates.campaigns if c.kind.session)
    return next(w for w in drafts.workflows if w.campaign_id == campaign.campaign_id)


def begins(drafts: Drafts) -> datetime:
    held = drafts.schedule.session_of(funnel(drafts).campaign_id)
    assert held is not None
    return datetime.combine(held.on, held.at, ZoneInfo(held.zone))


def walk(
    drafts: Drafts, enters: datetime, *, registered: bool, invited: bool = True, zone: str = "America/New_York"
) -> dict[str, datetime]:
    """The mails that somebody gets who enters at a moment, and when; who is invited registers by the invitation."""
    definition = funnel(drafts)
    stored = {f"attributes.{REGISTERED}": definition.campaign_id} if registered else {}
    state = begin(
        definition,
        EnrolmentState(
            venture_id=definition.venture_id,
            workflow_id=definition.workflow_id,
            version=1,
            lead_id="lead-1",
            zone=zone,
            step=definition.entry,
        ),
        enters,
    )
    sent: dict[str, datetime] = {}
    now = enters
    while state.status not in ("finished", "failed"):
        now = max(now, state.due_at or now)
        facts = {} if invited and state.step == definition.entry else stored
        state, effects = step(definition, state, Due(facts=facts), now)
        for effect in effects:
            if isinstance(effect, Perform):
                if isinstance(effect.action, SendEmail):
                    sent[effect.action.content_ref.rsplit("/", 1)[1]] = now
                state, _ = step(definition, state, Succeeded(), now)
    return sent


@pytest.mark.parametrize("name", NAMES)
def test_reminders_stand_seven_days_and_one_day_before_the_session(ventures: dict[str, Drafts], name: str) -> None:
    drafts = ventures[name]
    session, zone = begins(drafts), begins(drafts).tzinfo
    sent = walk(drafts, session - timedelta(days=20), registered=True)
    days = {number: (session.date() - at.astimezone(zone).date()).days for number, at in sent.items()}
    assert days["1"] == 20 and days["2"] == 7 and days["3"] == 1 and days["4"] < 0


def test_the_schedule_and_the_workflow_name_the_same_hours(ventures: dict[str, Drafts]) -> None:
    for drafts in ventures.values():
        definition = funnel(drafts)
        slots = [s for s in drafts.schedule.emails if s.campaign_id == definition.campaign_id and s.step > 1]
        waits = [s.until for s in definition.steps if isinstance(s, Wait) and isinstance(s.until, UntilDate)]
        assert {w.at for w in waits} <= {datetime.combine(s.on, s.at) for s in slots} and len(waits) == 3


def test_without_a_stored_registration_nobody_is_reminded(ventures: dict[str, Drafts]) -> None:
    for drafts in ventures.values():
        assert set(walk(drafts, begins(drafts) - timedelta(days=20), registered=False)) == {"1"}


@pytest.mark.parametrize(
    ("before", "gets"),
    [
        (timedelta(days=8, hours=12), {"1", "2", "3", "4"}),
        (timedelta(days=4), {"1", "3", "4"}),
        (timedelta(hours=20), {"1", "4"}),
        (timedelta(0), {"4"}),
    ],
)
def test_a_late_entrant_is_not_told_of_what_is_over(
    ventures: dict[str, Drafts], before: timedelta, gets: set[str]
) -> None:
    drafts = ventures["fleet"]
    assert set(walk(drafts, begins(drafts) - before, registered=True)) == gets
    assert set(walk(drafts, begins(drafts) - before, registered=False)) == gets & {"1"}


def test_nobody_is_enrolled_once_the_session_has_begun(ventures: dict[str, Drafts]) -> None:
    for drafts in ventures.values():
        triggers = [t for t in drafts.triggers if t.workflow_id == funnel(drafts).workflow_id]
        assert [t.type for t in triggers] == ["database_insert", "conditional"]
        session = begins(drafts)
        for trigger in triggers:
            assert trigger.filters.until == session.astimezone(UTC)
            assert closed_since(trigger, session - timedelta(seconds=1)) == ""
            assert closed_since(trigger, session) == f"closed since {session.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize(
    ("before", "gets"),
    [
        (timedelta(days=20), {"2", "3", "4"}),
        (timedelta(days=4), {"3", "4"}),
        (timedelta(hours=20), {"3", "4"}),
        (timedelta(hours=1), {"4"}),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_who_registers_without_an_invitation_is_reminded_and_never_invited(
    ventures: dict[str, Drafts], name: str, before: timedelta, gets: set[str]
) -> None:
    drafts = ventures[name]
    assert set(walk(drafts, begins(drafts) - before, registered=True, invited=False)) == gets


@pytest.mark.parametrize(("limit", "rule"), [("2 per lead", Reentry(policy="never")), ("100 per day", None)])
def test_a_limit_of_several_a_lead_lets_nobody_in_by_both_triggers(
    ventures: dict[str, Drafts], policies: Policies, limit: str, rule: Reentry | None
) -> None:
    drafts, asked = ventures["fleet"], Directives(rate_limit=limit)
    made = draft_workflows(drafts.brief, drafts.templates, drafts.channels, policies, asked, drafts.schedule)
    triggers = draft_triggers(drafts.brief, drafts.templates, made, asked, drafts.schedule)
    assert {w.reentry for w in made if w.campaign_id == funnel(drafts).campaign_id} == {rule}
    assert {w.reentry for w in made if w.campaign_id != funnel(drafts).campaign_id} == {None}
    refs = {ref for w in made for ref in w.content_refs}
    assert all(check.passed for w in made for check in check_definition(w, refs, triggers))
