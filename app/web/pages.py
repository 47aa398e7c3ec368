"""The two small pages of the web door: where the ventures stand, and how to talk to the agent."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from app import ROOT
from app.web.agent import COMMANDS

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

REPORTS = ("report.html", "index.html")
"""What a folder of the handoff packages is opened with."""


@cache
def _templates() -> "SandboxedEnvironment":
    # An agent that only answers commands never draws a page.
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    folder = FileSystemLoader(ROOT / "app" / "web" / "templates")
    return SandboxedEnvironment(loader=folder, autoescape=True, undefined=StrictUndefined)


def template(name: str) -> "Template":
    """A page's template; what is filled in is escaped."""
    return _templates().get_template(name)


def home(ventures: Sequence[Mapping[str, Any]], waiting: Sequence[Mapping[str, Any]], out: Path) -> str:
    """The page with ventures, their runs, and what waits.

    Args:
        ventures: as `Source.overview` tells them.
        waiting: as `Source.pending` tells it.
        out: the folder of the handoff packages, to link the report of a venture that has one.
    """
    shown = [{**venture, "report": _report(out, str(venture["venture_id"]))} for venture in ventures]
    return _templates().get_template("home.html").render(ventures=shown, waiting=waiting)


def _report(out: Path, venture_id: str) -> str:
    name = next((n for n in REPORTS if (out / venture_id / n).is_file()), "")
    return f"/handoff/{quote(venture_id)}/{name}" if name else ""


def api_page(base: str) -> str:
    """The page that describes the endpoint, as seen at `base`."""
    return _templates().get_template("docs.html").render(base=base, commands=list(COMMANDS.items()))


def unsubscribe_page(*, done: bool) -> str:
    """The page a recipient sees: with a button before, with a word after. It names nobody, as links are passed on."""
    return _templates().get_template("unsubscribe.html").render(done=done)
