"""Queries on approvals: asked for, decided once by a conditional update, void when what they show has changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from gtm.domain.errors import AlreadyDecided, NotFound, NotWaiting
from gtm.domain.vocabulary import PILOT_CHECKPOINT
from gtm.store.models.runs import Approval
from gtm.store.repositories.statements import change, insert_missing


def request(
    session: Session,
    *,
    approval_id: str,
    run_id: str,
    venture_id: str,
    checkpoint: str,
    role: str,
    round: int,
    artifact_sha256: str,
    review: dict[str, Any] | None,
    now: datetime,
) -> Approval:
    """Put a checkpoint before a role; the same round asked for again is the one that stands.

    Args:
        round: 1 the first time, one more after each rejection or change.
        artifact_sha256: hash of what is shown.
        review: what the role's agent wrote about it.
    """
    row = {
        "approval_id": approval_id,
        "run_id": run_id,
        "venture_id": venture_id,
        "checkpoint": checkpoint,
        "role": role,
        "round": round,
        "artifact_sha256": artifact_sha256,
        "steps": [],
        "review": review,
        "status": "pending",
        "requested_at": now,
    }
    insert_missing(session, Approval, row, ["run_id", "checkpoint", "round"])
    query = select(Approval).where(
        Approval.run_id == run_id, Approval.checkpoint == checkpoint, Approval.round == round
    )
    return session.exec(query).one()


def find(session: Session, approval_id: str) -> Approval | None:
    """The approval, if there is one of that id."""
    return session.get(Approval, approval_id)


def locked(session: Session, approval_id: str) -> Approval | None:
    """The approval, kept from changing until the end of the transaction.

    On PostgreSQL its row is locked; on SQLite a writing transaction is alone anyway.
    """
    query = select(Approval).where(Approval.approval_id == approval_id).with_for_update()
    return session.exec(query, execution_options={"populate_existing": True}).first()


def pending(session: Session, *, venture_id: str | None = None, run_id: str | None = None) -> list[Approval]:
    """What waits for a decision, oldest first: of a venture, of a run, or everywhere."""
    query = select(Approval).where(Approval.status == "pending")
    if venture_id is not None:
        query = query.where(Approval.venture_id == venture_id)
    if run_id is not None:
        query = query.where(Approval.run_id == run_id)
    return list(session.exec(query.order_by(col(Approval.requested_at), col(Approval.approval_id))))


def of_run(session: Session, run_id: str) -> list[Approval]:
    """Every round of every checkpoint of a run, oldest first; verdicts on pilots are none."""
    query = select(Approval).where(Approval.run_id == run_id, Approval.checkpoint != PILOT_CHECKPOINT)
    return list(session.exec(query.order_by(col(Approval.requested_at), col(Approval.round))))


def newest(session: Session, run_id: str, checkpoint: str) -> Approval | None:
    """The newest round of a checkpoint."""
    query = select(Approval).where(Approval.run_id == run_id, Approval.checkpoint == checkpoint)
    return session.exec(query.order_by(col(Approval.round).desc())).first()


def newest_rounds(session: Session, run_id: str) -> dict[str, Approval]:
    """The newest round of every checkpoint that was asked for, by checkpoint."""
    rows = session.exec(select(Approval).where(Approval.run_id == run_id).order_by(col(Approval.round)))
    return {row.checkpoint: row for row in rows}


def decide(
    session: Session,
    approval_id: str,
    *,
    status: str,
    by: str,
    via: str,
    comment: str,
    now: datetime,
    steps: Sequence[str] = (),
) -> Approval:
    """Approve or reject; of several decisions the first stands.

    Args:
        status: `approved` or `rejected`.
        by: who decides.
        via: the door or the instruction it came through.
        comment: what a rejection asks for.
        steps: the steps a rejection names.

    Raises:
        NotFound: there is no such approval.
        AlreadyDecided: somebody decided before; says who, how and when.
        NotWaiting: it is void, because what it showed has changed.
        ValueError: another status.
    """
    if status not in ("approved", "rejected"):
        raise ValueError(f"an approval is approved or rejected, not {status}")
    statement = update(Approval).where(col(Approval.approval_id) == approval_id, col(Approval.status) == "pending")
    values = {"status": status, "decided_by": by, "decided_via": via, "decided_at": now, "comment": comment or None}
    decided = change(session, statement.values(**values, steps=list(steps)))
    row = session.get(Approval, approval_id, populate_existing=True)
    if row is None:
        raise NotFound(
            f"there is no approval {approval_id!r}",
            field="approval",
            value=approval_id,
            hint="gtm pending lists what waits",
        )
    if not decided:
        raise too_late(row)
    return row


def void(session: Session, approval_id: str, *, now: datetime) -> bool:
    """Take a waiting approval back, because what it shows has changed; False when it does not wait."""
    statement = update(Approval).where(col(Approval.approval_id) == approval_id, col(Approval.status) == "pending")
    return change(session, statement.values(status="void", decided_at=now)) == 1


def void_approved(session: Session, run_id: str, checkpoint: str, *, now: datetime) -> int:
    """Void what was approved at a checkpoint, because a step it covers is made anew; who had approved stays on record.

    An approval that still waits is void as well. How many there were.
    """
    statement = update(Approval).where(
        col(Approval.run_id) == run_id,
        col(Approval.checkpoint) == checkpoint,
        col(Approval.status).in_(("approved", "pending")),
    )
    return change(session, statement.values(status="void", decided_at=now))


def unapplied(session: Session, run_id: str) -> list[Approval]:
    """What was approved and not yet carried out, oldest first."""
    query = select(Approval).where(
        Approval.run_id == run_id,
        Approval.status == "approved",
        Approval.checkpoint != PILOT_CHECKPOINT,
        col(Approval.applied_at).is_(None),
    )
    return list(session.exec(query.order_by(col(Approval.decided_at), col(Approval.approval_id))))


def mark_applied(session: Session, approval_id: str, now: datetime) -> bool:
    """Note that an approval was carried out; False when it was before."""
    statement = update(Approval).where(col(Approval.approval_id) == approval_id, col(Approval.applied_at).is_(None))
    return change(session, statement.values(applied_at=now)) == 1


def too_late(row: Approval) -> AlreadyDecided | NotWaiting:
    """What to tell somebody who decides on an approval that does not wait any more."""
    if row.status == "void":
        return NotWaiting(
            f"approval {row.approval_id} is void: what it showed has changed",
            field="approval",
            value=row.approval_id,
            hint="gtm pending lists what waits",
        )
    when = row.decided_at.isoformat(timespec="seconds") if row.decided_at else "before"
    return AlreadyDecided(
        f"approval {row.approval_id} was {row.status} by {row.decided_by} (via {row.decided_via}) at {when}",
        field="approval",
        value=row.approval_id,
    )
