"""Mails as their readers get them: a way out, nothing left unfilled, and words for everything that is to be heard."""

from collections.abc import Iterator, Mapping
from functools import partial

from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault
from gtm.policies.accessibility import HtmlFault, accessibility_faults, says_nothing
from gtm.policies.html import mail_faults
from gtm.policies.remembered import Remembered, digest_of_text

RENDERED = "html"
"""The element that a fault of a rendered mail names: its span stands there, not in one of the texts."""

_ALT = "_alt_text"
_JUDGED: Remembered[tuple[HtmlFault, ...]] = Remembered(512)


def rendered_faults(piece: ContentPiece, mails: Mapping[str, str]) -> Iterator[CopyFault]:
    """What is wrong with a piece once it is a mail.

    Args:
        piece: the copy.
        mails: the mail as HTML, by variant.
    """
    for label, html in mails.items():
        for fault in _JUDGED.found(digest_of_text(html), partial(_html_faults, html)):
            start = html.find(fault.span) if fault.span else -1
            yield CopyFault(
                check=fault.check,
                piece=piece.piece_id,
                element=RENDERED,
                variant=label,
                span=fault.span,
                start=max(start, 0),
                end=start + len(fault.span) if start >= 0 else 0,
                why=fault.why,
                repair=fault.repair,
            )


def _html_faults(html: str) -> tuple[HtmlFault, ...]:
    return (*mail_faults(html), *accessibility_faults(html))


def alternative_faults(piece: ContentPiece) -> Iterator[CopyFault]:
    """Text alternatives of pictures that do not say what is on them (WCAG 2.1, 1.1.1)."""
    for element in piece.elements:
        if not element.variable.endswith(_ALT):
            continue
        for variant in element.variants:
            if says_nothing(variant.text):
                yield CopyFault(
                    check="content.accessibility",
                    piece=piece.piece_id,
                    element=element.variable,
                    variant=variant.label,
                    span=variant.text,
                    end=len(variant.text),
                    why="it does not say what the picture shows",
                    repair="say what is on it, in a sentence",
                )
