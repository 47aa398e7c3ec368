"""What a run does next: a pure function of the stage and of what the store says is done.

The order is the SOP's: entry gates, then each substage's steps with its checkpoints and its exit criteria, then exit
gates, final approval, completion, handoff. `advance` asks again after every action, so a process that dies loses
nothing but its place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gtm.domain.spec import CheckpointSpec, GateSpec, StageSpec, StepSpec, SubstageSpec

ApprovalState = Literal["none", "reviewed", "pending", "approved"]


@dataclass(frozen=True)
class RunState:
    """What the store says of a run.

    Attributes:
        gates_passed: ids of gates and of substages' exits (`exit_id`) with a passing verdict that still stands.
        steps_done: ids of the steps whose newest revision is done.
        approvals: checkpoint id → state of its newest round.
        completed: stage 17 is marked completed.
        handed_over: the handoff is on disk and recorded.
    """

    gates_passed: frozenset[str] = frozenset()
    steps_done: frozenset[str] = frozenset()
    approvals: Mapping[str, ApprovalState] = field(default_factory=dict)
    completed: bool = False
    handed_over: bool = False


@dataclass(frozen=True)
class CheckGate:
    """Judge an entry or exit gate."""

    gate: GateSpec
    kind: Literal["entry", "exit"]


@dataclass(frozen=True)
class LeaveSubstage:
    """Judge a substage's exit criteria; the next substage begins when they hold."""

    substage: SubstageSpec


@dataclass(frozen=True)
class Work:
    """Kick off these tasks, in order; `review` is the checkpoint whose review task closes the kickoff."""

    steps: tuple[StepSpec, ...]
    review: CheckpointSpec | None


@dataclass(frozen=True)
class RequestApproval:
    """Open a round of this checkpoint, bound to the hash of what it covers."""

    checkpoint: CheckpointSpec


@dataclass(frozen=True)
class WaitForApproval:
    """Nothing may go on before this checkpoint is decided."""

    checkpoint: CheckpointSpec


@dataclass(frozen=True)
class Complete:
    """Every gate and approval stands: mark the stage completed."""


@dataclass(frozen=True)
class HandOver:
    """Write the package for the next stage."""


@dataclass(frozen=True)
class Finished:
    """Nothing is left to do."""


Action = CheckGate | LeaveSubstage | Work | RequestApproval | WaitForApproval | Complete | HandOver | Finished


def next_action(stage: StageSpec, state: RunState) -> Action:
    """The one thing that comes next.

    Args:
        stage: config/stage17/stage.yaml.
        state: what the store says.
    """
    for gate in stage.entry_gates:
        if gate.id not in state.gates_passed:
            return CheckGate(gate, "entry")
    for substage in stage.substages:
        action = _in_substage(substage, state)
        if action:
            return action
        if exit_id(substage) not in state.gates_passed:
            return LeaveSubstage(substage)
    for gate in stage.exit_gates:
        if gate.id not in state.gates_passed:
            return CheckGate(gate, "exit")
    return _at_checkpoint(stage.final, (), state) or _at_the_end(state)


def exit_id(substage: SubstageSpec) -> str:
    """The name under which the verdict on a substage's exit criteria is recorded, such as `substage-17.1`."""
    return f"substage-{substage.id}"


def _in_substage(substage: SubstageSpec, state: RunState) -> Action | None:
    """Work up to the first checkpoint of the substage that is not approved."""
    waiting: list[StepSpec] = []
    for step in substage.steps:
        waiting.append(step)
        for checkpoint in (c for c in substage.checkpoints if c.after_step == step.id):
            open_steps = tuple(s for s in waiting if s.id not in state.steps_done)
            action = _at_checkpoint(checkpoint, open_steps, state)
            if action:
                return action
            waiting = []
    return None


def _at_checkpoint(checkpoint: CheckpointSpec, open_steps: tuple[StepSpec, ...], state: RunState) -> Action | None:
    approval = state.approvals.get(checkpoint.id, "none")
    if approval == "pending":
        # With a step open: copy that neither model nor playbook could mend, so that a person is asked.
        return WaitForApproval(checkpoint)
    if open_steps or approval == "none":
        return Work(open_steps, checkpoint)
    return RequestApproval(checkpoint) if approval == "reviewed" else None


def _at_the_end(state: RunState) -> Action:
    if not state.completed:
        return Complete()
    return Finished() if state.handed_over else HandOver()


def may_start(stage: StageSpec, state: RunState, task_id: str) -> str:
    """Why a task may not start now; an empty text when it may.

    The PRE_STEP hook asks this before the model is called, and a tool's own transaction asks it again.
    """
    action = next_action(stage, state)
    if not isinstance(action, Work):
        return f"{task_id} may not start: {explain(action)}"
    if action.steps:
        allowed: str = action.steps[0].id
    else:
        allowed = f"review:{action.review.id}" if action.review else ""
    return "" if task_id == allowed else f"{task_id} may not start: {allowed} comes first"


def explain(action: Action) -> str:
    """The action in words, for progress and for refusals."""
    match action:
        case CheckGate(gate, kind):
            return f"{kind} gate “{gate.name}” is to be judged"
        case LeaveSubstage(substage):
            return f"exit criteria of substage {substage.id} are to be judged"
        case Work(steps, review):
            names = ", ".join(step.id for step in steps) or (f"review of {review.id}" if review else "")
            return f"work on {names}"
        case RequestApproval(checkpoint):
            return f"approval of {checkpoint.name} is to be asked for"
        case WaitForApproval(checkpoint):
            return f"{checkpoint.name} waits for the approval of {checkpoint.role}"
        case Complete():
            return "the stage is to be marked completed"
        case HandOver():
            return "the handoff is to be written"
        case Finished():
            return "the run is finished"


def with_dependants(stage: StageSpec, steps: Iterable[str]) -> tuple[str, ...]:
    """The named steps and every step that rests on one of them, in the stage's order."""
    reopened: set[str] = set(steps)
    for step in stage.steps:
        if reopened & set(step.rests_on):
            reopened.add(step.id)
    return tuple(step.id for step in stage.steps if step.id in reopened)
