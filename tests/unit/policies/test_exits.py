"""Exit criteria, exit gates, final approval and handoff checklist."""

from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.dossier import Dossier, TestReports
from gtm.policies import exits
from gtm.policies.facts import (
    ActiveWorkflowsFacts,
    AgentFacts,
    CampaignRow,
    CampaignsFacts,
    FinalFacts,
    HandoffFacts,
    SubstageFacts,
    WorkflowRow,
)
from gtm.policies.handoff import checklist
from tests.unit.policies.support import assert_fails, at, common, dossier, lines, stage, with_


def judge_substage(substage: str, of: Dossier, stored: int = 1) -> Any:
    return exits.substage(SubstageFacts(**common(), substage=substage, dossier=of, stored_configurations=stored))


def step_open(step: str) -> Dossier:
    rows = tuple(with_(s, status="started") if s.step == step else s for s in dossier().steps)
    return with_(dossier(), steps=rows)


def decided(checkpoint: str, **changes: Any) -> Dossier:
    index = next(n for n, a in enumerate(dossier().approvals) if a.checkpoint == checkpoint)
    return with_(dossier(), approvals=at(dossier().approvals, index, **changes))


DOSSIER = dossier()
NO_TESTS = with_(DOSSIER, tests=TestReports(venture_id="fleet", reports=()))
SUBSTAGES = [
    ("17.1", "exits.strategy_configuration.steps_done", step_open("1.2"), 1, "step 1.2 is started"),
    ("17.1", "exits.strategy_configuration.configuration_stored", DOSSIER, 0, "gtm_configs"),
    ("17.1", "exits.strategy_configuration.approved", decided("strategy", status="pending"), 1, "is pending"),
    ("17.2", "exits.campaign_development.steps_done", with_(DOSSIER, steps=()), 1, "not started"),
    ("17.2", "exits.campaign_development.campaign_ready", with_(DOSSIER, content=None), 1, "no campaign"),
    ("17.2", "exits.campaign_development.approved", decided("campaigns", role="LEAD"), 1, "decided as LEAD"),
    ("17.3", "exits.automation_setup.steps_done", step_open("3.3"), 1, "step 3.3"),
    ("17.3", "exits.automation_setup.workflow_passing", NO_TESTS, 1, "no workflow passes"),
    ("17.3", "exits.automation_setup.approved", with_(DOSSIER, approvals=()), 1, "never asked"),
]


@pytest.mark.parametrize("substage", ["17.1", "17.2", "17.3"])
def test_a_finished_run_meets_the_exit_criteria(substage: str) -> None:
    verdict = judge_substage(substage, DOSSIER)
    assert verdict.passed, verdict.explain()
    assert {c.name for c in verdict.checks} == lines(f"exits.substage:{substage}")


@pytest.mark.parametrize(("substage", "name", "broken", "stored", "word"), SUBSTAGES)
def test_an_open_criterion_fails(substage: str, name: str, broken: Dossier, stored: int, word: str) -> None:
    assert_fails(judge_substage(substage, broken, stored), name, word)


def test_every_exit_criterion_has_a_failing_case() -> None:
    assert {row[1] for row in SUBSTAGES} == {line.check for s in stage().substages for line in s.exit_criteria}


def test_only_the_newest_round_of_a_checkpoint_counts() -> None:
    old = next(a for a in DOSSIER.approvals if a.checkpoint == "strategy")
    newer = with_(DOSSIER, approvals=(*DOSSIER.approvals, with_(old, round=2, status="rejected")))
    assert_fails(judge_substage("17.1", newer), "exits.strategy_configuration.approved", "is rejected")


def test_a_campaign_without_money_or_with_missing_copy_is_not_ready() -> None:
    assert exits.ready_campaigns(DOSSIER)
    assert DOSSIER.budget is not None
    assert DOSSIER.content is not None
    assert exits.ready_campaigns(with_(DOSSIER, budget=with_(DOSSIER.budget, lines=()))) == ()
    half = with_(DOSSIER.content, pieces=DOSSIER.content.pieces[1:])
    assert len(exits.ready_campaigns(with_(DOSSIER, content=half))) == len(exits.ready_campaigns(DOSSIER)) - 1


AGENT: dict[str, Any] = {
    "crew_status": "active",
    "agents_registered": 5,
    "answered": "operational",
    "seconds": Decimal("0.21"),
    "configuration_versions": 1,
    "log_lines": 9,
}


