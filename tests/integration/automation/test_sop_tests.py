"""Step 3.3 for a workflow: six cases with evidence that can be opened, and a store as if nothing had happened."""

import email
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gtm.automation.fake import FakeEmailSource
from gtm.connectors.spamassassin.fake import FakeSpamJudge
from gtm.domain.conditions import Predicate
from gtm.domain.errors import Conflict, InvalidInput, NotFound
from gtm.domain.workflow import CronSchedule, Exit, Notify, TriggerDefinition, Wait
from gtm.domain.workflow_report import SOP_TEST_CASES, WorkflowTestReport
from gtm.store.models.automation import AutomationTestResult, AutomationWorkflow, EmailSend, LeadRow
from gtm.store.models.enrolments import Enrolment, StepLog
from gtm.store.models.executions import WorkflowExecution
from tests.integration.automation.surroundings import Examine, Stage, drip, signup

START = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)


def statuses(report: WorkflowTestReport) -> dict[str, str]:
    return {case.test_case: case.status for case in report.cases}


def test_the_sops_six_cases_pass_and_every_piece_of_evidence_opens(
    stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage.configure(drip(), signup(), active=False)
    report = examine(stage, tmp_path)
    assert [(c.test_case, c.expected) for c in report.cases][:6] == list(SOP_TEST_CASES)
    assert set(statuses(report).values()) == {"passed"}
    assert report.passed and report.complete and report.lead_count == 5
    for case in report.cases:
        assert case.evidence, case.test_case
        for name in case.evidence:
            path = tmp_path / name
            assert path.stat().st_size > 0
            if path.suffix == ".json":
                json.loads(path.read_text())
            else:
                assert email.message_from_bytes(path.read_bytes())["Message-ID"].endswith("@acme.test>")
    folder = tmp_path / report.evidence_dir
    gaps = json.loads((folder / "timestamps.json").read_text())
    assert len(gaps) == 5
    assert {gap["deviation_ms"] for gap in gaps} == {0.0}
    assert all(gap["first_sent_at"][:10] == "2026-01-06" and gap["sent_at"][:10] == "2026-01-08" for gap in gaps)
    errors = json.loads((folder / "errors.json").read_text())
    assert [e["outcome"] for e in errors] == ["retry", "retry", "retry", "failed"]
    assert {e["attempts_at_the_wire"] for e in errors} == {4}
    paths = json.loads((folder / "paths.json").read_text())
    assert len({lead["time_zone"] for lead in paths["leads"]}) >= 5
    assert {lead["segment"] for lead in paths["leads"]} == {"it", "sec"}
    assert {(t["opened"], t["taken"]) for t in paths["turns"]} == {(True, "send_email_2a"), (False, "send_email_2b")}


def test_what_was_seen_is_told_by_the_places_and_names_of_steps(stage: Stage, tmp_path: Path, examine: Examine) -> None:
    stage.configure(drip(), signup(), active=False)
    report = examine(stage, tmp_path)
    told = {case.test_case: case.observed for case in report.cases}
    asked = "step 3 (ask whether email 1 was opened)"
    assert f"{asked} → step 4 (send email 2), received" in told["Conditional logic (opened)"]
    assert f"{asked} → step 5 (send email 2), received" in told["Conditional logic (not opened)"]
    assert "4 attempts at step 1 (send email 1): 1 + 3 retries, strategy retry 3x; 4 attempts" in told["Error handling"]
    assert told["Error handling"].endswith("then step 7 (exit as failed)")
    ids = {step.id for step in drip().steps if "_" in step.id}
    assert not [text for text in told.values() if any(step in text for step in ids)]


def test_nothing_of_the_test_is_left_but_its_log(stage: Stage, tmp_path: Path, examine: Examine) -> None:
    stage.configure(drip(), signup())
    real = stage.lead(1)
    stage.worker().run_until_idle()
    report = examine(stage, tmp_path)
    assert report.cleanup.clean and report.cleanup.before.test_leads == 7
    assert [row.lead_id for row in stage.rows(LeadRow)] == [real.lead.lead_id]
    assert [row.is_test for row in stage.rows(EmailSend)] == [False]
    assert [row.is_test for row in stage.rows(Enrolment)] == [False]
    assert len(stage.rows(StepLog)) == 1
    (workflow,) = stage.rows(AutomationWorkflow)
    assert (workflow.execution_count, workflow.test_execution_count) == (1, 1)
    assert sorted(e.is_test for e in stage.rows(WorkflowExecution)) == [False] + [True] * 6
    rows = stage.rows(AutomationTestResult)
    assert len(rows) == 9 and all(row.passed for row in rows)
    assert all(row.evidence["files"] for row in rows)


def test_a_second_call_returns_the_stored_report(stage: Stage, tmp_path: Path, examine: Examine) -> None:
    stage.configure(drip(), signup(), active=False)
    first = examine(stage, tmp_path)
    second = examine(stage, tmp_path / "elsewhere", email_source=None, start=datetime(2030, 1, 1, tzinfo=UTC))
    assert second == first
    assert not (tmp_path / "elsewhere").exists()
    assert stage.rows(AutomationWorkflow)[0].test_execution_count == 1
    assert examine(stage, tmp_path, revision=2).revision == 2
    assert stage.rows(AutomationWorkflow)[0].test_execution_count == 2


def test_what_a_killed_test_left_behind_does_not_disturb_the_next(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup(), active=False)

    class Explodes(FakeEmailSource):
        calls = 0

        def email_for(self, content_ref: str, lead: Any, assignment_key: str) -> Any:
            Explodes.calls += 1
            if Explodes.calls == 4:
                raise KeyboardInterrupt
            return super().email_for(content_ref, lead, assignment_key)

    with pytest.raises(KeyboardInterrupt):
        examine(stage, tmp_path, email_source=Explodes(), start=START - timedelta(minutes=1))
    assert stage.rows(LeadRow) == [] and stage.rows(AutomationTestResult) == []
    stage.lead(1, email="lead1@acme-drip.test", is_test=True)
    assert examine(stage, tmp_path).passed
    assert {row.triggered_at for row in stage.rows(WorkflowExecution)} == {START}


def test_without_wait_and_condition_those_cases_do_not_apply_and_do_not_count(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage = sqlite_stage
    steps = (drip().steps[0].model_copy(update={"on_success": "done"}), *drip().steps[-2:])
    short = drip().model_copy(update={"steps": steps})
    stage.configure(short, signup(), active=False)
    report = examine(stage, tmp_path, short)
    found = statuses(report)
    assert [n for n, s in found.items() if s == "not_applicable"] == [
        "48h delay works",
        "Conditional logic (opened)",
        "Conditional logic (not opened)",
    ]
    assert report.passed and not report.complete
    stored = {row.test_case: row.passed for row in stage.rows(AutomationTestResult)}
    assert stored["48h delay works"] is False
    case = report.case("48h delay works")
    assert case is not None and "no test lead was sent two emails" in case.observed


def test_a_wrong_wait_a_lost_branch_and_a_missing_retry_are_seen(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage = sqlite_stage
    base = drip(strategy="retry_3x", delays_seconds=(1, 2))
    broken = base.model_copy(
        update={"steps": tuple(s.model_copy(update={"hours": 47}) if isinstance(s, Wait) else s for s in base.steps)}
    )
    stage.configure(broken, signup(), active=False)
    report = examine(stage, tmp_path, broken)
    found = statuses(report)
    assert found["48h delay works"] == "not_applicable"
    assert "were 47 h apart" in report.case("48h delay works").observed  # type: ignore[union-attr]
    assert found["Error handling"] == "failed"
    assert not report.passed
    assert stage.rows(AutomationWorkflow)[0].test_execution_count == 0


def test_content_that_cannot_be_filled_fails_the_first_email(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup(), active=False)
    source = FakeEmailSource(dict.fromkeys(drip().content_refs, ("Hi", "{{ shoe_size }}")))
    report = examine(stage, tmp_path, email_source=source)
    assert statuses(report)["Email 1 sends correctly"] == "failed"
    assert not report.passed and report.cleanup.clean


def test_mail_that_shows_a_raw_placeholder_is_not_correct(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage = sqlite_stage
    stage.configure(drip(), signup(), active=False)

    class Raw(FakeEmailSource):
        def email_for(self, content_ref: str, lead: Any, assignment_key: str) -> Any:
            mail = super().email_for(content_ref, lead, assignment_key)
            return mail.model_copy(update={"text": "Hi {{ first_name }}"})

    report = examine(stage, tmp_path, email_source=Raw())
    assert "not replaced" in report.case("Email 1 sends correctly").observed  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["webhook", "manual", "conditional", "schedule"])
def test_other_triggers_are_tested_in_their_own_way(
    sqlite_stage: Stage, tmp_path: Path, kind: str, examine: Examine
) -> None:
    stage = sqlite_stage
    trigger = TriggerDefinition.model_validate(
        {
            "trigger_id": "acme-drip-signup",
            "workflow_id": "acme-drip",
            "type": kind,
            "conditions": [Predicate(field="score", operator="greater_than", value=80)],
            "schedule": CronSchedule(cron="0 9 * * mon") if kind == "schedule" else None,
        }
    )
    stage.configure(drip(), trigger, active=False)
    report = examine(stage, tmp_path, trigger=trigger)
    assert report.complete and report.passed, report.cases


def test_a_workflow_that_only_tells_sales_is_tested_without_mail_cases(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage = sqlite_stage
    steps = (
        Notify(id="tell", to="sales@acme.test", message="{{ email }}", on_success="end", on_failure="end"),
        Exit(id="end"),
    )
    tells = drip().model_copy(update={"entry": "tell", "steps": steps})
    stage.configure(tells, signup(), active=False)
    report = examine(stage, tmp_path, tells)
    assert statuses(report)["Email 1 sends correctly"] == "not_applicable"
    assert statuses(report)["Error handling"] == "not_applicable"
    assert report.passed and not report.complete


def test_what_cannot_be_tested_is_refused(sqlite_stage: Stage, tmp_path: Path, examine: Examine) -> None:
    stage = sqlite_stage
    with pytest.raises(NotFound):
        examine(stage, tmp_path)
    stage.configure(drip(), signup(), active=False)
    with pytest.raises(InvalidInput):
        examine(stage, tmp_path, lead_count=4)
    with pytest.raises(Conflict, match="not what is to be tested"):
        examine(stage, tmp_path, drip(strategy="retry_5x"))
    assert stage.rows(LeadRow) == []


@pytest.mark.parametrize(
    ("judge", "status", "words"),
    [
        (None, "passed", "spam score not measured: no SpamAssassin daemon is named"),
        (FakeSpamJudge(), "passed", "SpamAssassin -0.1 of 5"),
        (FakeSpamJudge("Subject"), "failed", "taken for spam; SpamAssassin 7.5 of 5 (SPAM_WORD)"),
    ],
)
def test_a_spam_score_is_a_figure_or_the_plain_word_that_there_is_none(
    stage: Stage, tmp_path: Path, examine: Examine, judge: FakeSpamJudge | None, status: str, words: str
) -> None:
    stage.configure(drip(), signup(), active=False)
    report = examine(stage, tmp_path, spam_judge=judge)
    case = next(case for case in report.cases if case.test_case == "Email 1 sends correctly")
    assert case.status == status
    assert words in case.observed
