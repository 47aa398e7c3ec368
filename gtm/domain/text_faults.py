"""What no text of a brief may hold: characters that a reader cannot see, and what a machine would run.

A brief's words end up in mails, pages, file names and prompts. Direction overrides and zero-width characters make a
text read otherwise than it is; control characters break headers and logs; template marks would pass for placeholders;
HTML and addresses that run something would be found in every piece of copy that repeats the text.
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
_ELEMENTS = (
    "a|abbr|address|article|aside|audio|b|base|big|blink|blockquote|body|br|button|canvas|center|cite|code|dd|del|details|"
    "dialog|div|dl|dt|em|embed|fieldset|figure|font|footer|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|"
    "input|ins|label|li|link|main|map|mark|marquee|math|menu|meta|nav|noscript|object|ol|option|p|param|picture|pre|s|"
    "script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|"
    "tfoot|th|thead|title|tr|track|tt|u|ul|video|wbr"
)
"""The elements of HTML; `<medium>` is a word in brackets, and none of them."""

_MARKUP = re.compile(
    rf"</?(?:{_ELEMENTS})(?:\s*/?>|\s+[a-z-]+\s*(?:=[^<>]*)?/?>|/[^<>]*>)|<(?:script|style|iframe|svg|object|embed)\b|"
    r"<!--|<!doctype\b|<!\[CDATA\[|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|lt|gt|amp|quot|nbsp|apos);|"
    r"<[a-z][^<>]*\bon[a-z]{3,20}\s*=",
    re.I,
)
_RUNS = re.compile(r"\b(?:java|vb|live)script\s*:(?=\S)|\bdata\s*:\s*(?:text/html|image/svg|application/)", re.I)
"""Addresses that run something; `JavaScript: one snippet` is a sentence."""


def text_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Every text of a raw document that holds an unseen character, a template mark or markup, one fault each.

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
        if marked := _RUNS.search(text) or _MARKUP.search(text):
            what = "an address that runs something" if marked.re is _RUNS else "HTML"
            yield Fault(
                path=dotted(loc),
                message=f"holds {what}, {shorten(marked.group(), 40)}",
                value=shorten(repr(text[max(0, marked.start() - 20) :]), 80),
                allowed="plain words without tags, entities or scripts; a plain < or & may stay, and a link goes into "
                "an offer's path",
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
