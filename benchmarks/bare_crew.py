"""The yardstick of `whole_run`: a bare CrewAI crew whose tasks call a tool that does nothing, then answer.

Usage: python -m benchmarks.bare_crew TASKS CALLS — CALLS model calls are spread over TASKS tasks.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from agents.runtime import prepare

prepare(Path(tempfile.mkdtemp(prefix="bare-crew-")))

from crewai import Agent, BaseLLM, Crew, Process, Task  # noqa: E402  # the switches come first
from crewai.tools import BaseTool  # noqa: E402


class Nothing(BaseTool):
    """A tool that does nothing."""

    name: str = "nothing"
    description: str = "Does nothing."

    def _run(self) -> str:
        return "done"


class Silent(BaseLLM):
    """A model that calls the tool until its task's share of calls is used up, then answers."""

    def __init__(self, calls: dict[str, int]) -> None:
        super().__init__(model="silent")
        self._calls = calls

    def call(self, messages: Any, *args: Any, from_task: Any = None, **kwargs: Any) -> Any:
        made = sum(1 for message in messages if message.get("role") == "tool")
        if made < self._calls[str(from_task.name)] - 1:
            return [
                {"id": f"c{made}", "type": "function", "function": {"name": "nothing", "arguments": json.dumps({})}}
            ]
        return "done"

    def supports_function_calling(self) -> bool:
        return True

    def get_context_window_size(self) -> int:
        return 10_000_000

    def get_input_tokens_count(self, *args: Any, **kwargs: Any) -> int:
        return 0


def main(tasks: int, calls: int) -> None:
    """Run the crew once."""
    share = {f"t{n}": calls // tasks + (n < calls % tasks) for n in range(tasks)}
    llm = Silent(share)
    made = []
    for name in share:
        agent = Agent(role=name, goal="none", backstory="none", llm=llm, tools=[Nothing()], max_iter=50)
        made.append(Task(name=name, description="Do nothing.", expected_output="done", agent=agent, context=[]))
    Crew(agents=[t.agent for t in made if t.agent], tasks=made, process=Process.sequential).kickoff()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
