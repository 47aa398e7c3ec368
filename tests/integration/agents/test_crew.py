"""A real crew with one agent, one task and one tool, on the playbook and over the wire."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from crewai import Agent, Crew, Process, Task
from crewai.tools import BaseTool
from pydantic import BaseModel, ConfigDict, PrivateAttr

from agents.budget import RunBudget
from agents.desk import ToolDraft
from agents.models import ModelSettings, build_llm
from agents.testing import BrainFromDesk, OpenAIServer, Reply, Script, in_turn
from agents.usage import UsageLedger
from agents.wire import Wire
from gtm.domain.errors import (
    BudgetExhausted,
    MalformedAnswer,
    ModelUnavailable,
    ProposalRefused,
    StepFailed,
    TruncatedAnswer,
)

KEY = "sk-very-secret-0123456789"
ANSWER = "Stored the channel plan of Fleet."


class Channel(BaseModel):
    """One channel of the plan."""

    model_config = ConfigDict(extra="forbid")

    channel: str
    share: int
    note: str | None = None


class Configure(BaseTool):
    """Notes what it was called with."""

    name: str = "configure_channels"
    description: str = "Store one channel of the plan."
    args_schema: type[BaseModel] = Channel
    _seen: list[dict[str, Any]] = PrivateAttr(default_factory=list)
    _says: str = PrivateAttr(default="stored")

    def _run(self, **arguments: Any) -> str:
        if self._says == "raise":
            raise RuntimeError("the store is closed")
        self._seen.append(arguments)
        return f"{self._says} {arguments['channel']}"


class Drafts:
    def __init__(self, *calls: ToolDraft, answer: str = ANSWER) -> None:
        self.calls, self.answer = calls, answer

    def tool_calls(self, step: str) -> Sequence[ToolDraft]:
        return self.calls if step == "1.2" else ()

    def final_answer(self, step: str) -> str:
        return self.answer if step == "1.2" else f"Reviewed {step}."


def draft(channel: str, share: int) -> ToolDraft:
    return ToolDraft("configure_channels", json.dumps({"channel": channel, "share": share, "note": None}))


DESK = Drafts(draft("linkedin", 70), draft("email", 30))


def crew_of(llm: Any, tool: Configure | None, step: str = "1.2", **limits: Any) -> Crew:
    agent = Agent(
        role="LEAD",
        goal="Plan the channels.",
        backstory="Leads go-to-market.",
        llm=llm,
        tools=[tool] if tool else [],
        max_retry_limit=0,
        respect_context_window=False,
        use_better_compaction=False,
        allow_delegation=False,
        **limits,
    )
    task = Task(name=step, description=f"Plan the channels.\nStep: {step}\n", expected_output="A summary.", agent=agent)
    return Crew(agents=[agent], tasks=[task], process=Process.sequential, cache=False)


def settings_for(server: OpenAIServer, **changes: Any) -> ModelSettings:
    return ModelSettings.model_validate(
        {"provider": "compatible", "model": "m", "base_url": server.base_url, "api_key": KEY, **changes}
    )


def run_on(server: OpenAIServer, tool: Configure | None, ledger: UsageLedger, **changes: Any) -> str:
    settings = settings_for(server, **changes)
    with Wire(settings, ledger) as wire:
        return str(crew_of(build_llm(settings, ledger, wire=wire), tool).kickoff().raw)


def stored(tool: Configure) -> list[tuple[str, int]]:
    return [(call["channel"], call["share"]) for call in tool._seen]


def test_the_playbook_calls_the_tool_and_answers() -> None:
    tool, ledger = Configure(), UsageLedger()
    assert crew_of(build_llm(ModelSettings(), ledger, desk=DESK), tool).kickoff().raw == ANSWER
    assert stored(tool) == [("linkedin", 70), ("email", 30)]
    snapshot = ledger.snapshot()
    assert {step: totals.calls for step, totals in snapshot.by_step.items()} == {"1.2": 3}
    assert (snapshot.total.tokens, snapshot.total.cost, snapshot.total.attempts) == (0, 0, 0)
    assert {call.provider for call in snapshot.calls} == {"playbook"}
    assert [call.finish_reason for call in snapshot.calls] == ["tool_calls", "tool_calls", "stop"]


def test_the_playbook_answers_an_agent_without_tools() -> None:
    llm = build_llm(ModelSettings(), UsageLedger(), desk=DESK)
    assert crew_of(llm, None, step="review:substage_17_1").kickoff().raw == "Reviewed review:substage_17_1."


def test_a_refusal_stops_the_playbook_at_once_with_the_reason() -> None:
    tool, ledger = Configure(), UsageLedger()
    tool._says = "REFUSED: the shares add up to 90 for"
    with pytest.raises(ProposalRefused, match=r"refused the playbook's draft for step 1.2: the shares add up to 90"):
        crew_of(build_llm(ModelSettings(), ledger, desk=DESK), tool).kickoff()
    assert stored(tool) == [("linkedin", 70)]
    assert (ledger.totals.calls, ledger.totals.failed_calls) == (2, 1)


def test_a_tool_that_raises_stops_the_playbook() -> None:
    tool = Configure()
    tool._says = "raise"
    with pytest.raises(StepFailed, match="the store is closed"):
        crew_of(build_llm(ModelSettings(), UsageLedger(), desk=DESK), tool).kickoff()


def test_a_draft_for_a_tool_that_is_not_there_stops_the_playbook() -> None:
    desk = Drafts(ToolDraft("no_such_tool", "{}"))
    with pytest.raises(StepFailed, match=r"no_such_tool failed in step 1.2"):
        crew_of(build_llm(ModelSettings(), UsageLedger(), desk=desk), Configure()).kickoff()


def test_too_few_iterations_are_told_and_not_looped() -> None:
    desk = Drafts(*(draft("email", share) for share in range(6)))
    with pytest.raises(StepFailed, match="outside a step"):
        crew_of(build_llm(ModelSettings(), UsageLedger(), desk=desk), Configure(), max_iter=3).kickoff()


def test_an_empty_final_answer_is_told() -> None:
    desk = Drafts(answer=" ")
    with pytest.raises(StepFailed, match=r"no final answer for step 1.2"):
        crew_of(build_llm(ModelSettings(), UsageLedger(), desk=desk), Configure()).kickoff()


def test_over_the_wire_usage_equals_the_servers_count_with_faults_between() -> None:
    faults = {1: Reply.error(429, retry_after=0.02), 3: Reply.error(500, retry_after=0.02), 5: Reply.dropped()}
    tool, ledger = Configure(), UsageLedger({})
    with OpenAIServer(BrainFromDesk(DESK, faults=faults), api_key=KEY) as server:
        assert run_on(server, tool, ledger) == ANSWER
        counts, exchanges = server.counts, server.log
    totals = ledger.totals
    assert stored(tool) == [("linkedin", 70), ("email", 30)]
    assert [exchange.status for exchange in exchanges] == [429, 200, 500, 200, 0, 200]
    assert (totals.attempts, totals.calls, totals.failed_calls) == (counts.requests, counts.completions, 0) == (6, 3, 0)
    assert (totals.prompt_tokens, totals.completion_tokens) == (counts.prompt_tokens, counts.completion_tokens)
    assert totals.tokens > 0
    assert totals.cost is None
    assert (counts.other_requests, ledger.snapshot().unclaimed_attempts) == (0, 0)


def test_tools_go_out_strict_and_messages_carry_the_results() -> None:
    with OpenAIServer(BrainFromDesk(DESK)) as server:
        run_on(server, Configure(), UsageLedger(), max_tokens=500, temperature=0.2)
        first, last = server.log[0].request, server.log[-1].request
    assert first["tools"][0]["function"]["strict"] is True
    assert (first["max_tokens"], first["temperature"], first["model"]) == (500, 0.2, "m")
    assert [m["content"] for m in last["messages"] if m["role"] == "tool"] == ["stored linkedin", "stored email"]


@pytest.mark.parametrize(
    ("script", "error", "said", "requests"),
    [
        (in_turn(Reply.truncated("The plan is")), TruncatedAnswer, "cut off after", 1),
        (in_turn(Reply.malformed()), MalformedAnswer, "not a JSON object", 1),
        (in_turn(Reply.malformed(b'{"choices": []}')), MalformedAnswer, "no choices", 1),
        (in_turn(Reply.malformed(b"{}")), MalformedAnswer, "no choices", 1),
        (in_turn(Reply.say("")), MalformedAnswer, "is empty", 1),
        (in_turn(Reply(text="No.", finish_reason="content_filter")), MalformedAnswer, "content filter", 1),
        (in_turn(Reply.use("configure_channels", '{"channel": ')), MalformedAnswer, "not JSON", 1),
        (in_turn(Reply.use("configure_channels", "[1]")), MalformedAnswer, "not a JSON object", 1),
        (in_turn(Reply.use("delete_all", "{}")), MalformedAnswer, "not one of its tools", 1),
        (in_turn(Reply.say('{"name": "configure_channels", "arguments": {}}')), MalformedAnswer, "as text", 1),
        (in_turn(Reply.say("<tool_call>{}</tool_call>")), MalformedAnswer, "as text", 1),
        (in_turn(Reply.error(429, "Rate limit reached", 0.01)), ModelUnavailable, r"HTTP 429.*3 attempts", 3),
        (in_turn(Reply.error(503, "Busy", 0.01)), ModelUnavailable, r"HTTP 503, Busy \(3 attempts\)", 3),
        (in_turn(Reply.error(401, f"Bad key {KEY}")), ModelUnavailable, r"HTTP 401, Bad key \*\*\* \(1 attempt\)", 1),
        (in_turn(Reply.error(404, "No such model")), ModelUnavailable, "HTTP 404, No such model", 1),
        (
            in_turn(Reply.error(400, "maximum context length is 9 tokens")),
            ModelUnavailable,
            "larger than m can read",
            1,
        ),
        (in_turn(Reply.error(400, "m does not support tools")), ModelUnavailable, "HTTP 400", 1),
        (in_turn(Reply.error(429, "Slow down", 300)), ModelUnavailable, "1 attempt", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_bad_answer_ends_in_its_own_error_after_the_attempts_it_is_worth(
    script: Script, error: type[Exception], said: str, requests: int, caplog: pytest.LogCaptureFixture
) -> None:
    tool, ledger = Configure(), UsageLedger()
    with caplog.at_level(logging.DEBUG), OpenAIServer(script) as server:
        with pytest.raises(error, match=said) as raised:
            run_on(server, tool, ledger)
        counts = server.counts
    assert counts.requests == requests == ledger.totals.attempts
    assert (ledger.totals.calls, ledger.totals.failed_calls, tool._seen) == (1, 1, [])
    assert (ledger.totals.prompt_tokens, ledger.totals.completion_tokens) == (
        counts.prompt_tokens,
        counts.completion_tokens,
    )
    assert KEY not in f"{raised.value} {caplog.text}"


def test_a_structured_answer_that_is_cut_off_is_told_too() -> None:
    ledger = UsageLedger()
    with OpenAIServer(in_turn(Reply.truncated('{"channel": "li'))) as server:
        settings = settings_for(server)
        with Wire(settings, ledger) as wire, pytest.raises(TruncatedAnswer):
            build_llm(settings, ledger, wire=wire).call("Write.", response_model=Channel)
    assert ledger.totals.attempts == 1


def test_a_silent_server_is_given_up_after_the_attempts() -> None:
    ledger = UsageLedger()
    with OpenAIServer(lambda _, number: Reply.say("Late").late(20)) as server:
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match=r"no answer in time \(2 attempts\)"):
            run_on(server, None, ledger, timeout_seconds=0.2, max_retries=1)
        assert time.monotonic() - started < 5
        assert server.counts.requests == 2
    assert (server.counts.completions, ledger.totals.tokens) == (0, 0)


def test_a_server_that_is_not_there_is_told() -> None:
    with OpenAIServer(in_turn(Reply.say("Hi"))) as gone:
        settings = settings_for(gone, max_retries=0)
    with pytest.raises(ModelUnavailable, match="no connection"):
        crew_of(build_llm(settings, UsageLedger()), None).kickoff()


def test_the_budget_stops_before_the_request_that_would_pass_it() -> None:
    with OpenAIServer(BrainFromDesk(DESK)) as server:
        free = UsageLedger()
        run_on(server, Configure(), free, max_tokens=16)
        budget, ledger, before = RunBudget(free.totals.tokens * 3 // 2), UsageLedger(), server.counts
        settings = settings_for(server, max_tokens=16)
        with Wire(settings, ledger) as wire, pytest.raises(BudgetExhausted, match="the next request may take"):
            crew_of(build_llm(settings, ledger, wire=wire, budget=budget), Configure()).kickoff()
        requests = server.counts.requests - before.requests
    assert 1 <= requests == ledger.totals.attempts < free.totals.attempts
    assert budget.tokens is not None and budget.spent.tokens == ledger.totals.tokens <= budget.tokens


def test_the_model_shows_no_key() -> None:
    with OpenAIServer(in_turn(Reply.say("Hi"))) as server:
        settings = settings_for(server)
        with Wire(settings, UsageLedger()) as wire:
            llm = build_llm(settings, UsageLedger(), wire=wire)
            agent = crew_of(llm, None).agents[0]
            assert KEY not in f"{llm!r} {llm} {llm.model_dump()} {agent!r} {vars(llm)} {llm.to_config_dict()}"


def test_ten_crews_at_a_time_keep_their_figures_apart() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(_: int) -> tuple[list[tuple[str, int]], int, str]:
        tool, ledger = Configure(), UsageLedger()
        answer = run_on(server, tool, ledger)
        return stored(tool), ledger.totals.attempts, answer

    with OpenAIServer(BrainFromDesk(DESK)) as server, ThreadPoolExecutor(10) as pool:
        results = list(pool.map(one, range(10)))
        assert server.counts.requests == 30
    assert results == [([("linkedin", 70), ("email", 30)], 3, ANSWER)] * 10


def test_a_process_that_ran_a_crew_ends_at_once_even_without_a_home(tmp_path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from agents import runtime
runtime.prepare(Path({str(tmp_path / "crew")!r}))
from crewai import Agent, Crew, Task
from agents.models import ModelSettings, build_llm
from agents.usage import UsageLedger
class Desk:
    def tool_calls(self, step): return ()
    def final_answer(self, step): return "Done."
agent = Agent(role="LEAD", goal="g", backstory="b", llm=build_llm(ModelSettings(), UsageLedger(), desk=Desk()))
task = Task(name="1.1", description="d", expected_output="e", agent=agent)
print(Crew(agents=[agent], tasks=[task]).kickoff().raw, flush=True)
print(time.time(), flush=True)
"""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("CREWAI_", "OTEL_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env={**plain, "HOME": "/proc/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    ended = time.time()
    assert done.returncode == 0, done.stderr
    answer, finished = done.stdout.splitlines()[-2:]
    assert answer == "Done."
    assert ended - float(finished) < 3


def test_a_guardrail_retry_starts_the_draft_anew() -> None:
    tool, ledger, seen = Configure(), UsageLedger(), list[str]()

    def guardrail(output):  # type: ignore[no-untyped-def]
        seen.append(output.raw)
        return (len(seen) > 1, output.raw if len(seen) > 1 else "The stored plan is not there yet.")

    crew = crew_of(build_llm(ModelSettings(), ledger, desk=DESK), tool)
    crew.tasks[0].guardrail = guardrail
    crew.tasks[0]._guardrail = guardrail
    assert crew.kickoff().raw == ANSWER
    assert seen == [ANSWER, ANSWER]
    assert stored(tool) == [("linkedin", 70), ("email", 30)] * 2
    assert ledger.totals.calls == 6


def test_one_model_serves_two_tasks_of_one_crew() -> None:
    tool, ledger = Configure(), UsageLedger()
    crew = crew_of(build_llm(ModelSettings(), ledger, desk=DESK), tool)
    agent = crew.agents[0]
    review = Task(name="review:17.1", description="Review.", expected_output="A review.", agent=agent, context=[])
    both = Crew(agents=[agent], tasks=[*crew.tasks, review], process=Process.sequential, cache=False)
    assert both.kickoff().raw == "Reviewed review:17.1."
    assert {step: totals.calls for step, totals in ledger.snapshot().by_step.items()} == {"1.2": 3, "review:17.1": 1}
