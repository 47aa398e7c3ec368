"""Copy that is made anew in part: what stays, and what was asked of the rest."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gtm.domain.campaign import ContentPiece

_ID = r"[a-z0-9-]+(?:/[a-z0-9-]+){2}"
_TOLD = re.compile(rf"^piece ({_ID}): (.*?)(?=\n^piece {_ID}: |\Z)", re.S | re.M)


@dataclass(frozen=True)
class Rework:
    """Which pieces of a revision are made anew, and why.

    Attributes:
        before: the pieces that are made anew, as they stood, by id.
        kept: the pieces that stay as they are, by id.
        comments: what a person asked of a piece, oldest first, by id.
        findings: what the checks found in a piece, by id; the others were rejected by a person.
    """

    before: Mapping[str, ContentPiece] = field(default_factory=dict)
    kept: Mapping[str, ContentPiece] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


WHOLE = Rework()
"""Everything is made anew."""


def said_of(comments: Mapping[str, str]) -> str:
    """Comments on single pieces as one, as it stands among the comments on their step."""
    return "\n".join(f"piece {piece_id}: {comment}" for piece_id, comment in comments.items())


def on_the_whole(comments: Iterable[str]) -> tuple[str, ...]:
    """The comments that are not on single pieces."""
    return tuple(comment for comment in comments if not _TOLD.match(comment))


def on_pieces(comments: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The comments on single pieces, oldest first, by piece id."""
    found: dict[str, tuple[str, ...]] = {}
    for comment in comments:
        if _TOLD.match(comment):
            for told in _TOLD.finditer(comment):
                found[told[1]] = (*found.get(told[1], ()), told[2])
    return found
