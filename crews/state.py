"""Reads from the store what the pure plan needs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from crews.plan import ApprovalState, RunState, exit_id
from gtm.domain.spec import CheckpointSpec, StageSpec
from gtm.store.models.runs import Approval, RunStep
from gtm.store.repositories import approvals, artifacts, runs, stages, ventures


def load_state(session: Session, stage: StageSpec, run_id: str) -> RunState:
    """The run's state.

    An exit gate's verdict stands only when no step was finished after it, that on a substage's exit criteria only when
    none of the substage's own was, and none of its approvals was given after it. An entry gate's stands only for the
    brief that it judged: until the brief is frozen into the run, one that is loaded anew is judged anew.
    """
    steps = runs.newest_steps(session, run_id)
    done = frozenset(row.step for row in steps if row.status == "done")
    newest = approvals.newest_rounds(session, run_id)
    reviews = artifacts.reviews(session, run_id)
    states: dict[str, ApprovalState] = {c.id: approval_state(c, newest.get(c.id), reviews) for c in stage.checkpoints}
    # Only a run whose last checkpoint is approved can be at its end.
    at_the_end = states.get(stage.final.id) == "approved"
    return RunState(
        gates_passed=_gates(session, stage, run_id, steps, newest),
        steps_done=done,
        approvals=states,
        completed=at_the_end and stages.is_completed(session, run_id, stage.stage),
        handed_over=at_the_end and stages.handoff_of(session, run_id) is not None,
    )


def approval_state(
    checkpoint: CheckpointSpec, newest: Approval | None, reviews: Collection[tuple[str, int]]
) -> ApprovalState:
    """State of the newest round of a checkpoint, from the reviews that were stored as (task, round)."""
    if newest is not None and newest.status == "pending":
        return "pending"
    if newest is not None and newest.status == "approved":
        return "approved"
    return "reviewed" if (f"review:{checkpoint.id}", round_after(newest)) in reviews else "none"


def round_after(newest: Approval | None) -> int:
    """The round that comes after a decided or void one; 1 is the first."""
    return 1 if newest is None else newest.round + 1


def _gates(
    session: Session, stage: StageSpec, run_id: str, steps: Sequence[RunStep], newest: Mapping[str, Approval]
) -> frozenset[str]:
    loaded = _brief_loaded(session, run_id)
    finished = {row.step: row.finished_at for row in steps if row.finished_at}
    last = max(finished.values(), default=None)
    since = {gate.id: loaded for gate in stage.entry_gates}
    for substage in stage.substages:
        decided = (newest.get(c.id) for c in substage.checkpoints)
        moments = [finished.get(step.id) for step in substage.steps] + [row.decided_at for row in decided if row]
        since[exit_id(substage)] = max((moment for moment in moments if moment), default=None)
    return frozenset(
        row.gate
        for row in runs.newest_gate_results(session, run_id)
        if row.passed and ((moment := since.get(row.gate, last)) is None or row.created_at >= moment)
    )


def _brief_loaded(session: Session, run_id: str) -> datetime | None:
    """When the brief was loaded that the run would rest on; None once the run has its own."""
    run = runs.get(session, run_id)
    if run is None or artifacts.has(session, run_id, "brief", 1, "brief"):
        return None
    return ventures.require(session, run.venture_id).updated_at
