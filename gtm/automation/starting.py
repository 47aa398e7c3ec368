"""Starting a workflow by hand: for people who are named, for a segment, or for everybody a venture has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from gtm.automation.operations import audit
from gtm.automation.triggers.bulk import BulkReport, enrol_all
from gtm.automation.triggers.enrol import Fired
from gtm.automation.triggers.manual import start_manually
from gtm.domain.clock import Clock
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import Lead
from gtm.domain.errors import Conflict, NotFound
from gtm.store.database import Database
from gtm.store.repositories import automation, leads


@dataclass(frozen=True)
class Startable:
    """A workflow that may be started by hand, and the trigger by which."""

    workflow_id: str
    venture_id: str
    trigger_id: str


def startable(session: Session, workflow_id: str, trigger_id: str | None = None) -> Startable:
    """The trigger by which a workflow is started by hand.

    Args:
        session: a transaction.
        workflow_id: the workflow.
        trigger_id: which one is meant where there are several.

    Raises:
        NotFound: there is no such workflow, or no such trigger of it.
        Conflict: it is not active, or no trigger, or more than one, lets it be started by hand.
    """
    row = automation.get_workflow(session, workflow_id)
    if row.status != "active":
        verb = "resume" if row.status == "paused" else "activate"
        raise Conflict(
            f"the workflow is {row.status}: nobody can be started in it",
            field="ID",
            value=workflow_id,
            hint=f"gtm workflow {verb} {workflow_id}",
        )
    mine = [one for one in automation.list_triggers(session, row.venture_id) if one.workflow_id == workflow_id]
    by_hand = [one.trigger_id for one in mine if one.type == "manual" and one.enabled]
    if trigger_id is not None and trigger_id not in by_hand:
        raise NotFound(
            "the workflow has no such manual trigger", field="--trigger", value=trigger_id, allowed=", ".join(by_hand)
        )
    if not by_hand:
        raise Conflict(
            "the workflow has no trigger of type manual",
            field="ID",
            value=workflow_id,
            hint=f"its triggers: {', '.join(f'{one.trigger_id} ({one.type})' for one in mine) or 'none'}; "
            "gtm workflow save FILE --triggers FILE adds one",
        )
    if trigger_id is None and len(by_hand) > 1:
        raise Conflict("the workflow has several manual triggers", field="--trigger", allowed=", ".join(by_hand))
    return Startable(workflow_id, row.venture_id, trigger_id or by_hand[0])


def start_people(
    session: Session, what: Startable, references: Sequence[str], who: str, clock: Clock
) -> tuple[tuple[Lead, Fired], ...]:
    """Start a workflow for people who are named, all in one transaction; what came of each.

    Args:
        session: a write transaction.
        what: as `startable` gives it.
        references: ids or addresses of leads of the venture.
        who: goes into the audit.
        clock: tells the moment.

    Raises:
        NotFound: one of them is no lead of the venture; then nobody is started.
    """
    now = clock.now()
    people = [leads.of_reference(session, reference, what.venture_id) for reference in dict.fromkeys(references)]
    fired = tuple((lead, start_manually(session, what.trigger_id, lead.lead_id, now)) for lead in people)
    started = sum(1 for _, one in fired if one.enrolment_no)
    _note(session, what, who, clock, started)
    return fired


def start_many(
    database: Database,
    what: Startable,
    who: str,
    clock: Clock,
    *,
    segment_id: str | None = None,
    told: Callable[[BulkReport], object] = lambda _: None,
) -> BulkReport:
    """Start a workflow for everybody whom the venture has now, or for one segment of them, in windows.

    Args:
        database: the store.
        what: as `startable` gives it.
        who: goes into the audit.
        clock: tells the moment.
        segment_id: whose people; None for everybody.
        told: is handed what it has come to after each window.
    """
    now = clock.now()
    only = (Predicate(field="segment_id", value=segment_id),) if segment_id is not None else ()
    done = enrol_all(database, what.trigger_id, now, event=f"start:{now.isoformat()}", only=only, told=told)
    with database.write() as session:
        _note(session, what, who, clock, done.enrolled, segment_id)
    return done


def _note(
    session: Session, what: Startable, who: str, clock: Clock, started: int, segment_id: str | None = None
) -> None:
    row = automation.get_workflow(session, what.workflow_id)
    whom = {"segment_id": segment_id} if segment_id is not None else {}
    audit(session, "started", row, who, clock.now(), trigger_id=what.trigger_id, started=started, **whom)
