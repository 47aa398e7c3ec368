"""Enrolling all of a venture's leads that meet a trigger's conditions: in windows, each a transaction of its own.

Where the conditions can be told in SQL, a window is one INSERT … SELECT; else it is smaller, and Python judges each
lead. Either way the unique entry keeps a lead from entering twice, however often a window is done.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session

from gtm.automation.interpreter import begin
from gtm.automation.triggers.enrol import closed_since, entry_of, fire, held_back
from gtm.domain.base import Model
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import EnrolmentState
from gtm.domain.workflow import TriggerDefinition, Wait
from gtm.store.database import Database
from gtm.store.repositories import automation, bulk_enrolment, enrolments, versions
from gtm.store.repositories.lead_conditions import as_sql
from gtm.store.repositories.versions import Entrance
from gtm.store.wake import announce

WINDOW = 50_000
"""Leads that one transaction looks at."""
JUDGED = 1_000
"""Leads that one transaction looks at where Python has to judge each."""
PAUSE_SECONDS = 0.02
"""Between two windows on SQLite, so that whoever waits to write gets a turn."""


class BulkReport(Model):
    """What a bulk enrolment did.

    Attributes:
        lead_no: the last lead number that was looked at.
        done: whether no lead is left.
        stopped: why nobody may enter, such as a paused workflow; empty otherwise.
    """

    trigger_id: str
    enrolled: int = 0
    windows: int = 0
    lead_no: int = 0
    done: bool = True
    stopped: str = ""


@dataclass(frozen=True)
class Window:
    """What one window came to."""

    enrolled: int
    last: int
    done: bool
    stopped: str = ""


def enrol_all(
    database: Database,
    trigger_id: str,
    now: datetime,
    *,
    occasion: str = "",
    event: str = "",
    only: Sequence[Predicate] = (),
    newcomers: bool = False,
    window: int = WINDOW,
    pause_seconds: float = PAUSE_SECONDS,
    told: Callable[[BulkReport], object] = lambda _: None,
) -> BulkReport:
    """Enrol every real lead that a venture has now and that meets a trigger's conditions.

    Args:
        database: the store; each window is a transaction of its own, so what is in stays in when a later one fails.
        trigger_id: the trigger, enabled, of an active workflow.
        now: the aware moment of entry.
        occasion: makes the entry key of a repeated event its own.
        event: tells this event from every other, for workflows that leads enter once an event; by default the occasion.
        only: conditions beside the trigger's own.
        newcomers: nobody who has been in the workflow before, whatever its limit or re-entry say.
        told: is handed what each window came to.
        window: leads a transaction looks at.
        pause_seconds: rest between windows on SQLite.

    Raises:
        NotFound: there is no such trigger.
    """
    with database.read() as session:
        row = automation.get_trigger(session, trigger_id)
        through = bulk_enrolment.newest_lead(session, row.venture_id)
    enrolled = windows = after = 0
    stopped = "" if row.enabled else "the trigger is not enabled"
    while not stopped:
        with database.write() as session:
            one = enrol_window(
                session,
                trigger_id,
                now,
                after=after,
                through=through,
                occasion=occasion,
                event=event,
                only=only,
                newcomers=newcomers,
                window=window,
            )
        enrolled, windows, after, stopped = enrolled + one.enrolled, windows + 1, one.last, one.stopped
        told(BulkReport(trigger_id=trigger_id, enrolled=enrolled, windows=windows, lead_no=after, done=one.done))
        if one.done:
            break
        if database.is_sqlite:
            time.sleep(pause_seconds)
    return BulkReport(
        trigger_id=trigger_id, enrolled=enrolled, windows=windows, lead_no=after, done=not stopped, stopped=stopped
    )


def enrol_window(
    session: Session,
    trigger_id: str,
    now: datetime,
    *,
    after: int,
    through: int,
    occasion: str = "",
    event: str = "",
    only: Sequence[Predicate] = (),
    newcomers: bool = False,
    window: int = WINDOW,
) -> Window:
    """Enrol the next window of leads, in the caller's transaction.

    Args:
        session: the transaction.
        trigger_id: the trigger.
        now: the aware moment of entry.
        after: the last lead number that was looked at.
        through: the last that counts.
        occasion: makes the entry key of a repeated event its own.
        event: tells this event from every other, together with the lead; by default the occasion.
        only: conditions beside the trigger's own.
        newcomers: nobody who has been in the workflow before.
        window: lead numbers at most; fewer where Python has to judge.

    Raises:
        NotFound: there is no such trigger.
    """
    row = automation.get_trigger(session, trigger_id)
    trigger, venture_id = automation.trigger_of(row), row.venture_id
    trigger = trigger.model_copy(update={"conditions": (*trigger.conditions, *only)})
    at = versions.entrance(session, trigger_id)
    status = bulk_enrolment.lock_workflow(session, at.pinned.workflow_no)
    if status != "active":
        return Window(0, after, done=False, stopped=f"the workflow is {status or 'gone'}")
    if at.pilot_id:
        return Window(0, after, done=False, stopped=f"everybody {held_back(at.pilot_id)}")
    if closed := closed_since(trigger, now):
        return Window(0, after, done=False, stopped=f"the trigger is {closed}")
    once = _entered_once(trigger) and at.pinned.definition.reentry is None
    conditions = as_sql(trigger.conditions) if once else None
    size = window if conditions is not None else min(window, JUDGED)
    found = bulk_enrolment.window(session, venture_id, after, through, size)
    if found is None:
        return Window(0, through, done=True)
    first, last = found
    if conditions is None:
        known = bulk_enrolment.entered(session, at, first, last) if newcomers else frozenset()
        enrolled = _judge(session, trigger, venture_id, first, last, now, occasion, event, known)
    else:
        if newcomers:
            conditions = [*conditions, bulk_enrolment.never_entered(at)]
        enrolled = _insert(session, trigger, venture_id, at, conditions, first, last, now, occasion)
        if enrolled:
            automation.count_execution(session, trigger.workflow_id, enrolled)
            announce(session)
    return Window(enrolled, last, done=last >= through)


def _entered_once(trigger: TriggerDefinition) -> bool:
    """Whether every lead's entry has the same key: not so where a lead may enter N times, and is counted."""
    limit = trigger.limit
    return limit is None or limit.per != "lead" or limit.count == 1


