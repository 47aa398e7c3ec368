"""What a step's work looks like when it is known beforehand: which tools to call, and what to say at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ToolDraft:
    """One tool call, drafted.

    Attributes:
        name: the tool's name as the agent offers it (lower case, underscores).
        arguments_json: its arguments, a JSON object.
    """

    name: str
    arguments_json: str


class Desk(Protocol):
    """Drafts the work of a step from the venture's own facts.

    Asked once for every model call of the step, so both answers must be stable while the step runs.
    """

    def tool_calls(self, step: str) -> Sequence[ToolDraft]:
        """The tool calls of the step, in the order to make them; empty when the step needs none."""
        ...

    def final_answer(self, step: str) -> str:
        """What the agent says when all calls are answered; never empty."""
        ...


StepOf = Callable[[Any], str]
"""Tells the step id of a CrewAI task, or an empty text."""


def step_of_task(task: Any) -> str:
    """The step id a task carries in its name (`1.2`, `review:substage_17_1`), or an empty text without a task."""
    return str(getattr(task, "name", None) or "")
