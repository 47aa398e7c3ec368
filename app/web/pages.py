"""The small pages of the web door: where the ventures stand, how to talk to the agent, what a recipient chooses."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from app import ROOT
from gtm.domain.agent_commands import COMMANDS

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

    from gtm.automation.choosing import Choices
    from gtm.domain.errors import InvalidInput

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


def feedback_page(*, done: bool) -> str:
    """The page that asks a reader of a pilot for a score and words, and the one that thanks. It names nobody."""
    return _templates().get_template("feedback.html").render(done=done)


def unsubscribe_page(*, done: bool) -> str:
    """The page a recipient sees: with a button before, with a word after. It names nobody, as links are passed on."""
    return _templates().get_template("unsubscribe.html").render(done=done)


def confirm_page(sender: str, wording: str) -> str:
    """The page on which a recipient confirms what they agreed to; it names the sender and nobody else.

    Args:
        sender: the venture's name.
        wording: what is agreed to, word for word.
    """
    return _templates().get_template("confirm.html").render(sender=sender, wording=wording)


def preferences_page(sender: str, chosen: "Choices", *, saved: bool, problem: "InvalidInput | None") -> str:
    """The page on which a recipient chooses what to get; it names the sender and nobody else, as links are passed on.

    Args:
        sender: the venture's name.
        chosen: where the recipient stands.
        saved: whether that was stored just now.
        problem: why it was not.
    """
    from gtm.domain.preferences import FREQUENCIES, PURPOSE_WORDS

    answers = [("all", "As it comes"), *((str(days), words.capitalize()) for days, words in FREQUENCIES.items())]
    return (
        _templates()
        .get_template("preferences.html")
        .render(
            sender=sender,
            chosen=chosen,
            saved=saved,
            problem=problem,
            purposes=list(PURPOSE_WORDS.items()),
            answers=[*answers, ("no", "Not at all")],
        )
    )


@cache
def _small_style() -> str:
    return (ROOT / "app" / "web" / "templates" / "small.css").read_text(encoding="utf-8")


@cache
def small_style_source() -> str:
    """The one source of styles of the small pages, for a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(_small_style().encode()).digest()).decode()}'"


def message_page(heading: str, *texts: str) -> str:
    """A page that tells one thing, such as why a form was not taken."""
    return _message(heading=heading, texts=texts, date="", join_url="", website="", sender="")


def thanks_page(*, sender: str, website: str, date: str, join_url: str, agreed: bool, test: bool) -> str:
    """The page after a form was taken.

    Args:
        sender: the venture's name.
        website: where it is at home.
        date: day and hour of the session that was registered for; empty for none.
        join_url: where that takes place.
        agreed: whether the box was ticked.
        test: whether it was stored as test data.
    """
    texts = ["You are registered." if date else "What you sent has arrived."]
    if not agreed:
        texts.append("You did not tick the box, so no mail comes by itself.")
    if test:
        texts.append("It is stored as test data, and starts nothing.")
    return _message(heading="Thank you", texts=texts, date=date, join_url=join_url, website=website, sender=sender)


def _message(**values: object) -> str:
    from markupsafe import Markup

    # The house's own file, whose hash the policy of the page names.
    return _templates().get_template("message.html").render(style=Markup(_small_style()), **values)  # noqa: S704 (no input)
