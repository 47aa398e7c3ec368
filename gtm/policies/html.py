"""Markup: none in copy, which is text; and in a rendered mail a way out, and nothing left unfilled."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault
from gtm.policies.accessibility import HtmlFault
from gtm.policies.links import address_faults
from gtm.policies.unwritten import leftovers

_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]*(?=[\s/>])[^<>]*>|<!--|<!doctype\b|&(?:#\d+|#x[0-9a-f]+|lt|gt|amp|quot|nbsp|apos);(?:/?[a-z]+)?|"
    r"\bon[a-z]{3,20}\s*=\s*[\"'“”][^\s]*|\*\*[^\s*][^*\n]*\*\*|\[[^\]\n]+\]\([^)\s]+\)",
    re.I,
)
_WAY_OUT = re.compile(r"\b(?:unsubscribe|opt[ -]?out|stop (?:these|our|all) (?:e-?mails|messages|mails))\b", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_UNFILLED = re.compile(r"\{\{[^{}]*(?:\}\}|$)|\{\{|\{%|%\}")


def markup_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where a text holds markup: tags, entities, event handlers, Markdown."""
    for match in _MARKUP.finditer(text):
        yield match.span()


def markup_faults(piece: ContentPiece, name: str = "") -> Iterator[CopyFault]:
    """Markup in copy: it would show as such, or run. A venture that is called like that keeps its name."""
    for element in piece.elements:
        for variant in element.variants:
            for start, end in markup_spans(variant.text):
                if variant.text[start:end] in name:
                    continue
                yield CopyFault(
                    check="content.html",
                    piece=piece.piece_id,
                    element=element.variable,
                    variant=variant.label,
                    span=variant.text[start:end],
                    start=start,
                    end=end,
                    why="markup in a text; copy is words only",
                    repair="write the words without it",
                )


def mail_faults(html: str) -> tuple[HtmlFault, ...]:
    """What a rendered mail lacks: a link to unsubscribe that works, and every placeholder filled."""
    reader = _Links()
    reader.feed(html)
    reader.close()
    found: list[HtmlFault] = []
    if not any(_leads_out(address, words) for address, words in reader.links):
        found.append(
            HtmlFault("content.unsubscribe", "", "no link to unsubscribe that can be followed", "add one to the footer")
        )
    for text in reader.texts:
        left = (*leftovers(text), *_UNFILLED.findall(text))
        found += [
            HtmlFault("content.variables_filled", span, "a placeholder is left", "fill it")
            for span in dict.fromkeys(left)
        ]
    return tuple(found)


def _leads_out(address: str, words: str) -> bool:
    if not _WAY_OUT.search(words):
        return False
    if address.lower().startswith("mailto:"):
        return "@" in address
    return address.lower().startswith("https://") and not list(address_faults(address))


class _Links(HTMLParser):
    """Collects links with their words, and everything that a reader or a mail client may read."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._open: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.texts += [values[name] for name in ("alt", "title", "href", "src", "aria-label") if values.get(name)]
        if tag == "a" and not _HIDDEN.search(values.get("style", "")):
            self._open, self._words = values.get("href", ""), []

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.links.append((self._open.strip(), " ".join(self._words)))
            self._open = None

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data)
            self._words.append(data)