def judge_agent(**changes: Any) -> Any:
    return exits.agent_deployed(AgentFacts(**common(), **(AGENT | changes)))


@pytest.mark.parametrize(
    ("line", "changes", "word"),
    [
        ("crew_operational", {"crew_status": ""}, "the registry says nothing"),
        ("crew_operational", {"agents_registered": 0}, "no agent"),
        ("crew_operational", {"answered": "starting"}, "starting"),
        ("responds_in_time", {"seconds": Decimal("5.01")}, "5.01 s"),
        ("responds_in_time", {"seconds": None}, "did not answer"),
        ("configuration_stored", {"configuration_versions": 0}, "crew_configs"),
        ("logging_functional", {"log_lines": 0}, "agent_execution_logs"),
    ],
)
def test_exit_gate_1_fails(line: str, changes: dict[str, Any], word: str) -> None:
    assert_fails(judge_agent(**changes), f"exits.agent_deployed.{line}", word)


def test_exit_gate_1_passes_and_tells_the_measured_time() -> None:
    verdict = judge_agent(seconds=Decimal("5"))
    assert verdict.passed
    assert {c.name for c in verdict.checks} == lines("exits.agent_deployed")
    assert "0.21 s" in judge_agent().model_dump_json()


CAMPAIGN = CampaignRow("fleet-email-drip", "configured", 15, 1, Decimal("100.00"), 2)


def judge_campaigns(*rows: CampaignRow) -> Any:
    return exits.campaigns_configured(CampaignsFacts(**common(), campaigns=rows))


def row(**changes: Any) -> CampaignRow:
    from dataclasses import replace

    return replace(CAMPAIGN, **changes)


@pytest.mark.parametrize(
    ("line", "rows", "word"),
    [
        ("campaign_stored", (), "0 campaigns"),
        ("campaign_stored", (row(status="draft"),), "none of them configured"),
        ("content_schedule_budget", (row(content_pieces=0),), "lacks content"),
        ("content_schedule_budget", (row(schedules=0),), "lacks schedule"),
        ("content_schedule_budget", (row(budget=Decimal(0)),), "lacks budget"),
        ("channel_linked", (row(channels=0),), "linked to no channel"),
        ("channel_linked", (row(channels=0), row(campaign_id="b", schedules=0)), "linked to no channel"),
    ],
)
def test_exit_gate_2_fails(line: str, rows: tuple[CampaignRow, ...], word: str) -> None:
    assert_fails(judge_campaigns(*rows), f"exits.campaigns_configured.{line}", word)


def test_exit_gate_2_passes_with_one_whole_campaign() -> None:
    verdict = judge_campaigns(row(campaign_id="b", status="draft"), CAMPAIGN)
    assert verdict.passed, verdict.explain()
    assert {c.name for c in verdict.checks} == lines("exits.campaigns_configured")


@pytest.mark.parametrize(
    ("line", "rows", "word"),
    [
        ("active", (), "0 workflows"),
        ("active", (WorkflowRow("w", "paused", 6, 1, 1),), "none of them active"),
        ("executed", (WorkflowRow("w", "active", 0, 1, 1),), "w never ran"),
        ("triggers_enabled", (WorkflowRow("w", "active", 6, 2, 1),), "1 of 2"),
        ("triggers_enabled", (WorkflowRow("w", "active", 6, 0, 0),), "0 of 0"),
    ],
)
def test_exit_gate_3_fails(line: str, rows: tuple[WorkflowRow, ...], word: str) -> None:
    verdict = exits.workflows_active(ActiveWorkflowsFacts(**common(), workflows=rows))
    assert_fails(verdict, f"exits.workflows_active.{line}", word)


@pytest.mark.parametrize(
    ("workers", "held", "word"), [(0, False, "watched as soon as a worker runs"), (2, True, "watched by 2 workers")]
)
def test_exit_gate_3_passes_and_says_who_watches_the_triggers(workers: int, held: bool, word: str) -> None:
    rows = (WorkflowRow("w", "active", 6, 2, 2),)
    verdict = exits.workflows_active(ActiveWorkflowsFacts(**common(), workflows=rows, living_workers=workers))
    assert verdict.passed, verdict.explain()
    assert {c.name for c in verdict.checks} == lines("exits.workflows_active")
    (line,) = [c for c in verdict.checks if c.name.endswith("triggers_enabled")]
    assert (line.passed, word in line.detail) == (held, True)
    assert held or (line.severity, line.fix) == ("note", "start one: gtm worker")


