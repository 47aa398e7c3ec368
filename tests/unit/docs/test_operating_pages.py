"""Every command on the pages on operating exists, with its options, and every command of theirs has its place."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.root import app

HOW_TO = Path(__file__).resolve().parents[3] / "docs" / "how-to"
PAGES = (
    "operate-workflows.md",
    "import-leads.md",
    "import-a-document.md",
    "send-mail.md",
    "pilot.md",
    "pace-ad-flights.md",
)
CALLS = sorted(
    {
        re.sub(r"\s+#.*$", "", line.removeprefix("$ ")).strip()
        for page in PAGES
        for line in (HOW_TO / page).read_text().splitlines()
        if line.startswith("$ gtm ")
    }
)


def commands_of(group: object) -> dict[str, Any]:
    """The commands of a group, or of the application."""
    made = typer.main.get_command(group) if isinstance(group, typer.Typer) else group
    return getattr(made, "commands", {})


@pytest.mark.parametrize("call", CALLS)
def test_a_command_on_the_page_exists_with_its_options(call: str) -> None:
    words = shlex.split(call)
    group = commands_of(app)[words[1]]
    command = getattr(group, "commands", {}).get(words[2], group)
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known
    assert command.help


@pytest.mark.parametrize("group", ["workflow", "lead", "mail", "pilot", "schedule"])
def test_every_command_of_a_group_is_on_a_page(group: str) -> None:
    commands = commands_of(commands_of(app)[group])
    shown = {shlex.split(call)[2] for call in CALLS if shlex.split(call)[1] == group}
    assert set(commands) == shown
