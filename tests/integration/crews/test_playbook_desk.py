"""The house's drafts as tool calls: stable, complete, and accepted by the tools they call."""

import json
from collections.abc import Callable

import pytest

from agents.playbook_desk import PlaybookDesk, budget_proposal
from gtm.domain.errors import StepFailed
from gtm.store.repositories import runs
from tests.integration.crews.scenes import Bench, Scene
from tools.catalog import tools_for
from tools.strategy import budget_of

At = Callable[[str], Scene]
STEPS = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3")
REVIEWS = ("strategy", "content", "campaigns", "automation", "final")


def desk_of(bench: Bench) -> PlaybookDesk:
    return PlaybookDesk(bench.context(), bench.scene.dossier, bench.workbench._review_facts)


def commented(scene: Scene, step: str, comment: str) -> PlaybookDesk:
    """The desk after a rejection of a step."""
    scene.write(lambda s: runs.open_revision(s, scene.run_id, step, comment, scene.clock.now()))
    return desk_of(scene.bench())


def test_every_drafted_call_fits_a_tool_of_its_step(sqlite_at: At) -> None:
    bench = sqlite_at("completed").bench()
    desk, context = desk_of(bench), bench.context()
    for step in (*STEPS, *(f"review:{name}" for name in REVIEWS)):
        offered = {tool.name: tool for tool in tools_for(context, step)}
        drafts = desk.tool_calls(step)
        assert drafts
        for draft in drafts:
            offered[draft.name].args_schema.model_validate_json(draft.arguments_json)


def test_a_draft_is_made_once_and_kept_while_the_step_runs(sqlite_at: At) -> None:
    bench = sqlite_at("started:2.1").bench()
    desk = desk_of(bench)
    before = desk.tool_calls("2.1")
    bench.call("2.1", before[0].name, json.loads(before[0].arguments_json))
    assert desk.tool_calls("2.1") is before
    assert desk_of(bench).tool_calls("2.1") == before


def test_a_live_model_is_shown_one_call_a_line(sqlite_at: At) -> None:
    desk = desk_of(sqlite_at("started:2.1").bench())
    lines = desk.as_prompt("2.1").splitlines()
    assert len(lines) == len(desk.tool_calls("2.1")) == 4
    for line, draft in zip(lines, desk.tool_calls("2.1"), strict=True):
        name, _, arguments = line.partition(" ")
        assert (name, json.loads(arguments)) == (draft.name, json.loads(draft.arguments_json))


@pytest.mark.parametrize(
    ("step", "missing"),
    [("1.2", "1.1"), ("1.3", "1.2"), ("2.1", "1.2"), ("2.2", "2.1"), ("3.1", "2.1"), ("3.2", "3.1"), ("3.3", "3.1")],
)
def test_a_draft_that_rests_on_nothing_is_not_made(sqlite_at: At, step: str, missing: str) -> None:
    desk = desk_of(sqlite_at("gates").bench())
    with pytest.raises(StepFailed, match=f"nothing is stored for step {missing}") as error:
        desk.tool_calls(step)
    assert error.value.hint == f"finish step {missing} first"


def test_the_answer_names_what_was_done_and_what_was_not(sqlite_at: At) -> None:
    desk = commented(sqlite_at("waiting:strategy"), "1.2", "Drop webinars. Paint the boat green.")
    answer = desk.final_answer("1.2")
    assert answer.startswith("Done by the playbook: configure_channels.")
    assert "Asked to leave out: webinars." in answer
    assert "Not acted on (no rule of the playbook covers it): Paint the boat green." in answer


def test_the_budget_is_proposed_so_that_the_core_arrives_at_the_same_cents(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    dossier = scene.dossier()
    assert dossier.budget is not None
    assert budget_of(budget_proposal(dossier.budget), dossier, scene.services.policies) == dossier.budget


@pytest.mark.parametrize(
    ("comment", "starts"),
    [
        ("Start on 2026-03-02.", "2026-03-02"),
        ("Start on 2025-03-02.", "2026-01-12"),
        ("Earlier, please.", "2026-01-12"),
    ],
)
def test_a_start_that_was_asked_for_is_taken_unless_it_lies_in_the_past(
    sqlite_at: At, comment: str, starts: str
) -> None:
    desk = commented(sqlite_at("waiting:campaigns"), "2.3", comment)
    (draft,) = desk.tool_calls("2.3")
    assert json.loads(draft.arguments_json)["starts"] == starts


def test_a_review_rests_on_what_the_checks_say(sqlite_at: At) -> None:
    desk = desk_of(sqlite_at("started:review:strategy").bench())
    (draft,) = desk.tool_calls("review:strategy")
    review = json.loads(draft.arguments_json)
    assert draft.name == "write_review" and review["recommendation"] == "approve"
    assert "17 of 17 automatic checks hold" in review["reason"]
    assert review["risks"] and all(item["finding"] for item in review["checked"])
