"""The playbook's own second tries: other words for a piece that was refused or rejected, until one passes."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from gtm.domain.campaign import ContentPiece
from gtm.playbook.effects.of_copy import word_count
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
    *,
    shorter: bool = False,
) -> ContentPiece:
    """The first wording that passes, or the one with the fewest faults.

    Where a shorter text was asked for, that one of all wordings which passes and keeps most of what stood: whoever asks
    for fewer words asks for no other content.

    Args:
        draft: writes it.
        revision: of the step, from 1 on.
        before: how it stood; the same again is no other wording.
        beside: the pieces of the same sequence that stay, whose sentences it must not repeat.
        faults: what stops a piece by itself.
        shorter: whether it should have fewer words than before.
    """
    stay = list(beside)
    best: tuple[tuple[int, int], ContentPiece] | None = None
    # Each revision tries wordings that none before it has tried.
    first, last = REDRAFTS * (revision - 1), REDRAFTS * revision
    numbers = [1 + ROUND * turn for turn in range(0 if shorter else first, last)]
    cut = before if shorter else None
    for number in [*range(1, revision + 1), *numbers] if cut else numbers:
        piece = draft(number)
        found = len(faults(piece)) + _repeated(piece, stay) + (before is not None and _says(piece) == _says(before))
        found += cut is not None and word_count(piece) >= word_count(cut)
        rank = (found, _new_words(piece, cut) if cut else 0)
        if best is None or rank < best[0]:
            best = (rank, piece)
        if not found and cut is None:
            break
    if best is None:  # pragma: no cover - REDRAFTS is at least one
        raise ValueError("no wording was tried")
    return best[1]


def _repeated(piece: ContentPiece, stay: Iterable[ContentPiece]) -> int:
    """How many sentences it shares with other steps of its sequence."""
    mine = [p for p in stay if (p.campaign_id, p.segment_id) == (piece.campaign_id, piece.segment_id)]
    return sum(1 for _ in shared_sentences([*mine, piece])) if mine else 0


def _new_words(piece: ContentPiece, before: ContentPiece) -> int:
    """How many words it has that it did not have before."""
    return sum((_words(piece) - _words(before)).values())


def _words(piece: ContentPiece) -> Counter[str]:
    return Counter(word for e in piece.elements for v in e.variants for word in v.text.lower().split())


def _says(piece: ContentPiece) -> ContentPiece:
    """The piece without how it came about."""
    return piece.model_copy(update={"made": None, "generated_by": "", "brand_voice_score": None})
