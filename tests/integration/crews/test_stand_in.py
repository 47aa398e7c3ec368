"""A live model that does not manage a step: the playbook stands in and says so, or the run stops with a clear error."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete

from agents.models import ModelSettings
from agents.testing import OpenAIServer, Reply
from agents.testing_brain import HouseBrain, step_in_prompt
from gtm.domain.errors import ModelUnavailable, ProposalRefused, StepFailed
from gtm.domain.spec import Policies, Range
from gtm.store.models.logs import AgentExecutionLog, ModelCall
from gtm.store.models.runs import Run, RunStep
from tests.integration.crews.scenes import Scene, impatient
from tests.integration.crews.test_guardrails import hasty, live

At = Callable[[str], Scene]
LABEL = "playbook (stands in for m: "


def kinds(scene: Scene, kind: str) -> list[str]:
    """The subjects of the events of a kind."""
    return [event.subject for event in scene.events if event.kind == kind]


def test_a_competent_model_needs_no_stand_in(sqlite_at: At) -> None:
    with OpenAIServer(HouseBrain()) as server:
        scene = sqlite_at("started:1.2").with_services(models=live(server))
        scene.write(lambda s: s.connection().execute(delete(ModelCall)))
        assert scene.advance().checkpoint == "strategy"
        counts = server.counts
    assert kinds(scene, "stand_in") == []
    assert [row.generated_by for row in scene.rows(RunStep)] == ["playbook", "m", "m"]
    assert scene.waiting().review is not None and scene.waiting().review.generated_by == "m"  # type: ignore[union-attr]
    usage = scene.dossier().usage
    assert (usage.calls, usage.attempts) == (counts.completions, counts.requests)
    assert (usage.prompt_tokens, usage.completion_tokens) == (counts.prompt_tokens, counts.completion_tokens)
    assert usage.cost is None  # the model's price is not known


def test_a_known_price_is_added_up(sqlite_at: At) -> None:
    with OpenAIServer(HouseBrain()) as server:
        priced = live(server, prices={"m": (Decimal(2), Decimal(8))})
        scene = sqlite_at("started:1.3").with_services(models=priced)
        scene.advance()
        counts = server.counts
    expected = (Decimal(2) * counts.prompt_tokens + Decimal(8) * counts.completion_tokens) / 1_000_000
    assert scene.dossier().usage.cost == expected


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Reply.truncated("I was about to"), "m was cut off"),
        (Reply.use("launch_rocket", "{}"), "it calls 'launch_rocket', which is not one of its tools"),
    ],
)
def test_after_three_failures_of_a_step_the_playbook_stands_in(sqlite_at: At, fault: Reply, words: str) -> None:
    with OpenAIServer(HouseBrain(broken={"1.3": fault})) as server:
        scene = sqlite_at("started:1.3").with_services(models=live(server))
        assert scene.advance().checkpoint == "strategy"
        asked = [step_in_prompt(exchange.request) for exchange in server.log]
    assert asked.count("1.3") == 3
    assert kinds(scene, "stand_in") == ["1.3"]
    told = next(event for event in scene.events if event.kind == "stand_in")
    assert told.title == "The playbook stands in" and words in told.detail
    (row,) = scene.artifacts("1.3")
    assert row.generated_by.startswith(LABEL) and words in row.generated_by
    steps = {step.step: step for step in scene.rows(RunStep)}
    assert steps["1.3"].generated_by == row.generated_by and steps["1.3"].failures == 3
    assert steps["1.2"].generated_by == "playbook"  # of the walk
    review = scene.waiting().review
    assert review is not None and review.generated_by == "m"
    failed = scene.rows(AgentExecutionLog, task="1.3", status="failed")
    assert len(failed) == 3 and all(words in line.error and line.duration_ms is not None for line in failed)
    assert [call.provider for call in scene.rows(ModelCall, step="1.3") if not call.ok] == ["compatible"] * 3
    done = next(event for event in scene.events if (event.kind, event.subject) == ("step_done", "1.3"))
    assert LABEL in done.detail


def test_a_stand_in_is_labelled_on_either_database(at: At) -> None:
    with OpenAIServer(HouseBrain(broken={"1.3": Reply.malformed()})) as server:
        scene = at("started:1.3").with_services(models=live(server))
        scene.advance()
    (row,) = scene.artifacts("1.3")
    assert row.generated_by.startswith(LABEL)
    assert scene.rows(RunStep, step="1.3")[0].generated_by == row.generated_by


def test_a_review_can_be_stood_in_for(sqlite_at: At) -> None:
    with OpenAIServer(HouseBrain(broken={"review:strategy": Reply.say("Looks good to me.")})) as server:
        scene = hasty(sqlite_at("started:1.3"), server)
        assert scene.advance().checkpoint == "strategy"
    assert kinds(scene, "stand_in") == ["review:strategy"]
    review = scene.waiting().review
    assert review is not None and review.generated_by.startswith(LABEL)
    assert len(scene.rows(AgentExecutionLog, task="review:strategy", status="failed")) == 3


def test_a_server_that_is_down_is_not_asked_three_times_over(sqlite_at: At) -> None:
    with OpenAIServer(HouseBrain(broken={"1.3": Reply.error(503)})) as server:
        scene = sqlite_at("started:1.3").with_services(models=live(server))
        assert scene.advance().checkpoint == "strategy"
        asked = [step_in_prompt(exchange.request) for exchange in server.log]
    assert asked.count("1.3") == 1
    (row,) = scene.artifacts("1.3")
    assert row.generated_by.startswith(f"{LABEL}http://127.0.0.1") and "HTTP 503" in row.generated_by


def test_a_refused_key_stops_the_run_and_nothing_stands_in(sqlite_at: At) -> None:
    with OpenAIServer(HouseBrain(broken={"1.1": Reply.error(401, "No.")})) as server:
        scene = sqlite_at("created").with_services(models=live(server))
        with pytest.raises(ModelUnavailable, match="HTTP 401") as error:
            scene.advance()
        assert server.counts.requests == 1
    assert error.value.hint.startswith("check ")
    assert kinds(scene, "stand_in") == [] and scene.artifacts("1.1") == []
    (run,) = scene.rows(Run)
    assert (run.status, run.lease_owner) == ("failed", None) and "HTTP 401" in run.detail
    assert scene.events[-1].kind == "failed"
    (step,) = scene.rows(RunStep)
    assert (step.status, step.failures) == ("started", 0)
    with OpenAIServer(HouseBrain()) as mended:
        assert scene.with_services(models=live(mended)).advance().checkpoint == "strategy"


def stricter(policies: Policies) -> Policies:
    """Policies that Fleet's budget of 50,000 does not meet."""
    return impatient(policies).model_copy(
        update={"total_budget": Range(minimum=Decimal(60_000), maximum=Decimal(90_000))}
    )


