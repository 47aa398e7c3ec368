"""One thing a comment asked for, and what the artifacts show of it."""

from dataclasses import dataclass

from gtm.domain.vocabulary import Checkpoint


@dataclass(frozen=True)
class Effect:
    """One thing that was asked for.

    Attributes:
        asked: in words, without a full stop.
        done: whether it stands.
        found: what stands instead of or as asked, with its figure or its reason.
        rests_on: where it was looked up.
    """

    asked: str
    done: bool
    found: str
    rests_on: tuple[str, ...] = ()


_ORDER: tuple[Checkpoint, ...] = ("strategy", "content", "campaigns", "automation", "final")


def elsewhere(asked: str, checkpoint: Checkpoint, *decided_at: Checkpoint) -> Effect | None:
    """The effect of a wish that this checkpoint does not decide; None where it does.

    Args:
        asked: in words.
        checkpoint: where the comment was made.
        decided_at: the checkpoints whose steps make what it speaks of; the final one covers all.
    """
    if checkpoint == "final" or checkpoint in decided_at:
        return None
    first = min(decided_at, key=_ORDER.index)
    if _ORDER.index(checkpoint) < _ORDER.index(first):
        found = f"that comes later: ask for it at the checkpoint {' or '.join(decided_at)}"
    else:
        found = f"that was decided at the checkpoint {first}: reject its step at the final checkpoint"
    return Effect(asked, done=False, found=found)


def absent(asked: str, artifact: str) -> Effect:
    """The effect where the artifact that would show it does not stand."""
    return Effect(asked, done=False, found=f"there is no {artifact} to see it in")
