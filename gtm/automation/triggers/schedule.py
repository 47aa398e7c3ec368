"""schedule: a cron expression in a zone starts workflows for every lead that meets the conditions."""

from datetime import datetime

from sqlmodel import Session

from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.domain.cron import next_after, parse_cron
from gtm.domain.workflow import TriggerDefinition
from gtm.store.repositories import automation, leads


def run_schedules(session: Session, venture_id: str, since: datetime, now: datetime) -> tuple[Fired, ...]:
    """Fire each enabled schedule of a venture that came due after `since` and by `now`, once however often it did.

    Args:
        session: the transaction.
        venture_id: whose schedules.
        since: the aware moment up to which schedules were looked at before.
        now: the aware moment.
    """
    fired: list[Fired] = []
    for row in automation.list_triggers(session, venture_id, "schedule"):
        trigger = automation.trigger_of(row)
        if not row.enabled or trigger.schedule is None:
            continue
        due = next_after(parse_cron(trigger.schedule.cron), since, trigger.schedule.zone)
        if due <= now:
            fired += fire_schedule(session, trigger, venture_id, due, now)
    return tuple(fired)


def fire_schedule(
    session: Session,
    trigger: TriggerDefinition,
    venture_id: str,
    due: datetime,
    now: datetime,
    *,
    test: TestMode | None = None,
) -> tuple[Fired, ...]:
    """Fire one schedule for all leads of a venture; its firing's moment is part of the entry key."""
    people = leads.list_leads(session, venture_id, is_test=test is not None)
    return tuple(fire(session, trigger, lead, now, test=test, occasion=due.isoformat()) for lead in people)
