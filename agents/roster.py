"""The five agents, built anew for every kickoff from config/stage17/agents.yaml by a plain builder."""

from collections.abc import Sequence

from crewai import Agent, BaseLLM

from gtm.domain.spec import AgentSpec
from tools.base import StepTool


def build_agent(spec: AgentSpec, llm: BaseLLM, tools: Sequence[StepTool]) -> Agent:
    """A fresh agent.

    Args:
        spec: its role, goal and backstory.
        llm: its model; agents of one kickoff may have different ones when the playbook stands in.
        tools: what it may call; it also needs one round for each and one to answer.
    """
    return Agent(
        role=spec.role,
        goal=spec.goal,
        backstory=spec.backstory,
        llm=llm,
        tools=list(tools),
        max_iter=spec.max_iterations,
        max_retry_limit=0,
        allow_delegation=False,
        respect_context_window=False,
        use_better_compaction=False,
        verbose=False,
    )
