"""Setting an enrolment aside that the engine cannot move: by its row alone, whatever is wrong with the rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from gtm.store.models.enrolments import MANUAL, RUNNING, Enrolment, StepLog


@dataclass(frozen=True)
class Aside:
    """A claimed row that is set aside, and what the log tells of it.

    Attributes:
        context: the row's memory.
        outcome: `manual` where the step's effect certainly did not happen, `unknown` where it may have.
    """

    enrolment_no: int
    workflow_no: int
    step: int
    seq: int
    attempt: int
    context: dict[str, Any]
    outcome: str
    detail: str


def set_aside(session: Session, aside: Aside, owner: str, now: datetime) -> bool:
    """Let a person look at it; False when the claim is lost.

    Takes the next free line of the log: where one stands that should not, the visit to the step is counted as before.
    """
    latest = session.exec(select(func.max(StepLog.seq)).where(col(StepLog.enrolment_no) == aside.enrolment_no)).one()
    seq = max(aside.seq, latest + 1 if latest is not None else 0)
    context = aside.context
    if seq > aside.seq:
        context = context | {"deferred": int(context.get("deferred", 0)) + seq - aside.seq}
    changed = session.exec(
        update(Enrolment)
        .where(
            col(Enrolment.enrolment_no) == aside.enrolment_no,
            col(Enrolment.seq) == aside.seq,
            col(Enrolment.owner) == owner,
            col(Enrolment.status) == RUNNING,
        )
        .values(status=MANUAL, seq=seq + 1, due_at=None, owner=None, lease_until=None, context=context or None),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount != 1:
        return False
    session.add(
        StepLog(
            enrolment_no=aside.enrolment_no,
            seq=seq,
            workflow_no=aside.workflow_no,
            step=aside.step,
            outcome=aside.outcome,
            attempt=aside.attempt,
            at=now,
            detail=aside.detail,
        )
    )
    session.flush()
    return True
