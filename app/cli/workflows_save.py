"""`gtm workflow check` and `gtm workflow save`: definitions that a person wrote."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import By, Json

if TYPE_CHECKING:
    from gtm.automation.saving import Proposed, Saved

DefinitionFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A workflow in YAML or JSON, at most 1 MB and 200 steps; - reads it.")
]
TriggersFile = Annotated[
    str | None, typer.Option("--triggers", metavar="FILE", help="A list of its triggers, in YAML or JSON.")
]


def check(context: typer.Context, file: DefinitionFile, triggers: TriggersFile = None, as_json: Json = False) -> None:
    """Check a workflow definition: every fault at once, each with its step; nothing is stored."""
    from gtm.automation.saving import examine

    definition, given = _bytes(file), _bytes(triggers) if triggers is not None else None
    with door_of(context).database.read() as session:
        found = examine(session, definition, given)
    told = found.definition
    text = f"{told.workflow_id} is sound: {len(told.steps)} steps. Next: gtm workflow save {file}"
    _tell({"workflow_id": told.workflow_id, "steps": len(told.steps)}, text, found, as_json=as_json)


def save(
    context: typer.Context,
    file: DefinitionFile,
    triggers: TriggersFile = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Store a workflow definition as a draft; one that differs from an active version becomes the next version, and
    people in flight stay in theirs. Nothing is stored where there is a fault."""
    from gtm.automation.saving import examine
    from gtm.automation.saving import save as store

    door = door_of(context)
    definition, given = _bytes(file), _bytes(triggers) if triggers is not None else None
    with door.database.write() as session:
        found = examine(session, definition, given)
        saved = store(session, found, door.person(by), door.clock.now())
    value = {
        "workflow_id": saved.workflow_id,
        "version": saved.version,
        "status": saved.status,
        "changed": saved.changed,
        "triggers": [one.trigger_id for one in found.triggers],
    }
    _tell(value, _text(saved), found, as_json=as_json)


def _text(saved: "Saved") -> str:
    name = f"{saved.workflow_id}, version {saved.version},"
    if not saved.changed:
        return f"{name} is stored already, and {saved.status}."
    text = f"{name} is stored as a {saved.status}. Next: gtm workflow test {saved.workflow_id}"
    if saved.before is not None and saved.before[1] == "active" and saved.status == "draft":
        text += (
            f"\nVersion {saved.before[0]} was active: its people stay in it and stand still until the workflow is "
            f"activated again; gtm workflow migrate {saved.workflow_id} --to {saved.version} moves them."
        )
    return text


def _tell(value: dict[str, object], text: str, found: "Proposed", *, as_json: bool) -> None:
    output.result({**value, "remarks": list(found.remarks)}, text, as_json=as_json)
    if not as_json:
        for remark in found.remarks:
            output.say(f"  {remark}")


def _bytes(file: str) -> bytes:
    """A file's bytes, at most one more than a definition may have.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it cannot be read.
    """
    from gtm.domain.errors import InvalidInput, NotFound
    from gtm.domain.workflow_reading import MAX_DEFINITION_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MAX_DEFINITION_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_DEFINITION_BYTES + 1)
    except FileNotFoundError:
        raise NotFound(f"there is no file {file}", field="FILE", value=file) from None
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read: {error.strerror}", field="FILE", value=file, allowed="a readable YAML or JSON file"
        ) from error
