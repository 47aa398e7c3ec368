"""After LEAD's go: everybody whom the pilot held back is enrolled, and nobody who was in it a second time."""

from collections.abc import Sequence
from datetime import datetime

from gtm.automation.pilots.audience import audience, triggers_of
from gtm.automation.pilots.starting import audit
from gtm.automation.triggers.bulk import enrol_all
from gtm.domain.base import Model
from gtm.domain.delivery import NO_LIMITS
from gtm.domain.workflow import TriggerDefinition
from gtm.store.database import Database
from gtm.store.models.automation import WorkflowTrigger
from gtm.store.models.pilots import CampaignPilot
from gtm.store.repositories import automation, pilots


class Launched(Model):
    """What a launch came to.

    Attributes:
        done: whether everybody is in; where a trigger's limit an hour, day or week holds, the rest follow.
        stopped: why nobody may enter, such as a paused workflow; empty otherwise.
    """

    pilot_id: str
    enrolled: int
    done: bool
    stopped: str = ""


def enrol_rest(database: Database, pilot_id: str, now: datetime) -> Launched:
    """Enrol everybody else of a pilot that LEAD let go, in windows; once more where it broke off.

    Args:
        database: the store.
        pilot_id: the pilot.
        now: the aware moment.
    """
    with database.write() as session:
        row = pilots.get(session, pilot_id)
        if row is None or row.status != "launched" or row.launched_at is not None:
            return Launched(pilot_id=pilot_id, enrolled=0, done=True)
        parts = pilots.parts_of(row)
        triggers = [one for part in parts for one in triggers_of(session, row.venture_id, part.workflow_id)]
        numbers = [_number(automation.get_trigger(session, one.trigger_id)) for one in triggers]
        # What schedules would have enrolled meanwhile is enrolled here: those in the pilot must not get it twice.
        pilots.close_firings(session, numbers, f"enrolled with the launch after {pilot_id}", now)
    enrolled, stopped = 0, ""
    for trigger in triggers:
        done = enrol_all(database, trigger.trigger_id, now, event=f"launch:{pilot_id}", newcomers=True)
        enrolled, stopped = enrolled + done.enrolled, stopped or _stopped(done.stopped)
    finished = not stopped and not _left(database, row.venture_id, triggers, now)
    with database.write() as session:
        fresh = pilots.get(session, pilot_id, lock=True)
        if fresh is not None and (enrolled or finished):
            _note(fresh, finished, now)
            session.add(fresh)
            audit(session, fresh, "enrolled_rest", "upkeep:pilots", now, enrolled=enrolled, done=finished)
    return Launched(pilot_id=pilot_id, enrolled=enrolled, done=finished, stopped=stopped)


def _left(database: Database, venture_id: str, triggers: Sequence[TriggerDefinition], now: datetime) -> bool:
    """Whether a limit an hour, day or week still keeps somebody out."""
    limited = {t.workflow_id for t in triggers if t.limit is not None and t.limit.window is not None}
    with database.read() as session:
        for workflow_id in limited:
            inside = pilots.members(session, workflow_id)
            if any(one.lead_id not in inside for one in audience(session, venture_id, workflow_id, NO_LIMITS, now)):
                return True
    return False


def _note(row: CampaignPilot, finished: bool, now: datetime) -> None:
    if finished and row.launched_at is None:
        row.launched_at = now


def _stopped(why: str) -> str:
    """A trigger that takes nobody in any more holds nothing up."""
    return "" if why.startswith("the trigger is") else why


def _number(row: WorkflowTrigger) -> int:
    return int(row.trigger_no or 0)
