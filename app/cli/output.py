"""Where words go: results to standard output, remarks and errors to standard error, JSON when machines read."""

import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from gtm.domain.errors import GtmError, shorten

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 120
"""Columns of tables that are written to a file or a pipe."""


def say(text: str = "") -> None:
    """A line for a person, on standard output."""
    print(text)


def say_wrapped(text: str, indent: str = "  ") -> None:
    """A longer line for a person, broken between words where a terminal would break within one."""
    if on_terminal():
        import shutil
        import textwrap

        width = shutil.get_terminal_size().columns
        text = textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent + "  ")
        print(text)
    else:
        print(indent + text)


def remark(text: str) -> None:
    """A line beside the result, on standard error."""
    print(text, file=sys.stderr)


def emit(value: object) -> None:
    """One JSON value on one line."""
    print(json.dumps(value, ensure_ascii=False, default=_plain), flush=True)


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (Decimal, Path)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not for JSON")


def on_terminal() -> bool:
    """Whether a person reads what we write."""
    return sys.stdout.isatty()


def can_ask() -> bool:
    """Whether a person reads and can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def console() -> "Console":
    """A console for panels and tables; plain and wide enough when nobody looks."""
    from rich.console import Console

    if on_terminal():
        return Console(highlight=False)
    out = cast(IO[str], _Trimmed(sys.stdout))
    return Console(file=out, highlight=False, width=PLAIN_WIDTH, no_color=True, color_system=None)


class _Trimmed:
    """A stream without the blanks that tables put behind their last column."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text, each of its lines up to its last letter."""
        return self._stream.write(re.sub(r"[ \t]+(?=\n|\Z)", "", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def quiet_libraries(*, debug: bool) -> None:
    """Keep the log lines of CrewAI and the SDKs off standard error: what matters of them is told as an error of ours.

    Args:
        debug: leave them as they are.
    """
    import logging

    if not debug and not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())


def report(error: GtmError, *, as_json: bool) -> None:
    """Tell of an error: as problem details for machines, else title, detail and what to do, one fact a line."""
    if as_json:
        print(json.dumps(error.as_problem(), ensure_ascii=False, default=str), file=sys.stderr)
        return
    problem = error.as_problem()
    remark(f"{problem['title']}: {problem['detail']}")
    for finding in problem.get("findings", ()):
        if finding in problem["detail"]:
            continue
        remark(f"  - {finding}")
    for label, key in (("field", "field"), ("value", "value"), ("allowed", "allowed"), ("what to do", "hint")):
        if text := problem.get(key):
            remark(f"  {label + ':':<12}{shorten(text, 400)}")


def result(value: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """The result of a command, for whoever reads it."""
    if as_json:
        emit(value)
    else:
        say(text)


def stamp(moment: datetime) -> str:
    """A moment as the SOP writes it: UTC, to the second, with Z."""
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_and_time(moment: datetime) -> str:
    """A moment as a person reads it: local, to the minute."""
    return moment.astimezone().strftime("%a %d %b %Y %H:%M")
