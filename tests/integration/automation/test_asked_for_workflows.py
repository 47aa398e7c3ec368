"""Workflows that an approver asked for otherwise than the house drafts them pass the SOP's tests all the same."""

from pathlib import Path

from gtm.automation.triggers.manual import start_manually
from gtm.domain.workflow import Wait, WorkflowDefinition
from gtm.domain.workflow_report import DELAY_CASE
from gtm.policies.testing import passing_workflows
from gtm.store.repositories import automation
from tests.integration.automation.surroundings import Examine, Stage, drip, signup


def waiting(hours: int) -> WorkflowDefinition:
    """The drip with this wait everywhere."""
    base = drip()
    steps = (s.model_copy(update={"hours": hours}) if isinstance(s, Wait) else s for s in base.steps)
    return base.model_copy(update={"steps": tuple(steps)})


def test_other_delays_that_are_kept_exactly_hold_without_passing_for_48_hours(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    sqlite_stage.configure(waiting(72), signup(), active=False)
    report = examine(sqlite_stage, tmp_path, waiting(72), signup())
    case = report.case(DELAY_CASE)
    assert case is not None and (case.status, case.measured_ms) == ("not_applicable", 0.0)
    assert "the emails were 72 h apart, each kept to within 0.000 ms" in case.observed
    assert case.holds and not case.passed and not report.complete
    assert passing_workflows((report,), 5) == ("acme-drip",)


def test_a_delay_that_was_not_seen_does_not_hold(sqlite_stage: Stage, tmp_path: Path, examine: Examine) -> None:
    steps = (drip().steps[0].model_copy(update={"on_success": "done"}), *drip().steps[-2:])
    short = drip().model_copy(update={"steps": steps})
    sqlite_stage.configure(short, signup(), active=False)
    report = examine(sqlite_stage, tmp_path, short, signup())
    case = report.case(DELAY_CASE)
    assert case is not None and not case.holds
    assert passing_workflows((report,), 5) == ()


def test_a_limit_per_week_holds_for_real_leads_and_not_for_tests(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    limited = signup().model_copy(update={"rate_limit": "2 per week", "type": "manual", "conditions": ()})
    sqlite_stage.configure(drip(), limited, active=False)
    for revision in (1, 2):
        assert examine(sqlite_stage, tmp_path / str(revision), drip(), limited, revision=revision).passed
    with sqlite_stage.database.write() as session:
        automation.activate_workflow(session, "acme-drip", sqlite_stage.clock.now())
    people = [sqlite_stage.lead(n).lead.lead_id for n in range(3)]
    with sqlite_stage.database.write() as session:
        now = sqlite_stage.clock.now()
        told = [start_manually(session, limited.trigger_id, person, now).skipped for person in people]
    assert told == ["", "", "rate limit 2 per week"]
