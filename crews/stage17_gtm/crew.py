"""`GTMStrategistCrew`: one sequential crew of five agents, nine step tasks and a review task at each checkpoint.

CrewAI holds nothing between kickoffs: agents, tasks, tools and models are built anew, each task must leave its typed
artifact in the store, and one composite guardrail a task demands it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from crewai import Agent, BaseLLM, Crew, Process, Task
from crewai.hooks.contexts import StepContext
from crewai.hooks.dispatch import HookAborted, InterceptionPoint, register_scoped, scoped_hooks
from crewai.tasks.task_output import TaskOutput

from agents.quiet import silence_event_pairing
from agents.roster import build_agent
from gtm.domain.errors import GateFailed
from gtm.domain.spec import AgentsSpec, TasksSpec
from tools.base import StepTool

Guardrail = Callable[[str], str]
"""Told a task's id, answers why its artifact does not do, or an empty text; may raise an error of ours to stop."""


class GTMStrategistCrew:
    """Builds and kicks off the tasks of one kickoff.

    Args:
        agents: config/stage17/agents.yaml.
        tasks: config/stage17/tasks.yaml.
        prompt_of: a task's full description.
        tools_of: a task's fresh tools.
        llm_of: the model that serves a task.
        may_start: why a task may not start, or an empty text; any error means it may not.
        guardrail: the composite guardrail.
        guardrail_retries: how often a refused task is tried again within the kickoff.
        on_start: told a task's id before its model is called.
    """

    def __init__(
        self,
        *,
        agents: AgentsSpec,
        tasks: TasksSpec,
        prompt_of: Callable[[str], str],
        tools_of: Callable[[str], list[StepTool]],
        llm_of: Callable[[str], BaseLLM],
        may_start: Callable[[str], str],
        guardrail: Guardrail,
        guardrail_retries: int,
        on_start: Callable[[str], None],
    ) -> None:
        self._agents = agents
        self._tasks = tasks
        self._prompt_of = prompt_of
        self._tools_of = tools_of
        self._llm_of = llm_of
        self._may_start = may_start
        self._guardrail = guardrail
        self._retries = guardrail_retries
        self._on_start = on_start

    def kickoff(self, task_ids: Sequence[str]) -> None:
        """Run these tasks in order.

        Raises:
            HookAborted: a task may not start.
            GtmError: a tool or guardrail stopped the run, or the model failed.
            Exception: CrewAI's own, when a guardrail kept refusing.
        """
        tasks = [self._task(task_id) for task_id in task_ids]
        crew = Crew(
            agents=_distinct(tasks),
            tasks=tasks,
            process=Process.sequential,
            verbose=False,
            memory=False,
            cache=False,
            share_crew=False,
        )
        silence_event_pairing()
        with scoped_hooks():
            register_scoped(InterceptionPoint.PRE_STEP, self._before)
            crew.kickoff()

    def _task(self, task_id: str) -> Task:
        spec = self._tasks.task(task_id)
        tools = self._tools_of(task_id)
        return Task(
            name=task_id,
            description=f"Task {spec.id} of stage 17.",
            expected_output=spec.expected_output,
            agent=build_agent(self._agents.agent(spec.agent), self._llm_of(task_id), tools),
            tools=tools,
            context=[],
            guardrail=_guardrail_function(task_id, self._guardrail),
            guardrail_max_retries=self._retries,
        )

    def _before(self, context: StepContext) -> None:
        task_id = str(context.step_name)
        try:
            reason = self._may_start(task_id)
            if not reason:
                # The prompt holds what the tasks before have stored, so it is written when the task starts.
                context.task.description = self._prompt_of(task_id)
                self._on_start(task_id)
        except Exception as error:
            raise HookAborted(f"{task_id} may not start: {error}", source=error) from error
        if reason:
            raise HookAborted(reason, source=GateFailed(reason))


def _distinct(tasks: Sequence[Task]) -> list[Agent]:
    return [task.agent for task in tasks if isinstance(task.agent, Agent)]


def _guardrail_function(task_id: str, guardrail: Guardrail) -> Callable[[TaskOutput], tuple[bool, Any]]:
    def demand_artifact(output: TaskOutput) -> tuple[bool, Any]:
        reason = guardrail(task_id)
        return (False, reason) if reason else (True, output.raw)

    return demand_artifact
