"""The door: settings, the one composition root, the command line and the web. Importing it checks the rooms."""

import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout that this process runs from."""

ROOMS = ("app", "crews", "agents", "tools", "gtm")
"""The top-level packages of this project; all of them must come from `ROOT`."""

INTERRUPTED = 130
"""The exit code after Ctrl-C."""


def foreign_room(root: Path = ROOT, rooms: tuple[str, ...] = ROOMS) -> str:
    """What is wrong when a room resolves outside the checkout, with what to do; an empty text when all are ours.

    A foreign package of that name would mix in silently, and `agents` and `tools` are taken names.
    """
    for room in rooms:
        places = _places(room)
        strangers = [place for place in places if place != root / room]
        if strangers or not places:
            found = f"is taken from {strangers[0]}" if strangers else "is not to be found"
            return (
                f"The package {room!r} {found}.\n"
                f"  allowed:    {root / room}\n"
                f"  what to do: run gtm from its checkout, in an environment without another package {room!r} (uv sync)"
            )
    return ""


def _places(room: str) -> list[Path]:
    spec = find_spec(room)
    if spec is None:
        return []
    found = list(spec.submodule_search_locations or ([spec.origin] if spec.origin else []))
    return [Path(place).resolve() for place in found]


def _refuse_foreign_rooms() -> None:
    # The project's own errors live in a room, which may be the foreign one.
    if problem := foreign_room():
        sys.stderr.write(f"{problem}\n")
        raise SystemExit(2)


_refuse_foreign_rooms()
