"""What a tool answers when a proposal does not fit, and which refusals stop the run."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import BaseModel

from gtm.domain.errors import (
    BudgetExhausted,
    Forbidden,
    GateFailed,
    GtmError,
    InvalidInput,
    LeaseHeld,
    NotFound,
    ProposalRefused,
    StoreError,
    VenturePaused,
)
from tools.base import REFUSED, StepTool
from tools.context import RunContext, Stop
from tools.proposals import BudgetProposal, WorkflowProposal

WORKFLOW = {"workflow_id": "drip", "priority": "high", "error_strategy": "retry_3x", "rationale": "first"}


class Raising(StepTool):
    """Takes a workflow's choices, then raises what it was made with."""

    name: str = "raising"
    description: str = "Raises."
    args_schema: type[BaseModel] = WorkflowProposal
    error: Any = None

    def act(self, proposal: WorkflowProposal) -> str:
        if self.error is not None:
            raise self.error
        return f"did {proposal.workflow_id}"


def bound(error: Exception | None = None, schema: type[BaseModel] = WorkflowProposal) -> tuple[StepTool, Any]:
    told: list[tuple[str, str, str]] = []
    context = SimpleNamespace(stop=Stop(), on_refused=lambda *words: told.append(words), told=told)
    tool = Raising(error=error)
    tool.args_schema = schema
    return tool.bind(cast(RunContext, context), "3.1"), context


def test_a_proposal_that_fits_is_carried_out() -> None:
    tool, context = bound()
    assert tool._run(**WORKFLOW) == "did drip"
    assert context.told == []


def test_an_unknown_argument_is_refused_and_not_dropped() -> None:
    tool, context = bound()
    answer = tool._run(**WORKFLOW, also_delete="everything")
    assert answer == f"{REFUSED}: also_delete: Extra inputs are not permitted"
    assert context.told == [("3.1", "raising", "also_delete: Extra inputs are not permitted")]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"wait_hours": 721}, "wait_hours"),
        ({"wait_hours": -1}, "wait_hours"),
        ({"priority": "urgent"}, "priority"),
        ({"error_strategy": "fallback"}, "error_strategy"),
        ({"workflow_id": "../etc"}, "workflow_id"),
        ({"rationale": "  "}, "rationale"),
        ({"rationale": None}, "rationale"),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(change: dict[str, Any], named: str) -> None:
    tool, context = bound()
    answer = tool._run(**WORKFLOW | change)
    assert answer.startswith(f"{REFUSED}: {named}: ")
    assert context.stop.error is None


def test_every_fault_is_named_at_once_up_to_eight() -> None:
    tool, _ = bound(schema=BudgetProposal)
    answer = tool._run()
    for name in BudgetProposal.model_fields:
        assert f"{name}: Field required" in answer
    many, _ = bound(schema=BudgetProposal)
    assert many._run(**{f"key{n}": n for n in range(40)}).count(";") == 7


def test_a_refusal_tells_what_is_wrong_what_would_do_and_what_to_do_next() -> None:
    error = ProposalRefused("there is no such one", value="x", findings=("a", "b"), allowed="drip, sales", hint="ask")
    tool, _ = bound(error)
    assert tool._run(**WORKFLOW) == f"{REFUSED}: there is no such one: x; a; b; allowed: drip, sales; ask"
    plain, _ = bound(ProposalRefused("no"))
    assert plain._run(**WORKFLOW) == f"{REFUSED}: no"


@pytest.mark.parametrize("kind", [LeaseHeld, VenturePaused, Forbidden, GateFailed, BudgetExhausted, StoreError])
def test_what_no_other_proposal_can_mend_stops_the_run(kind: type[GtmError]) -> None:
    error = kind("it is so")
    tool, context = bound(error)
    assert tool._run(**WORKFLOW) == f"{REFUSED}: it is so"
    assert context.stop.error is error


@pytest.mark.parametrize("kind", [ProposalRefused, InvalidInput, NotFound])
def test_what_another_proposal_can_mend_does_not(kind: type[GtmError]) -> None:
    tool, context = bound(kind("it is so"))
    assert tool._run(**WORKFLOW) == f"{REFUSED}: it is so"
    assert context.stop.error is None


def test_a_fault_of_ours_is_not_dressed_up_as_a_refusal() -> None:
    tool, context = bound(RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        tool._run(**WORKFLOW)
    assert context.told == []


def test_a_tool_without_a_job_says_so() -> None:
    with pytest.raises(NotImplementedError):
        StepTool(name="bare", description="Does nothing.", args_schema=WorkflowProposal).act(None)
