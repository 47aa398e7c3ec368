"""A person's comment stands in the next round's artifacts, and the review says item by item whether it does."""

from collections.abc import Callable
from decimal import Decimal

from gtm.domain.review import Review
from gtm.domain.workflow import Wait
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]


def review(scene: Scene) -> Review:
    """The review of the checkpoint that waits."""
    approval = scene.waiting()
    found = next(a for a in scene.dossier().approvals if a.approval_id == approval.approval_id).review
    assert found is not None
    return found


def asked(found: Review) -> list[str]:
    return [item.finding for item in found.checked if item.subject == "What the last comment asked for"]


def test_strategy_comments_stand_in_the_next_round(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    scene.reject("Put revenue first. Cut LinkedIn by 20 %.")
    assert scene.advance().checkpoint == "strategy"
    dossier, found = scene.dossier(), review(scene)
    assert dossier.strategy is not None and dossier.strategy.objectives[0].name == "conversion"
    assert dossier.budget is not None
    line = dossier.budget.line("linkedin")
    assert line is not None and line.percent == Decimal("56.00")
    assert found.recommendation == "approve"
    assert [text.split(". ")[0] for text in asked(found)] == ["Asked: conversion first", "Asked: LinkedIn by -20 %"]


def test_a_comment_that_cannot_be_done_is_advised_against_with_its_reason(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    scene.reject("Give LinkedIn 40 %.", "1.3")
    assert scene.advance().checkpoint == "strategy"
    found = review(scene)
    assert (found.recommendation, found.grounds) == ("reject", ("comment",))
    assert "the tier proven takes 50-80 % of the money and holds LinkedIn" in found.reason
    scene.approve()
    assert scene.advance().checkpoint == "content"


def test_content_comments_stand_or_are_told_to_be_impossible(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:content")
    scene.reject('Use start_trial as CTA. Avoid "handbook". Wait 72 hours.')
    assert scene.advance().checkpoint == "content"
    dossier, found = scene.dossier(), review(scene)
    assert dossier.templates is not None and dossier.content is not None
    drip = next(t for t in dossier.templates.templates if t.type == "email_drip")
    assert {step.delay_hours for step in drip.steps[1:]} == {72}
    assert found.grounds == ("comment",)
    assert "Fleet's brief has no offer with the call to action start_trial" in found.reason
    assert "Asked: 72 hours between the mails. Done: " in " ".join(asked(found))
    scene.reject("Use download_resource as CTA.")
    assert scene.advance().checkpoint == "content"
    assert "download_resource" in {piece.cta for piece in (scene.dossier().content or dossier.content).pieces}
    assert review(scene).recommendation == "approve"


def test_automation_comments_stand_in_workflows_and_triggers(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:automation")
    scene.reject("Wait 3 days between the emails. At most 2 per week.")
    assert scene.advance().checkpoint == "automation"
    dossier, found = scene.dossier(), review(scene)
    assert dossier.workflows is not None and dossier.triggers is not None
    drips = [w for w in dossier.workflows.workflows if w.campaign_id.endswith("email-drip") and w.content_refs]
    assert {s.hours for w in drips for s in w.steps if isinstance(s, Wait)} == {72}
    assert {t.rate_limit for t in dossier.triggers.triggers} == {"2 per week"}
    assert found.recommendation == "approve", found.reason
    assert len(asked(found)) == 2 and all(" Done: " in text for text in asked(found))
    scene.approve()
    outcome = scene.advance()
    assert outcome.checkpoint == "final", outcome.detail


def test_a_comment_that_was_approved_over_is_not_held_against_a_later_round(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    scene.reject("Make it pop.")
    scene.advance()
    assert review(scene).grounds == ("comment",)
    for checkpoint in ("content", "campaigns", "automation", "final"):
        scene.approve()
        assert scene.advance().checkpoint == checkpoint
    scene.reject("Split 60/30/10.", "1.3")
    assert scene.advance().checkpoint == "strategy"
    found = review(scene)
    assert asked(found) == ["Asked: the split 60/30/10. Done: the split is 60/30/10."]
    assert found.recommendation == "approve"
    earlier = [item.finding for item in found.checked if item.subject == "Comment of an earlier round"]
    assert len(earlier) == 1 and "Split 60/30/10." in earlier[0]


def test_a_comment_of_the_final_approval_is_looked_for_where_its_step_is_shown_again(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:final")
    scene.reject('Make it pop. Split 60/30/10. Avoid "handbook".', "1.3", "2.2")
    assert scene.advance().checkpoint == "strategy"
    found = review(scene)
    # What the copy is to become is for the review of the copy; what no rule covers is told once.
    assert [text.split(":")[1].split(".")[0] for text in asked(found)] == [" the split 60/30/10", " “Make it pop”"]
    assert found.grounds == ("comment",)
    scene.approve()
    assert scene.advance().checkpoint == "content"
    found = review(scene)
    assert len(asked(found)) == 1 and asked(found)[0].startswith("Asked: no “handbook”. Done: ")
    assert found.recommendation == "approve"
