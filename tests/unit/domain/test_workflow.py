"""Definitions in the SOP's shapes, and checks that name every fault with its step."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gtm.domain.conditions import Predicate
from gtm.domain.workflow import (
    Condition,
    ErrorPolicy,
    Exit,
    HttpRequest,
    SendEmail,
    TriggerDefinition,
    TriggerFilters,
    Wait,
    WorkflowDefinition,
    due_after,
    parse_rate_limit,
)
from gtm.domain.workflow_checks import check_definition, check_triggers
from gtm.domain.workflow_graph import mermaid

SOP_WORKFLOW = """
workflow_id: email-drip-onboarding
trigger:
  type: database_insert
  table: leads
  condition: lead_source = 'website_signup'
actions:
  - step: 1
    type: send_email
    template: acme/all/1
    delay: 0h
  - step: 2
    type: wait
    duration: 48h
  - step: 3
    type: conditional
    condition: email_1_opened = true
    if_true: send_email_2a
    if_false: send_email_2b
"""
REFS = ("acme/all/1", "acme/all/2", "acme/all/3")


def drip(**changes: Any) -> WorkflowDefinition:
    """The SOP's workflow example with the steps it leaves out."""
    steps = {
        "send_email_1": SendEmail(id="send_email_1", content_ref=REFS[0], on_success="wait_1", on_failure="gave_up"),
        "wait_1": Wait(id="wait_1", hours=48, next="opened"),
        "opened": Condition(
            id="opened",
            when=Predicate(field="email_1_opened", value=True),
            if_true="send_email_2a",
            if_false="send_email_2b",
        ),
        "send_email_2a": SendEmail(id="send_email_2a", content_ref=REFS[1], on_success="done", on_failure="gave_up"),
        "send_email_2b": SendEmail(
            id="send_email_2b", content_ref=REFS[2], email=2, on_success="done", on_failure="gave_up"
        ),
        "done": Exit(id="done"),
        "gave_up": Exit(id="gave_up", outcome="failed", reason="mail could not be sent"),
    }
    for name, change in changes.items():
        steps[name] = steps[name].model_copy(update=change) if isinstance(change, dict) else change
    return WorkflowDefinition(
        workflow_id="email-drip-onboarding",
        venture_id="acme",
        name="Onboarding",
        campaign_id="acme-email-drip",
        triggers=("lead-signup-trigger",),
        entry="send_email_1",
        steps=tuple(steps.values()),
    )


TRIGGER = TriggerDefinition(
    trigger_id="lead-signup-trigger",
    conditions=(Predicate(field="lead_source", value="website_signup"),),
    workflow_id="email-drip-onboarding",
)


def failed(definition: WorkflowDefinition, *triggers: TriggerDefinition) -> dict[str, str]:
    return {c.name: c.detail for c in check_definition(definition, REFS, triggers) if not c.passed}


def test_the_yaml_has_the_shape_of_the_sops_example() -> None:
    written = yaml.safe_load(drip().as_sop_yaml(TRIGGER))
    written["actions"] = written["actions"][:3]
    assert written == yaml.safe_load(SOP_WORKFLOW)


def test_with_paths_every_action_shows_both() -> None:
    first = drip().as_sop(TRIGGER, paths=True)["actions"][0]
    assert (first["name"], first["on_success"], first["on_failure"]) == ("send_email_1", "wait_1", "gave_up")


def test_the_trigger_has_the_shape_of_the_sops_template() -> None:
    trigger = TriggerDefinition(
        trigger_id="lead-signup-trigger",
        conditions=(Predicate(field="lead_source", value="website"), Predicate(field="status", value="new")),
        workflow_id="email-drip-onboarding",
        rate_limit="1 per lead",
    )
    assert trigger.as_sop() == {
        "trigger_id": "lead-signup-trigger",
        "type": "database_insert",
        "source_table": "leads",
        "conditions": {"lead_source": "website", "status": "new"},
        "workflow_id": "email-drip-onboarding",
        "rate_limit": "1 per lead",
    }


