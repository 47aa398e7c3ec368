"""Moving waiting enrolments from one version of a workflow to another, and naming log lines from before the move."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, literal, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from gtm.store.models.automation import EmailSend, WorkflowVersion
from gtm.store.models.enrolments import STATUSES, WAITING, Enrolment, Instant, StepLog
from gtm.store.models.version_changes import VersionChange

MIGRATED = "migrated"
_NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True)
class Looked:
    """A window of waiting enrolments: those that may be moved, by step, and those whose effect is in doubt."""

    movable: Mapping[int, Sequence[int]]
    doubtful: int
    last: int
    full: bool


def version_number(session: Session, workflow_id: str, version: int) -> int | None:
    """The number of a version; None when there is none."""
    return session.exec(
        select(WorkflowVersion.version_no).where(
            col(WorkflowVersion.workflow_id) == workflow_id, col(WorkflowVersion.version) == version
        )
    ).first()


def standing(session: Session, version_no: int) -> dict[int, dict[str, int]]:
    """Real leads of one version that have not left it: by step's position and status."""
    statement = (
        select(Enrolment.step, Enrolment.status, func.count())
        .where(
            col(Enrolment.version_no) == version_no,
            col(Enrolment.is_test).is_(False),
            col(Enrolment.finished_at).is_(None),
        )
        .group_by(col(Enrolment.step), col(Enrolment.status))
    )
    found: dict[int, dict[str, int]] = {}
    for step, status, count in session.exec(statement):
        found.setdefault(step, {})[STATUSES[status]] = count
    return found


def look(session: Session, version_no: int, steps: Collection[int], *, after: int, limit: int) -> Looked:
    """The next waiting enrolments at these steps, locked where the database can; what a worker is taking is passed.

    An enrolment whose effect was announced or reserved and never reported stays: its key names the version, so in
    another one the effect would be done again.

    Args:
        session: a write transaction.
        version_no: the version they are pinned to.
        steps: positions in that version.
        after: the last enrolment number that was looked at.
        limit: how many to look at.
    """
    statement = (
        select(Enrolment.enrolment_no, Enrolment.step, Enrolment.context)
        .where(
            col(Enrolment.version_no) == version_no,
            col(Enrolment.status) == WAITING,
            col(Enrolment.is_test).is_(False),
            col(Enrolment.step).in_(steps),
            col(Enrolment.enrolment_no) > after,
        )
        .order_by(col(Enrolment.enrolment_no))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = [(int(number or 0), step, context or {}) for number, step, context in session.exec(statement)]
    open_sends = select(EmailSend.enrolment_no).where(
        col(EmailSend.enrolment_no).in_([number for number, _, _ in rows]),
        col(EmailSend.state).in_(("reserved", "unknown")),
    )
    doubtful = set(session.exec(open_sends)) | {number for number, _, context in rows if context.get("dispatching")}
    movable: dict[int, list[int]] = {}
    for number, step, _ in rows:
        if number not in doubtful:
            movable.setdefault(step, []).append(number)
    return Looked(movable, len(doubtful), rows[-1][0] if rows else after, len(rows) == limit)


def move(
    session: Session, numbers: Sequence[int], *, was: tuple[int, int], becomes: tuple[int, int], why: str, now: datetime
) -> int:
    """Pin waiting enrolments to another version, each with a line in its log; how many were moved.

    Only what still waits at that step of that version is moved, and only for that is a line written.

    Args:
        session: the transaction that has looked at them.
        numbers: the enrolments.
        was: version number and step's position now.
        becomes: version number and step's position then.
        why: the line's detail.
        now: the aware moment.
    """
    moved = (
        update(Enrolment)
        .where(
            col(Enrolment.enrolment_no).in_(numbers),
            col(Enrolment.version_no) == was[0],
            col(Enrolment.step) == was[1],
            col(Enrolment.status) == WAITING,
        )
        .values(version_no=becomes[0], step=becomes[1], seq=col(Enrolment.seq) + 1)
        .returning(col(Enrolment.enrolment_no))
    )
    done = list(session.exec(moved, execution_options=_NO_SYNC).scalars())
    if not done:
        return 0
    mine = col(Enrolment.enrolment_no).in_(done)
    session.connection().execute(
        insert(StepLog).from_select(
            ["enrolment_no", "seq", "workflow_no", "step", "outcome", "attempt", "at", "detail"],
            select_columns(
                col(Enrolment.enrolment_no),
                col(Enrolment.seq) - 1,
                col(Enrolment.workflow_no),
                literal(was[1]),
                literal(MIGRATED),
                col(Enrolment.attempt),
                literal(now, Instant),
                literal(why),
            ).where(mine),
        )
    )
    session.connection().execute(
        insert(VersionChange).from_select(
            ["enrolment_no", "seq", "version_no"],
            select_columns(col(Enrolment.enrolment_no), col(Enrolment.seq) - 1, literal(was[0])).where(mine),
        )
    )
    return len(done)


def versions_left(session: Session, enrolment_no: int) -> list[tuple[int, int]]:
    """The moves of an enrolment, oldest first: up to which `seq` its log speaks of which version's number."""
    statement = select(VersionChange.seq, VersionChange.version_no).where(
        col(VersionChange.enrolment_no) == enrolment_no
    )
    return list(session.exec(statement.order_by(col(VersionChange.seq))).all())


def version_at(left: Sequence[tuple[int, int]], seq: int, present: int) -> int:
    """The version a log line speaks of.

    Args:
        left: `versions_left` of its enrolment.
        seq: of the line.
        present: the number of the version the enrolment is pinned to now.
    """
    return next((version_no for until, version_no in left if seq <= until), present)
