"""Who could be mailed by a workflow now: the people that a pilot's share is taken of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from gtm.automation.triggers.bulk import JUDGED
from gtm.automation.triggers.enrol import closed_since
from gtm.domain.delivery import DeliveryPolicy
from gtm.domain.enrolment import Lead
from gtm.domain.workflow import TriggerDefinition
from gtm.store.repositories import automation, bulk_enrolment, leads


@dataclass(frozen=True)
class Candidate:
    """Somebody who meets the conditions of a trigger, and may get marketing mail as things stand."""

    lead_id: str
    trigger_id: str


def triggers_of(session: Session, venture_id: str, workflow_id: str) -> tuple[TriggerDefinition, ...]:
    """The enabled triggers of a workflow whose conditions tell who belongs to its audience.

    Where a lead's crossing a line is what starts it, nobody stands waiting: such triggers are left out.
    """
    rows = automation.list_triggers(session, venture_id)
    mine = (row for row in rows if row.workflow_id == workflow_id and row.enabled and row.type != "conditional")
    return tuple(automation.trigger_of(row) for row in mine)


def audience(
    session: Session, venture_id: str, workflow_id: str, policy: DeliveryPolicy, now: datetime
) -> Iterator[Candidate]:
    """Every real lead that meets a trigger's conditions and is not suppressed, without consent, or held out.

    What is asked at dispatch is asked here already, so that no place in a pilot goes to somebody who gets no mail;
    at dispatch it is asked again.

    Args:
        session: where to read.
        venture_id: whose leads.
        workflow_id: the workflow.
        policy: of delivery: consent and holdout.
        now: the aware moment.
    """
    triggers = tuple(t for t in triggers_of(session, venture_id, workflow_id) if not closed_since(t, now))
    through = bulk_enrolment.newest_lead(session, venture_id)
    after = 0
    while found := bulk_enrolment.window(session, venture_id, after, through, JUDGED):
        first, after = found
        rows = leads.by_number(session, range(first, after + 1))
        people = [one for one in rows.values() if isinstance(one, Lead) and _reachable(one, venture_id, policy)]
        stopped = leads.suppressed(session, venture_id, [one.email for one in people])
        for person in people:
            trigger = next((t for t in triggers if _meets(person, t)), None)
            if trigger is not None and person.email not in stopped:
                yield Candidate(person.lead_id, trigger.trigger_id)


def _reachable(lead: Lead, venture_id: str, policy: DeliveryPolicy) -> bool:
    return (
        lead.venture_id == venture_id
        and not lead.is_test
        and lead.consent in policy.consents
        and not policy.held_out(venture_id, lead.lead_id)
    )


def _meets(lead: Lead, trigger: TriggerDefinition) -> bool:
    facts = lead.facts()
    return all(condition.holds(facts) for condition in trigger.conditions)