def test_exit_gate_3_tells_what_stays_a_draft_and_what_to_do_next() -> None:
    rows = (WorkflowRow("w", "active", 6, 2, 2), WorkflowRow("x", "draft", 6, 1, 0, ("tell: no endpoint 'crm'",)))
    verdict = exits.workflows_active(ActiveWorkflowsFacts(**common(), workflows=rows, living_workers=1))
    assert verdict.passed
    (note,) = [c for c in verdict.checks if c.name == "exits.workflows_active.drafts"]
    assert (note.passed, note.severity) == (False, "note")
    assert note.detail == "x stays a draft: tell: no endpoint 'crm'."
    assert note.fix == "mend what is missing, then gtm workflow activate x"


def gates() -> tuple[Any, ...]:
    active = ActiveWorkflowsFacts(**common(), workflows=(WorkflowRow("w", "active", 6, 2, 2),))
    return (judge_agent(), judge_campaigns(CAMPAIGN), exits.workflows_active(active))


FINAL: dict[str, Any] = {"approval": "approved", "approved_role": "LEAD", "stage_status": "completed"}


@pytest.mark.parametrize(
    ("line", "changes", "word"),
    [
        ("gates_validated", {"exit_gates": gates()[:2]}, "Workflows Active"),
        ("gates_validated", {"exit_gates": (judge_agent(log_lines=0), *gates()[1:])}, "GTM Agent Deployed"),
        ("approved", {"approval": "pending"}, "is pending"),
        ("approved", {"approved_role": "PLAN"}, "decided as PLAN"),
        ("stage_completed", {"stage_status": "in_progress"}, "in_progress"),
    ],
)
def test_the_final_checklist_fails(line: str, changes: dict[str, Any], word: str) -> None:
    facts = {"exit_gates": gates()} | FINAL | changes
    assert_fails(exits.final(FinalFacts(**common(), **facts)), f"exits.final.{line}", word)


def test_the_final_checklist_passes() -> None:
    verdict = exits.final(FinalFacts(**common(), exit_gates=gates(), **FINAL))
    assert verdict.passed, verdict.explain()
    assert {c.name for c in verdict.checks} == lines("exits.final")


PACKAGE: dict[str, Any] = {
    "files": frozenset({"report.html", "lead-scoring.md", "agent-api.md"}),
    "briefing": "report.html",
    "lead_scoring": "lead-scoring.md",
    "has_scoring": True,
    "scoring_workflows": ("fleet-scored",),
    "dashboard_url": "http://127.0.0.1:8017/dashboard",
    "api_documentation": "agent-api.md",
}


@pytest.mark.parametrize(
    ("line", "changes", "word"),
    [
        ("team_briefed", {"briefing": "other.html"}, "other.html"),
        ("lead_scoring_access", {"lead_scoring": ""}, "no path"),
        ("lead_scoring_access", {"scoring_workflows": ()}, "no workflow of this run acts on a score"),
        ("dashboard_url", {"dashboard_url": ""}, "no performance dashboard exists yet"),
        ("dashboard_url", {"dashboard_url": "dashboard.html"}, "dashboard.html"),
        ("api_documentation", {"files": frozenset({"report.html", "lead-scoring.md"})}, "agent-api.md"),
    ],
)
def test_the_handoff_checklist_fails(line: str, changes: dict[str, Any], word: str) -> None:
    assert_fails(checklist(HandoffFacts(**common(), **(PACKAGE | changes))), f"handoff.{line}", word)


def test_scoring_that_a_venture_does_not_have_is_not_applicable() -> None:
    verdict = checklist(HandoffFacts(**common(), **(PACKAGE | {"has_scoring": False, "scoring_workflows": ()})))
    (line,) = [check for check in verdict.checks if check.name == "handoff.lead_scoring_access"]
    assert (line.passed, line.applies) == (True, False)
    assert line.detail == "Not applicable: the venture has no scoring."


def test_the_dashboard_that_does_not_exist_is_not_asked_for() -> None:
    verdict = checklist(HandoffFacts(**common(), **(PACKAGE | {"dashboard_url": ""})))
    assert "gtm serve" not in verdict.explain()


def test_the_handoff_checklist_passes() -> None:
    verdict = checklist(HandoffFacts(**common(), **PACKAGE))
    assert verdict.passed, verdict.explain()
    assert {c.name for c in verdict.checks} == lines("handoff.checklist")
