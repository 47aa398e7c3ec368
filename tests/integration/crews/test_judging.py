"""A step is judged once for what its guardrail looks at, whatever later steps and reviews add to the run."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete
from sqlmodel import col

from crews import gates
from crews.gates import Judge, seen_by
from gtm.domain.base import sha256_of as hash_of
from gtm.domain.dossier import Dossier
from gtm.domain.verdict import Verdict
from gtm.policies.registry import step_facts
from gtm.store.dossier import load_dossier
from gtm.store.models.runs import Artifact
from gtm.store.repositories import artifacts
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]
STEPS = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3")


def without_what_it_cannot_see(scene: Scene, step: str) -> Dossier:
    """The run as it would be if only what `seen_by` keeps had been stored."""
    with scene.database.read() as session:
        kept = {row[3] for row in seen_by(step, artifacts.fingerprint(session, scene.run_id))}
        session.connection().execute(delete(Artifact).where(col(Artifact.sha256).not_in(kept)))
        dossier = load_dossier(session, scene.run_id)
        session.rollback()
    return dossier


@pytest.mark.parametrize("step", STEPS)
def test_a_guardrail_looks_at_nothing_else(sqlite_at: At, step: str) -> None:
    scene = sqlite_at("completed")
    rules = (scene.services.stage, scene.services.policies)
    lean = without_what_it_cannot_see(scene, step)
    assert step_facts(step, *rules, lean) == step_facts(step, *rules, scene.dossier())
    assert lean != scene.dossier() or step == "3.3"


def added(scene: Scene, step: str, name: str, body: dict[str, int]) -> None:
    with scene.database.write() as session:
        artifacts.put(
            session,
            run_id=scene.run_id,
            step=step,
            revision=9,
            name=name,
            body=body,
            sha256=hash_of(body),
            produced_by="test",
            generated_by="test",
            now=scene.services.clock.now(),
        )


def test_what_later_steps_add_changes_no_verdict_that_is_known(sqlite_at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(dossier: Dossier, step: str, services: object) -> Verdict:
        asked.append(step)
        return Verdict(policy=step, checks=(), findings=())

    monkeypatch.setattr(gates, "step_verdict", noted)
    scene = sqlite_at("waiting:content")
    judge = Judge(scene.services, scene.run_id)
    judge.step("2.2")
    added(scene, "2.3", "note", {"n": 1})
    added(scene, "review:content", "note", {"n": 2})
    judge.step("2.2")
    assert asked == ["2.2"]
    added(scene, "1.2", "note", {"n": 3})
    judge.step("2.2")
    assert asked == ["2.2", "2.2"]
