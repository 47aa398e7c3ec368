"""config/stage17/stage.yaml is the SOP: gates, nine steps, owners, approvers."""

from pathlib import Path

from gtm.domain.config_loading import load_config
from gtm.domain.spec import Policies, StageSpec

ROOT = Path(__file__).resolve().parents[3]
STAGE = load_config((ROOT / "config/stage17/stage.yaml").read_bytes(), StageSpec, "stage.yaml")
POLICIES = load_config((ROOT / "config/policies.yaml").read_bytes(), Policies, "policies.yaml")


def test_nine_steps_with_the_agents_that_the_sop_names() -> None:
    assert [(s.id, s.agent) for s in STAGE.steps] == [
        ("1.1", "LEAD"),
        ("1.2", "LEAD"),
        ("1.3", "LEAD"),
        ("2.1", "PLAN"),
        ("2.2", "ContentGenerator"),
        ("2.3", "PLAN"),
        ("3.1", "WorkflowOrchestrator"),
        ("3.2", "WorkflowOrchestrator"),
        ("3.3", "EXEC"),
    ]
    assert [(s.id, s.owner, s.support) for s in STAGE.substages] == [
        ("17.1", "LEAD", None),
        ("17.2", "PLAN", "ContentGenerator"),
        ("17.3", "EXEC", "WorkflowOrchestrator"),
    ]


def test_checkpoints_come_where_the_sop_puts_them() -> None:
    assert [(c.id, c.role, c.after_step, c.covers) for c in STAGE.checkpoints] == [
        ("strategy", "LEAD", "1.3", ("1.1", "1.2", "1.3")),
        ("content", "LEAD", "2.2", ("2.1", "2.2")),
        ("campaigns", "PLAN", "2.3", ("2.1", "2.2", "2.3")),
        ("automation", "EXEC", "3.3", ("3.1", "3.2", "3.3")),
        ("final", "LEAD", "3.3", tuple(s.id for s in STAGE.steps)),
    ]


def test_the_approvals_of_copy_and_campaigns_are_bound_to_channels_budget_and_brief() -> None:
    bound = {c.id: c.hashed for c in STAGE.checkpoints if c.binds}
    assert bound == {
        "content": ("2.1", "2.2", "1.2", "1.3", "brief"),
        "campaigns": ("2.1", "2.2", "2.3", "1.2", "1.3", "brief"),
    }
    assert all(c.hashed == c.covers for c in STAGE.checkpoints if c.id not in bound)


def test_entry_gates_fail_towards_stage_16_and_11() -> None:
    assert [(g.failure_mode, g.failure_stage) for g in STAGE.entry_gates] == [("escalate", 16), ("recurse", 11)]
    assert [g.failure_mode for g in STAGE.exit_gates] == ["retry"] * 3


def test_all_twelve_tools_are_used() -> None:
    assert {tool for s in STAGE.steps for tool in s.tools} == {
        "read-market-strategy",
        "encode-strategy",
        "configure-channels",
        "allocate-budget",
        "create-template",
        "generate-content",
        "validate-brand-voice",
        "schedule-campaign",
        "configure-workflow",
        "define-trigger",
        "test-workflow",
        "monitor-workflow",
    }


def test_the_numbers_of_the_sop_stand_in_the_policies() -> None:
    run = POLICIES.run
    assert (POLICIES.default_split.proven, POLICIES.default_split.growth, POLICIES.default_split.experimental) == (
        70,
        20,
        10,
    )
    assert (run.minimum_test_leads, run.execution_seconds, run.trigger_seconds, run.api_retries) == (5, 30, 60, 3)
    assert run.agent_response_seconds == 5
    assert POLICIES.calendar_weeks == 4
    assert POLICIES.variants.minimum == 2
    b2b, b2c = POLICIES.window("b2b"), POLICIES.window("b2c")
    assert b2b.weekdays == (1, 2, 3)
    assert [(f"{r.start:%H}", f"{r.end:%H}") for r in b2b.ranges] == [("10", "14")]
    assert b2c.weekdays == (5, 6)
    assert [(f"{r.start:%H}", f"{r.end:%H}") for r in b2c.ranges] == [("08", "10"), ("19", "21")]


def test_the_ranges_of_targets_hold_their_own_values() -> None:
    for target in POLICIES.targets:
        assert POLICIES.weekly_leads_target.holds(target.leads_per_week)  # type: ignore[arg-type]
        assert POLICIES.conversion_target.holds(target.conversion)
        assert target.leads_alert < target.leads_per_week
        assert target.conversion_alert < target.conversion
        assert target.effectiveness_alert < target.effectiveness
    weights = POLICIES.effectiveness_weights
    assert weights.ctr + weights.engagement + weights.conversion == 1
