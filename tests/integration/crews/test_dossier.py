"""The snapshot of a run: exactly the current revision of each artifact, in the order of storing."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlmodel import col

from gtm.domain.errors import ArtifactChanged, NotFound, StoreError
from gtm.store.dossier import load_dossier
from gtm.store.models.runs import Artifact
from gtm.store.repositories import artifacts, runs
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]
PARTS = (
    "strategy",
    "channels",
    "budget",
    "templates",
    "content",
    "voice",
    "schedule",
    "workflows",
    "triggers",
    "tests",
)


def made(scene: Scene) -> set[str]:
    """Which artifacts the snapshot holds."""
    dossier = scene.dossier()
    return {name for name in PARTS if getattr(dossier, name) is not None}


@pytest.mark.parametrize(
    ("moment", "parts"),
    [
        ("created", 0),
        ("started:1.1", 0),
        ("started:1.3", 2),
        ("waiting:strategy", 3),
        ("started:2.2", 4),
        ("waiting:content", 6),
        ("started:3.2", 8),
        ("completed", 10),
    ],
)
def test_what_is_not_made_yet_is_none(sqlite_at: At, moment: str, parts: int) -> None:
    assert made(sqlite_at(moment)) == set(PARTS[:parts])


def test_a_finished_run_reads_back_whole(at: At) -> None:
    scene = at("completed")
    dossier = scene.dossier()
    assert (dossier.run_id, dossier.venture_id, dossier.status, dossier.provider) == (
        scene.run_id,
        "fleet",
        "completed",
        "playbook",
    )
    assert dossier.finished_at is not None and dossier.started_at < dossier.finished_at
    assert [step.step for step in dossier.steps] == [step.id for step in scene.services.stage.steps]
    for step in dossier.steps:
        with scene.database.read() as session:
            assert step.artifact_sha256 == artifacts.hash_of(session, scene.run_id, (step.step,))
    assert [a.checkpoint for a in dossier.approvals] == ["strategy", "content", "campaigns", "automation", "final"]
    assert all(a.review is not None for a in dossier.approvals)
    assert all(verdict.passed for verdict in dossier.verdicts if not verdict.policy.startswith("handoff"))
    assert dossier.templates is not None and dossier.workflows is not None and dossier.triggers is not None
    assert {c.template_id for c in dossier.templates.campaigns} == {t.template_id for t in dossier.templates.templates}
    assert [w.workflow_id for w in dossier.workflows.workflows] == [
        row.name.removeprefix("workflow-") for row in scene.artifacts("3.1")
    ]
    assert dossier.tests is not None
    assert {r.workflow_id for r in dossier.tests.reports} == {w.workflow_id for w in dossier.workflows.workflows}


def test_a_reopened_step_has_nothing_until_it_is_made_anew(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:content")
    assert {"content", "voice"} <= made(scene)
    scene.write(lambda s: runs.open_revision(s, scene.run_id, "2.2", "Shorter.", scene.clock.now()))
    assert made(scene) == {"strategy", "channels", "budget", "templates"}
    assert len(scene.artifacts("2.2")) == 2


def test_the_newest_revision_alone_is_read(at: At) -> None:
    scene = at("started:1.3")
    old = scene.dossier().channels
    scene.write(lambda s: runs.open_revision(s, scene.run_id, "1.2", "", scene.clock.now()))
    bench = scene.bench()
    draft = bench.draft("1.2", "configure_channels")
    draft["plan"]["declined"] = ["email: nobody asked for it"]
    bench.call("1.2", "configure_channels", draft)
    new = scene.dossier().channels
    assert old is not None and new is not None
    assert new.declined == ("email: nobody asked for it",) != old.declined
    assert [(step.revision, step.status) for step in scene.dossier().steps if step.step == "1.2"] == [
        (1, "superseded"),
        (2, "pending"),
    ]
    assert scene.dossier().step("1.2") == scene.dossier().steps[2]


def test_another_runs_artifacts_are_not_read(sqlite_at: At) -> None:
    from crews.runner import start_run

    scene = sqlite_at("completed")
    scene.run_id = start_run(scene.services, "fleet")
    assert made(scene) == set()
    assert scene.dossier().steps == () and scene.dossier().usage.calls == 0


@pytest.mark.parametrize(("step", "name"), [("1.3", "budget"), ("brief", "brief")])
def test_an_artifact_that_somebody_changed_in_the_store_is_not_read(sqlite_at: At, step: str, name: str) -> None:
    scene = sqlite_at("waiting:strategy")
    row = next(row for row in scene.artifacts(step) if row.name == name)
    body = row.body | {"venture_id": "acme"}
    changed = update(Artifact).where(col(Artifact.artifact_id) == row.artifact_id).values(body=body)
    scene.write(lambda s: s.connection().execute(changed))
    with pytest.raises(StoreError, match=f"artifact {step}/1/{name} of {scene.run_id} is not what was stored"):
        scene.dossier()
    with pytest.raises((StoreError, ArtifactChanged)):
        scene.approve()
        scene.advance()


def test_no_such_run(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    with scene.database.read() as session, pytest.raises(NotFound, match="there is no run run-0"):
        load_dossier(session, "run-0")