def _insert(
    session: Session,
    trigger: TriggerDefinition,
    venture_id: str,
    at: Entrance,
    conditions: list[ColumnElement[bool]],
    first: int,
    last: int,
    now: datetime,
    occasion: str,
) -> int:
    definition = at.pinned.definition
    state = EnrolmentState(
        venture_id=venture_id,
        workflow_id=trigger.workflow_id,
        version=definition.version,
        lead_id="",
        entry=entry_of(trigger, now, occasion),
        step=definition.entry,
    )
    left = _left(session, trigger, at, now)
    enrolled = 0
    for begun, zones in _begun(session, at, state, venture_id, first, last, now):
        if left is not None and left <= enrolled:
            break
        enrolled += bulk_enrolment.enrol_window(
            session,
            at,
            begun,
            first=first,
            last=last,
            conditions=conditions,
            now=now,
            zones=zones,
            limit=None if left is None else left - enrolled,
        )
    return enrolled


def _left(session: Session, trigger: TriggerDefinition, at: Entrance, now: datetime) -> int | None:
    """How many more may enter by the trigger's limit per hour, day or week; None where there is none."""
    limit = trigger.limit
    if limit is None or limit.window is None:
        return None
    return max(0, limit.count - enrolments.count_started_since(session, at, now - limit.window))


def _begun(
    session: Session, at: Entrance, state: EnrolmentState, venture_id: str, first: int, last: int, now: datetime
) -> Iterator[tuple[EnrolmentState, list[str] | None]]:
    """The state of those who enter, once for all, or once for each group of zones whose moment is the same."""
    definition = at.pinned.definition
    entry = definition.step(definition.entry)
    if not isinstance(entry, Wait) or entry.same_for_all:
        yield begin(definition, state, now), None
        return
    groups: dict[datetime | None, tuple[EnrolmentState, list[str]]] = {}
    for zone in bulk_enrolment.zones_in(session, venture_id, first, last):
        begun = begin(definition, state.model_copy(update={"zone": zone}), now)
        groups.setdefault(begun.due_at, (begun, []))[1].append(zone)
    for begun, zones in groups.values():
        yield begun, zones if len(groups) > 1 else None


def _judge(
    session: Session,
    trigger: TriggerDefinition,
    venture_id: str,
    first: int,
    last: int,
    now: datetime,
    occasion: str,
    event: str,
    known: frozenset[str],
) -> int:
    people = [one for one in bulk_enrolment.leads_in(session, venture_id, first, last) if one.lead_id not in known]
    fired = (fire(session, trigger, lead, now, occasion=occasion, event=event) for lead in people)
    return sum(bool(one.enrolment_no) for one in fired)
