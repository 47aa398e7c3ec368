"""Enrolling a lead: filters, rate limit, and the execution with its first state, in the caller's transaction."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlmodel import Session

from gtm.automation.interpreter import begin
from gtm.domain.base import Model
from gtm.domain.enrolment import EnrolmentState, Lead, execution_id
from gtm.domain.errors import VersionUnreadable
from gtm.domain.reentry import EntryDecision, Reentry, decide_entry
from gtm.domain.workflow import TriggerDefinition
from gtm.store.repositories import automation, bulk_enrolment, enrolments, entries, leads, versions
from gtm.store.repositories.versions import Entrance
from gtm.store.wake import announce

_LOG = logging.getLogger(__name__)


UNCONFIRMED = "the consent is not confirmed yet"
"""Why somebody who is pending does not enter; what they came by starts once they confirm."""


class TestMode(Model):
    """A test of one workflow by one trigger: test data passes its filter there, and no other trigger fires."""

    __test__ = False

    workflow_id: str
    trigger_id: str


class Fired(Model):
    """What one trigger did with one lead: an execution, or the reason why not."""

    trigger_id: str
    workflow_id: str
    enrolment_no: int = 0
    skipped: str = ""

    @property
    def execution_id(self) -> str:
        """The name under which `workflow_executions` tells it; empty when nothing was started."""
        return execution_id(self.enrolment_no) if self.enrolment_no else ""


def fire(
    session: Session,
    trigger: TriggerDefinition,
    lead: Lead,
    now: datetime,
    *,
    duplicate: bool = False,
    test: TestMode | None = None,
    occasion: str = "",
    event: str = "",
    pilot_id: str = "",
) -> Fired:
    """Start a trigger's workflow for a lead, unless a filter, a condition, the rate limit or a pilot says no.

    Args:
        session: the transaction in which the lead was written; the execution stands or falls with it.
        trigger: the trigger, enabled.
        lead: the lead as stored.
        now: the aware moment.
        duplicate: the lead was there before.
        test: set by the test harness alone.
        occasion: makes the entry key of a repeated event (a schedule's firing) its own.
        event: tells this event from every other, for workflows that leads enter once an event; by default the occasion.
        pilot_id: the pilot that the lead was chosen for.
    """
    answer = Fired(trigger_id=trigger.trigger_id, workflow_id=trigger.workflow_id)
    why = _filtered(trigger, lead, now, duplicate=duplicate, test=test)
    if why:
        return answer.model_copy(update={"skipped": why})
    try:
        at = versions.entrance(session, trigger.trigger_id)
    except VersionUnreadable as error:
        return answer.model_copy(update={"skipped": _passed_over(error)})
    why = _piloted(at, test, pilot_id) or _closed(session, trigger, at, lead, now, test)
    if why:
        return answer.model_copy(update={"skipped": why})
    definition = at.pinned.definition
    allowed = _allowed(session, trigger, at, lead, now, occasion, event or occasion)
    if allowed.refused:
        return answer.model_copy(update={"skipped": allowed.refused})
    entry = allowed.entry
    state = EnrolmentState(
        venture_id=lead.venture_id,
        workflow_id=trigger.workflow_id,
        version=definition.version,
        lead_id=lead.lead_id,
        entry=entry,
        zone=lead.time_zone,
        is_test=lead.is_test,
        step=definition.entry,
    )
    begun = begin(definition, state, now)
    number = enrolments.enrol(session, at, begun, lead_no=leads.lead_number(session, lead.lead_id), now=now)
    if number is not None and enrolments.was_kept(session, begun):
        # What is past its retention has left its row, which alone would have refused this entry.
        enrolments.undo(session, number)
        number = None
    if number is None:
        return answer.model_copy(update={"skipped": _entered_before(trigger, entry)})
    automation.count_execution(session, trigger.workflow_id)
    if begun.due_at is not None and begun.due_at <= now:
        announce(session)
    return answer.model_copy(update={"enrolment_no": number})


def fire_fresh(
    session: Session, trigger: TriggerDefinition, people: Mapping[int, Lead], now: datetime, events: Mapping[int, str]
) -> list[Fired]:
    """Do what `fire` does, for many real leads at once who have never been in any workflow.

    Args:
        session: the transaction in which the leads were stored.
        trigger: the trigger, enabled.
        people: new leads by their numbers.
        now: the aware moment.
        events: what tells the event of each from every other, by the same numbers.

    Returns:
        What the trigger did with each, in order.
    """
    answer = Fired(trigger_id=trigger.trigger_id, workflow_id=trigger.workflow_id)
    skipped = {number: _filtered(trigger, lead, now, duplicate=False, test=None) for number, lead in people.items()}
    entering = {number: lead for number, lead in people.items() if not skipped[number]}
    if entering:
        try:
            at = versions.entrance(session, trigger.trigger_id)
        except VersionUnreadable as error:
            skipped = {number: why or _passed_over(error) for number, why in skipped.items()}
            return [answer.model_copy(update={"skipped": skipped[number]}) for number in people]
        limit = trigger.limit
        if at.pinned.definition.reentry is not None or (limit is not None and limit.window is not None):
            return [fire(session, trigger, lead, now, event=events[number]) for number, lead in people.items()]
        closed = _piloted(at, None) or ("" if at.status == "active" else f"the workflow is {at.status}")
        if closed:
            skipped |= dict.fromkeys(entering, closed)
            entering = {}
    if not entering:
        return [answer.model_copy(update={"skipped": skipped[number]}) for number in people]
    entry = entry_of(trigger, now)
    numbers = _enrolled(session, trigger, at, entering, entry, now)
    skipped |= dict.fromkeys(entering.keys() - numbers.keys(), _entered_before(trigger, entry))
    return [
        answer.model_copy(update={"enrolment_no": numbers[one]} if one in numbers else {"skipped": skipped[one]})
        for one in people
    ]


def _enrolled(
    session: Session, trigger: TriggerDefinition, at: Entrance, people: Mapping[int, Lead], entry: str, now: datetime
) -> dict[int, int]:
    definition = at.pinned.definition
    states = {}
    for lead_no, lead in people.items():
        state = EnrolmentState(
            venture_id=lead.venture_id,
            workflow_id=trigger.workflow_id,
            version=definition.version,
            lead_id=lead.lead_id,
            entry=entry,
            zone=lead.time_zone,
            step=definition.entry,
        )
        states[lead_no] = begin(definition, state, now)
    numbers = enrolments.enrol_many(session, at, states, now)
    automation.count_execution(session, trigger.workflow_id, len(numbers))
    if any(begun.due_at is not None and begun.due_at <= now for begun in states.values()):
        announce(session)
    return numbers


def _passed_over(error: VersionUnreadable) -> str:
    """Why a lead does not enter: one workflow that cannot be read keeps no lead from the store, nor from the others."""
    _LOG.error("nobody enters: %s", error.detail)
    return error.detail


def _entered_before(trigger: TriggerDefinition, entry: str) -> str:
    if trigger.limit is not None and trigger.limit.per == "lead":
        return f"rate limit {trigger.rate_limit}"
    return f"entered before ({entry or 'once a lead'})"


def _filtered(trigger: TriggerDefinition, lead: Lead, now: datetime, *, duplicate: bool, test: TestMode | None) -> str:
    if lead.is_test and trigger.filters.exclude_test and test is None:
        return "test data"
    if lead.consent == "pending":
        return UNCONFIRMED
    if duplicate and trigger.filters.exclude_duplicates:
        return "duplicate"
    if closed := closed_since(trigger, now):
        return closed
    missed = next((p for p in trigger.conditions if not p.holds(lead.facts())), None)
    return f"condition not met: {missed.as_text()}" if missed is not None else ""


def closed_since(trigger: TriggerDefinition, now: datetime) -> str:
    """Why a trigger takes nobody in any more, such as after the session that it invites to; empty while it does."""
    until = trigger.filters.until
    return f"closed since {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if until is not None and now >= until else ""


def _piloted(at: Entrance, test: TestMode | None, pilot_id: str = "") -> str:
    return held_back(at.pilot_id) if test is None and at.pilot_id and at.pilot_id != pilot_id else ""


def held_back(pilot_id: str) -> str:
    """Why somebody who is not in a pilot does not enter yet."""
    return f"waits for the verdict on {pilot_id}"


def _closed(
    session: Session, trigger: TriggerDefinition, at: Entrance, lead: Lead, now: datetime, test: TestMode | None
) -> str:
    if at.status != "active" and not (test is not None and at.status == "draft"):
        return f"the workflow is {at.status}"
    limit = trigger.limit
    if limit is None or (limit.window is None and limit.count == 1):
        # One a lead is what the store itself holds, however many come at once.
        return ""
    if limit.window is None:
        entries = enrolments.count_entries(session, trigger.workflow_id, lead.lead_id)
    elif test is not None:
        # A test sends its five leads and more at once (SOP step 3.3); the starts of real ones are what is limited.
        return ""
    else:
        # Whoever starts this workflow at the same time counts after this transaction has ended, and bulk ones too.
        bulk_enrolment.lock_workflow(session, at.pinned.workflow_no)
        entries = enrolments.count_started_since(session, at, now - limit.window)
    return f"rate limit {trigger.rate_limit}" if entries >= limit.count else ""


def _allowed(
    session: Session, trigger: TriggerDefinition, at: Entrance, lead: Lead, now: datetime, occasion: str, event: str
) -> EntryDecision:
    """The entry's key, or why there is none: by the workflow's own rule where it has one, else by the rate limit."""
    rule = at.pinned.definition.reentry
    if rule is None:
        return EntryDecision(entry=_entry(session, trigger, lead, now, occasion))
    if trigger.limit is not None and trigger.limit.per == "lead" and trigger.limit.count == 1:
        # Of two rules the stricter one holds: nobody who was told `once a lead` comes back.
        rule = Reentry(policy="never")
    past = entries.past_entries(
        session,
        lead_no=leads.lead_number(session, lead.lead_id),
        workflow_no=at.pinned.workflow_no,
        lead_id=lead.lead_id,
        workflow_id=trigger.workflow_id,
    )
    return decide_entry(rule, past, now, event)


def _entry(session: Session, trigger: TriggerDefinition, lead: Lead, now: datetime, occasion: str) -> str:
    """What makes this entry of the lead its own; the store refuses a second one of the same."""
    limit = trigger.limit
    if limit is not None and limit.per == "lead":
        entered = enrolments.count_entries(session, trigger.workflow_id, lead.lead_id) if limit.count > 1 else 0
        return str(entered + 1) if entered else ""
    return entry_of(trigger, now, occasion)


def entry_of(trigger: TriggerDefinition, now: datetime, occasion: str = "") -> str:
    """The entry key of a lead that no earlier entry of its own is counted for.

    Args:
        trigger: whose limit and filters say how often a lead may enter.
        now: the aware moment of entry.
        occasion: the event's own key, such as a schedule's moment.
    """
    if trigger.limit is not None and trigger.limit.per == "lead":
        return ""
    if occasion:
        return occasion
    return "" if trigger.filters.exclude_duplicates else now.isoformat()
