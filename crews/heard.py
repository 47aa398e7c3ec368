"""What rejections asked for that a checkpoint's review has to hold against what stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gtm.domain.dossier import ApprovalRecord
from gtm.domain.rework import on_pieces, on_the_whole
from gtm.domain.spec import CheckpointSpec
from gtm.domain.vocabulary import Checkpoint


@dataclass(frozen=True)
class Heard:
    """The comments that bear on a checkpoint.

    Attributes:
        comments: those on the whole, oldest first.
        settled: how many of them came before the checkpoint was last approved: whoever approved took what had become
            of them.
        pieces: what the newest rejection asks of single pieces of copy.
        steps: that the newest rejection named; all that its checkpoint covers where it named none.
        made_at: the checkpoint of the newest rejection; None where none is open.
    """

    comments: tuple[str, ...] = ()
    settled: int = 0
    pieces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    made_at: Checkpoint | None = None


def heard(records: Iterable[ApprovalRecord], checkpoints: tuple[CheckpointSpec, ...], checkpoint_id: str) -> Heard:
    """What was asked at a checkpoint, and at a later one of the steps that it covers.

    Args:
        records: the run's approvals.
        checkpoints: the stage's, in order.
        checkpoint_id: the one that is reviewed.
    """
    rounds, order = tuple(records), [str(c.id) for c in checkpoints]
    here = next(c for c in checkpoints if c.id == checkpoint_id)
    covered: dict[str, tuple[str, ...]] = {c.id: c.covers for c in checkpoints}

    def steps(record: ApprovalRecord) -> tuple[str, ...]:
        return record.steps or covered[record.checkpoint]

    def bears(record: ApprovalRecord) -> bool:
        if record.checkpoint not in covered or record.status != "rejected" or not record.comment:
            return False
        later = order.index(record.checkpoint) > order.index(here.id)
        return record.checkpoint == here.id or (later and bool(set(steps(record)) & set(here.covers)))

    rejected = sorted((r for r in rounds if bears(r)), key=lambda r: (r.decided_at or r.requested_at, r.round))
    # A void round that somebody had decided was approved before.
    approved = [r.requested_at for r in rounds if r.checkpoint == here.id and (r.status == "approved" or _undone(r))]
    taken = max(approved, default=None)
    settled = [r for r in rejected if taken is not None and (r.decided_at or r.requested_at) < taken]
    newest = rejected[-1] if len(rejected) > len(settled) else None
    return Heard(
        comments=on_the_whole(r.comment for r in rejected),
        settled=len(on_the_whole(r.comment for r in settled)),
        pieces=on_pieces([newest.comment]) if newest else {},
        steps=steps(newest) if newest else (),
        made_at=next((c.id for c in checkpoints if newest and c.id == newest.checkpoint), None),
    )


def _undone(record: ApprovalRecord) -> bool:
    return record.status == "void" and bool(record.decided_by)
