"""The agent's commands: what `POST /agents/gtm-strategist` answers (SOP exit gate 1, validation test)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gtm.domain.agent_commands import COMMANDS
from gtm.domain.base import is_venture_id
from gtm.domain.errors import InvalidInput, NotFound, UsageError

MAX_BODY = 64 * 1024
"""Bytes of a request that are read; a command needs under two hundred."""


class Source(Protocol):
    """Where the answers come from; `status` is called in the event loop when it is quick, all else from a thread."""

    @property
    def quick(self) -> bool:
        """Whether `status` answers in microseconds."""

    def status(self, venture_id: str) -> Mapping[str, Any] | None:
        """Where a venture stands, `status` and `last_updated` first; None when there is no such venture.

        Raises:
            StoreError: the store cannot be read.
        """

    def pending(self, venture_id: str | None) -> list[dict[str, Any]]:
        """What waits for a person.

        Raises:
            StoreError: the store cannot be read.
        """

    def overview(self) -> list[dict[str, Any]]:
        """Every venture with where it stands.

        Raises:
            StoreError: the store cannot be read.
        """

    def close(self) -> None:
        """Give connections back."""


@dataclass(frozen=True)
class Command:
    """A request, understood."""

    name: str
    venture_id: str | None


def parse(body: bytes) -> Command:
    """Read a request's body.

    Raises:
        UsageError: it is not a JSON object.
        InvalidInput: a field is missing, unknown or of the wrong form.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UsageError("the body is not JSON", hint=_EXAMPLE) from error
    if not isinstance(request, dict):
        raise UsageError("the body is not a JSON object", hint=_EXAMPLE)
    if strangers := sorted(set(request) - {"command", "venture_id"}):
        raise InvalidInput(
            "the command has a field that it does not know", field=strangers[0], allowed="command, venture_id"
        )
    name = request.get("command")
    if not isinstance(name, str) or name not in COMMANDS:
        raise InvalidInput(
            "the command is missing" if name is None else "there is no such command",
            field="command",
            value=name,
            allowed=", ".join(COMMANDS),
            hint=_EXAMPLE,
        )
    return Command(name, _venture(request.get("venture_id"), needed=name == "status"))


_EXAMPLE = 'send {"command": "status", "venture_id": "YOUR-VENTURE"}'


def _venture(value: object, *, needed: bool) -> str | None:
    if value is None and not needed:
        return None
    if not isinstance(value, str) or not is_venture_id(value):
        raise InvalidInput(
            "the venture_id is missing" if value is None else "this is no venture id",
            field="venture_id",
            value=value,
            allowed="letters, digits, hyphens, underscores and single dots between them, at most 63",
        )
    return value


def answer(command: Command, source: Source) -> bytes:
    """Answer a command as JSON.

    Raises:
        NotFound: there is no such venture.
        StoreError: the store cannot be read.
    """
    if command.name == "help":
        return json.dumps({"status": "operational", "commands": dict(COMMANDS)}).encode()
    found = source.status(command.venture_id) if command.venture_id else {}
    if found is None:
        raise NotFound(
            f"there is no venture {command.venture_id!r}",
            field="venture_id",
            value=command.venture_id,
            hint="gtm venture list",
        )
    if command.name == "status":
        return json.dumps(found).encode()
    return json.dumps({"status": "operational", "pending": source.pending(command.venture_id)}).encode()
