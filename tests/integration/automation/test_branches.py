"""Test leads for every branch, and a report that says what they walked and what they did not."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.automation.testing_branches import branch_people, branches, predicted
from gtm.automation.testing_leads import test_people as ordinary_people
from gtm.domain.conditions import Predicate
from gtm.domain.reentry import Reentry
from gtm.domain.workflow import (
    Arm,
    Condition,
    CrmSync,
    ErrorPolicy,
    Exit,
    HttpRequest,
    Notify,
    SendEmail,
    Split,
    StartRun,
    TriggerDefinition,
    UpdateLead,
    Wait,
    WorkflowDefinition,
)
from tests.integration.automation.surroundings import Examine, Stage, drip, signup

START = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)


def branching() -> WorkflowDefinition:
    """A workflow that asks of the lead's fields, calls an endpoint and writes a field."""
    given_up = {"on_failure": "gave_up", "error": ErrorPolicy(strategy="fail_fast")}
    return drip().model_copy(
        update={
            "entry": "big",
            "steps": (
                Condition(id="big", when=Predicate(field="score", operator="greater_than", value=80),
                          if_true="german", if_false="send_email_1"),
                Condition(id="german", when=Predicate(field="country", value="DE"), if_true="call", if_false="mark"),
                HttpRequest(id="call", connector="crm", on_success="mark", **given_up),
                UpdateLead(id="mark", field="status", value="hot", on_success="send_email_1", on_failure="gave_up"),
                SendEmail(id="send_email_1", content_ref="acme/it/1", on_success="wait_1", **given_up),
                Wait(id="wait_1", hours=48, next="clicked"),
                Condition(id="clicked", when=Predicate(field="email_1_clicked", value=True),
                          if_true="role", if_false="send_email_2"),
                Condition(id="role", when=Predicate(field="attributes.plan", operator="in_list", values=("pro", "max")),
                          if_true="done", if_false="send_email_2"),
                SendEmail(id="send_email_2", content_ref="acme/it/2", on_success="done", **given_up),
                Exit(id="done"),
                Exit(id="gave_up", outcome="failed", reason="mail could not be sent"),
            ),
        }
    )  # fmt: skip


