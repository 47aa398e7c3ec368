"""The five agents, built anew from their configuration, with every way around the run's own rules closed."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from crewai import BaseLLM

from agents.roster import build_agent
from gtm.domain.spec import AgentsSpec
from tools.strategy import ReadMarketStrategy

ROOT = Path(__file__).parents[3]
AGENTS = AgentsSpec.model_validate(yaml.safe_load((ROOT / "config/stage17/agents.yaml").read_text()))


class Mute(BaseLLM):
    """A model that says nothing of use."""

    def call(self, messages: Any, *arguments: Any, **more: Any) -> str:
        return "Done."


@pytest.mark.parametrize("name", ["LEAD", "PLAN", "EXEC", "ContentGenerator", "WorkflowOrchestrator"])
def test_an_agent_is_what_its_configuration_says(name: str) -> None:
    spec = AGENTS.agent(name)
    llm = Mute(model="mute")
    agent = build_agent(spec, llm, [ReadMarketStrategy()])
    assert (agent.role, agent.goal, agent.backstory) == (spec.role, spec.goal, spec.backstory)
    assert agent.llm is llm and agent.max_iter == spec.max_iterations
    assert [tool.name for tool in agent.tools or []] == ["read_market_strategy"]


def test_an_agent_neither_delegates_nor_retries_nor_remembers_by_itself() -> None:
    agent = build_agent(AGENTS.agent("LEAD"), Mute(model="mute"), [])
    assert (agent.max_retry_limit, agent.allow_delegation, agent.respect_context_window) == (0, False, False)
    assert not agent.verbose and not agent.memory and not agent.planning_config
    assert (agent.knowledge_sources, agent.knowledge) == (None, None)


def test_two_agents_of_one_spec_share_nothing() -> None:
    first, second = (build_agent(AGENTS.agent("PLAN"), Mute(model="mute"), []) for _ in range(2))
    assert first.id != second.id and first.llm is not second.llm
