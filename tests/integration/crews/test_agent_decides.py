"""Where the policy says `decided_by: agent` the role's agent decides by its review, never on its own work."""

from collections.abc import Callable

import pytest

from crews.checkpoints import Checkpoints
from crews.outcome import Outcome
from gtm.domain.spec import CheckpointSpec, StageSpec
from gtm.store.models.logs import AuditEntry
from gtm.store.models.runs import Approval, RunStep
from gtm.store.repositories import approvals, artifacts
from tests.integration.crews.scenes import VENTURE, Scene

At = Callable[[str], Scene]


def by_agents(stage: StageSpec, *ids: str) -> StageSpec:
    """The stage with these checkpoints decided by agents."""

    def changed(checkpoint: CheckpointSpec) -> CheckpointSpec:
        return checkpoint.model_copy(update={"decided_by": "agent"}) if checkpoint.id in ids else checkpoint

    substages = tuple(
        s.model_copy(update={"checkpoints": tuple(changed(c) for c in s.checkpoints)}) for s in stage.substages
    )
    return stage.model_copy(update={"substages": substages, "final": changed(stage.final)})


def agent_scene(scene: Scene, *ids: str) -> Scene:
    return scene.with_services(stage=by_agents(scene.services.stage, *ids))


def asked(scene: Scene, recommendation: str, reason: str = "The tone is wrong.") -> Outcome | None:
    """Ask at the content checkpoint, after a review of LEAD's with this recommendation."""
    bench = scene.bench()
    draft = bench.draft("review:content", "write_review") | {"recommendation": recommendation, "reason": reason}
    assert '"already_there":false' in bench.call("review:content", "write_review", draft)
    content = next(c for c in scene.services.stage.checkpoints if c.id == "content")
    return Checkpoints(bench.workbench._stretch).request(content)


def test_lead_decides_on_the_content_that_others_made(at: At) -> None:
    scene = agent_scene(at("started:review:content"), "content")
    assert asked(scene, "approve") is None
    (row,) = scene.rows(Approval, checkpoint="content")
    assert (row.status, row.decided_by, row.decided_via) == ("approved", "agent:LEAD", "policy: decided_by agent")
    assert [(event.kind, event.subject) for event in scene.events] == [
        ("approval_requested", "content"),
        ("approval_decided", "content"),
    ]
    (entry,) = scene.rows(AuditEntry, action="approval.approved", subject=row.approval_id)
    assert entry.actor == "agent:LEAD"


def test_without_the_policy_a_person_is_asked(sqlite_at: At) -> None:
    scene = sqlite_at("started:review:content")
    assert scene.advance().checkpoint == "content"
    assert scene.waiting().decided_by == ""


@pytest.mark.parametrize("checkpoint", ["strategy", "campaigns", "automation", "final"])
def test_nobody_decides_on_their_own_work(sqlite_at: At, checkpoint: str) -> None:
    scene = agent_scene(sqlite_at(f"started:review:{checkpoint}"), checkpoint)
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint) == ("waiting_approval", checkpoint)
    told = [event for event in scene.events if event.title == "A person must decide"]
    assert len(told) == 1 and "nobody approves their own work" in told[0].detail
    assert scene.rows(Approval, checkpoint=checkpoint)[0].status == "pending"
    assert scene.approve(ref=outcome.approval_id).decided_by == "person:ann"


def test_an_agent_that_advises_against_it_rejects_with_its_reason(at: At) -> None:
    scene = agent_scene(at("started:review:content"), "content")
    assert asked(scene, "reject", "The tone is wrong: less formal, please.") is None
    (row,) = scene.rows(Approval, checkpoint="content")
    assert (row.status, row.decided_by) == ("rejected", "agent:LEAD")
    assert row.comment == "The tone is wrong: less formal, please."
    reopened = scene.rows(RunStep, revision=2)
    assert [step.step for step in reopened] == ["2.1", "2.2"]
    assert all(step.comments == [row.comment] for step in reopened)


def test_after_three_rejections_in_a_row_a_person_decides(sqlite_at: At) -> None:
    scene = agent_scene(sqlite_at("started:review:content"), "content")

    def past(number: int, status: str, by: str) -> None:
        with scene.database.write() as session:
            approvals.request(
                session, approval_id=f"apr-{number}", run_id=scene.run_id, venture_id=VENTURE, checkpoint="content",
                role="LEAD", round=number, review=None, now=scene.clock.now(),
                artifact_sha256=artifacts.hash_of(session, scene.run_id, ("2.1", "2.2")),
            )  # fmt: skip
            approvals.decide(
                session, f"apr-{number}", status=status, by=by, via="test", comment="no", now=scene.clock.now()
            )

    for number in (1, 2):
        past(number, "rejected", "agent:LEAD")
    past(3, "rejected", "person:ann")
    for number in (4, 5, 6):
        past(number, "rejected", "agent:LEAD")
    outcome = asked(scene, "reject")
    assert outcome is not None and outcome.checkpoint == "content"
    assert scene.waiting().round == 7
    assert scene.events[-1].detail == "agent LEAD has rejected it 3 times in a row"
    assert {step.revision for step in scene.rows(RunStep)} == {1}
