"""A lead's way through a workflow: state, events that move it, effects that a move asks for.

The interpreter (`gtm.automation.interpreter`) is a pure function over these values; drivers keep the state in rows
and carry the effects out.
"""

import hashlib
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from gtm.domain.base import Model, VentureId
from gtm.domain.conditions import Scalar
from gtm.domain.lead_fields import (
    ATTRIBUTES,
    SEGMENT_LENGTH,
    STATUS_LENGTH,
    Attribute,
    Country,
    Score,
    SegmentRef,
    Short,
    Status,
)
from gtm.domain.workflow import Action, StepId, Zone

EnrolmentStatus = Literal["waiting", "running", "finished", "failed", "paused", "manual"]
FailureKind = Literal["transient", "permanent", "refused", "unknown"]
Consent = Literal["granted", "legitimate_interest", "withdrawn", "unknown", "pending"]
"""`pending` was asked for and not confirmed yet: such a lead enters no workflow, and is erased when it never is."""
GIVEN: tuple[Consent, ...] = ("granted", "legitimate_interest", "withdrawn", "unknown")
"""What a person, a file or a form may say; that one is pending says only who asks for the confirmation."""

_EMAIL = re.compile(r"^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])$")


def _address(text: str) -> str:
    address = text.strip().lower()
    if not _EMAIL.match(address):
        raise ValueError(f"{text!r} is no email address")
    return address


def _given(consent: Consent) -> Consent:
    if consent not in GIVEN:
        raise ValueError(f"{consent!r} is no consent that is told ({', '.join(GIVEN)})")
    return consent


EmailAddress = Annotated[str, Field(max_length=254), AfterValidator(_address)]
"""An address, trimmed and lower case, which is how duplicates are recognised."""


class NewLead(Model):
    """A person a venture may write to, as a form, an import or a test hands them in."""

    venture_id: VentureId
    email: EmailAddress
    first_name: Short = ""
    last_name: Short = ""
    company: Short = ""
    role: Short = ""
    segment_id: SegmentRef = ""
    lead_source: Short = ""
    status: Status = "new"
    score: Score = 0
    time_zone: Zone = "UTC"
    country: Country = ""
    consent: Annotated[Consent, AfterValidator(_given)] = "unknown"
    is_test: bool = False
    attributes: Annotated[dict[str, Attribute], Field(max_length=ATTRIBUTES)] = Field(default_factory=dict)

    def as_lead(self, lead_id: str) -> "Lead":
        """The same person under an id."""
        return Lead(lead_id=lead_id, **self.model_dump(include=set(NewLead.model_fields)))


class Lead(NewLead):
    """A person a venture may write to: one row of `leads`.

    Other programs write such rows too, so the bounds are those of the columns.
    """

    lead_id: str
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    role: str = ""
    segment_id: Annotated[str, Field(max_length=SEGMENT_LENGTH)] = ""
    lead_source: str = ""
    status: Annotated[str, Field(max_length=STATUS_LENGTH)] = "new"
    score: Annotated[int, Field(ge=-(2**31), lt=2**31)] = 0
    consent: Consent = "unknown"
    attributes: dict[str, Scalar] = Field(default_factory=dict)

    def facts(self) -> dict[str, Scalar | None]:
        """What conditions and templates may read of the lead; an empty text is a missing fact."""
        plain = self.model_dump(exclude={"attributes", "lead_id", "venture_id", "is_test"})
        named: dict[str, Scalar | None] = {name: None if value == "" else value for name, value in plain.items()}
        return named | {f"attributes.{name}": value for name, value in self.attributes.items()}


class EnrolmentContext(Model):
    """The memory of an enrolment.

    Attributes:
        dispatching: idempotency key of an effect that was announced and not yet reported; a new owner that finds it
            knows that the effect may have happened.
        last_error: the latest failure, for people.
        goal: the goal that was reached.
        deferred: lines of the log about the present visit to the present step that tell of no try: it was put off, or
            its fate was in doubt.
    """

    dispatching: str = ""
    last_error: str = ""
    goal: str = ""
    deferred: Annotated[int, Field(ge=0)] = 0


