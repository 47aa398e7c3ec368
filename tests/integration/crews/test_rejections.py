"""A rejection makes the crew do the named steps anew, with the comments, and voids what rested on them."""

from collections.abc import Callable
from decimal import Decimal

from agents.testing import OpenAIServer
from agents.testing_brain import HouseBrain, step_in_prompt
from gtm.store.models.campaigns import CampaignContentRow, CampaignRow
from gtm.store.models.gtm import GtmConfigVersion, MarketingChannel
from gtm.store.models.runs import Approval, GateResult, RunStep
from tests.integration.crews.scenes import Scene
from tests.integration.crews.test_guardrails import live

At = Callable[[str], Scene]


def revisions(scene: Scene) -> dict[str, int]:
    """The current revision of each step that was begun."""
    return {row.step: row.revision for row in scene.rows(RunStep) if row.status != "superseded"}


def standing(scene: Scene) -> dict[str, list[str]]:
    """The statuses of each checkpoint's rounds."""
    found: dict[str, list[str]] = {}
    for row in sorted(scene.rows(Approval), key=lambda row: row.round):
        found.setdefault(row.checkpoint, []).append(row.status)
    return found


def test_a_rejection_of_one_step_leaves_the_others(at: At) -> None:
    scene = at("waiting:strategy")
    before = scene.dossier()
    record = scene.reject("Make the split 60/25/15.", "1.3")
    assert (record.status, record.comment) == ("rejected", "Make the split 60/25/15.")
    assert scene.rows(Approval)[0].steps == ["1.3"]
    assert revisions(scene) == {"1.1": 1, "1.2": 1, "1.3": 2}
    assert scene.dossier().budget is None
    assert scene.advance().checkpoint == "strategy"
    after = scene.dossier()
    assert (after.strategy, after.channels) == (before.strategy, before.channels)
    assert after.budget is not None
    split = after.budget.split
    assert [split.proven, split.growth, split.experimental] == [Decimal(60), Decimal(25), Decimal(15)]
    assert scene.waiting().round == 2
    assert standing(scene) == {"strategy": ["rejected", "pending"]}
    assert len(scene.rows(GtmConfigVersion)) == 1


def test_a_rejection_without_steps_makes_everything_anew_that_the_checkpoint_covers(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    scene.reject("Drop webinars. Make it bolder, with a tiger on every page.")
    assert revisions(scene) == {"1.1": 2, "1.2": 2, "1.3": 2}
    for row in scene.rows(RunStep, revision=2):
        assert row.comments == ["Drop webinars. Make it bolder, with a tiger on every page."]
    assert scene.advance().checkpoint == "strategy"
    plan = scene.dossier().channels
    assert plan is not None and plan.choice("webinars") is None
    assert "webinars" not in {row.channel for row in scene.rows(MarketingChannel)}
    assert len(scene.rows(GtmConfigVersion)) == 2


def test_the_comments_of_all_rejections_are_kept_in_order(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    scene.reject("Make the split 60/25/15.", "1.3")
    scene.advance()
    scene.reject("Rather 65/25/10.", "1.3")
    assert scene.rows(RunStep, step="1.3", revision=3)[0].comments == ["Make the split 60/25/15.", "Rather 65/25/10."]
    scene.advance()
    budget = scene.dossier().budget
    assert budget is not None and budget.split.proven == Decimal(65)
    assert scene.waiting().round == 3


def test_what_rests_on_a_rejected_step_is_made_anew_and_its_approvals_are_void(at: At) -> None:
    scene = at("waiting:final")
    scene.reject("Shorter, please.", "2.2")
    assert {step: n for step, n in revisions(scene).items() if n > 1} == {"2.2": 2, "3.3": 2}
    assert scene.rows(RunStep, step="2.2", revision=2)[0].comments == ["Shorter, please."]
    assert scene.rows(RunStep, step="3.3", revision=2)[0].comments == []
    assert standing(scene) == {
        "strategy": ["approved"],
        "content": ["void"],
        "campaigns": ["void"],
        "automation": ["void"],
        "final": ["rejected"],
    }
    void = scene.rows(Approval, checkpoint="content")[0]
    assert void.decided_by == "person:ann"


def test_the_copy_that_was_made_anew_waits_for_lead_again(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:final")
    old = {row.text for row in scene.rows(CampaignContentRow)}
    scene.reject("Shorter, please.", "2.2")
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint) == ("waiting_approval", "content")
    rows = scene.rows(CampaignContentRow)
    assert {(row.status, row.revision) for row in rows} == {("draft", 2)}
    assert {row.text for row in rows} != old
    assert {row.status for row in scene.rows(CampaignRow)} == {"draft"}
    gates = {row.gate: row.created_at for row in scene.rows(GateResult)}
    scene.approve()
    assert scene.advance().checkpoint == "campaigns"
    assert {row.gate: row.created_at for row in scene.rows(GateResult)}["workflows-active"] == gates["workflows-active"]


def test_the_exit_gates_are_judged_again_after_a_rejection_at_the_end(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:final")
    before = len(scene.rows(GateResult, gate="campaigns-configured"))
    scene.reject("Start on 2026-03-02.", "2.3")
    assert scene.advance().checkpoint == "campaigns"
    schedule = scene.dossier().schedule
    assert schedule is not None and schedule.starts.isoformat() == "2026-03-02"
    scene.approve()
    assert scene.advance().checkpoint == "final"
    assert len(scene.rows(GateResult, gate="campaigns-configured")) == before + 1
    assert standing(scene) == {
        "strategy": ["approved"],
        "content": ["approved"],
        "campaigns": ["void", "approved"],
        "automation": ["approved"],
        "final": ["rejected", "pending"],
    }


def test_a_live_model_is_shown_the_comments(sqlite_at: At) -> None:
    comment = "Make the split 60/25/15 and mention the handbook."
    with OpenAIServer(HouseBrain()) as server:
        scene = sqlite_at("waiting:strategy").with_services(models=live(server))
        scene.reject(comment, "1.3")
        assert scene.advance().checkpoint == "strategy"
        texts = [
            str(message.get("content"))
            for exchange in server.log
            if step_in_prompt(exchange.request) == "1.3"
            for message in exchange.request["messages"]
            if message["role"] == "user"
        ]
    assert texts and all("## What the approver asked for" in text and f"- {comment}\n" in text for text in texts)
    assert scene.rows(RunStep, step="1.3", revision=2)[0].generated_by == "m"


def test_what_no_rule_covers_is_said_in_the_playbooks_answer(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    scene.reject("Paint the boat green.", "1.3")
    bench = scene.bench()
    assert bench.context().comments["1.3"] == ("Paint the boat green.",)
    assert bench.context().directives["1.3"].unhandled == ("Paint the boat green.",)
    assert bench.context().revision("1.3") == 2
