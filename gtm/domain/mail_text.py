"""The words of a mail as a reader gets them: lines of readable length in plain text, paragraphs and lists in HTML.

Everything here works on template sources: `{{ first_name }}` stays in place, whatever else stands there is text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from textwrap import TextWrapper
from typing import Literal

WIDTH = 72
"""Characters a line of plain text has at most; a web address is never broken."""

LONGEST = 78
"""A line that a recipient's own data made longer than this is wrapped again."""

Direction = Literal["ltr", "rtl"]

_SPACED = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_EXPRESSION = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_ADDRESS = re.compile(r"\{\{\s*([a-z][a-z0-9_]*_url)\s*\}\}")
_IN_PROSE = re.compile(r"https?://[^\s<>()\"]+[^\s<>()\".,;:!?]")
_LABELLED = re.compile(r"^(.{1,80}?): (\{\{\s*[a-z][a-z0-9_]*_url\s*\}\}|https?://\S+)$")
_BLANK = re.compile(r"\s")
_NAMED_ADDRESS = re.compile(r"^(.{1,80}?): (\{\{\s*[a-z][a-z0-9_]*_url\s*\}\})$")
_BULLET = "- "
_HEADING = "## "
"""What a template puts before a line that stands out in HTML; copy itself holds no markup (`content.html`)."""

_LINK_STYLE = "color:#1d4ed8"
_SMALL_LINK_STYLE = "color:#57606a"


def direction(text: str) -> Direction:
    """Which way a text runs: by the letters that most of it is written in."""
    plain = _EXPRESSION.sub("", text)
    kinds = [unicodedata.bidirectional(letter) for letter in plain]
    leftwards = sum(kind in ("R", "AL") for kind in kinds)
    return "rtl" if leftwards > kinds.count("L") else "ltr"


def language(text: str) -> str:
    """The language code for screen readers, as far as letters tell it; the house writes English."""
    if direction(text) == "ltr":
        return "en"
    return "he" if any("\u0590" <= letter <= "\u05ff" for letter in text) else "ar"


def plain_text(parts: Iterable[str], footer: str) -> str:
    """The plain-text part: paragraphs wrapped, addresses within sentences numbered and listed, the footer below.

    Args:
        parts: body, call to action and whatever follows them, in order; empty ones are left out.
        footer: who writes, and the ways out.
    """
    links: list[str] = []
    told = [_numbered(re.sub(rf"(?m)^{_HEADING}", "", part.strip()), links) for part in parts if part.strip()]
    listed = "\n".join(f"[{number}] {url}" for number, url in enumerate(links, start=1))
    blocks = [wrapped(part) for part in told] + ([f"Links:\n{listed}"] if links else [])
    return "\n\n".join(blocks) + "\n\n-- \n" + wrapped(footer.strip()) + "\n"


def wrapped(text: str) -> str:
    """Lines of at most 72 characters; an address stays whole, on a line of its own, and list items hang."""
    return "\n".join(line for source in _SPACED.sub(r"{{\1}}", text).split("\n") for line in _lines(source, WIDTH))


def rewrapped(text: str) -> str:
    """A filled text with the lines wrapped again that somebody's long name or company has made too long."""
    lines = text.split("\n")
    # An address stays whole, however long; most long lines are nothing else.
    if not any(map(_BLANK.search, [line for line in lines if len(line) > LONGEST])):
        return text
    return "\n".join(part for line in lines for part in (_lines(line, WIDTH) if len(line) > LONGEST else [line]))


def _lines(line: str, width: int) -> list[str]:
    if labelled := _LABELLED.match(line):
        return [f"{labelled.group(1)}:", labelled.group(2)]
    if len(line) <= width:
        return [line.rstrip()]
    hang = "  " if line.startswith(_BULLET) else ""
    wrapper = TextWrapper(width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(line)


def _numbered(text: str, links: list[str]) -> str:
    """The text with addresses that stand within a sentence as [1], [2]; one at a line's end stays there."""

    def mark(found: re.Match[str]) -> str:
        if found.end() == len(found.string):
            return found.group(0)
        if found.group(0) not in links:
            links.append(found.group(0))
        return f"[{links.index(found.group(0)) + 1}]"

    return "\n".join(_IN_PROSE.sub(mark, line) for line in text.split("\n"))


def escaped(source: str) -> str:
    """A template source with its text escaped for HTML and its expressions as they are."""
    pieces = _EXPRESSION.split(source)
    return "".join(p if n % 2 else escape(p, quote=False).replace('"', "&quot;") for n, p in enumerate(pieces))


def as_html(source: str) -> str:
    """Body text as paragraphs, lists and links; each runs its own way, as Latin letters do within Arabic."""
    blocks = [block for block in re.split(r"\n\s*\n", source.strip()) if block.strip()]
    return "".join(part for block in blocks for part in _block(block.split("\n")))


def _block(lines: list[str]) -> Iterator[str]:
    for mark, group in groupby(
        lines, key=lambda line: next((m for m in (_BULLET, _HEADING) if line.startswith(m)), "")
    ):
        shown = [_linked(escaped(line.removeprefix(mark))) for line in group]
        if mark == _HEADING:
            yield f'<p dir="auto" style="margin:8px 0 2px;font-size:18px;font-weight:bold">{"<br/>".join(shown)}</p>'
        elif mark == _BULLET:
            items = "".join(f'<li dir="auto" style="margin:0 0 6px">{line}</li>' for line in shown)
            yield f'<ul style="margin:0 0 16px;padding:0 24px">{items}</ul>'
        else:
            yield f'<p dir="auto" style="margin:0 0 16px">{"<br/>".join(shown)}</p>'


def _linked(line: str) -> str:
    """An address as a link, on the words before it where it stands on a line with nothing else: `Join here: …`."""
    if named := _NAMED_ADDRESS.match(line):
        return f'<a href="{named[2]}" style="{_LINK_STYLE}">{named[1]}</a>'
    return _ADDRESS.sub(rf'<a href="{{{{ \1 }}}}" style="{_LINK_STYLE}">{{{{ \1 }}}}</a>', line)


def small_print(source: str) -> str:
    """A footer's lines; `Unsubscribe: {{ unsubscribe_url }}` becomes a link on its words, which a thumb can hit."""
    lines = (_small(line) for line in source.strip().split("\n") if line)
    return "".join(f'<p dir="auto" style="margin:0">{line}</p>' for line in lines)


def _small(line: str) -> str:
    found = _LABELLED.match(line)
    if not found:
        return escaped(line)
    return f'<a href="{escaped(found.group(2))}" style="{_SMALL_LINK_STYLE}">{escaped(found.group(1))}</a>'
