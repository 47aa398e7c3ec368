"""Decisions: by the role that the SOP names, once, on what was shown; and carried out once, by the next drive."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from crews.approvals import pending
from gtm.domain.base import sha256_of
from gtm.domain.errors import (
    AlreadyDecided,
    ArtifactChanged,
    Forbidden,
    GtmError,
    InvalidInput,
    NotFound,
    NotWaiting,
    VenturePaused,
)
from gtm.store.models.automation import AutomationWorkflow, WorkflowTrigger
from gtm.store.models.campaigns import CampaignContentRow, CampaignRow
from gtm.store.models.gtm import GtmConfig
from gtm.store.models.logs import AuditEntry
from gtm.store.models.runs import Approval, Artifact, Run, RunStep
from gtm.store.repositories import runs, ventures
from tests.integration.crews.scenes import VENTURE, Scene

At = Callable[[str], Scene]


def untouched(scene: Scene, asked: Any) -> None:
    """The approval waits as before, and nothing was decided."""
    assert scene.waiting() == asked
    assert scene.rows(AuditEntry, action="approval.approved", subject=asked.approval_id) == []


def test_an_approval_is_written_with_who_how_and_on_what(at: At) -> None:
    scene = at("waiting:strategy")
    asked = scene.waiting()
    record = scene.approve(via="cli", shown_sha256=asked.artifact_sha256[:16])
    assert (record.status, record.decided_by, record.decided_via) == ("approved", "person:ann", "cli")
    assert record.decided_at == scene.clock.now() and record.artifact_sha256 == asked.artifact_sha256
    (run,) = scene.rows(Run)
    assert (run.status, run.checkpoint) == ("running", None)
    (entry,) = scene.rows(AuditEntry, action="approval.approved")
    assert (entry.actor, entry.subject) == ("person:ann", asked.approval_id)
    assert entry.data == {"checkpoint": "strategy", "role": "LEAD", "via": "cli", "sha256": asked.artifact_sha256}


@pytest.mark.parametrize(
    ("moment", "role"),
    [("strategy", "PLAN"), ("content", "EXEC"), ("campaigns", "LEAD"), ("automation", "PLAN"), ("final", "EXEC")],
)
def test_the_wrong_role_may_not_decide(sqlite_at: At, moment: str, role: str) -> None:
    scene = sqlite_at(f"waiting:{moment}")
    asked = scene.waiting()
    with pytest.raises(Forbidden, match=f"is decided by {asked.role}, not by {role}"):
        scene.approve(role=role)
    untouched(scene, asked)


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_may_not_decide(sqlite_at: At, name: str) -> None:
    scene = sqlite_at("waiting:strategy")
    asked = scene.waiting()
    with pytest.raises(GtmError):
        scene.approve(by=name)
    untouched(scene, asked)


def test_a_second_decision_is_told_who_was_faster(at: At) -> None:
    scene = at("waiting:strategy")
    asked = scene.waiting()
    scene.approve(by="ann")
    with pytest.raises(AlreadyDecided, match="was approved by person:ann"):
        scene.reject("Too late.", ref=asked.approval_id, by="bob", role="LEAD")
    with pytest.raises(
        NotWaiting, match="waits for no approval \\(it waits to be resumed\\); strategy was approved by"
    ):
        scene.approve(by="bob", role="LEAD")
    (row,) = scene.rows(Approval)
    assert (row.status, row.decided_by, row.comment) == ("approved", "person:ann", None)
    assert {step.revision for step in scene.rows(RunStep)} == {1}


def test_a_second_rejection_reopens_nothing_twice(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:strategy")
    asked = scene.waiting()
    scene.reject("Shorter.", "1.3")
    with pytest.raises(AlreadyDecided, match="was rejected by person:ann"):
        scene.reject("Longer.", "1.3", ref=asked.approval_id, by="bob", role="LEAD")
    assert [step.revision for step in scene.rows(RunStep, step="1.3")] == [1, 2]


@pytest.mark.parametrize("ref", ["approval", "run", "venture"])
def test_an_approval_is_found_by_its_own_its_runs_or_its_ventures_id(sqlite_at: At, ref: str) -> None:
    scene = sqlite_at("waiting:content")
    refs = {"approval": scene.waiting().approval_id, "run": scene.run_id, "venture": VENTURE}
    assert scene.approve(ref=refs[ref]).checkpoint == "content"


@pytest.mark.parametrize("ref", ["apr-0", "run-0", "acme", "../fleet", ""])
def test_what_does_not_exist_is_not_found(sqlite_at: At, ref: str) -> None:
    scene = sqlite_at("waiting:content")
    with pytest.raises(NotFound):
        scene.approve(ref=ref)
    assert scene.waiting().checkpoint == "content"


def test_a_run_that_does_not_wait_says_what_it_is(sqlite_at: At) -> None:
    with pytest.raises(NotWaiting, match="waits for no approval \\(it is completed\\); final was approved by"):
        sqlite_at("completed").approve(role="LEAD")


@pytest.mark.parametrize("shown", ["0" * 64, "0" * 8, "  " + "F" * 16])
@pytest.mark.parametrize("approve", [True, False])
def test_a_hash_of_something_else_is_refused_and_the_approval_waits_on(
    sqlite_at: At, shown: str, approve: bool
) -> None:
    scene = sqlite_at("waiting:strategy")
    asked = scene.waiting()
    (before,) = scene.rows(Run)
    with pytest.raises(ArtifactChanged, match="nothing is decided") as error:
        scene.decide(approve, "Shorter.", shown_sha256=shown)
    assert (error.value.value, error.value.allowed) == (shown.strip().lower(), asked.artifact_sha256)
    assert f"gtm show {scene.run_id} strategy" in error.value.hint
    untouched(scene, asked)
    assert scene.rows(AuditEntry, action="approval.void") == []
    (run,) = scene.rows(Run)
    assert (run.status, run.checkpoint, run.detail) == (before.status, "strategy", before.detail)
    assert scene.approve(shown_sha256=asked.artifact_sha256[:8].upper()).status == "approved"


@pytest.mark.parametrize("shown", ["", " ", "27633", "2763394", "latest", "g" * 64, "0" * 65, "2763 3946"])
def test_what_is_no_hash_is_refused_as_such(sqlite_at: At, shown: str) -> None:
    scene = sqlite_at("waiting:strategy")
    asked = scene.waiting()
    with pytest.raises(InvalidInput, match="no SHA-256") as error:
        scene.approve(shown_sha256=shown)
    assert error.value.field == "sha256" and "first 8 or more" in error.value.allowed
    untouched(scene, asked)


def test_an_artifact_that_changes_while_it_waits_voids_the_approval_and_it_is_asked_anew(at: At) -> None:
    scene = at("waiting:strategy")
    asked = scene.waiting()
    scene.write(lambda s: runs.open_revision(s, scene.run_id, "1.3", "by hand", scene.clock.now()))
    with pytest.raises(ArtifactChanged, match="the budget changed since Strategy configuration was shown") as error:
        scene.approve(shown_sha256=asked.artifact_sha256)
    assert f"gtm resume {scene.run_id}" in error.value.hint
    (row,) = scene.rows(Approval)
    assert (row.status, row.decided_by) == ("void", None)
    assert [entry.action for entry in scene.rows(AuditEntry)][-1] == "approval.void"
    (run,) = scene.rows(Run)
    assert (run.status, run.checkpoint) == ("running", None) and "is void" in (run.detail or "")
    assert pending(scene.database) == ()
    assert scene.advance().checkpoint == "strategy"
    again = scene.waiting()
    assert again.round == 2 and again.review is not None
    assert [row.revision for row in scene.artifacts("1.3")] == [1, 2]
    assert scene.approve(shown_sha256=again.artifact_sha256).status == "approved"
    assert scene.advance().checkpoint == "content"


def test_what_changes_after_it_was_approved_is_asked_for_again(sqlite_at: At) -> None:
    scene = sqlite_at("approved:strategy")
    scene.write(lambda s: runs.open_revision(s, scene.run_id, "1.3", "by hand", scene.clock.now()))
    assert scene.advance().checkpoint == "strategy"
    rounds = {row.round: row.status for row in scene.rows(Approval)}
    assert rounds == {1: "void", 2: "pending"}
    (entry,) = scene.rows(AuditEntry, action="approval.void")
    assert (entry.actor, entry.data["why"]) == ("runner", "the budget changed since Strategy configuration was "
                                              "shown to LEAD; it is asked for again")  # fmt: skip
    (told,) = [event for event in scene.events if event.kind == "approval_voided"]
    assert (told.subject, told.detail) == ("strategy", entry.data["why"])
    assert scene.artifacts("2.1") == []


def rewrite(scene: Scene, step: str, name: str, change: dict[str, Any]) -> None:
    """Another body of a stored artifact, whole by its own hash."""

    def write(session: Session) -> None:
        row = session.exec(select(Artifact).where(Artifact.step == step, Artifact.name == name)).one()
        row.body = {**row.body, **change}
        row.sha256 = sha256_of(row.body)
        session.add(row)

    scene.write(write)


BOUND = [("1.2", "channels", {"declined": []}), ("1.3", "budget", {"rationale": "More."}),
         ("brief", "brief", {"name": "Flotilla"})]  # fmt: skip


@pytest.mark.parametrize(("step", "name", "change"), BOUND, ids=[step for step, _, _ in BOUND])
def test_what_the_campaigns_approval_rests_on_voids_it_when_it_changes(
    sqlite_at: At, step: str, name: str, change: dict[str, Any]
) -> None:
    waiting = sqlite_at("waiting:campaigns")
    rewrite(waiting, step, name, change)
    with pytest.raises(ArtifactChanged, match="changed since Campaign development was shown"):
        waiting.approve()
    (row,) = waiting.rows(Approval, checkpoint="campaigns")
    assert row.status == "void"


@pytest.mark.parametrize(("step", "name", "change"), BOUND, ids=[step for step, _, _ in BOUND])
def test_what_was_approved_on_another_budget_or_brief_is_void(
    sqlite_at: At, step: str, name: str, change: dict[str, Any]
) -> None:
    from crews.checkpoints import Checkpoints

    scene = sqlite_at("approved:campaigns")
    rewrite(scene, step, name, change)
    Checkpoints(scene.bench().workbench._stretch).void_changed()
    statuses = {row.checkpoint: row.status for row in scene.rows(Approval)}
    assert statuses["campaigns"] == statuses["content"] == "void"
    assert statuses["strategy"] == ("approved" if step == "brief" else "void")


def test_a_rejection_of_the_campaigns_leaves_what_they_rest_on(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:campaigns")
    scene.reject("Start a week later.")
    revisions = {step.step: step.revision for step in scene.rows(RunStep) if step.status != "superseded"}
    assert revisions == {"1.1": 1, "1.2": 1, "1.3": 1, "2.1": 2, "2.2": 2, "2.3": 2}
    with pytest.raises(InvalidInput, match=r"does not cover step 1\.3"):
        sqlite_at("waiting:campaigns").reject("Spend less.", "1.3")


@pytest.mark.parametrize(
    ("comment", "steps", "words"),
    [
        ("", (), "a rejection says what must change"),
        (" \n ", (), "a rejection says what must change"),
        ("x" * 4001, (), "the comment is too long"),
        ("Shorter.", ("9.9",), "does not cover step 9.9"),
        ("Shorter.", ("1.1", "2.2"), "does not cover step 2.2"),
    ],
)
def test_a_rejection_that_cannot_be_carried_out_is_refused(
    sqlite_at: At, comment: str, steps: tuple[str, ...], words: str
) -> None:
    scene = sqlite_at("waiting:strategy")
    asked = scene.waiting()
    with pytest.raises(InvalidInput, match=words):
        scene.reject(comment, *steps)
    untouched(scene, asked)
    assert {step.revision for step in scene.rows(RunStep)} == {1}


def test_a_paused_venture_takes_no_decisions(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:content")
    scene.write(lambda s: ventures.set_paused(s, VENTURE, "spam complaints", scene.clock.now()))
    with pytest.raises(VenturePaused):
        scene.approve()
    assert scene.waiting().checkpoint == "content"


def test_what_waits_is_listed_of_one_venture_or_all(at: At) -> None:
    scene = at("waiting:content")
    (waiting,) = pending(scene.database)
    assert waiting.record == scene.waiting()
    assert (waiting.run_id, waiting.venture_id) == (scene.run_id, VENTURE)
    assert waiting.waiting_since <= scene.clock.now()
    assert pending(scene.database, VENTURE) == (waiting,)
    assert pending(scene.database, "acme") == ()
    scene.approve()
    assert pending(scene.database) == ()


def statuses(scene: Scene, model: Any, column: str = "status") -> set[Any]:
    """The different values of a column."""
    return {getattr(row, column) for row in scene.rows(model)}


def carried_out(scene: Scene) -> None:
    """Drive the run as far as the decision's own effects."""
    from crews.checkpoints import Checkpoints

    bench = scene.bench()
    Checkpoints(bench.workbench._stretch).apply_decisions()


