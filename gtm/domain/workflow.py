"""Workflow and trigger definitions (SOP steps 3.1 and 3.2): data that a model or a person proposes.

The models take anything of the right type; whether a definition is sound (targets exist, delays in range, a failure
path on every action) is decided by `gtm.domain.workflow_checks`, which names every fault with its step at once.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, Field

from gtm.domain.base import Model, Slug, Text, VentureId
from gtm.domain.conditions import Predicate, Scalar
from gtm.domain.workflow_report import WorkflowTestReport as WorkflowTestReport

StepId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
"""A step's name inside its workflow, such as `send_email_2a`."""

ContentRef = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,63}(/[a-z0-9-]{1,63}){2}$")]
"""Campaign content, `campaign/segment/step`, such as `fleet-email-drip/it-teams/1`."""

ErrorStrategyName = Literal["retry_3x", "retry_5x", "fail_fast", "fallback", "manual_intervention"]
Priority = Literal["high", "normal", "low"]
TriggerType = Literal["database_insert", "webhook", "schedule", "conditional", "manual"]

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
    """

    type: Literal["send_email"] = "send_email"
    content_ref: ContentRef
    delay_hours: Annotated[int, Field(description="0 to 720")] = 0
    email: Annotated[int, Field(ge=1, le=10)] | None = None

    @property
    def email_number(self) -> int:
        """The email's number in the sequence, 1-10."""
        if self.email is not None:
            return self.email
        match = _CONTENT_NUMBER.search(self.content_ref)
        return min(max(int(match.group(1)), 1), 10) if match else 1


class Wait(StepBase):
    """Wait `hours`; with `business_days_only` the hours of Saturday and Sunday in the lead's zone do not count."""

    type: Literal["wait"] = "wait"
    hours: Annotated[int, Field(description="0 to 720")]
    business_days_only: bool = False
    next: StepId | None = None

    @property
    def targets(self) -> tuple[tuple[str, StepId | None], ...]:
        """The one way on."""
        return (("then", self.next),)


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


class Goal(StepBase):
    """What the workflow is for has happened: the lead leaves it here."""

    type: Literal["goal"] = "goal"
    name: Slug


class Exit(StepBase):
    """The lead leaves the workflow; `outcome` says how."""

    type: Literal["exit"] = "exit"
    outcome: Literal["completed", "failed"] = "completed"
    reason: Text = "end of the sequence"


Action = SendEmail | Notify | HttpRequest | UpdateLead | AddToSegment
Step = Annotated[
    SendEmail | Wait | Condition | Notify | HttpRequest | UpdateLead | AddToSegment | Goal | Exit,
    Field(discriminator="type"),
]


class WorkflowDefinition(Model):
    """A workflow, as data; versioned, and immutable once leads are in it.

    Attributes:
        triggers: ids of the triggers that start it.
        entry: the step a lead enters at.
    """

    workflow_id: Slug
    venture_id: VentureId
    name: Text
    version: Annotated[int, Field(ge=1)] = 1
    campaign_id: Slug
    priority: Priority = "normal"
    triggers: tuple[Slug, ...] = ()
    entry: StepId
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=200)]

    def step(self, step_id: str) -> Step | None:
        """The step of that id, if there is one."""
        return next((step for step in self.steps if step.id == step_id), None)

    @property
    def content_refs(self) -> tuple[str, ...]:
        """All campaign content the workflow sends, in step order, once each."""
        return tuple(dict.fromkeys(step.content_ref for step in self.steps if isinstance(step, SendEmail)))

    def as_sop(self, trigger: "TriggerDefinition", *, paths: bool = False) -> dict[str, Any]:
        """The workflow in the shape of the SOP's workflow example (step 3.1).

        Args:
            trigger: the trigger that starts it.
            paths: add each step's name and its success and failure path, which the example leaves out.
        """
        return {
            "workflow_id": self.workflow_id,
            "trigger": trigger.as_sop_inline(),
            "actions": [
                {"step": number, **_sop_action(step), **(_sop_paths(step) if paths else {})}
                for number, step in enumerate(self.steps, start=1)
            ],
        }

    def as_sop_yaml(self, trigger: "TriggerDefinition", *, paths: bool = False) -> str:
        """`as_sop` as YAML text."""
        return yaml.safe_dump(self.as_sop(trigger, paths=paths), sort_keys=False, allow_unicode=True, width=120)


