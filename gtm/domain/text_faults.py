"""Characters and template marks that no text of a brief may hold: what a reader cannot see, what a machine would run.

A brief's words end up in mails, pages, file names and prompts. Direction overrides and zero-width characters make a
text read otherwise than it is; control characters break headers and logs; template marks would pass for placeholders.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from gtm.domain.errors import shorten
from gtm.domain.faults import Fault, dotted

_KEPT = frozenset("\n\t")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


def text_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Every text of a raw document that holds an unseen character or a template mark, one fault each.

    Args:
        document: what the YAML says, before it is validated.
    """
    for loc, text in _texts((), document):
        if (unseen := unseen_in(text)) is not None:
            yield Fault(
                path=dotted(loc),
                message=f"holds the character {_named(unseen)}, which cannot be seen",
                value=shorten(ascii(text), 80),
                allowed="characters that can be seen, spaces and line ends",
            )
        if mark := _MARKS.search(text):
            yield Fault(
                path=dotted(loc),
                message=f"holds the template mark {mark.group()}",
                value=shorten(repr(text), 80),
                allowed="plain words; write the braces out or leave them away",
            )


def unseen_in(text: str) -> str | None:
    """The first control, direction or zero-width character of a text; line ends and tabs are none."""
    if text.isascii() and text.isprintable():
        return None
    return next((c for c in text if c not in _KEPT and unicodedata.category(c) in _UNSEEN), None)


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name.lower()})" if name else "")


def _texts(loc: tuple[int | str, ...], value: Any) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(value, str):
        yield loc, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts((*loc, str(key)), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts((*loc, index), item)
