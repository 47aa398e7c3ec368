"""Versions of workflows as enrolments need them: with their numbers, and where a trigger's leads enter."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import and_, bindparam, exists, text
from sqlmodel import Session, col, func, select

from gtm.domain.enrolment import EnrolmentState
from gtm.domain.errors import NotFound, VersionUnreadable, shorten
from gtm.domain.workflow import ActionStep, Exit, Goal, Step, Wait, WorkflowDefinition
from gtm.store.models.automation import AutomationWorkflow, WorkflowTrigger, WorkflowVersion
from gtm.store.models.enrolments import RUNNING, WAITING, Enrolment
from gtm.store.models.pilots import OPEN, CampaignPilot

_OPEN = text(f"campaign_pilots.{OPEN}")
"""In the words of the index uq_campaign_pilots_open."""


_WANTED: tuple[Any, ...] = (
    WorkflowTrigger.trigger_no,
    AutomationWorkflow.workflow_no,
    AutomationWorkflow.status,
    WorkflowVersion,
    CampaignPilot.pilot_id,
)
# Put together once: every lead that comes in asks it of every trigger.
_ENTRANCE: Any = (
    select(*_WANTED)
    .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(WorkflowTrigger.workflow_id))
    .join(
        WorkflowVersion,
        (col(WorkflowVersion.workflow_id) == col(AutomationWorkflow.workflow_id))
        & (col(WorkflowVersion.version) == col(AutomationWorkflow.version)),
    )
    .outerjoin(CampaignPilot, and_(col(CampaignPilot.campaign_id) == col(AutomationWorkflow.campaign_id), _OPEN))
    .where(col(WorkflowTrigger.trigger_id) == bindparam("trigger_id"))
)


@dataclass(frozen=True)
class Pinned:
    """A version of a workflow with its numbers; immutable once leads are in it, so it may be remembered."""

    version_no: int
    workflow_no: int
    definition: WorkflowDefinition

    @cached_property
    def positions(self) -> dict[str, int]:
        """Step name → its position, which is what rows hold."""
        return {step.id: position for position, step in enumerate(self.definition.steps)}

    @cached_property
    def acting(self) -> frozenset[int]:
        """Positions of the steps that have an effect."""
        steps = enumerate(self.definition.steps)
        return frozenset(position for position, step in steps if isinstance(step, ActionStep))

    @cached_property
    def plain(self) -> frozenset[int]:
        """Positions of the steps from which everybody comes to the same, up to their next action or wait.

        On the way there is no condition, no split, and no wait in a lead's own zone.
        """
        steps = enumerate(self.definition.steps)
        return frozenset(position for position, step in steps if self._is_plain(step))

    def _is_plain(self, step: Step) -> bool:
        here: Step | None = step
        for _ in self.definition.steps:
            if isinstance(here, Exit | Goal):
                return True
            if not isinstance(here, Wait):
                return False
            after = self.definition.step(here.next or "")
            if here.next is None or isinstance(after, ActionStep):
                return True
            if isinstance(after, Wait) and not after.same_for_all:
                return False
            if isinstance(after, Wait) and after.takes_time:
                return True
            here = after
        return True

    def name(self, position: int) -> str:
        """The step's name at a position."""
        return self.definition.steps[position].id


@dataclass(frozen=True)
class Entrance:
    """Where a trigger's leads enter: the workflow's newest version and its status.

    Attributes:
        pilot_id: the pilot of its campaign that is not decided; whoever is not in it waits. Empty where there is none.
    """

    trigger_no: int
    status: str
    pinned: Pinned
    pilot_id: str = ""


def pinned_version(session: Session, version_no: int) -> Pinned:
    """A version by its number.

    Raises:
        NotFound: there is none.
        VersionUnreadable: it does not fit its schema.
    """
    row = session.exec(
        select(AutomationWorkflow.workflow_no, WorkflowVersion.workflow_id, WorkflowVersion.version)
        .join(WorkflowVersion, col(AutomationWorkflow.workflow_id) == col(WorkflowVersion.workflow_id))
        .where(col(WorkflowVersion.version_no) == version_no)
    ).first()
    if row is None:
        raise NotFound("there is no such workflow version", field="version_no", value=version_no)
    workflow_no, workflow_id, version = row
    return Pinned(version_no, int(workflow_no or 0), _definition(session, workflow_id, version, version_no))


def _definition(session: Session, workflow_id: str, version: int, version_no: int) -> WorkflowDefinition:
    """What a version says; read by itself, as on SQLite a text that is no JSON breaks the whole query."""
    statement = select(WorkflowVersion.definition).where(col(WorkflowVersion.version_no) == version_no)
    try:
        return WorkflowDefinition.model_validate(session.exec(statement).one())
    except ValueError as error:
        raise VersionUnreadable(workflow_id, version, version_no, shorten(str(error), 300)) from error


def unreadable(session: Session) -> list[tuple[VersionUnreadable, int]]:
    """The versions of active workflows that cannot be read, each with how many real leads have not left it.

    Those that are left by everybody and that nobody enters any more are not looked at.
    """
    numbers = col(WorkflowVersion.version_no)
    inside = (
        col(Enrolment.version_no) == numbers,
        col(Enrolment.status).in_((WAITING, RUNNING)),
        col(Enrolment.is_test).is_(False),
    )
    statement = (
        select(numbers)
        .join(AutomationWorkflow, col(AutomationWorkflow.workflow_id) == col(WorkflowVersion.workflow_id))
        .where(
            col(AutomationWorkflow.status) == "active",
            (col(AutomationWorkflow.version) == col(WorkflowVersion.version)) | exists().where(*inside),
        )
        .order_by(numbers)
    )
    found = []
    for version_no in session.exec(statement).all():
        try:
            pinned_version(session, version_no or 0)
        except VersionUnreadable as error:
            people = select(func.count()).select_from(Enrolment).join(WorkflowVersion, inside[0])
            found.append((error, session.exec(people.where(numbers == version_no, *inside[1:])).one()))
    return found


def pinned_version_of(session: Session, state: EnrolmentState) -> Pinned:
    """The version an enrolment is pinned to.

    Raises:
        NotFound: it is gone.
        VersionUnreadable: it does not fit its schema.
    """
    number = session.exec(
        select(WorkflowVersion.version_no).where(
            col(WorkflowVersion.workflow_id) == state.workflow_id, col(WorkflowVersion.version) == state.version
        )
    ).first()
    return pinned_version(session, number or 0)


def entrance(session: Session, trigger_id: str) -> Entrance:
    """Where a trigger's leads enter now.

    Raises:
        NotFound: there is no such trigger, or its workflow is gone.
        VersionUnreadable: the version does not fit its schema.
    """
    try:
        row = session.exec(_ENTRANCE, params={"trigger_id": trigger_id}).first()
        if row is None:
            raise NotFound("there is no such trigger, or its workflow is gone", field="trigger_id", value=trigger_id)
        trigger_no, workflow_no, status, version, pilot_id = row
        definition = WorkflowDefinition.model_validate(version.definition)
    except ValueError:
        _refuse_unreadable(session, trigger_id)
        raise
    pinned = Pinned(version.version_no or 0, workflow_no or 0, definition)
    return Entrance(trigger_no or 0, status, pinned, pilot_id or "")


def _refuse_unreadable(session: Session, trigger_id: str) -> None:
    """Say which version it is that a trigger leads to and that cannot be read."""
    statement = _ENTRANCE.with_only_columns(col(WorkflowVersion.version_no))
    version_no = session.exec(statement, params={"trigger_id": trigger_id}).scalars().first()
    if version_no is not None:
        pinned_version(session, version_no)