def test_a_sound_definition_passes_every_check() -> None:
    checks = check_definition(drip(), REFS, [TRIGGER])
    assert [c.name for c in checks if not c.passed] == []
    assert {c.sop for c in checks} >= {
        "Trigger conditions validated (no false positives)",
        "All action steps have success/failure paths",
        "Delays and pacing configured",
        "Workflow documented with diagram",
    }


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ({"send_email_2a": {"on_failure": None}}, "workflow.actions_have_both_paths", "send_email_2a has no failure"),
        ({"send_email_2a": {"on_success": None}}, "workflow.actions_have_both_paths", "send_email_2a has no success"),
        ({"wait_1": {"hours": 721}}, "workflow.delays_and_pacing_configured", "wait_1 delays 721 h"),
        ({"wait_1": {"hours": -1}}, "workflow.delays_and_pacing_configured", "wait_1 delays -1 h"),
        ({"send_email_1": {"delay_hours": 900}}, "workflow.delays_and_pacing_configured", "send_email_1 delays 900"),
        ({"wait_1": {"hours": 0}}, "workflow.delays_and_pacing_configured", "send_email_2a follows send_email_1"),
        ({"send_email_2a": {"on_success": "opened"}}, "workflow.delays_and_pacing_configured", "loops without a wait"),
        ({"opened": {"if_false": None}}, "workflow.targets_exist", "opened leads nowhere on false"),
        ({"opened": {"if_false": "ghost"}}, "workflow.targets_exist", "opened leads to 'ghost' on false"),
        ({"opened": {"if_false": "send_email_2a"}}, "workflow.every_step_reachable", "send_email_2b is never reached"),
        (
            {"send_email_2a": {"content_ref": "acme/all/9"}},
            "workflow.content_known",
            "send_email_2a sends 'acme/all/9'",
        ),
        (
            {"opened": {"when": Predicate(field="shoe_size", value=1)}},
            "workflow.fields_known",
            "opened: there is no field 'shoe_size'",
        ),
        (
            {"opened": {"when": Predicate(field="email_7_opened", value=True)}},
            "workflow.fields_known",
            "opened: the workflow sends no email 7",
        ),
        (
            {"opened": {"when": Predicate(field="company", operator="greater_than", value=3)}},
            "workflow.fields_known",
            "opened: greater_than compares numbers",
        ),
        (
            {"send_email_1": {"error": ErrorPolicy(strategy="fallback")}},
            "workflow.errors_handled",
            "send_email_1: the strategy fallback needs",
        ),
        (
            {"send_email_2a": HttpRequest(id="send_email_2a", on_success="done", on_failure="gave_up")},
            "workflow.errors_handled",
            "send_email_2a: an http_request names",
        ),
    ],
)
def test_every_fault_is_named_with_its_step(changes: dict[str, Any], check: str, words: str) -> None:
    faults = failed(drip(**changes), TRIGGER)
    assert words in faults[check]


def test_several_faults_are_named_at_once() -> None:
    faults = failed(
        drip(send_email_1={"on_failure": None}, wait_1={"hours": 1000}, opened={"if_true": "ghost"}), TRIGGER
    )
    assert {"workflow.actions_have_both_paths", "workflow.delays_and_pacing_configured"} <= faults.keys()
    assert "ghost" in faults["workflow.targets_exist"]


def test_a_workflow_that_never_ends_is_refused() -> None:
    steps = (
        SendEmail(id="mail", content_ref=REFS[0], on_success="again", on_failure="again"),
        Wait(id="again", hours=24, next="mail"),
    )
    endless = drip().model_copy(update={"entry": "mail", "steps": steps})
    assert failed(endless)["workflow.has_exit"] == "no exit or goal can be reached."
    assert "workflow.delays_and_pacing_configured" not in failed(endless)


def test_a_long_chain_is_checked_without_recursion() -> None:
    waits = [Wait(id=f"w{n}", hours=1, next=f"w{n + 1}") for n in range(198)]
    chain = drip().model_copy(update={"entry": "w0", "steps": (*waits, Exit(id="w198"))})
    assert failed(chain) == {}


def test_a_trigger_without_conditions_would_fire_for_everybody() -> None:
    open_door = TRIGGER.model_copy(update={"conditions": ()})
    faults = failed(drip(), open_door)
    assert "fires for every lead" in faults["workflow.trigger_conditions_validated"]


