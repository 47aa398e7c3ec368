"""Guardrails demand the stored artifact, and PRE_STEP fails closed: what may not start is never asked of a model."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from crewai import BaseLLM
from crewai.hooks.dispatch import HookAborted

from agents.models import ModelSettings
from agents.testing import OpenAIServer, Reply
from agents.testing_brain import HouseBrain, step_in_prompt
from crews.events import RunEvent
from crews.failures import own_error
from crews.stage17_gtm.crew import GTMStrategistCrew
from gtm.domain.errors import GateFailed, GtmError, LeaseHeld, StepFailed, VenturePaused
from gtm.store.models.gtm import MarketingChannel
from gtm.store.models.logs import AgentExecutionLog
from gtm.store.models.runs import RunStep
from gtm.store.repositories import runs, ventures
from tests.integration.crews.scenes import LEASE_SECONDS, VENTURE, Scene, configuration, impatient

At = Callable[[str], Scene]


def live(server: OpenAIServer, **changes: Any) -> ModelSettings:
    """A live model on the loopback, without further tries on the wire."""
    asked = {"provider": "compatible", "model": "m", "base_url": server.base_url, "api_key": "sk-1", "max_retries": 0}
    return ModelSettings.model_validate(asked | changes)


def hasty(scene: Scene, server: OpenAIServer) -> Scene:
    """A scene on a live model whose guardrails give up early."""
    return scene.with_services(models=live(server), policies=impatient(scene.services.policies))


class Mute(BaseLLM):
    """A model that counts how often it is asked."""

    asked: int = 0

    def call(self, messages: Any, *arguments: Any, **more: Any) -> str:
        self.asked += 1
        return "Done."

    def supports_function_calling(self) -> bool:
        return True


def crew_of(llm: Mute, **changes: Any) -> GTMStrategistCrew:
    """A crew that may do everything and is satisfied with everything, changed."""
    parts: dict[str, Any] = {
        "prompt_of": lambda task: f"Step: {task}",
        "tools_of": lambda _task: [],
        "llm_of": lambda _task: llm,
        "may_start": lambda _task: "",
        "guardrail": lambda _task: "",
        "guardrail_retries": 0,
        "on_start": lambda _task: None,
    }
    config = configuration()
    return GTMStrategistCrew(agents=config.agents, tasks=config.tasks, **parts | changes)


def raises(error: BaseException) -> Callable[[str], str]:
    def raising(_task: str) -> str:
        raise error

    return raising


def test_tasks_run_in_order_and_each_is_asked_for_first() -> None:
    llm, seen = Mute(model="mute"), list[str]()
    crew = crew_of(llm, on_start=seen.append)
    crew.kickoff(["1.1", "1.2", "review:strategy"])
    assert (seen, llm.asked) == (["1.1", "1.2", "review:strategy"], 3)


@pytest.mark.parametrize(
    ("part", "does"),
    [
        ("may_start", raises(RuntimeError("the store is closed"))),
        ("may_start", raises(KeyError("step"))),
        ("may_start", raises(VenturePaused("fleet is paused"))),
        ("may_start", raises(LeaseHeld("driven by another"))),
        ("prompt_of", raises(StepFailed("nothing is stored for step 1.1"))),
        ("on_start", raises(RuntimeError("the log is full"))),
        ("may_start", lambda _task: "1.1 comes first"),
    ],
)
def test_whatever_goes_wrong_before_a_step_stops_it_before_the_model(part: str, does: Callable[[str], str]) -> None:
    llm, judged = Mute(model="mute"), list[str]()

    def judge(task: str) -> str:
        judged.append(task)
        return ""

    crew = crew_of(llm, guardrail=judge, **{part: does})
    with pytest.raises(HookAborted) as error:
        crew.kickoff(["1.1", "1.2"])
    assert (llm.asked, judged) == (0, [])
    assert isinstance(error.value.source, Exception)


def test_a_step_that_may_not_start_is_a_gate_that_failed() -> None:
    with pytest.raises(HookAborted) as error:
        crew_of(Mute(model="mute"), may_start=lambda _task: "the approval of LEAD is missing").kickoff(["2.1"])
    cause = own_error(error.value)
    assert isinstance(cause, GateFailed) and cause.detail == "the approval of LEAD is missing"


def test_a_later_step_is_stopped_after_the_earlier_ones_ran() -> None:
    llm = Mute(model="mute")
    with pytest.raises(HookAborted):
        crew_of(llm, may_start=lambda task: "" if task == "1.1" else "no").kickoff(["1.1", "1.2"])
    assert llm.asked == 1


def test_a_guardrail_that_refuses_asks_again_and_then_gives_up() -> None:
    llm = Mute(model="mute")
    with pytest.raises(Exception, match="nothing is stored"):
        crew_of(llm, guardrail=lambda _task: "nothing is stored", guardrail_retries=2).kickoff(["1.1"])
    assert llm.asked == 3


def test_an_error_of_ours_inside_a_guardrail_passes_through() -> None:
    with pytest.raises(Exception) as error:
        crew_of(Mute(model="mute"), guardrail=raises(LeaseHeld("driven by another"))).kickoff(["1.1"])
    assert isinstance(own_error(error.value), LeaseHeld)


def test_prose_that_claims_an_artifact_is_refused(sqlite_at: At) -> None:
    prose = Reply.say("I have stored the budget. Everything sums up and LEAD has approved it.")
    with OpenAIServer(HouseBrain(broken={"1.3": prose})) as server:
        scene = hasty(sqlite_at("started:1.3"), server)
        assert scene.advance().checkpoint == "strategy"
        asked = [exchange.request for exchange in server.log if step_in_prompt(exchange.request) == "1.3"]
    # Three attempts of the step, each with the guardrail's further try, none of which stored anything.
    assert len(asked) == 3 * 2
    (row,) = scene.artifacts("1.3")
    assert row.generated_by.startswith("playbook (stands in for m: ")
    (step,) = scene.rows(RunStep, step="1.3")
    assert (step.revision, step.failures, step.attempts) == (1, 3, 1 + 4)


class WeakOnce:
    """A house brain whose first budget has no reallocation triggers."""

    def __init__(self, always: bool = False) -> None:
        self.house, self.sent, self.always = HouseBrain(), 0, always

    def __call__(self, request: dict[str, Any], number: int) -> Reply:
        reply = self.house(request, number)
        if reply.tool_calls and reply.tool_calls[0].name == "allocate_budget":
            self.sent += 1
            if self.always or self.sent == 1:
                body = json.loads(reply.tool_calls[0].arguments_json)
                return Reply.use("allocate_budget", json.dumps(body | {"triggers": []}))
        return reply


def test_a_refused_artifact_is_superseded_by_the_next_try(at: At) -> None:
    with OpenAIServer(WeakOnce()) as server:
        scene = at("started:1.3").with_services(models=live(server))
        assert scene.advance().checkpoint == "strategy"
    weak, good = scene.artifacts("1.3")
    assert (weak.revision, good.revision, good.generated_by) == (1, 2, "m")
    assert [(s.revision, s.status, s.failures) for s in scene.rows(RunStep, step="1.3")] == [
        (1, "superseded", 0),
        (2, "done", 0),
    ]
    budget = scene.dossier().budget
    assert budget is not None and budget.triggers
    assert {row.budget_revision for row in scene.rows(MarketingChannel) if row.budget is not None} == {2}
    opened = [event for event in scene.events if event.kind == "revision_opened"]
    assert [event.subject for event in opened] == ["1.3"]
    assert opened[0].detail.startswith("budget.triggers_defined: ")


def test_a_model_that_never_gets_it_right_is_replaced_by_the_playbook(sqlite_at: At) -> None:
    with OpenAIServer(WeakOnce(always=True)) as server:
        scene = hasty(sqlite_at("started:1.3"), server)
        assert scene.advance().checkpoint == "strategy"
    newest = scene.artifacts("1.3")[-1]
    assert newest.generated_by.startswith("playbook (stands in for m: ")
    assert "budget.triggers_defined" in newest.generated_by
    steps = scene.rows(RunStep, step="1.3")
    assert (steps[-1].status, steps[-1].failures) == ("done", 3)
    assert {step.status for step in steps[:-1]} == {"superseded"}
    assert scene.waiting().checkpoint == "strategy"


@pytest.mark.parametrize("provider", ["playbook", "live"])
@pytest.mark.parametrize("what", ["pause", "steal"])
def test_what_happens_between_two_steps_stops_the_second_before_its_model(
    sqlite_at: At, provider: str, what: str
) -> None:
    with OpenAIServer(HouseBrain()) as server:
        scene = sqlite_at("created")
        if provider == "live":
            scene = scene.with_services(models=live(server))
        hear = scene.hear

        def listen(event: RunEvent) -> None:
            hear(event)
            if (event.kind, event.subject) == ("step_done", "1.1"):
                scene.write(lambda session: happens(scene, what, session))

        scene.hear = listen  # type: ignore[method-assign]
        with pytest.raises((VenturePaused, LeaseHeld)) as error:
            scene.advance()
        steps = [step_in_prompt(exchange.request) for exchange in server.log]
    assert isinstance(error.value, VenturePaused if what == "pause" else LeaseHeld)
    assert set(steps) <= {"1.1"}
    assert scene.artifacts("1.2") == [] and scene.rows(RunStep, step="1.2") == []
    (line,) = scene.rows(AgentExecutionLog, status="failed")
    assert (line.task, line.agent) == ("1.2", "LEAD") and 0 <= line.duration_ms < 60_000
    assert {step.failures for step in scene.rows(RunStep)} == {0}
    assert [event.kind for event in scene.events][-1] == "failed"
    assert "stand_in" not in [event.kind for event in scene.events]


def happens(scene: Scene, what: str, session: Any) -> None:
    """A rollback pauses the venture, or somebody else takes the run over."""
    now = scene.clock.now()
    if what == "pause":
        ventures.set_paused(session, VENTURE, "spam complaints", now)
        return
    (run,) = [runs.require(session, scene.run_id)]
    runs.release(session, scene.run_id, str(run.lease_owner))
    runs.claim_lease(session, scene.run_id, "somebody else", now, LEASE_SECONDS)


def test_an_error_of_ours_is_told_as_it_is(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    scene.write(lambda s: ventures.set_paused(s, VENTURE, "spam complaints", scene.clock.now()))
    with pytest.raises(GtmError, match="spam complaints"):
        scene.advance()
    assert scene.events[-1].subject == "venture-paused"
