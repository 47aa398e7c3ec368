"""Reading a workflow definition that a person wrote: YAML or JSON text, every fault named with its step."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gtm.domain.base import Model
from gtm.domain.errors import InvalidInput, shorten
from gtm.domain.faults import Fault, faults_of, sentences
from gtm.domain.workflow import MAX_STEPS, TriggerDefinition, WorkflowDefinition
from gtm.domain.workflow_checks import require_sound
from gtm.domain.yaml_reading import YamlFault, read_yaml

MAX_DEFINITION_BYTES = 1_000_000
"""The longest definition that is read: every step may have a message of 4,000 characters."""


def read_definition(data: bytes) -> WorkflowDefinition:
    """A workflow from its text, sound in itself (`require_sound`).

    Args:
        data: YAML or JSON in UTF-8, at most 1 MB and 200 steps.

    Raises:
        InvalidInput: too long, no YAML, not a definition, or not sound; all faults are in `findings`.
    """
    definition = read_unchecked(data)
    require_sound(definition)
    return definition


def read_unchecked(data: bytes) -> WorkflowDefinition:
    """A workflow from its text; whether it is sound is not looked at.

    Raises:
        InvalidInput: too long, no YAML, or not a definition; all faults are in `findings`.
    """
    return definition_of(_document(data, "definition"))


class _Triggers(Model):
    triggers: tuple[TriggerDefinition, ...]


def read_triggers(data: bytes) -> tuple[TriggerDefinition, ...]:
    """Triggers from their text: a list of them, or a mapping with the list under `triggers`.

    Raises:
        InvalidInput: too long, no YAML, or no triggers; all faults are in `findings`.
    """
    document = _document(data, "triggers")
    try:
        return _Triggers.model_validate({"triggers": document} if isinstance(document, list) else document).triggers
    except ValidationError as error:
        found = faults_of(error, _Triggers)
        raise InvalidInput(
            f"these are no triggers: {found[0].path} {found[0].message}",
            field=found[0].path,
            value=found[0].value or None,
            allowed=found[0].allowed,
            findings=sentences(found) if len(found) > 1 else (),
        ) from error


def _document(data: bytes, what: str) -> Any:
    try:
        return read_yaml(data, limit_bytes=MAX_DEFINITION_BYTES)
    except YamlFault as fault:
        raise InvalidInput(
            f"the {what} cannot be read: {shorten(fault.faults[0], 300)}",
            field=what,
            allowed=f"one YAML or JSON document in UTF-8, at most {MAX_DEFINITION_BYTES:,} bytes",
            findings=fault.faults if len(fault.faults) > 1 else (),
        ) from fault


def definition_of(document: Any) -> WorkflowDefinition:
    """A workflow from plain data; whether it is sound is not looked at.

    Raises:
        InvalidInput: it is no definition; each fault in `findings` tells its step by name.
    """
    given = document.get("steps") if isinstance(document, Mapping) else None
    if isinstance(given, list) and len(given) > MAX_STEPS:
        raise InvalidInput(
            f"the workflow has {len(given):,} steps", field="steps", allowed=f"at most {MAX_STEPS} steps"
        )
    try:
        return WorkflowDefinition.model_validate(document)
    except ValidationError as error:
        names = [one.get("id") if isinstance(one, Mapping) else None for one in given or ()]
        found = [_named(fault, names) for fault in faults_of(error, WorkflowDefinition)]
        raise InvalidInput(
            f"this is no workflow: {found[0].path} {found[0].message}",
            field=found[0].path,
            value=found[0].value or None,
            allowed=found[0].allowed,
            findings=sentences(found) if len(found) > 1 else (),
        ) from error


def _named(fault: Fault, names: list[Any]) -> Fault:
    """`steps[3].wait.hours` as `steps.wait_1.hours`."""
    head, bracket, rest = fault.path.partition("]")
    number = head.removeprefix("steps[")
    if not (bracket and number.isdecimal() and int(number) < len(names) and isinstance(names[int(number)], str)):
        return fault
    # What follows the number is the step's type, which the name of the step makes superfluous.
    field = rest.split(".", 2)[2:] if rest else []
    return fault.model_copy(update={"path": ".".join(["steps", shorten(names[int(number)], 60), *field])})