def test_trigger_checks_name_each_line_of_the_sop() -> None:
    careless = TRIGGER.model_copy(
        update={"rate_limit": None, "filters": TriggerFilters(exclude_test=False), "trigger_id": "careless"}
    )
    lonely = drip().model_copy(update={"workflow_id": "lonely", "triggers": ()})
    faults = {c.name: c.detail for c in check_triggers([drip(), lonely], [careless]) if not c.passed}
    assert faults["triggers.each_workflow_has_one"] == "Lonely has no trigger.".replace("Lonely", "lonely")
    assert faults["triggers.rate_limited"] == "careless has no rate limit."
    assert "careless" in faults["triggers.exclude_test_and_duplicates"]
    assert all(c.passed for c in check_triggers([drip()], [TRIGGER]))


def test_a_cron_that_never_fires_is_named() -> None:
    broken = TRIGGER.model_copy(
        update={"type": "schedule", "schedule": {"cron": "0 9 31 2 *", "zone": "UTC"}, "conditions": ()}
    )
    trigger = TriggerDefinition.model_validate(broken.model_dump(warnings=False))
    faults = {c.name: c.detail for c in check_triggers([drip()], [trigger]) if not c.passed}
    assert "never fires" in faults["triggers.conditions_valid"]


@pytest.mark.parametrize("text", ["1 per lead", "100 per hour", "5 per day", "2 per week"])
def test_rate_limits_are_read(text: str) -> None:
    limit = parse_rate_limit(text)
    assert f"{limit.count} per {limit.per}" == text


@pytest.mark.parametrize("text", ["", "0 per lead", "one per lead", "1 per lead per day", "-1 per hour", "1 per LEAD"])
def test_other_rate_limits_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TriggerDefinition(trigger_id="t", workflow_id="w", rate_limit=text)


def test_unknown_keys_and_zones_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        WorkflowDefinition.model_validate({**drip().model_dump(), "shell": "rm"})
    with pytest.raises(ValidationError, match="IANA"):
        TriggerDefinition.model_validate(
            {
                "trigger_id": "t",
                "workflow_id": "w",
                "type": "schedule",
                "schedule": {"cron": "* * * * *", "zone": "Mars/X"},
            }
        )


def test_email_numbers_come_from_the_content_or_are_given() -> None:
    assert SendEmail(id="a", content_ref="acme/all/3").email_number == 3
    assert SendEmail(id="a", content_ref="acme/all/2b").email_number == 2
    assert SendEmail(id="a", content_ref="acme/all/9", email=4).email_number == 4


def test_mermaid_names_every_step_and_escapes_what_people_wrote() -> None:
    nasty = drip(done=Exit(id="done", reason='"];click s_done "javascript:x" <b>'))
    drawn = mermaid(nasty)
    assert all(f"s_{step.id}" in drawn for step in nasty.steps)
    assert '"];click' not in drawn and "<b>" not in drawn
    assert "s_opened -->|true| s_send_email_2a" in drawn


FRIDAY_NOON = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)


def test_business_hours_skip_the_weekend_in_the_leads_own_zone() -> None:
    assert due_after(48, FRIDAY_NOON) == datetime(2026, 1, 11, 12, 0, tzinfo=UTC)
    assert due_after(48, FRIDAY_NOON, business_days_only=True) == datetime(2026, 1, 13, 12, 0, tzinfo=UTC)
    # Saturday morning in Tokyo is still Friday in UTC: the wait begins on Tokyo's Monday.
    friday_in_utc = datetime(2026, 1, 9, 16, 0, tzinfo=UTC)
    tokyo = due_after(24, friday_in_utc, business_days_only=True, zone="Asia/Tokyo")
    assert tokyo == datetime(2026, 1, 12, 15, 0, tzinfo=UTC)


@given(
    st.integers(min_value=0, max_value=720),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]),
)
def test_a_business_wait_never_ends_on_a_weekend_and_counts_exactly_its_hours(
    hours: int, at: datetime, zone: str
) -> None:
    from zoneinfo import ZoneInfo

    begin = at.replace(tzinfo=UTC)
    end = due_after(hours, begin, business_days_only=True, zone=zone)
    assert end.astimezone(ZoneInfo(zone)).weekday() < 5
    assert end - begin >= timedelta(hours=hours)
    counted, moment = timedelta(0), begin
    while moment < end:
        nxt = min(
            end,
            moment
            + timedelta(minutes=30)
            - timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond),
        )
        if moment.astimezone(ZoneInfo(zone)).weekday() < 5:
            counted += nxt - moment
        moment = nxt
    assert counted == timedelta(hours=hours)
