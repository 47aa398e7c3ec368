"""Whether the newest comment had the effect it asked for, read off the artifacts that now stand.

A draft's own word that it did as asked proves nothing: each directive is compared with the artifact it speaks of.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gtm.domain.review import ReviewedItem, ReviewFacts
from gtm.domain.vocabulary import Checkpoint
from gtm.playbook.directives import Directives, read_comments
from gtm.playbook.effects.found import Effect, absent
from gtm.playbook.effects.of_copy import copy_effects
from gtm.playbook.effects.of_plan import plan_effects
from gtm.playbook.effects.of_time import time_effects
from gtm.playbook.review_names import piece_name

_READERS: tuple[Callable[[Checkpoint, ReviewFacts, Directives], Iterator[Effect]], ...] = (
    plan_effects,
    copy_effects,
    time_effects,
)


@dataclass(frozen=True)
class CommentEffects:
    """What the newest comment asked for, and what came of it."""

    effects: tuple[Effect, ...] = ()

    @property
    def missing(self) -> tuple[Effect, ...]:
        """What was asked for and does not stand."""
        return tuple(effect for effect in self.effects if not effect.done)

    def items(self) -> Iterator[ReviewedItem]:
        """One line a thing asked for, for the review."""
        for effect in self.effects:
            state = "Done" if effect.done else "Not done"
            yield ReviewedItem(
                subject="What the last comment asked for",
                finding=f"Asked: {effect.asked}. {state}: {effect.found}."[:4000],
                rests_on=effect.rests_on,
            )


def comment_effects(checkpoint: Checkpoint, facts: ReviewFacts) -> CommentEffects:
    """Compare what the newest comment asks for with the artifacts, thing by thing.

    Args:
        checkpoint: where the review is written; an artifact that comes later does not stand yet.
        facts: the artifacts so far and the comments, oldest first.
    """
    if facts.piece_comments:
        return CommentEffects(tuple(effect for one in facts.piece_comments for effect in _on_piece(one, facts)))
    if len(facts.comments) <= facts.settled:
        return CommentEffects()
    found = _effects(checkpoint, facts, facts.comments[-1])
    if facts.comment_made_at in (None, checkpoint):
        return CommentEffects(tuple(found))
    # The comment was made where all steps stood: each checkpoint answers for its own, the first for what none reads.
    first = next((c.id for c in facts.checkpoints if set(c.covers) & set(facts.rejected_steps)), checkpoint)
    return CommentEffects(tuple(e for e in found if e.here and (e.read or checkpoint == first)))


def _on_piece(piece_id: str, facts: ReviewFacts) -> Iterator[Effect]:
    """What the comment on one piece came to, read off that piece alone."""
    content, comments = facts.content, facts.piece_comments[piece_id]
    piece = next((p for p in content.pieces if p.piece_id == piece_id), None) if content is not None else None
    if content is None or piece is None:
        yield absent(f"“{comments[-1]}”, of {piece_id}", "piece")
        return
    name = piece_name(facts, piece)
    alone = facts.model_copy(update={"content": content.model_copy(update={"pieces": (piece,)})})
    for effect in _effects("content", alone, comments[-1]):
        yield replace(effect, asked=f"{effect.asked} in {name}")


def _effects(checkpoint: Checkpoint, facts: ReviewFacts, comment: str) -> list[Effect]:
    newest = read_comments([comment])
    found = [effect for read in _READERS for effect in read(checkpoint, facts, newest)]
    found += [Effect(asked=r.asked, done=False, found=f"not possible: {r.why}", read=False) for r in newest.refused]
    found += [
        Effect(asked=f"“{text.rstrip('.')}”", done=False, found="no rule of the playbook covers it", read=False)
        for text in newest.unhandled
    ]
    return found


def missing_told(effects: CommentEffects) -> str:
    """What the newest comment asked for in vain, with the reasons, as one sentence."""
    return "; ".join(f"{effect.asked} ({effect.found})" for effect in effects.missing)