def test_without_asking_the_report_tells_what_the_ordinary_leads_walked(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    sqlite_stage.configure(drip(), signup(), active=False)
    report = examine(sqlite_stage, tmp_path, drip())
    assert report.coverage is not None and report.lead_count == 5
    assert report.coverage.as_text() == "steps covered 7 of 7, branches covered 7 of 9"
    assert report.coverage.uncovered == ("send_email_2a → failure", "send_email_2b → failure")


def test_every_branch_is_walked_with_failures_at_the_wire(stage: Stage, tmp_path: Path, examine: Examine) -> None:
    stage.configure(drip(), signup(), active=False)
    report = examine(stage, tmp_path, drip(), every_branch=True)
    assert report.coverage is not None
    assert (report.coverage.uncovered, report.lead_count) == ((), 7)
    assert report.passed and report.complete, report.cases
    assert report.cleanup.clean
    assert "550" in (tmp_path / report.evidence_dir / "errors.json").read_text()
    stage.configure(drip(), signup(), active=False)
    again = examine(stage, tmp_path, drip(), every_branch=True)
    assert again == report


def test_both_sides_of_conditions_on_fields_are_walked_and_what_cannot_fail_is_named(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    sqlite_stage.configure(branching(), signup(), active=False)
    report = examine(sqlite_stage, tmp_path, branching(), every_branch=True)
    assert report.coverage is not None
    assert report.coverage.uncovered == ("mark → failure",)
    assert (report.coverage.steps_covered, report.coverage.steps) == (11, 11)
    assert report.coverage.branches_covered == report.coverage.branches - 1


def drawing() -> WorkflowDefinition:
    """A workflow that draws twice, tells a colleague and the CRM, and rarely wishes for a run."""
    given_up = {"on_failure": "gave_up", "error": ErrorPolicy(strategy="fail_fast")}
    return drip().model_copy(
        update={
            "entry": "first",
            "steps": (
                Split(id="first", arms=(Arm(name="control", weight=10, next="done", holdout=True),
                                        Arm(name="most", weight=89, next="tell"),
                                        Arm(name="few", weight=1, next="second"))),
                Split(id="second", arms=(Arm(name="wish", weight=1, next="wish"),
                                         Arm(name="sync", weight=99, next="sync"))),
                Notify(id="tell", to="ops@acme.test", message="{{ first_name }}", on_success="done", **given_up),
                Notify(id="log", channel="log", to="ops", message="{{ first_name }}", on_success="done", **given_up),
                CrmSync(id="sync", connector="crm", on_success="log", **given_up),
                StartRun(id="wish", reason="more", on_success="done", **given_up),
                Exit(id="done"),
                Exit(id="gave_up", outcome="failed", reason="could not be done"),
            ),
        }
    )  # fmt: skip


def test_every_arm_of_splits_is_walked_and_every_action_with_an_effect_outside_fails_once(
    stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    stage.configure(drawing(), signup(), active=False)
    report = examine(stage, tmp_path, drawing(), every_branch=True)
    assert report.coverage is not None and report.passed, report.cases
    # A line in the log cannot fail.
    assert report.coverage.uncovered == ("log → failure",)
    assert (report.coverage.branches_covered, report.coverage.branches) == (12, 13)
    stage.configure(drawing(), signup(), active=False)
    again = examine(stage, tmp_path, drawing(), every_branch=True, run_id="run-2")
    assert again.coverage == report.coverage and again.passed


def test_nobody_is_made_up_for_a_branch_that_contradicts_itself() -> None:
    again = Condition(
        id="again", when=Predicate(field="email_1_opened", value=True), if_true="send_email_2a", if_false="gave_up"
    )
    steps = tuple(
        step.model_copy(update={"if_true": "again"}) if step.id == "opened" else step for step in drip().steps
    )
    definition = drip().model_copy(update={"steps": (*steps, again)})
    people = ordinary_people(definition, signup(), 5)
    everybody = (*people, *branch_people(definition, signup(), people))
    walked = {branch for person in everybody for branch in predicted(definition, person)}
    assert set(branches(definition)) - walked == {("again", "false")}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["score", "country", "role", "attributes.plan", "time_zone", "company"]),
    st.sampled_from(["equals", "not_equals", "contains", "in_list", "greater_than", "less_than"]),
    st.sampled_from([1, 80, -5, "DE", "pro", "UTC"]),
)
def test_both_sides_of_any_condition_on_a_lead_find_somebody(field: str, operator: str, value: Any) -> None:
    predicate = Predicate.model_validate(
        {"field": field, "operator": operator} | ({"values": [value]} if operator == "in_list" else {"value": value})
    )
    if predicate.fault() or (field == "country" and value not in ("DE",)) or (field == "time_zone" and value != "UTC"):
        return
    if isinstance(value, str) and field == "score":
        return
    check = Condition(id="check", when=predicate, if_true="done", if_false="other")
    definition = drip().model_copy(update={"entry": "check", "steps": (check, Exit(id="done"), Exit(id="other"))})
    people = ordinary_people(definition, signup(), 5)
    everybody = (*people, *branch_people(definition, signup(), people))
    walked = {branch for person in everybody for branch in predicted(definition, person)}
    assert walked == {("check", "true"), ("check", "false")}


@pytest.mark.parametrize("count", [5, 12])
def test_more_leads_may_be_asked_for(sqlite_stage: Stage, tmp_path: Path, count: int, examine: Examine) -> None:
    sqlite_stage.configure(drip(), signup(), active=False)
    report = examine(sqlite_stage, tmp_path, drip(), lead_count=count)
    assert report.lead_count == count


def mailing(*steps: Any, **values: Any) -> WorkflowDefinition:
    """A workflow of these steps and two ends."""
    ends = (Exit(id="done"), Exit(id="gave_up", outcome="failed", reason="mail could not be sent"))
    return drip().model_copy(update={"entry": steps[0].id, "steps": (*steps, *ends), **values})


def mail(step: str = "mail", **values: Any) -> SendEmail:
    ways = {"on_success": "done", "on_failure": "gave_up"}
    return SendEmail.model_validate({"id": step, "content_ref": "acme/it/1", **ways, **values})


SCORED = Predicate(field="score", operator="greater_than", value=50)
MARK = UpdateLead(id="mark", field="status", value="cold", on_success="done", on_failure="gave_up")
HOLDOUT = (Arm(name="control", weight=30, next="done", holdout=True), Arm(name="written", weight=70, next="mail"))


@pytest.mark.parametrize(
    ("definition", "errors"),
    [
        (mailing(mail(purpose="transactional")), "passed"),
        (mailing(Condition(id="big", when=SCORED, if_true="mail", if_false="mark"), mail(), MARK), "passed"),
        (mailing(Condition(id="big", when=SCORED, if_true="mark", if_false="mail"), mail(), MARK), "passed"),
        (mailing(Split(id="draw", arms=HOLDOUT), mail()), "passed"),
        (mailing(mail(error=ErrorPolicy(strategy="fail_fast"))), "not_applicable"),
        (mailing(mail(error=ErrorPolicy(strategy="manual_intervention"))), "not_applicable"),
        (mailing(mail(error=ErrorPolicy(strategy="fallback", fallback_step="mark")), MARK), "not_applicable"),
        (mailing(mail(error=ErrorPolicy(strategy="retry_5x"))), "passed"),
        (mailing(mail(), reentry=Reentry(policy="after_exit")), "passed"),
        (mailing(mail(), reentry=Reentry(policy="after_days", days=3)), "passed"),
    ],
    ids=["transactional", "mail if", "mail else", "holdout", "fail fast", "manual", "fallback", "5x", "exit", "days"],
)
def test_a_sound_workflow_of_any_shape_passes(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine, definition: WorkflowDefinition, errors: str
) -> None:
    trigger = signup().model_copy(update={"rate_limit": "100 per hour" if definition.reentry else "1 per lead"})
    sqlite_stage.configure(definition, trigger, active=False)
    report = examine(sqlite_stage, tmp_path, definition, trigger, every_branch=True)
    assert report.passed, [case for case in report.cases if case.status == "failed"]
    found = {case.test_case: case for case in report.cases}
    assert (found["Error handling"].status, found["Email 1 sends correctly"].status) == (errors, "passed")
    assert report.cleanup.clean


@pytest.mark.parametrize("limit", ["5 per lead", "100 per hour"])
def test_who_may_come_back_is_told_so_and_no_fault(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine, limit: str
) -> None:
    rule = None if limit.endswith("lead") else Reentry(policy="after_exit")
    definition = mailing(mail(), reentry=rule)
    trigger = TriggerDefinition(trigger_id="acme-drip-signup", type="manual", workflow_id="acme-drip", rate_limit=limit)
    sqlite_stage.configure(definition, trigger, active=False)
    report = examine(sqlite_stage, tmp_path, definition, trigger)
    (case,) = (case for case in report.cases if case.test_case == "Trigger filters")
    assert case.status == "passed"
    assert "same address again: enrolled again, as may be, 2 executions" in case.observed


def test_mails_of_a_loop_are_each_timed_by_their_own_wait(
    sqlite_stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    again = Condition(id="opened", when=Predicate(field="email_1_opened", value=True), if_true="done", if_false="mail")
    definition = mailing(mail(on_success="rest"), Wait(id="rest", hours=48, next="opened"), again)
    sqlite_stage.configure(definition, signup(), active=False)
    report = examine(sqlite_stage, tmp_path, definition)
    cases = {case.test_case: case for case in report.cases}
    assert (cases["48h delay works"].status, cases["48h delay works"].measured_ms) == ("passed", 0)
    # Who never opens is written to without end, which the report tells.
    assert cases["Execution time"].status == "failed" and "not ended" in cases["Execution time"].observed
