"""The steps of a workflow (SOP step 3.1): what each does, and its ways out."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gtm.domain.base import Model, Slug, Text, drawn
from gtm.domain.conditions import Predicate, Scalar
from gtm.domain.delivery import Purpose
from gtm.domain.workflow_waits import Until, UntilDate, UntilWeekday, after_business_days, due_after

StepId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
"""A step's name inside its workflow, such as `send_email_2a`."""

ContentRef = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,63}(/[a-z0-9-]{1,63}){2}$")]
"""Campaign content, `campaign/segment/step`, such as `fleet-email-drip/it-teams/1`."""

ErrorStrategyName = Literal["retry_3x", "retry_5x", "fail_fast", "fallback", "manual_intervention"]
LeadField = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,60}$")]
"""A field of the lead, as conditions name it."""

MAX_DELAY_HOURS = 720
"""The longest delay of a workflow (domain.md, configuration: 0-720 h)."""

DEFAULT_DELAYS: Mapping[ErrorStrategyName, tuple[int, ...]] = {
    "retry_3x": (60, 120, 240),
    "retry_5x": (60, 120, 240, 480, 960),
    "fail_fast": (),
    "fallback": (),
    "manual_intervention": (),
}
"""Seconds before each further try, where a definition names none of its own."""

RETRIES: Mapping[ErrorStrategyName, int] = {name: len(delays) for name, delays in DEFAULT_DELAYS.items()}
_CONTENT_NUMBER = re.compile(r"/(?:[a-z-]*?)(\d{1,2})[a-z]?$")


class ErrorPolicy(Model):
    """What happens when an action fails (domain.md: error strategy, default retry_3x).

    Attributes:
        delays_seconds: seconds before each further try; empty takes the strategy's own. Only a failure that may
            pass (451, time-out) is tried again.
        fallback_step: where `fallback` goes on; required by it.
    """

    strategy: ErrorStrategyName = "retry_3x"
    delays_seconds: tuple[Annotated[int, Field(ge=0, le=86_400)], ...] = ()
    fallback_step: StepId | None = None

    @property
    def delays(self) -> tuple[int, ...]:
        """Seconds before each further try; its length is the number of tries after the first."""
        retries = RETRIES[self.strategy]
        return (self.delays_seconds or DEFAULT_DELAYS[self.strategy])[:retries]


class StepBase(Model):
    """What every step has."""

    id: StepId

    @property
    def targets(self) -> tuple[tuple[str, StepId | None], ...]:
        """Every way out as (label, next step); a None is a way that leads nowhere."""
        return ()


class ActionStep(StepBase):
    """A step that does something outside, and may fail; both ways on are named (SOP, workflow checklist)."""

    on_success: StepId | None = None
    on_failure: StepId | None = None
    error: ErrorPolicy = ErrorPolicy()

    @property
    def targets(self) -> tuple[tuple[str, StepId | None], ...]:
        """Success, failure, and the fallback where the strategy has one."""
        ways: list[tuple[str, StepId | None]] = [("success", self.on_success), ("failure", self.on_failure)]
        if self.error.strategy == "fallback":
            ways.append(("fallback", self.error.fallback_step))
        return tuple(ways)


class SendEmail(ActionStep):
    """Send campaign content to the lead, `delay_hours` after the step before.

    Attributes:
        email: the email's number in the sequence, which `email_1_opened` refers to; by default the number that
            `content_ref` ends with.
        purpose: `transactional` for what the person asked for, such as a receipt; no cap or window holds it back.
        not_after: from this moment on the mail would come too late: it is left out, and the lead goes on as after a
            success.
    """

    type: Literal["send_email"] = "send_email"
    content_ref: ContentRef
    delay_hours: Annotated[int, Field(description="0 to 720")] = 0
    email: Annotated[int, Field(ge=1, le=10)] | None = None
    purpose: Purpose = "marketing"
    not_after: UntilDate | None = None

    def too_late(self, now: datetime, zone: str) -> bool:
        """Whether the mail would come too late for a recipient in `zone`."""
        return self.not_after is not None and now >= self.not_after.ends(zone)

    @property
    def email_number(self) -> int:
        """The email's number in the sequence, 1-10."""
        if self.email is not None:
            return self.email
        match = _CONTENT_NUMBER.search(self.content_ref)
        return min(max(int(match.group(1)), 1), 10) if match else 1


