"""conditional and segment_entered: a lead that changes starts workflows: the crossing counts, not the level.

A conditional trigger fires when its conditions hold after a change and did not before. One of type segment_entered
fires when the lead's segment becomes one that its conditions name; a lead may be born into a segment.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import InvalidInput
from gtm.domain.faults import plainly
from gtm.domain.workflow import TriggerDefinition
from gtm.store.repositories import automation, leads

CROSSING = ("conditional", "segment_entered")
"""Trigger types that look at a lead before and after."""


def change_lead(
    session: Session, lead_id: str, changes: Mapping[str, Scalar], now: datetime, *, test: TestMode | None = None
) -> tuple[Fired, ...]:
    """Write fields of a lead and fire the triggers whose conditions it meets now and did not before.

    Args:
        session: the transaction.
        lead_id: the lead.
        changes: new values by column, or by `attributes.NAME`.
        now: the aware moment.
        test: set by the test harness.

    Raises:
        NotFound: there is no such lead.
        InvalidInput: a value does not fit its field.
    """
    # Locked, so that of two changes at once the second sees what the first came to.
    before = leads.get_lead(session, lead_id, lock=True)
    after = changed(before, changes)
    if after == before:
        return ()
    change = leads.save_lead(session, after)
    return fire_crossings(session, before, after, now, test=test, event=f"change:{lead_id}:{change}")


def fire_crossings(
    session: Session,
    before: Lead | None,
    after: Lead,
    now: datetime,
    *,
    test: TestMode | None = None,
    event: str,
) -> tuple[Fired, ...]:
    """Fire the triggers that a lead's change crosses, in the transaction of the change.

    Args:
        session: the transaction.
        before: the lead as it was; None for one that is new, which crosses into its segment but over no condition.
        after: the lead as stored.
        now: the aware moment.
        test: set by the test harness.
        event: tells this change from every other.
    """
    types = CROSSING if before is not None else ("segment_entered",)
    return tuple(
        fire(session, trigger, after, now, test=test, event=event)
        for trigger in _watching(session, after.venture_id, types, test)
        if _crosses(trigger, before, after)
    )


def change_many(session: Session, pairs: Sequence[tuple[Lead, Lead]], now: datetime) -> None:
    """Write what leads of one venture have become, and fire the triggers that each of the changes crosses.

    Args:
        session: the transaction, which holds the leads.
        pairs: each lead before and after, in order; of two changes of one lead the second begins where the first ends.
        now: the aware moment.
    """
    if not pairs:
        return
    leads.save_many(session, [*{after.lead_id: after for _, after in pairs}.values()])
    watching = _watching(session, pairs[0][1].venture_id, CROSSING, None)
    for place, (before, after) in enumerate(pairs):
        for trigger in watching:
            if _crosses(trigger, before, after):
                event = f"change:{after.lead_id}:{now.isoformat()}:{place}"
                fire(session, trigger, after, now, event=event)


def _watching(
    session: Session, venture_id: str, types: Collection[str], test: TestMode | None
) -> list[TriggerDefinition]:
    """The triggers that look at a change: those enabled, or the one under test."""
    rows = automation.list_triggers(session, venture_id, *types)
    wanted = (row for row in rows if (row.enabled if test is None else row.trigger_id == test.trigger_id))
    return [automation.trigger_of(row) for row in wanted]


def _crosses(trigger: TriggerDefinition, before: Lead | None, after: Lead) -> bool:
    if not all(p.holds(after.facts()) for p in trigger.conditions):
        return False
    if trigger.type == "segment_entered":
        return bool(after.segment_id) and (before is None or before.segment_id != after.segment_id)
    return before is not None and not all(p.holds(before.facts()) for p in trigger.conditions)


def changed(lead: Lead, changes: Mapping[str, Scalar]) -> Lead:
    """A lead with new values by column, or by `attributes.NAME`.

    Raises:
        InvalidInput: a value does not fit its field.
    """
    columns: dict[str, object] = {name: value for name, value in changes.items() if "." not in name}
    own = {name.partition(".")[2]: value for name, value in changes.items() if "." in name}
    try:
        return Lead.model_validate({**lead.model_dump(), **columns, "attributes": {**lead.attributes, **own}})
    except ValidationError as error:
        raise InvalidInput(
            "this change does not fit the lead", field=", ".join(changes), findings=plainly(error)
        ) from error
