"""The embedded model: a CrewAI model that carries out drafts made beforehand from the venture's own facts."""

from typing import Any

from crewai import BaseLLM
from pydantic import PrivateAttr
from typing_extensions import override

from agents.desk import Desk, StepOf, ToolDraft, step_of_task
from agents.usage import PLAYBOOK, UsageLedger
from gtm.domain.errors import ProposalRefused, StepFailed, shorten

__all__ = ["Desk", "PlaybookLLM", "ToolDraft"]

REFUSED = "REFUSED"
"""How a tool's answer begins when it refuses what it was asked."""

FAILED_PREFIXES = (
    "Error executing tool",
    "Error: ",
    "Tool not found",
    "Tool execution blocked by hook",
)
"""How CrewAI's own answers begin when a tool was not carried out."""

UNLIMITED = 10_000_000
"""A context window, in tokens, that nothing fills: CrewAI neither shortens nor defers anything."""


class PlaybookLLM(BaseLLM):
    """Makes a step's drafted tool calls one by one, then gives its final answer.

    It keeps nothing between calls: how far a step has come is read off the tool results in the conversation, which
    CrewAI starts anew for every task and every guardrail retry.

    Args:
        desk: drafts the steps.
        ledger: takes every call, with no tokens and no cost.
        step_of: tells the step of the task that calls; by default the task's name.
    """

    llm_type: str = PLAYBOOK

    _desk: Desk = PrivateAttr()
    _ledger: UsageLedger | None = PrivateAttr()
    _step_of: StepOf = PrivateAttr()

    def __init__(self, desk: Desk, *, ledger: UsageLedger | None = None, step_of: StepOf = step_of_task) -> None:
        super().__init__(model=PLAYBOOK, provider=PLAYBOOK)
        self._desk, self._ledger, self._step_of = desk, ledger, step_of

    @override
    def call(
        self,
        messages: Any,
        tools: list[dict[str, Any]] | None = None,
        callbacks: list[Any] | None = None,
        available_functions: dict[str, Any] | None = None,
        from_task: Any = None,
        from_agent: Any = None,
        response_model: Any = None,
    ) -> Any:
        """The next drafted tool call in CrewAI's native shape, or the final answer.

        Raises:
            ProposalRefused: a tool refused the draft; it is not tried again.
            StepFailed: a tool was not carried out, or the call belongs to no step.
        """
        step = self._step_of(from_task)
        if not step:
            raise StepFailed(
                "The playbook was asked outside a step.",
                hint="name the task after its step, and give the agent more iterations than the step has tool calls",
            )
        if self._ledger is None:
            return self._next(step, messages)
        with self._ledger.call(step, PLAYBOOK, PLAYBOOK) as record:
            answer = self._next(step, messages)
            record.ok = True
            record.finish_reason = "stop" if isinstance(answer, str) else "tool_calls"
        return answer

    def supports_function_calling(self) -> bool:
        """True: otherwise CrewAI would expect tool calls as text."""
        return True

    def supports_stop_words(self) -> bool:
        """False: a draft is never cut at a word."""
        return False

    def get_context_window_size(self) -> int:
        """A size that nothing fills, in tokens."""
        return UNLIMITED

    @override
    def get_input_tokens_count(self, messages: Any, tools: Any = None, response_model: Any = None) -> int:
        """0: nothing is sent anywhere."""
        return 0

    def _next(self, step: str, messages: Any) -> str | list[dict[str, Any]]:
        drafts = self._desk.tool_calls(step)
        results = [] if isinstance(messages, str) else [m for m in messages if m.get("role") == "tool"]
        if len(results) > len(drafts):
            raise StepFailed(f"Step {step} has {len(results)} tool results for {len(drafts)} drafted calls.")
        for draft, result in zip(drafts, results, strict=False):
            _must_have_worked(step, draft, str(result.get("content") or ""))
        if len(results) < len(drafts):
            return [_native(step, len(results), drafts[len(results)])]
        if not (answer := self._desk.final_answer(step)).strip():
            raise StepFailed(f"The playbook has no final answer for step {step}.")
        return answer


def _must_have_worked(step: str, draft: ToolDraft, content: str) -> None:
    if content.startswith(REFUSED):
        reason = content.removeprefix(REFUSED).lstrip(":. \n")
        raise ProposalRefused(
            f"{draft.name} refused the playbook's draft for step {step}: {shorten(reason, 600)}",
            field=step,
            findings=[line.strip() for line in reason.splitlines() if line.strip()],
        )
    if content.startswith(FAILED_PREFIXES):
        raise StepFailed(f"{draft.name} failed in step {step}: {shorten(content, 600)}", field=step)


def _native(step: str, index: int, draft: ToolDraft) -> dict[str, Any]:
    return {
        "id": f"call_{step}_{index + 1}",
        "type": "function",
        "function": {"name": draft.name, "arguments": draft.arguments_json},
    }
