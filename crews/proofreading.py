"""Has copy read by the language checkers: started when templates are made, so that they are ready for the copy."""

import logging
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from gtm.domain.campaign import CampaignContent
from gtm.domain.check import NotChecked
from gtm.domain.dossier import Dossier
from gtm.domain.errors import ConnectorError
from gtm.domain.names import counted
from gtm.domain.proofing import Proofreader, Slip
from gtm.policies.claims import known_names

Slips = Mapping[str, tuple[Slip, ...]]
_LOG = logging.getLogger(__name__)

BEFORE = "2.1"
"""The step in whose time the checkers are built."""

AFTER = "2.3"
"""The step that needs them no more."""


@runtime_checkable
class Startable(Protocol):
    """A proofreader that takes time to get ready and room while it is."""

    def prepare(self) -> None:
        """Begin to get ready, in the background."""

    def close(self) -> None:
        """Give the room back; the next question makes it ready again."""


def at_step(step: str, proofreader: Proofreader | None) -> None:
    """Get it ready before copy is written, and let it rest after."""
    if step == BEFORE and isinstance(proofreader, Startable):
        proofreader.prepare()
    elif step == AFTER:
        rest(proofreader)


def rest(proofreader: Proofreader | None) -> None:
    """Let it give its room back."""
    if isinstance(proofreader, Startable):
        proofreader.close()


def slips_in(dossier: Dossier, proofreader: Proofreader | None) -> tuple[Slips | None, NotChecked | None]:
    """What a proofreader finds in a run's copy, by text, and that it gave no answer where that is so.

    No slips are known where there is none or it does not answer: the house's own rules judge alone then.
    """
    if proofreader is None or dossier.content is None:
        return None, None
    texts = texts_of(dossier.content)
    try:
        read = proofreader.read(texts, known_names(dossier.brief))
    except ConnectorError as error:
        _LOG.warning("the house's rules judge alone, as the language checkers did not answer: %s", error)
        return None, NotChecked("content.grammar", "the language checkers", error.detail)
    unread = sum(text not in read for text in texts)
    if unread:
        return read, NotChecked(
            "content.grammar", "the language checkers", f"{counted(unread, 'text')} came back unread"
        )
    return read, None


def texts_of(content: CampaignContent) -> tuple[str, ...]:
    """Every text of a run's copy, once."""
    texts = (variant.text for piece in content.pieces for element in piece.elements for variant in element.variants)
    return tuple(dict.fromkeys(texts))
