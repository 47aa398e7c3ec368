"""stage.yaml names only policies that exist, and each policy decides all its lines."""

from pathlib import Path
from typing import Any

import pytest

from gtm.domain.errors import ConfigError, StepFailed
from gtm.domain.spec import ChecklistLine
from gtm.policies.checklist import Checklist, told_together
from gtm.policies.facts import ConnectionTest
from gtm.policies.names import CHECKS, checklists, name_faults
from gtm.policies.registry import POLICIES, all_lines, judge_step, policy, step_facts
from tests.unit.policies.support import dossier, drafts, policies, stage, with_

STEPS = [s.id for s in stage().steps]
TRIED = (ConnectionTest(name="email", ok=True, detail="250 ok"),)


@pytest.mark.parametrize("step", STEPS)
def test_a_finished_run_passes_each_guardrail_and_every_line_is_decided(step: str) -> None:
    verdict = judge_step(step, stage(), policies(), dossier(), connections=TRIED)
    assert verdict.passed, verdict.explain()
    spec = stage().step(step)
    assert {line.check: line.sop for line in spec.checklist}.items() <= {c.name: c.sop for c in verdict.checks}.items()
    assert verdict.policy == spec.guardrail


@pytest.mark.parametrize("step", STEPS)
def test_an_empty_run_fails_each_guardrail(step: str) -> None:
    empty = dict.fromkeys(("strategy", "channels", "budget", "templates", "content", "schedule", "workflows"))
    bare = with_(dossier(), **empty, triggers=None, tests=None)
    verdict = judge_step(step, stage(), policies(), bare)
    assert f"nothing is stored for step {step}" in verdict.explain()


def test_an_unknown_step_or_policy_is_refused() -> None:
    with pytest.raises(StepFailed):
        step_facts("4.1", stage(), policies(), dossier())
    with pytest.raises(ConfigError):
        policy("no.policy")


def test_a_line_that_nothing_decides_fails() -> None:
    gate = stage().entry_gates[0]
    line = ChecklistLine(check="entry.market_strategy.new_line", sop="A new line")
    longer = with_(stage(), entry_gates=(with_(gate, checklist=(*gate.checklist, line)), *stage().entry_gates[1:]))
    verdict = Checklist(longer, gate.policy).verdict()
    assert "No policy decides this line." in verdict.explain()
    assert not verdict.passed


def test_long_lists_of_faults_are_shortened_and_notes_do_not_stop() -> None:
    checks = Checklist(stage(), "none")
    checks.note("house.note", "House rule", [f"fault {n}" for n in range(12)], "fine", "mend them")
    verdict = checks.verdict()
    assert verdict.passed
    assert verdict.checks[0].detail.endswith("; and 4 more.")


def test_policies_are_pure_and_read_no_clock_file_or_chance() -> None:
    folder = Path(__file__).resolve().parents[3] / "gtm" / "policies"
    forbidden = (
        "import random",
        "import os",
        "open(",
        "Path(",
        "datetime.now",
        "date.today",
        "import time",
        "gtm.store",
    )
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in forbidden if word in text], path.name


def test_a_verdict_is_the_same_each_time() -> None:
    d: Any = dossier()
    assert judge_step("2.2", stage(), policies(), d) == judge_step("2.2", stage(), policies(), d)
    assert drafts().content == d.content


def test_the_registry_holds_a_function_for_every_name() -> None:
    assert all(callable(function) for function in POLICIES.values())
    assert len(all_lines(stage())) == 76


@pytest.mark.parametrize(("key", "policy_name", "lines"), list(checklists(stage())), ids=lambda part: str(part)[:40])
def test_the_names_that_stage_yaml_may_use_are_those_it_uses(
    key: str, policy_name: str, lines: tuple[ChecklistLine, ...]
) -> None:
    assert CHECKS[policy_name] == tuple(line.check for line in lines), key


def test_every_policy_has_its_names_and_no_other_has_any() -> None:
    assert {name.partition(":")[0] for name in CHECKS} == set(POLICIES)
    assert list(name_faults(stage())) == []


def test_what_is_true_of_several_workflows_is_told_once() -> None:
    found = [("a", "21 steps"), ("b", "21 steps"), ("c", "18 steps")]
    assert told_together(found, 3) == "a, b: 21 steps; c: 18 steps"
    assert told_together([("a", "fine"), ("b", "fine")], 2) == "each of 2 workflows: fine"
    assert told_together([("a", "fine"), ("b", "fine")], 3) == "a, b: fine"
    assert (told_together([("a", "fine")], 1), told_together([], 0)) == ("a: fine", "")