def _sop_action(step: Step) -> dict[str, Any]:
    match step:
        case SendEmail():
            return {"type": "send_email", "template": step.content_ref, "delay": f"{step.delay_hours}h"}
        case Wait():
            days = {"business_days_only": True} if step.business_days_only else {}
            return {"type": "wait", "duration": f"{step.hours}h", **days}
        case Condition():
            return {
                "type": "conditional",
                "condition": step.when.as_text(),
                "if_true": step.if_true,
                "if_false": step.if_false,
            }
        case _:
            hidden = {"id", "on_success", "on_failure", "error"}
            return step.model_dump(mode="json", exclude=hidden, exclude_none=True)


def _sop_paths(step: Step) -> dict[str, Any]:
    named: dict[str, Any] = {"name": step.id}
    if isinstance(step, ActionStep):
        named |= {"on_success": step.on_success, "on_failure": step.on_failure, "on_error": step.error.strategy}
    elif isinstance(step, Wait):
        named["then"] = step.next
    return named


class RateLimit(Model):
    """How often a trigger may start its workflow: so many times per lead (ever), or per hour, day or week."""

    count: Annotated[int, Field(ge=1, le=1_000_000)]
    per: Literal["lead", "hour", "day", "week"]

    @property
    def window(self) -> timedelta | None:
        """The length of the window; None for `per lead`, which never ends."""
        return {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}.get(self.per)


_RATE = re.compile(r"^([1-9][0-9]{0,5}) per (lead|hour|day|week)$")


def parse_rate_limit(text: str) -> RateLimit:
    """Read `1 per lead`, `100 per hour` and the like.

    Raises:
        ValueError: it is not of that form.
    """
    match = _RATE.match(text)
    if not match:
        raise ValueError(f"a rate limit reads 'N per lead', 'N per hour', 'N per day' or 'N per week', not {text!r}")
    return RateLimit.model_validate({"count": int(match.group(1)), "per": match.group(2)})


def _rate_text(text: str) -> str:
    parse_rate_limit(text)
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone") from error
    return name


Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]


class TriggerFilters(Model):
    """What a trigger leaves out (SOP step 3.2: conditions exclude test and duplicate data)."""

    exclude_test: bool = True
    exclude_duplicates: bool = True


class CronSchedule(Model):
    """Five cron fields in an IANA zone, such as `0 9 * * mon` in America/New_York."""

    cron: Annotated[str, Field(max_length=100)]
    zone: Zone = "UTC"


class TriggerDefinition(Model):
    """What starts a workflow (SOP step 3.2). `schedule` belongs to type schedule alone."""

    trigger_id: Slug
    type: TriggerType = "database_insert"
    source_table: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] = "leads"
    conditions: tuple[Predicate, ...] = ()
    workflow_id: Slug
    rate_limit: Annotated[str, AfterValidator(_rate_text)] | None = "1 per lead"
    filters: TriggerFilters = TriggerFilters()
    schedule: CronSchedule | None = None

    @property
    def limit(self) -> RateLimit | None:
        """The rate limit, read."""
        return parse_rate_limit(self.rate_limit) if self.rate_limit else None

    def as_sop(self) -> dict[str, Any]:
        """The trigger in the shape of the SOP's trigger configuration template (step 3.2)."""
        return {
            "trigger_id": self.trigger_id,
            "type": self.type,
            "source_table": self.source_table,
            "conditions": {p.field: p.value if p.operator == "equals" else _short(p) for p in self.conditions},
            "workflow_id": self.workflow_id,
            "rate_limit": self.rate_limit,
        }

    def as_sop_inline(self) -> dict[str, Any]:
        """The trigger as it stands inside the SOP's workflow example (step 3.1)."""
        inline: dict[str, Any] = {"type": self.type, "table": self.source_table}
        if self.conditions:
            inline["condition"] = " and ".join(p.as_text() for p in self.conditions)
        if self.schedule:
            inline |= {"cron": self.schedule.cron, "zone": self.schedule.zone}
        return inline


def _short(predicate: Predicate) -> str:
    return predicate.as_text().removeprefix(predicate.field).strip()


def due_after(hours: int, now: datetime, *, business_days_only: bool = False, zone: str = "UTC") -> datetime:
    """When a wait that begins at `now` ends.

    Args:
        hours: how long to wait.
        now: the aware moment the wait begins.
        business_days_only: hours of Saturday and Sunday, judged in `zone`, do not count.
        zone: the recipient's IANA zone.
    """
    if not business_days_only:
        return now + timedelta(hours=hours)
    local_zone = ZoneInfo(zone)
    left = timedelta(hours=hours)
    moment = now
    while True:
        local = moment.astimezone(local_zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), local_zone)
        until_midnight = midnight.astimezone(now.tzinfo) - moment
        if local.weekday() >= 5:
            moment += until_midnight
        elif left < until_midnight:
            return moment + left
        else:
            moment += until_midnight
            left -= until_midnight
