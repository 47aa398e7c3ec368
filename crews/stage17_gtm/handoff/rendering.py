"""The two Jinja environments: HTML with everything escaped, Markdown in which a venture's text stays text."""

import re
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from crews.stage17_gtm.handoff import words
from gtm.domain.money import usd
from gtm.domain.references import grounds_told

_FOLDER = Path(__file__).parent / "templates"
_MERGE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_MARKDOWN_SPECIAL = re.compile(r"([\\`*\[\]|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^#)")
_TAG_OR_ENTITY = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)")


class Verbatim(str):
    """Markdown that is ours, or stands inside a code fence: not escaped."""


def _markdown_text(value: Any) -> Any:
    if not isinstance(value, str) or isinstance(value, (Verbatim, Markup)):
        return value
    # A lone sign such as in `ROAS < 2.0` is no markup, and stays readable to those who open the file as it is.
    text = _TAG_OR_ENTITY.sub(lambda sign: "&lt;" if sign.group() == "<" else "&amp;", value)
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)


def _quote(text: str) -> Verbatim:
    """A text of several lines as a Markdown quotation; line breaks stay."""
    escaped = _markdown_text(text.strip())
    return Verbatim("\n".join(f"> {line}  " if line.strip() else ">" for line in escaped.splitlines()))


def _cell(text: str) -> str:
    return " ".join(text.split())


def merge_fields(text: str) -> Markup:
    """Copy as HTML: line breaks kept, what is filled per recipient shown as a small label such as `first name`."""
    out = Markup("")
    at = 0
    for match in _MERGE.finditer(text):
        name = match.group(1).replace("_", " ")
        out += Markup("{}<span class=merge>{}</span>").format(text[at : match.start()], name)
        at = match.end()
    return out + Markup("{}").format(text[at:])


def paragraphs(text: str) -> list[str]:
    """A text at its blank lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def _environment(**options: Any) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, **options,
    )  # fmt: skip
    environment.filters |= {
        "label": words.label, "usd": usd, "money": words.money_short, "moment": words.moment, "day": words.day,
        "short_day": words.short_day, "duration": words.duration, "percent": words.percent, "num": words.number,
        "listed": words.listed, "size": words.size, "cost": words.cost, "target": words.target,
        "sentence": words.sentence, "asked": words.asked_line, "heading": words.heading, "rests": grounds_told,
        "hours": words.hours, "person": words.person, "via": words.via, "merge": merge_fields,
        "paragraphs": paragraphs, "quote": _quote, "cell": _cell, "verbatim": Verbatim,
    }  # fmt: skip
    environment.globals["count"] = words.count
    return environment


_HTML = _environment(autoescape=True)
_MARKDOWN = _environment(autoescape=False, finalize=_markdown_text)


def html(template: str, **values: Any) -> str:
    """Fill an HTML template; whatever is not already markup is escaped."""
    return _HTML.get_template(template).render(**values)


def markdown(template: str, **values: Any) -> str:
    """Fill a Markdown template; HTML and Markdown signs in values are escaped, `Verbatim` values are not."""
    return _MARKDOWN.get_template(template).render(**values)
