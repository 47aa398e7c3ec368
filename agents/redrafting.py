"""The playbook's own second tries: other words for a piece that was refused or rejected, until one passes."""

from collections.abc import Callable, Iterable, Sequence

from gtm.domain.campaign import ContentPiece
from gtm.policies.content import shared_sentences

REDRAFTS = 4
"""How many wordings of a piece are tried in a revision."""

ROUND = 6
"""The sentences of a sequence go round its steps in turns of six.

A wording that lies a whole number of rounds off keeps to its own step's sentences, so that it repeats none of its
neighbours; among four of them every piece of the example ventures has one that passes.
"""

Draft = Callable[[int], ContentPiece]
"""The playbook's piece in a revision: another revision says it in other words."""


def redrafted(
    draft: Draft,
    revision: int,
    before: ContentPiece | None,
    beside: Iterable[ContentPiece],
    faults: Callable[[ContentPiece], Sequence[str]],
) -> ContentPiece:
    """The first wording that passes, or the one with the fewest faults.

    Args:
        draft: writes it.
        revision: of the step, from 1 on.
        before: how it stood; the same again is no other wording.
        beside: the pieces of the same sequence that stay, whose sentences it must not repeat.
        faults: what stops a piece by itself.
    """
    stay = list(beside)
    best: tuple[int, ContentPiece] | None = None
    # Each revision tries wordings that none before it has tried.
    for turn in range(REDRAFTS * (revision - 1), REDRAFTS * revision):
        number = 1 + ROUND * turn
        piece = draft(number)
        found = len(faults(piece)) + _repeated(piece, stay) + (before is not None and _says(piece) == _says(before))
        if best is None or found < best[0]:
            best = (found, piece)
        if not found:
            break
    if best is None:  # pragma: no cover - REDRAFTS is at least one
        raise ValueError("no wording was tried")
    return best[1]


def _repeated(piece: ContentPiece, stay: Iterable[ContentPiece]) -> int:
    """How many sentences it shares with other steps of its sequence."""
    mine = [p for p in stay if (p.campaign_id, p.segment_id) == (piece.campaign_id, piece.segment_id)]
    return sum(1 for _ in shared_sentences([*mine, piece])) if mine else 0


def _says(piece: ContentPiece) -> ContentPiece:
    """The piece without how it came about."""
    return piece.model_copy(update={"made": None, "generated_by": "", "brand_voice_score": None})
