"""What starts a workflow (SOP step 3.2): triggers, their limits and filters."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from gtm.domain.base import Model, Slug
from gtm.domain.conditions import Predicate
from gtm.domain.zones import Zone

TriggerType = Literal["database_insert", "webhook", "schedule", "conditional", "manual", "segment_entered"]
MissedRuns = Literal["skip", "once", "all"]


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


class TriggerFilters(Model):
    """What a trigger leaves out (SOP step 3.2: conditions exclude test and duplicate data).

    Attributes:
        until: the moment from which on it takes nobody in, such as the beginning of the session that it invites to.
    """

    exclude_test: bool = True
    exclude_duplicates: bool = True
    until: AwareDatetime | None = None


class CronSchedule(Model):
    """Five cron fields in an IANA zone, such as `0 9 * * mon` in America/New_York.

    Attributes:
        missed: what becomes of firings whose moment passed while no worker lived: none, one for all of them, or each.
    """

    cron: Annotated[str, Field(max_length=100)]
    zone: Zone = "UTC"
    missed: MissedRuns = "once"


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
