"""Enrolments that went wrong or wait for a person, and what an operator does about them: reopen, or end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, literal, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from gtm.domain.enrolment import EnrolmentState
from gtm.store.models.automation import LeadRow
from gtm.store.models.enrolments import FAILED, FINISHED, MANUAL, STATUSES, WAITING, Enrolment, Instant, StepLog
from gtm.store.repositories.automation_stats import number_of
from gtm.store.repositories.versions import Pinned

_NO_SYNC = {"synchronize_session": False}
CANCELLED = "cancelled"
RETRIED = "retried"


@dataclass(frozen=True)
class DeadLetter:
    """An enrolment that failed or waits for a person; `at` is when it came to that."""

    enrolment_no: int
    version_no: int
    lead_id: str
    email: str
    status: str
    step: int
    outcome: str
    detail: str
    at: datetime | None


def dead_letters(session: Session, workflow_id: str, *, limit: int, offset: int = 0) -> list[DeadLetter]:
    """Real leads of a workflow that failed or wait for a person, those that wait first; people whom an operator took
    out are none.

    Args:
        session: where to read.
        workflow_id: the workflow.
        limit: how many at most.
        offset: how many to leave out.
    """
    newest = (
        select(func.max(StepLog.seq))
        .where(col(StepLog.enrolment_no) == col(Enrolment.enrolment_no))
        .correlate(Enrolment)
        .scalar_subquery()
    )
    statement = (
        select(Enrolment, LeadRow.lead_id, LeadRow.email, StepLog)
        .join(LeadRow, col(LeadRow.lead_no) == col(Enrolment.lead_no))
        .join(
            StepLog,
            (col(StepLog.enrolment_no) == col(Enrolment.enrolment_no)) & (col(StepLog.seq) == newest),
            isouter=True,
        )
        .where(
            col(Enrolment.workflow_no) == number_of(workflow_id),
            col(Enrolment.status).in_((FAILED, MANUAL)),
            col(Enrolment.is_test).is_(False),
            func.coalesce(StepLog.outcome, "") != CANCELLED,
        )
        .order_by(col(Enrolment.status).desc(), col(Enrolment.enrolment_no))
        .limit(limit)
        .offset(offset)
    )
    return [
        DeadLetter(
            enrolment_no=int(row.enrolment_no or 0),
            version_no=row.version_no,
            lead_id=lead_id,
            email=email,
            status=STATUSES[row.status],
            step=row.step,
            outcome=line.outcome if line else "",
            detail=str((row.context or {}).get("last_error") or (line.detail if line else "") or ""),
            at=line.at if line else None,
        )
        for row, lead_id, email, line in session.exec(statement)
    ]


def reopen(
    session: Session, pinned: Pinned, before: EnrolmentState, after: EnrolmentState, said: str, now: datetime
) -> bool:
    """Put an enrolment that failed or waits for a person back to a step, with a line of log; False when it has moved.

    Args:
        session: the transaction.
        pinned: its version.
        before: as it was read.
        after: waiting at the step that is to be done again, with the next `seq`.
        said: who did it, for the log.
        now: the aware moment.
    """
    changed = session.exec(
        update(Enrolment)
        .where(
            col(Enrolment.enrolment_no) == before.enrolment_no,
            col(Enrolment.seq) == before.seq,
            col(Enrolment.status) == STATUSES.index(before.status),
        )
        .values(
            step=pinned.positions[after.step],
            status=WAITING,
            seq=after.seq,
            attempt=after.attempt,
            due_at=after.due_at,
            finished_at=None,
            context=after.context.model_dump(mode="json", exclude_defaults=True) or None,
        ),
        execution_options=_NO_SYNC,
    )
    if changed.rowcount != 1:
        return False
    session.add(
        StepLog(
            enrolment_no=before.enrolment_no,
            seq=before.seq,
            workflow_no=pinned.workflow_no,
            step=pinned.positions[after.step],
            outcome=RETRIED,
            attempt=before.attempt,
            at=now,
            detail=said,
        )
    )
    session.flush()
    return True


def in_flight(session: Session, workflow_id: str) -> dict[str, int]:
    """Real leads that have not left a workflow, by status."""
    statement = (
        select(Enrolment.status, func.count())
        .where(
            col(Enrolment.workflow_no) == number_of(workflow_id),
            col(Enrolment.status).not_in((FINISHED, FAILED)),
            col(Enrolment.is_test).is_(False),
        )
        .group_by(col(Enrolment.status))
    )
    return {STATUSES[code]: count for code, count in session.exec(statement)}


def end_some(session: Session, workflow_id: str, said: str, now: datetime, limit: int) -> int:
    """End some of those who are in flight, each with a line of log; how many, 0 when nobody is left.

    An enrolment that a worker holds is ended, too: what the worker would write of it is refused by the fence, and an
    email that was on its way stands in `email_sends`.

    Args:
        session: the transaction; locks the rows.
        workflow_id: the workflow.
        said: who ended it and why, for the log.
        now: the aware moment.
        limit: how many at most.
    """
    chosen = (
        select(Enrolment.enrolment_no)
        .where(
            col(Enrolment.workflow_no) == number_of(workflow_id),
            col(Enrolment.status).not_in((FINISHED, FAILED)),
            col(Enrolment.is_test).is_(False),
        )
        .limit(limit)
        .with_for_update()
    )
    numbers = [int(number) for number in session.exec(chosen) if number is not None]
    for start in range(0, len(numbers), 1_000):
        _end(session, numbers[start : start + 1_000], said, now)
    return len(numbers)


def _end(session: Session, numbers: Sequence[int], said: str, now: datetime) -> None:
    mine = col(Enrolment.enrolment_no).in_(numbers)
    lines = select_columns(
        col(Enrolment.enrolment_no),
        col(Enrolment.seq),
        col(Enrolment.workflow_no),
        col(Enrolment.step),
        literal(CANCELLED),
        col(Enrolment.attempt),
        literal(now, Instant),
        literal(said),
    ).where(mine)
    names = ("enrolment_no", "seq", "workflow_no", "step", "outcome", "attempt", "at", "detail")
    session.connection().execute(insert(StepLog).from_select(names, lines))
    session.exec(
        update(Enrolment)
        .where(mine)
        .values(status=FAILED, seq=col(Enrolment.seq) + 1, due_at=None, owner=None, lease_until=None, finished_at=now),
        execution_options=_NO_SYNC,
    )
