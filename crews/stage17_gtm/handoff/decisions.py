"""Key decisions and resource utilisation: who decided what and when, and what the run took."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.context import Context
from gtm.domain.dossier import ApprovalRecord, StepRecord


@dataclass(frozen=True)
class Decision:
    """One round of a checkpoint, under the checkpoint's name; `waited` from request to decision."""

    name: str
    record: ApprovalRecord
    waited: timedelta | None


@dataclass(frozen=True)
class Revision:
    """A step that was made again, and what the approver had said."""

    name: str
    record: StepRecord


@dataclass(frozen=True)
class StepTime:
    """What a step took over all its revisions; `width` is its share of the longest step, 0-100."""

    step: str
    name: str
    agent: str
    revisions: int
    took: timedelta | None
    width: Decimal
    generated_by: str


@dataclass(frozen=True)
class Resources:
    """What the run took; `working` is the sum of the steps, `waiting` that of the approvals."""

    steps: tuple[StepTime, ...]
    whole: timedelta | None
    working: timedelta
    waiting: timedelta


def decisions(context: Context) -> tuple[Decision, ...]:
    """Every round of every checkpoint, in the order they were asked."""
    names: dict[str, str] = {checkpoint.id: checkpoint.name for checkpoint in context.stage.checkpoints}
    return tuple(
        Decision(
            names.get(record.checkpoint, words.label(record.checkpoint)),
            record.model_copy(update={"comment": context.named(record.comment)}) if record.comment else record,
            record.decided_at - record.requested_at if record.decided_at else None,
        )
        for record in sorted(context.dossier.approvals, key=lambda a: (a.requested_at, a.round, a.approval_id))
    )


def revisions(context: Context) -> tuple[Revision, ...]:
    """The steps that were made again, with the comments that asked for it."""
    names: dict[str, str] = {step.id: step.name for step in context.stage.steps}
    rows = [row for row in context.dossier.steps if row.revision > 1 or row.comments]
    rows.sort(key=lambda row: (row.step, row.revision))
    told = (row.model_copy(update={"comments": tuple(map(context.named, row.comments))}) for row in rows)
    return tuple(Revision(names.get(row.step, row.step), row) for row in told)


def resources(context: Context) -> Resources:
    """Time a step, and waiting for people apart from working."""
    times = {step.id: _took(context, step.id) for step in context.stage.steps}
    longest = max((t for t in times.values() if t is not None), default=timedelta(0))
    rows = []
    for step in context.stage.steps:
        newest = context.dossier.step(step.id)
        took = times[step.id]
        width = Decimal(0) if not took or not longest else Decimal(took / longest * 100).quantize(Decimal("0.1"))
        rows.append(
            StepTime(
                step=step.id,
                name=step.name,
                agent=newest.agent if newest and newest.agent else step.agent,
                revisions=sum(row.step == step.id for row in context.dossier.steps),
                took=took,
                width=width,
                generated_by=newest.generated_by if newest else "",
            )
        )
    ended = context.dossier.finished_at
    return Resources(
        steps=tuple(rows),
        whole=ended - context.dossier.started_at if ended else context.now - context.dossier.started_at,
        working=sum((t for t in times.values() if t is not None), timedelta(0)),
        waiting=sum((d.waited for d in decisions(context) if d.waited is not None), timedelta(0)),
    )


def _took(context: Context, step_id: str) -> timedelta | None:
    spans = [
        row.finished_at - row.started_at
        for row in context.dossier.steps
        if row.step == step_id and row.started_at and row.finished_at
    ]
    return sum(spans, timedelta(0)) if spans else None
