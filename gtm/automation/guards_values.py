"""What the guards at dispatch are given, and what they answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from gtm.domain.delivery import DeliveryPolicy, Purpose
from gtm.domain.enrolment import Deferred, EnrolmentState, Failed, Lead, Left, Outcome
from gtm.domain.vocabulary import Audience
from gtm.domain.workflow import WorkflowDefinition


@dataclass(frozen=True)
class Candidate:
    """A send that is about to be reserved.

    Attributes:
        key: its idempotency key.
        audience: of its venture, which decides about the send window; None for none.
        counted: whether it is one of today's mails already: it was refused for now, and is tried again.
        addressed: whether the mail holds its sender's postal address.
    """

    key: str
    state: EnrolmentState
    lead: Lead
    purpose: Purpose
    definition: WorkflowDefinition
    audience: Audience | None = None
    counted: bool = False
    addressed: bool = True


@dataclass(frozen=True)
class Desk:
    """What a group is judged by.

    Attributes:
        session: the reservation's transaction.
        now: the aware moment of dispatch.
        domain: the sender's, which is warmed up.
    """

    session: Session
    now: datetime
    policy: DeliveryPolicy
    domain: str


@dataclass(frozen=True)
class Verdict:
    """No, why, and what happens next: `skip` takes the failure path, `defer` comes again, `exit` leaves the workflow.

    Attributes:
        until: with `defer`, when it comes again.
        goal: with `exit`, the goal that was met.
    """

    then: Literal["skip", "defer", "exit"]
    reason: str
    until: datetime | None = None
    goal: str = ""

    def as_outcome(self) -> Outcome:
        """The verdict as the interpreter takes it."""
        if self.then == "defer":
            return Deferred(detail=self.reason, until=self.until, counted=True)
        if self.then == "exit":
            return Left(detail=self.reason, goal=self.goal)
        return Failed(failure="refused", detail=self.reason)
