"""database_insert: a new row in `leads` starts workflows, in the same transaction (SOP step 3.2).

Rows that others write fire from the outbox instead: see `gtm.automation.maintenance.outbox`.
"""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.triggers.conditional import fire_crossings
from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.domain.base import Model
from gtm.domain.enrolment import Lead, NewLead
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, leads


class LeadInserted(Model):
    """The lead as stored, whether it is new, and what each trigger did."""

    lead: Lead
    created: bool
    fired: tuple[Fired, ...]

    @property
    def executions(self) -> tuple[str, ...]:
        """Ids of the executions that were started."""
        return tuple(one.execution_id for one in self.fired if one.execution_id)


def insert_lead(
    session: Session, lead: NewLead, now: datetime, *, test: TestMode | None = None, lead_id: str = ""
) -> LeadInserted:
    """Store a lead and fire every enabled database_insert trigger of its venture, and those of its segment.

    An address the venture has already is a duplicate: the lead that has it is kept, and triggers that leave out
    duplicates do not fire.

    Args:
        session: the transaction; lead and executions are committed together.
        lead: the person, validated.
        now: the aware moment.
        test: set by the test harness: only its trigger fires, and test data passes.
        lead_id: set by the test harness; by default a new one.
    """
    stored, created = leads.add_lead(session, lead.as_lead(lead_id or new_id("lead")), now)
    fired = fire_insert(session, stored, now, created=created, test=test)
    return LeadInserted(lead=stored, created=created, fired=fired)


def fire_insert(
    session: Session,
    lead: Lead,
    now: datetime,
    *,
    created: bool = True,
    test: TestMode | None = None,
    event: str = "",
) -> tuple[Fired, ...]:
    """Fire what a lead's arrival starts.

    Args:
        session: the transaction in which the lead was written, or in which its outbox entry is taken.
        lead: as stored.
        now: the aware moment.
        created: whether it is new; otherwise it is a duplicate.
        test: set by the test harness.
        event: tells this arrival from every other; by default the lead, and for one who was there the moment too.
    """
    event = event or arrival(lead) + ("" if created else f":{now.isoformat()}")
    fired = []
    for row in automation.list_triggers(session, lead.venture_id, "database_insert"):
        if test is None and not row.enabled:
            continue
        if test is not None and row.trigger_id != test.trigger_id:
            continue
        fired.append(
            fire(session, automation.trigger_of(row), lead, now, duplicate=not created, test=test, event=event)
        )
    if created and lead.segment_id and test is None:
        fired += fire_crossings(session, None, lead, now, event=event)
    return tuple(fired)


def arrival(lead: Lead) -> str:
    """What tells a lead's arrival from every other event."""
    return f"insert:{lead.lead_id}"
