"""Moving people who are in a workflow from one of its versions to another: planned, shown, and only then done.

Nobody is moved by publishing a version. Only leads who wait are moved, each under a fence and with a line in the log;
what an enrolment is due at stays as it was promised. Those at a step without a counterpart stay where they are.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from gtm.domain.base import Model, sha256_of
from gtm.domain.clock import Clock
from gtm.domain.errors import Conflict, InvalidInput
from gtm.domain.workflow import WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import automation, version_changes

BATCH = 500


class StepMove(Model):
    """What becomes of those who stand at one step.

    Attributes:
        step: the step in the present version.
        to_step: its counterpart in the other one; None when there is none, and `reason` says why.
        waiting: leads who wait there and would be moved.
        busy: leads there whom a worker has just taken, or who wait for a person: they stay.
    """

    step: str
    to_step: str | None
    waiting: int
    busy: int = 0
    reason: str = ""


class MigrationPlan(Model):
    """What a migration would do; `target` is bound to the definition that was shown."""

    workflow_id: str
    from_version: int
    to_version: int
    steps: tuple[StepMove, ...]
    target: str

    @property
    def movable(self) -> int:
        """How many leads would be moved."""
        return sum(one.waiting for one in self.steps if one.to_step is not None)

    @property
    def staying(self) -> int:
        """How many would stay: at a step without a counterpart, taken by a worker, or waiting for a person."""
        return sum(one.busy + (one.waiting if one.to_step is None else 0) for one in self.steps)


class Migrated(Model):
    """What a migration, or a batch of it, did.

    Attributes:
        moved: leads that were moved.
        in_doubt: leads that stay because it is not known whether their present step's effect happened.
        last: the last enrolment number that was looked at.
        done: whether nobody is left to look at.
    """

    moved: int = 0
    in_doubt: int = 0
    last: int = 0
    done: bool = False


def preview(
    session: Session,
    workflow_id: str,
    from_version: int,
    to_version: int,
    steps: Mapping[str, str] | None = None,
) -> MigrationPlan:
    """What moving the people of one version to another would do; changes nothing.

    A step's counterpart is the step of the same name and type, unless `steps` names another of the same type.

    Args:
        session: where to read.
        workflow_id: the workflow.
        from_version: whose people are to be moved.
        to_version: where to.
        steps: present step → step of the other version, for steps that were renamed.

    Raises:
        NotFound: there is no such workflow or version.
        InvalidInput: both versions are the same, or `steps` names a step that is not there, or of another type.
    """
    if from_version == to_version:
        raise InvalidInput("both versions are the same", field="to_version", value=to_version)
    automation.get_workflow(session, workflow_id)
    present = automation.get_definition(session, workflow_id, from_version)
    other = automation.get_definition(session, workflow_id, to_version)
    _check_names(present, other, steps or {})
    standing = version_changes.standing(session, _number(session, workflow_id, from_version))
    moves = []
    for position, step in enumerate(present.steps):
        counts = dict(standing.get(position, {}))
        waiting = counts.pop("waiting", 0)
        target, reason = _counterpart(present, other, step.id, steps or {})
        moves.append(StepMove(step=step.id, to_step=target, waiting=waiting, busy=sum(counts.values()), reason=reason))
    return MigrationPlan(
        workflow_id=workflow_id,
        from_version=from_version,
        to_version=to_version,
        steps=tuple(moves),
        target=sha256_of(other),
    )


def migrate(
    session: Session, plan: MigrationPlan, *, who: str, now: datetime, after: int = 0, limit: int = BATCH
) -> Migrated:
    """Move the next batch of those who wait, in the caller's transaction.

    A lead whom a worker takes at that moment is passed over and stays in its version; a second run finds it.

    Args:
        session: a write transaction.
        plan: what `preview` has shown.
        who: goes into the log.
        now: the aware moment.
        after: `last` of the batch before.
        limit: leads to look at.

    Raises:
        Conflict: the other version is not what was shown, or not the one that is active.
        NotFound: the workflow or a version is gone.
    """
    row = automation.get_workflow(session, plan.workflow_id)
    if row.status not in ("active", "paused"):
        raise Conflict(
            f"the workflow is {row.status}", field="workflow_id", value=plan.workflow_id, hint="activate it first"
        )
    if row.version != plan.to_version:
        raise Conflict(
            f"leads enter version {row.version} now, and people are moved to no other",
            field="to_version",
            value=plan.to_version,
        )
    present = automation.get_definition(session, plan.workflow_id, plan.from_version)
    other = automation.get_definition(session, plan.workflow_id, plan.to_version)
    if sha256_of(other) != plan.target:
        raise Conflict("the version is not the one that was shown", field="to_version", value=plan.to_version)
    places = {step.id: place for place, step in enumerate(present.steps)}
    targets = {step.id: place for place, step in enumerate(other.steps)}
    mapped = {places[one.step]: targets[one.to_step] for one in plan.steps if one.to_step is not None}
    was = _number(session, plan.workflow_id, plan.from_version)
    becomes = _number(session, plan.workflow_id, plan.to_version)
    looked = version_changes.look(session, was, mapped.keys(), after=after, limit=limit)
    why = f"from version {plan.from_version} to version {plan.to_version} by {who}"
    moved = sum(
        version_changes.move(session, numbers, was=(was, step), becomes=(becomes, mapped[step]), why=why, now=now)
        for step, numbers in looked.movable.items()
    )
    return Migrated(moved=moved, in_doubt=looked.doubtful, last=looked.last, done=not looked.full)


def migrate_all(database: Database, clock: Clock, plan: MigrationPlan, *, who: str, batch: int = BATCH) -> Migrated:
    """Move everybody who waits, in batches with a transaction each; what is moved stays moved when a later one fails.

    Args:
        database: the store.
        clock: tells the moments.
        plan: what `preview` has shown.
        who: goes into the log.
        batch: leads a transaction.

    Raises:
        Conflict: the other version is not what was shown, or not the one that is active.
        NotFound: the workflow or a version is gone.
    """
    total = Migrated()
    while not total.done:
        with database.write() as session:
            one = migrate(session, plan, who=who, now=clock.now(), after=total.last, limit=batch)
        total = Migrated(
            moved=total.moved + one.moved, in_doubt=total.in_doubt + one.in_doubt, last=one.last, done=one.done
        )
    return total


def _counterpart(
    present: WorkflowDefinition, other: WorkflowDefinition, step_id: str, renamed: Mapping[str, str]
) -> tuple[str | None, str]:
    name = renamed.get(step_id, step_id)
    step, target = present.step(step_id), other.step(name)
    if target is None:
        return None, f"version {other.version} has no step {name!r}"
    if step is not None and target.type != step.type:
        return None, f"{name} is a {target.type} in version {other.version}, not a {step.type}"
    return name, ""


def _check_names(present: WorkflowDefinition, other: WorkflowDefinition, renamed: Mapping[str, str]) -> None:
    faults = [f"version {present.version} has no step {name!r}" for name in renamed if present.step(name) is None]
    faults += [
        why for name in renamed if present.step(name) and (why := _counterpart(present, other, name, renamed)[1])
    ]
    if faults:
        raise InvalidInput(faults[0], field="steps", findings=faults)


def _number(session: Session, workflow_id: str, version: int) -> int:
    number = version_changes.version_number(session, workflow_id, version)
    return int(number or 0)
