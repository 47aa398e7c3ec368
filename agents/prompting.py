"""Filling the prompts of config/prompts: facts stand between markers that nothing which is filled in can contain."""

import re
from collections.abc import Mapping

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

_PROMPTS = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
_MARKERS = re.compile(r"<{3,}|>{3,}")


def fill(text: str, values: Mapping[str, object]) -> str:
    """A prompt with its values, each defused; a variable that is not given is an error.

    Args:
        text: the prompt file's Markdown.
        values: texts, lists of texts, and plain values.
    """
    return _PROMPTS.from_string(text).render({name: _safe(value) for name, value in values.items()})


def defused(text: str) -> str:
    """Text in which the prompt's markers `<<<` and `>>>` are broken up, however many stand in a row."""
    return _MARKERS.sub(lambda found: " ".join(found.group()), text)


def one_line(text: str) -> str:
    """Text that cannot begin a line of its own in the prompt, and so pass for a heading or a task."""
    return " ".join(text.split())


def _safe(value: object) -> object:
    if isinstance(value, str):
        return defused(value)
    return [_safe(item) for item in value] if isinstance(value, (list, tuple)) else value
