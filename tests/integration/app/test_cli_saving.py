"""`gtm workflow check`, `save`, `start` and `activate`: workflows that a person wrote, through the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from gtm.domain.brief import VentureBrief
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import NewLead
from gtm.store.database import Database
from gtm.store.models.automation import AutomationWorkflow, WorkflowTrigger
from gtm.store.models.enrolments import Enrolment
from gtm.store.repositories import automation, leads, logs
from tests.integration.app.conftest import Done, Gtm
from tests.integration.app.test_worker import rows

HAND: list[dict[str, Any]] = [{"trigger_id": "hand", "type": "manual", "workflow_id": "greet"}]
BOTH = {"on_success": "done", "on_failure": "lost"}
EXITS: list[dict[str, Any]] = [{"type": "exit", "id": "done"}, {"type": "exit", "id": "lost", "outcome": "failed"}]


def greet(*steps: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A workflow that marks people, after a rest."""
    own = steps or ({"type": "wait", "id": "rest", "hours": 1, "next": "done"},)
    used = json.dumps(own)
    return {
        "workflow_id": "greet",
        "venture_id": "fleet",
        "name": "Greet",
        "campaign_id": "fleet-hand-made",
        "triggers": ["hand"],
        "entry": own[0]["id"],
        "steps": [*own, *(step for step in EXITS if f'"{step["id"]}"' in used)],
        **values,
    }


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes something as a YAML file and gives its name."""

    def write(value: Any, name: str = "w.yaml") -> str:
        path = tmp_path / name
        path.write_bytes(value if isinstance(value, bytes) else yaml.safe_dump(value).encode())
        return str(path)

    return write


def told(done: Done) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)


def passed_tests(store: Database, workflow_id: str = "greet") -> None:
    with store.write() as session:
        automation.get_workflow(session, workflow_id).test_execution_count = 1


def test_a_file_is_checked_saved_and_becomes_a_new_version_once_it_was_active(
    here: Gtm, store: Database, fleet: VentureBrief, file: Any
) -> None:
    triggers = file(HAND, "t.yaml")
    assert told(here("workflow", "check", file(greet()), "--json"))["remarks"] == ["trigger 'hand' is not defined yet"]
    assert rows(store, AutomationWorkflow) == []
    first = told(here("workflow", "save", file(greet()), "--triggers", triggers, "--json"))
    assert (first["version"], first["status"], first["changed"], first["remarks"]) == (1, "draft", True, [])
    assert [row.trigger_id for row in rows(store, WorkflowTrigger)] == ["hand"]
    same = told(here("workflow", "save", "-", "--json", stdin=json.dumps(greet()).encode()))
    assert (same["version"], same["changed"]) == (1, False)
    passed_tests(store)
    assert here("workflow", "activate", "greet").code == 0
    second = here("workflow", "save", file(greet(name="Greet better")))
    assert second.code == 0 and "version 2" in second.out and "Version 1 was active" in second.out
    with store.read() as session:
        assert automation.get_definition(session, "greet", 1).name == "Greet"
        deeds = [row.action for row in logs.audit_entries(session, "fleet") if row.action.startswith("workflow.")]
    assert deeds == ["workflow.saved", "workflow.activated", "workflow.saved"]


def test_every_fault_is_told_at_once_with_its_step_and_nothing_is_stored(
    here: Gtm, store: Database, fleet: VentureBrief, file: Any
) -> None:
    broken = greet(
        {"type": "notify", "id": "tell", "to": "a@b.test", "message": "{{ ().__class__ }}", **BOTH},
        {"type": "condition", "id": "ask", "when": {"field": "nope", "value": 1}, "if_true": "ask", "if_false": "done"},
        {"type": "update_lead", "id": "mark", "field": "status", "value": "x" * 60, **BOTH},
    )
    off = [{**HAND[0], "workflow_id": "other"}, {"trigger_id": "clock", "type": "schedule", "workflow_id": "greet"}]
    done = here("workflow", "save", file(broken), "--triggers", file(off, "t.yaml"), "--json")
    assert done.code == 2
    findings = "\n".join(done.problem["findings"])
    for part in ("tell: ", "ask: ", "ask is never reached", "mark: status", "hand: it starts 'other'", "clock: a cron"):
        assert part in findings, part
    assert rows(store, AutomationWorkflow) == [] and rows(store, WorkflowTrigger) == []


def test_a_file_that_is_none_is_refused(here: Gtm, store: Database, fleet: VentureBrief, file: Any) -> None:
    for data, said in (
        (b"x" * 5_000_000, "bytes"),
        (greet(*({"type": "exit", "id": f"e{n}"} for n in range(300))), "200 steps"),
        (b"steps: [", "cannot be read"),
        (greet(venture_id="nobody"), "venture"),
        (greet({"type": "wait", "id": "rest", "hours": "x", "next": "done"}), "steps.rest"),
    ):
        done = here("workflow", "save", file(data))
        assert done.code == 2 and said in done.err
    assert rows(store, AutomationWorkflow) == []


def active(here: Gtm, store: Database, file: Any) -> None:
    triggers = [{**HAND[0], "rate_limit": "5 per lead"}]
    assert here("workflow", "save", file(greet()), "--triggers", file(triggers, "t.yaml")).code == 0
    passed_tests(store)
    assert here("workflow", "activate", "greet").code == 0
    now = SystemClock().now()
    with store.write() as session:
        for number in range(6):
            person = NewLead(
                venture_id="fleet", email=f"p{number}@example.test", segment_id=fleet_segment(number), consent="granted"
            )
            leads.add_lead(session, person.as_lead(f"lead-{number}"), now)


def fleet_segment(number: int) -> str:
    return "it-teams" if number % 2 else "security"


def test_people_are_started_by_name_by_segment_and_all(
    here: Gtm, store: Database, fleet: VentureBrief, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.cli import leads_import

    monkeypatch.setattr(leads_import, "_segments", lambda *_: ("it-teams", "security"))
    active(here, store, file)
    named = told(here("workflow", "start", "greet", "lead-0", "P1@example.test", "--json"))
    assert named["started"] == 2 and [one["email"] for one in named["leads"]] == ["p0@example.test", "p1@example.test"]
    assert told(here("workflow", "start", "greet", "--segment", "it-teams", "--json"))["started"] == 3
    done = here("workflow", "start", "greet", "--all")
    assert done.code == 0 and "6 people are started" in done.out
    assert len(rows(store, Enrolment)) == 2 + 3 + 6


def test_what_cannot_be_started_starts_nobody(here: Gtm, store: Database, fleet: VentureBrief, file: Any) -> None:
    active(here, store, file)
    for arguments, said in (
        (["greet"], "say whom"),
        (["greet", "lead-0", "--all"], "say whom"),
        (["greet", "lead-0", "nobody@example.test"], "no lead of that address"),
        (["greet", "--segment", "nowhere"], "no such segment"),
        (["greet", "--all", "--trigger", "other"], "no such manual trigger"),
        (["nothing", "--all"], "no such workflow"),
    ):
        done = here("workflow", "start", *arguments)
        assert done.code == 2 and said in done.err, arguments
    assert rows(store, Enrolment) == []


def test_a_workflow_that_is_not_active_or_has_no_manual_trigger_is_not_started(
    here: Gtm, store: Database, fleet: VentureBrief, file: Any
) -> None:
    form = [{"trigger_id": "hand", "type": "webhook", "workflow_id": "greet"}]
    here("workflow", "save", file(greet()), "--triggers", file(form, "t.yaml"))
    done = here("workflow", "start", "greet", "--all")
    assert done.code == 1 and "is draft" in done.err and "gtm workflow activate greet" in done.err
    passed_tests(store)
    here("workflow", "activate", "greet")
    done = here("workflow", "start", "greet", "--all")
    assert done.code == 1 and "no trigger of type manual" in done.err and "hand (webhook)" in done.err


def test_a_workflow_whose_connector_is_not_configured_is_not_activated(
    here: Gtm, store: Database, fleet: VentureBrief, file: Any, tmp_path: Path
) -> None:
    call = greet(
        {"type": "http_request", "id": "tell_crm", "connector": "crm", "on_success": "hook", "on_failure": "lost"},
        {"type": "http_request", "id": "hook", "url": "https://hooks.example.test/x", **BOTH},
    )
    assert here("workflow", "save", file(call)).code == 0
    passed_tests(store)
    refused = here("workflow", "activate", "greet", "--json")
    assert refused.code == 1
    assert "tell_crm: GTM_HTTP_ENDPOINTS names no endpoint 'crm'" in refused.problem["detail"]
    assert any(one.startswith("hook: the allowed_hosts") for one in refused.problem["findings"])
    endpoints = file(
        {"endpoints": [{"name": "crm", "url": "https://crm.example.test/"}], "allowed_hosts": ["hooks.example.test"]},
        "endpoints.yaml",
    )
    assert here("workflow", "activate", "greet", GTM_HTTP_ENDPOINTS=endpoints).code == 0
    sync = greet({"type": "crm_sync", "id": "sync", "connector": "hubspot", **BOTH})
    assert here("workflow", "save", file(sync)).code == 0
    passed_tests(store)
    refused = here("workflow", "activate", "greet", GTM_HTTP_ENDPOINTS=endpoints)
    assert refused.code == 1 and "sync: there is no CRM connector 'hubspot'" in refused.err


def test_an_endpoints_file_that_cannot_be_used_is_told(
    here: Gtm, store: Database, fleet: VentureBrief, file: Any, tmp_path: Path
) -> None:
    for text, said in (
        (None, "cannot be read"),
        (b"endpoints: [{name: crm, url: ftp://x}]", "endpoints"),
        (b"endpoints: [{name: crm, url: 'https://x.test/', token: plain-text}]", "token"),
        (b"timeout_seconds: 900", "timeout_seconds"),
    ):
        name = str(tmp_path / "none.yaml") if text is None else file(text, "endpoints.yaml")
        done = here("workflow", "activate", "greet", GTM_HTTP_ENDPOINTS=name)
        assert done.code == 2 and said in done.err and "plain-text" not in done.err


def test_a_score_that_no_column_takes_is_refused_at_the_command_line(here: Gtm, fleet: VentureBrief) -> None:
    for score in ("3000000000", "99999999999999999999"):
        done = here("lead", "add", "fleet", "--email", "a@b.test", "--score", score)
        assert done.code == 2 and "score" in done.err and "Traceback" not in done.err


def test_a_key_that_a_step_does_not_have_is_told_with_those_that_it_has(
    here: Gtm, fleet: VentureBrief, file: Any
) -> None:
    step = {"type": "wait", "id": "rest", "hour": 1, "next": "done"}
    done = here("workflow", "check", file(greet(step)), "--json")
    assert "steps.rest.hour unknown key, did you mean hours?" in done.problem["detail"]
    assert "business_days" in done.problem["allowed"] and "if_true" not in done.problem["allowed"]


def test_a_fault_of_a_triggers_condition_is_told_once(here: Gtm, fleet: VentureBrief, file: Any) -> None:
    when = [{"field": "shoe_size", "operator": "greater_than", "value": 80}]
    triggers = file([{**HAND[0], "type": "conditional", "conditions": when}], "t.yaml")
    done = here("workflow", "check", file(greet()), "--triggers", triggers, "--json")
    assert done.code == 2
    assert json.dumps(done.problem).count("there is no field 'shoe_size'") == 1


def test_a_trigger_that_nobody_can_come_back_by_is_remarked(here: Gtm, fleet: VentureBrief, file: Any) -> None:
    back = greet(reentry={"policy": "after_exit"})
    hook = {**HAND[0], "type": "webhook", "rate_limit": None}
    shut = told(here("workflow", "check", file(back), "--triggers", file([hook], "t.yaml"), "--json"))["remarks"]
    assert shut == ["hand leaves out whoever is known already (exclude_duplicates): nobody comes back by it"]
    opened = {**hook, "filters": {"exclude_duplicates": False}}
    assert (
        told(here("workflow", "check", file(back), "--triggers", file([opened], "t.yaml"), "--json"))["remarks"] == []
    )


def test_a_workflow_whose_campaign_has_no_content_cannot_be_tested_and_says_why(
    here: Gtm, store: Database, fleet: VentureBrief, file: Any
) -> None:
    mail = {"type": "send_email", "id": "mail", "content_ref": "fleet-hand-made/security/1", **BOTH}
    assert here("workflow", "save", file(greet(mail)), "--triggers", file(HAND, "t.yaml")).code == 0
    done = here("workflow", "test", "greet", "--json")
    assert done.code == 1
    assert (done.problem["field"], done.problem["value"]) == ("campaign_id", "fleet-hand-made")
    assert "cannot be written" in done.problem["detail"]
