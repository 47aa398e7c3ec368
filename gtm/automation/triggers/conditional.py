"""conditional and segment_entered: a lead that changes starts workflows: the crossing counts, not the level.

A conditional trigger fires when its conditions hold after a change and did not before. One of type segment_entered
fires when the lead's segment becomes one that its conditions name; a lead may be born into a segment.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import InvalidInput
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
    after = _changed(before, changes)
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
    fired = []
    types = CROSSING if before is not None else ("segment_entered",)
    rows = [row for type_ in types for row in automation.list_triggers(session, after.venture_id, type_)]
    for row in rows:
        wanted = row.enabled if test is None else row.trigger_id == test.trigger_id
        if not wanted:
            continue
        trigger = automation.trigger_of(row)
        if _crosses(trigger, before, after):
            fired.append(fire(session, trigger, after, now, test=test, event=event))
    return tuple(fired)


def _crosses(trigger: TriggerDefinition, before: Lead | None, after: Lead) -> bool:
    if not all(p.holds(after.facts()) for p in trigger.conditions):
        return False
    if trigger.type == "segment_entered":
        return bool(after.segment_id) and (before is None or before.segment_id != after.segment_id)
    return before is not None and not all(p.holds(before.facts()) for p in trigger.conditions)


def _changed(lead: Lead, changes: Mapping[str, Scalar]) -> Lead:
    columns: dict[str, object] = {name: value for name, value in changes.items() if "." not in name}
    own = {name.partition(".")[2]: value for name, value in changes.items() if "." in name}
    try:
        return Lead.model_validate({**lead.model_dump(), **columns, "attributes": {**lead.attributes, **own}})
    except ValidationError as error:
        raise InvalidInput(
            "this change does not fit the lead", field=", ".join(changes), findings=[e["msg"] for e in error.errors()]
        ) from error
