"""conditional: a change that makes a lead meet the conditions starts workflows: the crossing counts, not the level."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from gtm.automation.triggers.enrol import Fired, TestMode, fire
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import InvalidInput
from gtm.store.repositories import automation, leads


def change_lead(
    session: Session, lead_id: str, changes: Mapping[str, Scalar], now: datetime, *, test: TestMode | None = None
) -> tuple[Fired, ...]:
    """Write fields of a lead and fire the conditional triggers whose conditions it meets now and did not before.

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
    before = leads.get_lead(session, lead_id)
    after = _changed(before, changes)
    if after == before:
        return ()
    leads.save_lead(session, after)
    fired = []
    for row in automation.list_triggers(session, before.venture_id, "conditional"):
        trigger = automation.trigger_of(row)
        wanted = row.enabled if test is None else row.trigger_id == test.trigger_id
        crossed = not all(p.holds(before.facts()) for p in trigger.conditions) and all(
            p.holds(after.facts()) for p in trigger.conditions
        )
        if wanted and crossed:
            fired.append(fire(session, trigger, after, now, test=test))
    return tuple(fired)


def _changed(lead: Lead, changes: Mapping[str, Scalar]) -> Lead:
    columns: dict[str, object] = {name: value for name, value in changes.items() if "." not in name}
    own = {name.partition(".")[2]: value for name, value in changes.items() if "." in name}
    try:
        return Lead.model_validate({**lead.model_dump(), **columns, "attributes": {**lead.attributes, **own}})
    except ValidationError as error:
        raise InvalidInput(
            "this change does not fit the lead", field=", ".join(changes), findings=[e["msg"] for e in error.errors()]
        ) from error
