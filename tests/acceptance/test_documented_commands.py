"""Every `gtm` command that README and the how-to pages show is one that the command line takes, options and all."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.cli.root import app
from tests.acceptance.support.processes import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
_BLOCK = re.compile(r"^```(?:console|sh|shell|bash)\n(.*?)^```", re.S | re.M)
_CALL = re.compile(r"(?:^\$ |^|&& |\| )(?:\.venv/bin/)?gtm (.+?)(?= && | \| |$)", re.M)
PLAIN = "a-placeholder"


def documented(page: Path) -> list[str]:
    """The arguments of each `gtm` call in the code blocks of a page, comments taken off."""
    blocks = _BLOCK.findall(page.read_text())
    joined = [re.sub(r"\\\n\s*", "", block) for block in blocks]
    return [re.sub(r"\s+#.*$", "", call).strip() for block in joined for call in _CALL.findall(block)]


CALLS = [(page.relative_to(ROOT).as_posix(), call) for page in PAGES for call in documented(page)]


def test_the_readme_shows_commands() -> None:
    assert len([call for page, call in CALLS if page == "README.md"]) >= 10


@pytest.mark.parametrize(("page", "call"), CALLS, ids=[f"{page}: {call}" for page, call in CALLS])
def test_a_documented_command_is_understood(page: str, call: str) -> None:
    command = typer.main.get_command(app)
    arguments = [_filled(word) for word in shlex.split(call)]
    context = command.make_context("gtm", list(arguments))
    while (group := getattr(context.command, "commands", None)) is not None:
        name, found, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])  # type: ignore[attr-defined]
        assert found is not None
        assert name in group
        context = found.make_context(name, rest, parent=context)
    assert context.params or not arguments[1:]


@pytest.mark.parametrize("words", sorted({tuple(shlex.split(call)[:1]) for _, call in CALLS}), ids=" ".join)
def test_a_documented_command_has_help(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage: " in result.output


def test_every_command_is_documented() -> None:
    """A command that no page shows is one that nobody finds."""
    shown = {shlex.split(call)[0] for _, call in CALLS}
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert known - shown == set()


def _filled(word: str) -> str:
    """What a person would put for a word in capitals or angle brackets."""
    return PLAIN if re.fullmatch(r"[A-Z_]{3,}|<[^>]+>", word) and word not in ("LEAD", "PLAN", "EXEC") else word