class Wait(StepBase):
    """Wait for hours, for business days, or until a moment; one of the three.

    Attributes:
        hours: 0 to 720.
        business_days_only: hours of Saturday and Sunday in the lead's zone do not count.
        business_days: 1 to 30; it ends at the same wall time of the lead's zone.
        holidays_of: country whose public holidays are no business days either.
        until: a date, or a weekday and time.
    """

    type: Literal["wait"] = "wait"
    hours: Annotated[int, Field(description="0 to 720")] = 0
    business_days_only: bool = False
    business_days: Annotated[int, Field(description="1 to 30")] = 0
    holidays_of: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    until: Until | None = None
    next: StepId | None = None

    @model_validator(mode="after")
    def _names_a_length(self) -> Self:
        if not self.model_fields_set & {"hours", "business_days", "until"}:
            raise ValueError("a wait names hours, business_days or until")
        return self

    @property
    def targets(self) -> tuple[tuple[str, StepId | None], ...]:
        """The one way on."""
        return (("then", self.next),)

    @property
    def takes_time(self) -> bool:
        """Whether every visit lasts; a date that has passed does not hold anybody a second time."""
        return self.hours > 0 or self.business_days > 0 or isinstance(self.until, UntilWeekday)

    @property
    def same_for_all(self) -> bool:
        """Whether it ends at one moment for everybody who begins it together, in whatever zone."""
        return self.until is None and not self.business_days and not self.business_days_only

    def ends(self, now: datetime, zone: str) -> datetime:
        """When a wait that begins at `now` ends, for a recipient in `zone`; never before it begins.

        Args:
            now: the aware moment the lead enters the step.
            zone: the recipient's IANA zone.
        """
        match self.until:
            case UntilDate():
                return max(now, self.until.ends(zone))
            case UntilWeekday():
                return self.until.ends(now, zone)
        if self.business_days:
            return after_business_days(self.business_days, now, zone=zone, country=self.holidays_of)
        return due_after(
            self.hours, now, business_days_only=self.business_days_only, zone=zone, country=self.holidays_of
        )

    def as_text(self) -> str:
        """How long, in words: `48 h`, `3 business days`, `until Mon 09:00`."""
        if self.until is not None:
            return self.until.as_text()
        if self.business_days:
            return f"{self.business_days} business day{'s' if self.business_days > 1 else ''}"
        return f"{self.hours} h"


class Condition(StepBase):
    """Go one of two ways by a fact about the lead."""

    type: Literal["condition"] = "condition"
    when: Predicate
    if_true: StepId | None = None
    if_false: StepId | None = None

    @property
    def targets(self) -> tuple[tuple[str, StepId | None], ...]:
        """The two ways on."""
        return (("true", self.if_true), ("false", self.if_false))


class Arm(Model):
    """One way out of a split.

    Attributes:
        name: what it is called in the log and in comparisons.
        weight: its part of the leads in percent.
        holdout: its leads are the control group; the checks refuse a way from here to a mail, and the log says so.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]
    weight: Annotated[int, Field(ge=1, le=100)]
    next: StepId | None = None
    holdout: bool = False


class Split(StepBase):
    """Send leads different ways by chance that is fixed: a lead always gets the same arm of the same split.

    Attributes:
        arms: the ways, their weights 100 together.
        salt: mixed into the draw; change it to draw anew.
    """

    type: Literal["split"] = "split"
    arms: Annotated[tuple[Arm, ...], Field(min_length=2, max_length=10)]
    salt: Annotated[str, Field(max_length=63)] = ""

    @property
    def targets(self) -> tuple[tuple[str, StepId | None], ...]:
        """One way an arm."""
        return tuple((arm.name, arm.next) for arm in self.arms)

    def arm_of(self, workflow_id: str, lead_id: str) -> Arm:
        """The arm of a lead: by SHA-256 of workflow, step, salt and lead; the version does not matter.

        So a lead that comes back, or is moved to another version, stays in its arm, and two splits of one workflow
        draw independently.
        """
        text = "\x1f".join((workflow_id, self.id, self.salt, lead_id))
        percent = drawn(text) * 100 >> 64
        for arm in self.arms:
            percent -= arm.weight
            if percent < 0:
                return arm
        return self.arms[-1]


class Notify(ActionStep):
    """Tell a colleague; `message` is a template over the lead's columns. `to` is an address for email."""

    type: Literal["notify"] = "notify"
    channel: Literal["email", "log"] = "email"
    to: Annotated[str, Field(min_length=1, max_length=254)]
    message: Text


class HttpRequest(ActionStep):
    """Call a configured endpoint by name, or a URL whose host the configuration allows; the body is the lead's id
    and the execution's, never more personal data."""

    type: Literal["http_request"] = "http_request"
    connector: Slug | None = None
    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://")] | None = None
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"


class UpdateLead(ActionStep):
    """Write one field of the lead."""

    type: Literal["update_lead"] = "update_lead"
    field: Annotated[str, Field(pattern=r"^(status|score|role|company|attributes\.[a-z][a-z0-9_]{0,40})$")]
    value: Scalar


class AddToSegment(ActionStep):
    """Move the lead into a segment."""

    type: Literal["add_to_segment"] = "add_to_segment"
    segment_id: Slug


class CrmSync(ActionStep):
    """Have a CRM connector do something with the lead.

    Attributes:
        connector: the connector's name in the configuration.
        action: what it is to do, by the connector's own word.
        fields: the lead's fields that are handed over; never more than these.
    """

    type: Literal["crm_sync"] = "crm_sync"
    connector: Slug
    action: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")] = "upsert_contact"
    fields: Annotated[tuple[LeadField, ...], Field(min_length=1, max_length=30)] = ("email",)


class StartRun(ActionStep):
    """Ask for a run of the venture's crew, such as when a goal of the campaign is out of reach."""

    type: Literal["start_run"] = "start_run"
    reason: Text


class Goal(StepBase):
    """What the workflow is for has happened: the lead leaves it here."""

    type: Literal["goal"] = "goal"
    name: Slug


class Exit(StepBase):
    """The lead leaves the workflow; `outcome` says how."""

    type: Literal["exit"] = "exit"
    outcome: Literal["completed", "failed"] = "completed"
    reason: Text = "end of the sequence"


Action = SendEmail | Notify | HttpRequest | UpdateLead | AddToSegment | CrmSync | StartRun
Step = Annotated[
    SendEmail
    | Wait
    | Condition
    | Split
    | Notify
    | HttpRequest
    | UpdateLead
    | AddToSegment
    | CrmSync
    | StartRun
    | Goal
    | Exit,
    Field(discriminator="type"),
]