def test_what_even_the_playbook_cannot_finish_stops_with_the_checks_that_failed(sqlite_at: At) -> None:
    scene = sqlite_at("started:1.3")
    with pytest.raises(StepFailed) as error:
        scene.with_services(policies=stricter(scene.services.policies)).advance()
    assert error.value.detail.startswith("step 1.3 could not be finished: ")
    assert "budget.matches_financial_model" in error.value.detail
    assert f"gtm resume {scene.run_id}" in error.value.hint
    (run,) = scene.rows(Run)
    assert run.status == "failed" and "budget.matches_financial_model" in run.detail
    (line,) = scene.rows(AgentExecutionLog, status="failed")
    assert line.task == "1.3" and "budget.matches_financial_model" in line.error
    # What it had stored was refused, so it is in nobody's way once the cause is mended.
    assert scene.advance().checkpoint == "strategy"
    assert {row.status for row in scene.rows(RunStep)} == {"done", "superseded"}


def test_neither_the_model_nor_the_playbook_can(sqlite_at: At) -> None:
    with OpenAIServer(HouseBrain()) as server:
        scene = sqlite_at("started:1.3")
        strict = scene.with_services(models=live(server), policies=stricter(scene.services.policies))
        with pytest.raises(StepFailed, match=r"budget\.matches_financial_model"):
            strict.advance()
    assert kinds(scene, "stand_in") == ["1.3"]
    assert len(scene.rows(AgentExecutionLog, status="failed")) == 4


def test_a_tool_that_refuses_the_playbooks_own_draft_stops_at_once(sqlite_at: At) -> None:
    scene = sqlite_at("started:2.2")
    strict = scene.services.policies.model_copy(update={"brand_voice_minimum": Decimal(1)})
    with pytest.raises(ProposalRefused, match="below the brand voice minimum of 1"):
        scene.with_services(policies=strict).advance()
    assert kinds(scene, "tool_refused") == ["2.2"]
    assert len(scene.rows(AgentExecutionLog, status="failed")) == 1


def test_the_stand_in_is_for_one_step_of_one_stretch(sqlite_at: At) -> None:
    """The next stretch asks the model again."""
    with OpenAIServer(HouseBrain(broken={"review:strategy": Reply.malformed()})) as server:
        scene = sqlite_at("started:1.3").with_services(models=live(server))
        scene.advance()
        scene.reject("Make it 65/25/10.", "1.3")
        server.reply = HouseBrain()
        assert scene.advance().checkpoint == "strategy"
    review: Any = scene.waiting().review
    assert review.generated_by == "m"
    assert ModelSettings.model_validate(live(server)).live


def test_a_server_that_is_down_leaves_nothing_of_crewais_on_the_terminal(
    sqlite_at: At, capfd: pytest.CaptureFixture[str]
) -> None:
    with OpenAIServer(HouseBrain()) as server:
        gone = live(server)
    scene = sqlite_at("started:1.3").with_services(models=gone)
    assert scene.advance().checkpoint == "strategy"
    assert "1.3" in kinds(scene, "stand_in")
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "")
