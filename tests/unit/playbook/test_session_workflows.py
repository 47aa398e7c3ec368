"""The workflow of a session: its mails stand on the session's day, and nobody is told of what is over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gtm.automation.interpreter import begin, step
from gtm.automation.triggers.enrol import closed_since
from gtm.domain.enrolment import Due, EnrolmentState, Perform, Succeeded
from gtm.domain.sessions import REGISTERED
from gtm.domain.workflow import SendEmail, UntilDate, Wait, WorkflowDefinition
from tests.unit.playbook.conftest import NAMES, Drafts


def funnel(drafts: Drafts) -> WorkflowDefinition:
    campaign = next(c for c in drafts.templates.campaigns if c.kind.session)
    return next(w for w in drafts.workflows if w.campaign_id == campaign.campaign_id)


def begins(drafts: Drafts) -> datetime:
    held = drafts.schedule.session_of(funnel(drafts).campaign_id)
    assert held is not None
    return datetime.combine(held.on, held.at, ZoneInfo(held.zone))


def walk(drafts: Drafts, enters: datetime, *, registered: bool, zone: str = "America/New_York") -> dict[str, datetime]:
    """The mails that somebody gets who enters at a moment, and when."""
    definition = funnel(drafts)
    facts = {f"attributes.{REGISTERED}": definition.campaign_id} if registered else {}
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
        (trigger,) = [t for t in drafts.triggers if t.workflow_id == funnel(drafts).workflow_id]
        session = begins(drafts)
        assert trigger.filters.until == session.astimezone(UTC)
        assert closed_since(trigger, session - timedelta(seconds=1)) == ""
        assert closed_since(trigger, session) == f"closed since {session.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
