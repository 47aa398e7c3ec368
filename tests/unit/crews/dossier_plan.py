"""Fleet's schedule, workflow, trigger and test report, made by hand."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from gtm.domain.conditions import Predicate
from gtm.domain.money import split_by_weights
from gtm.domain.schedule import (
    AdFlight,
    CalendarEntry,
    CampaignDates,
    DailySpend,
    DayPart,
    EmailSlot,
    SchedulePlan,
    SendWindow,
    TimeRange,
)
from gtm.domain.workflow import (
    Condition,
    Exit,
    SendEmail,
    TriggerDefinition,
    UpdateLead,
    Wait,
    WorkflowDefinition,
)
from gtm.domain.workflow_report import (
    SOP_TEST_CASES,
    CleanupProof,
    RowCounts,
    TestCaseResult,
    WorkflowTestReport,
)
from tests.unit.crews.dossier_parts import SEGMENTS

EVIDENCE = "run-0123456789/fleet-email-drip-it-platform/1"
STARTED = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


def schedule() -> SchedulePlan:
    starts = date(2026, 1, 5)
    ends = starts + timedelta(days=27)
    window = SendWindow(audience="b2b", weekdays=(1, 2, 3), ranges=(TimeRange(start=time(10), end=time(14)),))
    emails = tuple(
        EmailSlot(
            campaign_id="fleet-email-drip",
            template_id="email-drip-v1",
            step=n,
            segment_id=s,
            on=date(2026, 1, 6) + timedelta(days=7 * (n - 1)),
            at=time(10, 15 * i),
        )
        for n in (1, 2, 3)
        for i, s in enumerate(SEGMENTS)
    )
    flights = []
    for channel, amount in (("linkedin", "35000.00"), ("google_ads", "7500.00")):
        parts = split_by_weights(Decimal(amount), [Decimal(1)] * 28)
        flights.append(
            AdFlight.model_validate(
                {
                    "campaign_id": "fleet-social-ads",
                    "channel": channel,
                    "starts": starts,
                    "ends": ends,
                    "amount": amount,
                    "zone": "America/New_York",
                    "dayparts": (
                        DayPart(
                            range=TimeRange(start=time(8), end=time(18)), weekdays=(0, 1, 2, 3, 4), bid_adjustment=20
                        ),
                    ),
                    "days": tuple(DailySpend(on=starts + timedelta(days=n), amount=p) for n, p in enumerate(parts)),
                }
            )
        )
    calendar = [
        CalendarEntry(
            on=date(2026, 1, 6),
            at=time(9),
            zone="America/New_York",
            kind="launch",
            title="Launch: Fleet email sequence",
            channel="email",
            campaign_id="fleet-email-drip",
        ),
        CalendarEntry(
            on=date(2026, 1, 22),
            at=time(13),
            zone="America/New_York",
            kind="webinar",
            title="Workshop with certification",
            channel="webinars",
        ),
        CalendarEntry(
            on=date(2026, 1, 30),
            at=time(15),
            zone="America/New_York",
            kind="review",
            title="Review of the month",
            channel="web",
        ),
    ]
    calendar += [
        CalendarEntry(
            on=starts + timedelta(days=n),
            at=time(10),
            zone="America/New_York",
            kind="blog",
            title="MDM for Linux laptops",
            channel="content_marketing",
        )
        for n in (0, 2, 7, 9, 14, 16, 21, 23)
    ]
    return SchedulePlan(
        venture_id="fleet",
        starts=starts,
        ends=ends,
        window=window,
        campaigns=(
            CampaignDates(
                campaign_id="fleet-email-drip", launches=date(2026, 1, 6), ends=ends, aligned_with="Brand month"
            ),
        ),
        emails=emails,
        flights=tuple(flights),
        calendar=tuple(calendar),
        notes=("Public holidays are not known here.",),
    )


def workflow() -> WorkflowDefinition:
    return WorkflowDefinition(
        workflow_id="fleet-email-drip-it-platform",
        venture_id="fleet",
        name="Email sequence: IT platform",
        campaign_id="fleet-email-drip",
        triggers=("lead-signup-it-platform",),
        entry="email_1",
        steps=(
            SendEmail(
                id="email_1", content_ref="fleet-email-drip/it-platform/1", on_success="wait_1", on_failure="stop"
            ),
            Wait(id="wait_1", hours=48, next="opened"),
            Condition(
                id="opened", when=Predicate(field="email_1_opened", value=True), if_true="email_2a", if_false="email_2b"
            ),
            SendEmail(
                id="email_2a", content_ref="fleet-email-drip/it-platform/2", on_success="score", on_failure="stop"
            ),
            SendEmail(
                id="email_2b", content_ref="fleet-email-drip/it-platform/3", on_success="done", on_failure="stop"
            ),
            UpdateLead(id="score", field="score", value=80, on_success="done", on_failure="stop"),
            Exit(id="done"),
            Exit(id="stop", outcome="failed", reason="an action failed"),
        ),
    )


def trigger() -> TriggerDefinition:
    return TriggerDefinition(
        trigger_id="lead-signup-it-platform",
        workflow_id="fleet-email-drip-it-platform",
        conditions=(
            Predicate(field="lead_source", value="website_signup"),
            Predicate(field="segment_id", value="it-platform"),
        ),
    )


def test_report() -> WorkflowTestReport:
    cases = [
        TestCaseResult(
            test_case=name,
            expected=expected,
            observed="seen on the virtual clock",
            status="passed",
            evidence=(f"{EVIDENCE}/case-{n}.log",),
        )
        for n, (name, expected) in enumerate(SOP_TEST_CASES, start=1)
    ]
    cases.append(
        TestCaseResult(
            test_case="Trigger filters",
            expected="A lead flagged test and a duplicate do not enrol",
            observed="0 enrolments",
            status="passed",
        )
    )
    none = RowCounts(
        test_leads=0, test_email_sends=0, test_enrolments=0, test_step_log=0, test_executions_kept=6, execution_count=0
    )
    return WorkflowTestReport(
        workflow_id="fleet-email-drip-it-platform",
        venture_id="fleet",
        run_id="run-0123456789",
        revision=1,
        executed_at=STARTED + timedelta(minutes=80),
        lead_count=6,
        cases=tuple(cases),
        evidence_dir=EVIDENCE,
        cleanup=CleanupProof(before=none.model_copy(update={"test_leads": 8, "test_email_sends": 11}), after=none),
    )


test_report.__test__ = False  # type: ignore[attr-defined]
