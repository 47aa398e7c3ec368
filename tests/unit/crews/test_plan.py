"""The plan of a run: what comes next, and what may start."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crews.plan import (
    ApprovalState,
    CheckGate,
    Complete,
    Finished,
    HandOver,
    LeaveSubstage,
    RequestApproval,
    RunState,
    WaitForApproval,
    Work,
    exit_id,
    explain,
    may_start,
    next_action,
    with_dependants,
)
from gtm.domain.spec import StageSpec

STAGE = StageSpec.model_validate(yaml.safe_load(Path("config/stage17/stage.yaml").read_text()))
ENTRY = frozenset(gate.id for gate in STAGE.entry_gates)
EXITS = [exit_id(substage) for substage in STAGE.substages]
GATES = ENTRY | {gate.id for gate in STAGE.exit_gates} | set(EXITS)
STEPS = [step.id for step in STAGE.steps]
CHECKPOINTS = [checkpoint.id for checkpoint in STAGE.checkpoints]


def walk() -> list[str]:
    """Does every action of an undisturbed run and returns them in words."""
    gates, done, approvals, completed, handed = set(), set(), {}, False, False
    said = []
    for _ in range(100):
        state = RunState(frozenset(gates), frozenset(done), dict(approvals), completed, handed)
        action = next_action(STAGE, state)
        said.append(explain(action))
        match action:
            case CheckGate(gate, _):
                gates.add(gate.id)
            case LeaveSubstage(substage):
                gates.add(exit_id(substage))
            case Work(steps, review):
                done |= {step.id for step in steps}
                assert review is not None
                approvals[review.id] = "reviewed"
            case RequestApproval(checkpoint):
                approvals[checkpoint.id] = "pending"
            case WaitForApproval(checkpoint):
                approvals[checkpoint.id] = "approved"
            case Complete():
                completed = True
            case HandOver():
                handed = True
            case Finished():
                return said
    raise AssertionError("the run does not end")


def test_an_undisturbed_run_walks_the_sop_in_order() -> None:
    said = walk()
    work = [line for line in said if line.startswith("work on")]
    assert work == [
        "work on 1.1, 1.2, 1.3",
        "work on 2.1, 2.2",
        "work on 2.3",
        "work on 3.1, 3.2, 3.3",
        "work on review of final",
    ]
    waits = [line.rsplit(" ", 1)[-1] for line in said if "waits for the approval" in line]
    assert waits == ["LEAD", "LEAD", "PLAN", "EXEC", "LEAD"]
    assert [line.split(" ")[0] for line in said if "gate" in line] == ["entry"] * 2 + ["exit"] * 3
    left = [line for line in said if line.startswith("exit criteria")]
    assert left == [f"exit criteria of substage 17.{number} are to be judged" for number in (1, 2, 3)]
    then = ["work on 2.1, 2.2", "work on 3.1, 3.2, 3.3", "exit gate “GTM Agent Deployed” is to be judged"]
    for criteria, following in zip(left, then, strict=True):
        assert said[said.index(criteria) + 1] == following, said
    assert said[-3:] == ["the stage is to be marked completed", "the handoff is to be written", "the run is finished"]


@pytest.mark.parametrize("checkpoint", ["strategy", "content", "campaigns", "automation"])
def test_nothing_starts_while_an_approval_is_pending(checkpoint: str) -> None:
    before = CHECKPOINTS[: CHECKPOINTS.index(checkpoint)]
    after_step = next(c.after_step for c in STAGE.checkpoints if c.id == checkpoint)
    done = frozenset(STEPS[: STEPS.index(after_step) + 1])
    state = RunState(ENTRY | set(EXITS), done, {**dict.fromkeys(before, "approved"), checkpoint: "pending"})
    assert all(may_start(STAGE, state, step) for step in STEPS)
    assert "waits for the approval" in may_start(STAGE, state, STEPS[-1])


@given(
    gates=st.sets(st.sampled_from(sorted(GATES))),
    done=st.sets(st.sampled_from(STEPS)),
    approvals=st.dictionaries(
        st.sampled_from(CHECKPOINTS), st.sampled_from(["none", "reviewed", "pending", "approved"])
    ),
)
def test_at_most_one_task_may_start_and_never_past_an_open_gate_or_approval(
    gates: set[str], done: set[str], approvals: dict[str, str]
) -> None:
    state = RunState(frozenset(gates), frozenset(done), approvals)  # type: ignore[arg-type]
    tasks = [*STEPS, *(f"review:{c}" for c in CHECKPOINTS)]
    allowed = [task for task in tasks if not may_start(STAGE, state, task)]
    assert len(allowed) <= 1
    if not gates >= ENTRY:
        assert not allowed
    for task in allowed:
        if task in STEPS:
            earlier = STEPS[: STEPS.index(task)]
            for checkpoint in STAGE.checkpoints:
                if checkpoint.after_step in earlier:
                    assert approvals.get(checkpoint.id) == "approved"
            assert set(earlier) <= done


@pytest.mark.parametrize(("number", "following"), [(0, "2.1"), (1, "3.1")])
def test_a_substage_does_not_begin_before_the_exit_criteria_of_the_one_before_hold(number: int, following: str) -> None:
    substages = STAGE.substages[: number + 1]
    done = frozenset(step.id for substage in substages for step in substage.steps)
    approvals: dict[str, ApprovalState] = {c.id: "approved" for substage in substages for c in substage.checkpoints}
    held = ENTRY | set(EXITS[:number])
    before = RunState(held, done, approvals)
    assert next_action(STAGE, before) == LeaveSubstage(substages[-1])
    assert "exit criteria" in may_start(STAGE, before, following)
    after = RunState(held | {EXITS[number]}, done, approvals)
    assert may_start(STAGE, after, following) == ""


def test_a_step_takes_along_what_rests_on_it() -> None:
    assert with_dependants(STAGE, ["1.3"]) == ("1.3", "2.3")
    assert with_dependants(STAGE, ["2.2"]) == ("2.2", "3.3")
    assert with_dependants(STAGE, ["1.1"]) == tuple(STEPS)
    assert with_dependants(STAGE, ["3.2"]) == ("3.2", "3.3")