class EnrolmentState(Model):
    """Where a lead stands. `seq` counts transitions; `attempt` counts tries of the present step, from 0.

    Attributes:
        enrolment_no: its number in the store; 0 before it is stored.
        entry: what tells one entry of a lead into a workflow from another; empty where a lead enters once.
        zone: the recipient's IANA zone.
    """

    enrolment_no: int = 0
    venture_id: str
    workflow_id: str
    version: int
    lead_id: str
    entry: str = ""
    zone: str = "UTC"
    is_test: bool = False
    step: StepId
    status: EnrolmentStatus = "waiting"
    due_at: datetime | None = None
    seq: Annotated[int, Field(ge=0)] = 0
    attempt: Annotated[int, Field(ge=0)] = 0
    context: EnrolmentContext = EnrolmentContext()

    @property
    def execution_id(self) -> str:
        """The name under which `workflow_executions` tells it."""
        return execution_id(self.enrolment_no)


def execution_id(enrolment_no: int) -> str:
    """The name of an execution: `exec-17`."""
    return f"exec-{enrolment_no}"


class Due(Model):
    """The moment of the present step has come; `facts` are what a condition may read."""

    kind: Literal["due"] = "due"
    facts: dict[str, Scalar | None] = Field(default_factory=dict)


class Succeeded(Model):
    """The action of the present step was done."""

    kind: Literal["succeeded"] = "succeeded"
    detail: str = ""


class Failed(Model):
    """The action of the present step failed; `transient` alone is worth another try, `unknown` needs a person."""

    kind: Literal["failed"] = "failed"
    failure: FailureKind
    detail: str


class Deferred(Model):
    """The action was not begun, and the lead stays at its step.

    Attributes:
        until: when it is due again; None leaves that as it is.
        counted: whether the log gets a line; a pause of the venture, for one, is told elsewhere and leaves none.
    """

    kind: Literal["deferred"] = "deferred"
    detail: str
    until: datetime | None = None
    counted: bool = False


class Left(Model):
    """The action was not begun, and the lead leaves the workflow at its step: nothing in it is for them any more.

    Attributes:
        goal: the goal they reached elsewhere, where that is why.
    """

    kind: Literal["left"] = "left"
    detail: str
    goal: str = ""


class Resolved(Model):
    """It was found out whether the effect of the present step happened, and an enrolment in `manual` moves on.

    Attributes:
        again: it certainly did not happen, and may be done now; it takes none of the step's retries.
    """

    kind: Literal["resolved"] = "resolved"
    happened: bool
    detail: str
    again: bool = False


class SetAside(Model):
    """The lead could not be read, so nothing was begun: a person looks at it."""

    kind: Literal["set_aside"] = "set_aside"
    detail: str


Event = Due | Succeeded | Failed | Deferred | Left | Resolved | SetAside
Outcome = Succeeded | Failed | Deferred | Left


class Perform(Model):
    """Do the action of the present step, under this idempotency key, then report Succeeded or Failed."""

    kind: Literal["perform"] = "perform"
    action: Action
    key: str


class Record(Model):
    """One line of step_log: what the present step came to. Written in the same transaction as the new state."""

    kind: Literal["record"] = "record"
    seq: int
    step: StepId
    outcome: str
    attempt: int
    detail: str = ""


Effect = Perform | Record


def idempotency_key(state: EnrolmentState, step: str) -> str:
    """The key of an effect: contact x workflow version x step x entry (and round, where a loop comes back).

    A retry adds one to `seq` and one to `attempt`, a logged deferral one to `seq` and one to the context's `deferred`,
    so the difference is the same for every try of one visit to a step, and another for the next visit.

    Returns:
        40 hex digits; the same effect of the same enrolment always gets the same key.
    """
    visit = state.seq - state.attempt - state.context.deferred
    parts = (state.venture_id, state.lead_id, state.workflow_id, str(state.version), step, state.entry, str(visit))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
