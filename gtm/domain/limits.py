"""Numbers of config/policies.yaml that bound the service itself: what a run, a query, a recursion may take.

Each bound is the one that the SOP or domain.md draws: a file may be stricter, never laxer.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Model, Share, Text


class DayRange(Model):
    """From so many days to so many."""

    minimum: Annotated[int, Field(ge=1)]
    maximum: Annotated[int, Field(ge=1)]


class ServiceAims(Model):
    """What the crew aims at (domain.md, where stage 17 stands).

    Attributes:
        by_hand_days: what the stage takes without it.
        run_minutes: a run stays below.
        task_success: more than this share of tasks succeeds.
        ventures_at_a_time: so many and more.
        campaigns_per_venture: so many and more.
    """

    by_hand_days: DayRange
    run_minutes: Annotated[int, Field(ge=1, le=100)]
    task_success: Annotated[Decimal, Field(ge=Decimal("0.95"), le=1)]
    ventures_at_a_time: Annotated[int, Field(ge=100)]
    campaigns_per_venture: Annotated[int, Field(ge=10)]


class QueryLimits(Model):
    """How fast the metrics are answered, in milliseconds, on so many days of data of so many ventures."""

    effectiveness_ms: Annotated[int, Field(ge=1, le=500)]
    leads_ms: Annotated[int, Field(ge=1, le=300)]
    conversion_ms: Annotated[int, Field(ge=1, le=600)]
    data_days: Annotated[int, Field(ge=365)]
    ventures: Annotated[int, Field(ge=100)]


class AlertRule(Model):
    """A line of the alerts and recursion table; evaluated by a later stage of the project.

    Attributes:
        threshold: what the figure is held against; `threshold_b2c` where B2C has its own.
        conversion_above: for the forward suggestion, the conversion rate that must be exceeded as well.
        periods: in so many periods on end; for errors, more than so many on end.
    """

    id: Text
    when: Text
    threshold: Decimal
    threshold_b2c: Decimal | None = None
    conversion_above: Share | None = None
    periods: Annotated[int, Field(ge=1)]
    period: Literal["day", "week", "error"]
    goes_to: tuple[int, ...]


class RecursionCauses(Model):
    """What tells the causes of an alert apart, and so the stage to go back to (domain.md, alerts and recursion).

    Attributes:
        cac_to_ltv: customer acquisition cost above so many times the lifetime value points to stage 5.
        campaign_converts_above: campaigns better than this,
        campaign_converts_below: beside others worse than this, point to stage 17 itself.
    """

    cac_to_ltv: Annotated[Decimal, Field(gt=0)]
    campaign_converts_above: Share
    campaign_converts_below: Share


class RecursionLimits(Model):
    """Limits of recursion (domain.md, alerts and recursion).

    Attributes:
        per_venture: recursions of a venture within `days`.
        depth: recursions within recursions.
        cooldown_days: towards the same stage.
        detection_hours: a condition is seen within.
        start_hours: the recursion begins within.
        rollback_minutes: a rollback is done within.
    """

    per_venture: Annotated[int, Field(ge=0)]
    days: Annotated[int, Field(ge=1)]
    depth: Annotated[int, Field(ge=0)]
    cooldown_days: Annotated[int, Field(ge=0)]
    detection_hours: Annotated[int, Field(ge=1, le=24)]
    start_hours: Annotated[int, Field(ge=1, le=1)]
    rollback_minutes: Annotated[int, Field(ge=1, le=5)]
    causes: RecursionCauses


class DashboardNumbers(Model):
    """What the dashboards show (domain.md, dashboards); the middle quality band begins at `qualified_score`."""

    kpi_tiles: Annotated[int, Field(ge=1)]
    effectiveness_days: Annotated[int, Field(ge=1)]
    leads_weeks: Annotated[int, Field(ge=1)]
    top_score: Annotated[int, Field(ge=1, le=100)]


class RetentionDays(Model):
    """For how many days what has ended is kept whole.

    Attributes:
        enrolment_days: enrolments with their log; afterwards a line in `kept_executions` is left.
        message_days: mails that were sent or refused. What somebody complained about, what bounced, and whatever is
            open or in doubt stays; links to unsubscribe work for as long.
        event_days: single opens and clicks; that a mail was opened stands in the mail's own row. Unsubscribes stay.
        unconfirmed_days: leads who were asked to confirm their consent and did not; their link works for as long.
    """

    enrolment_days: Annotated[int, Field(ge=1, le=3650)] = 180
    message_days: Annotated[int, Field(ge=30, le=3650)] = 730
    event_days: Annotated[int, Field(ge=1, le=3650)] = 365
    unconfirmed_days: Annotated[int, Field(ge=1, le=60)] = 7


class RunLimits(Model):
    """Leases, retries and time-outs of a run, in seconds where not counted.

    The SOP's own: an agent answers within 5 s, a trigger fires within 60 s, an execution takes less than 30 s, a failed
    call is tried again 3 times, a test has at least 5 leads. Of domain.md: a person after 3 failures on end.
    """

    lease_seconds: Annotated[int, Field(ge=10, le=3600)]
    step_attempts: Annotated[int, Field(ge=1, le=10)]
    guardrail_retries: Annotated[int, Field(ge=0, le=10)]
    consecutive_failures_to_person: Annotated[int, Field(ge=1, le=3)]
    agent_response_seconds: Annotated[Decimal, Field(gt=0, le=5)]
    trigger_seconds: Annotated[int, Field(ge=1, le=60)]
    execution_seconds: Annotated[int, Field(ge=1, le=30)]
    minimum_test_leads: Annotated[int, Field(ge=5)]
    api_retries: Annotated[int, Field(ge=3, le=5)]
    brief_bytes: Annotated[int, Field(ge=1_000, le=10_000_000)]
