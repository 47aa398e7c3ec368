"""What may be wrong with one step in itself: waits, splits, templates, fields. Each fault names its step."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gtm.domain.conditions import LEAD_FIELDS, email_number_of, field_kind
from gtm.domain.errors import TemplateRefused, shorten
from gtm.domain.holidays import country_fault
from gtm.domain.lead_fields import Attribute, Score, Short, Status
from gtm.domain.rendering import placeholders
from gtm.domain.workflow import (
    MAX_DELAY_HOURS,
    Condition,
    CrmSync,
    Notify,
    SendEmail,
    Split,
    Step,
    UpdateLead,
    Wait,
    WorkflowDefinition,
)
from gtm.domain.workflow_graph import onward_of
from gtm.domain.workflow_waits import MAX_BUSINESS_DAYS, until_fault

_VALUES: Mapping[str, TypeAdapter[Any]] = {
    "status": TypeAdapter(Status),
    "score": TypeAdapter(Score),
    "role": TypeAdapter(Short),
    "company": TypeAdapter(Short),
}
_ATTRIBUTE: TypeAdapter[Any] = TypeAdapter(Attribute)


def delay_faults(step: Step) -> Iterator[str]:
    """What is wrong with how long a step takes."""
    hours = step.hours if isinstance(step, Wait) else step.delay_hours if isinstance(step, SendEmail) else 0
    if not 0 <= hours <= MAX_DELAY_HOURS:
        yield f"{step.id} delays {hours} h, outside 0-{MAX_DELAY_HOURS}"
    if not isinstance(step, Wait):
        return
    if not 0 <= step.business_days <= MAX_BUSINESS_DAYS:
        yield f"{step.id} waits {step.business_days} business days, outside 0-{MAX_BUSINESS_DAYS}"
    if (step.hours != 0) + (step.business_days != 0) + (step.until is not None) > 1:
        yield f"{step.id} names more than one of hours, business_days and until"
    if step.business_days_only and (step.business_days or step.until is not None):
        yield f"{step.id}: business_days_only belongs to hours"
    if step.holidays_of and not (step.business_days_only or step.business_days):
        yield f"{step.id}: holidays_of belongs to business days"
    elif step.holidays_of and (fault := country_fault(step.holidays_of)):
        yield f"{step.id}: {fault}"
    if step.until is not None and (fault := until_fault(step.until)):
        yield f"{step.id}: {fault}"


def split_faults(definition: WorkflowDefinition) -> list[str]:
    """Weights that are not 100 together, arms of one name, nobody but holdouts, and mails a holdout could get."""
    faults: list[str] = []
    mails = {step.id for step in definition.steps if isinstance(step, SendEmail)}
    for step in definition.steps:
        if not isinstance(step, Split):
            continue
        names = [arm.name for arm in step.arms]
        total = sum(arm.weight for arm in step.arms)
        if total != 100:
            faults.append(f"{step.id}: the weights sum to {total}, not 100")
        faults += [
            f"{step.id}: two arms are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1})
        ]
        if all(arm.holdout for arm in step.arms):
            faults.append(f"{step.id}: every arm is a holdout")
        for arm in step.arms:
            reached = sorted(onward_of(definition, arm.next) & mails) if arm.holdout and arm.next else []
            faults += [f"{step.id}: the holdout {arm.name} comes to {mail}, which sends" for mail in reached]
    return faults


def field_faults(step: Step, emails: frozenset[int]) -> Iterator[str]:
    """Fields that do not exist, or do not take what they are compared with or set to.

    Args:
        step: the step.
        emails: numbers of the emails that the workflow sends.
    """
    if isinstance(step, Condition):
        if fault := step.when.fault():
            yield f"{step.id}: {fault}"
        number = email_number_of(step.when.field)
        if number is not None and number not in emails:
            yield f"{step.id}: the workflow sends no email {number}"
    elif isinstance(step, CrmSync):
        for name in step.fields:
            if field_kind(name) is None or email_number_of(name) is not None:
                yield f"{step.id}: a lead has no field {name!r}"
    elif isinstance(step, UpdateLead):
        yield from _update_faults(step)


def _update_faults(step: UpdateLead) -> Iterator[str]:
    wanted = LEAD_FIELDS.get(step.field, "any")
    number_given = isinstance(step.value, int) and not isinstance(step.value, bool)
    if (wanted == "number" and not number_given) or (wanted == "text" and not isinstance(step.value, str)):
        yield f"{step.id}: {step.field} is {wanted}, not {step.value!r}"
        return
    try:
        _VALUES.get(step.field, _ATTRIBUTE).validate_python(step.value)
    except ValidationError as error:
        why = error.errors(include_url=False)[-1]["msg"].removeprefix("Value error, ")
        yield f"{step.id}: {step.field} cannot be {shorten(repr(step.value), 60)}: {why}"


def template_faults(step: Step) -> Iterator[str]:
    """Templates that are refused, and variables that no lead has."""
    if not isinstance(step, Notify):
        return
    try:
        unknown = placeholders(step.message) - LEAD_FIELDS.keys()
    except TemplateRefused as refused:
        yield f"{step.id}: {refused.detail}"
        return
    yield from (f"{step.id}: there is no variable {name!r}" for name in sorted(unknown))
    if step.channel == "email" and (len(step.to.splitlines()) > 1 or step.to.count("@") != 1):
        yield f"{step.id}: {step.to!r} is no address"