def test_a_decision_is_carried_out_once_by_the_next_drive(at: At) -> None:
    scene = at("approved:content")
    (row,) = scene.rows(Approval, checkpoint="content")
    assert row.applied_at is None and statuses(scene, CampaignContentRow) == {"draft"}
    carried_out(scene)
    assert statuses(scene, CampaignContentRow) == {"approved"} and statuses(scene, CampaignRow) == {"content_ready"}
    first = scene.rows(Approval, checkpoint="content")[0].applied_at
    scene.clock.advance(timedelta(hours=1))
    carried_out(scene)
    assert scene.rows(Approval, checkpoint="content")[0].applied_at == first is not None
    assert len(scene.rows(AuditEntry, action="approval.applied", subject=row.approval_id)) == 1


@pytest.mark.parametrize(
    ("moment", "model", "column", "before", "after"),
    [
        ("strategy", GtmConfig, "status", {"draft"}, {"approved"}),
        ("content", CampaignContentRow, "status", {"draft"}, {"approved"}),
        ("campaigns", CampaignRow, "status", {"content_ready"}, {"configured"}),
        ("automation", AutomationWorkflow, "status", {"draft"}, {"active"}),
        ("automation", WorkflowTrigger, "enabled", {False}, {True}),
    ],
)
def test_what_each_approval_does(
    sqlite_at: At, moment: str, model: Any, column: str, before: set[Any], after: set[Any]
) -> None:
    scene = sqlite_at(f"approved:{moment}")
    assert statuses(scene, model, column) == before
    carried_out(scene)
    assert statuses(scene, model, column) == after
