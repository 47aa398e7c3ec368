"""Queries on artifacts: written once under (run, step, revision, name), and hashed for approvals."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from gtm.domain.base import sha256_of
from gtm.store.models.runs import Artifact, RunStep
from gtm.store.repositories.statements import insert_missing

Fingerprint = tuple[tuple[str, int, str, str], ...]
"""What a run holds, as (step, revision, name, hash)."""

KEY = ("run_id", "step", "revision", "name")


def get(session: Session, run_id: str, step: str, revision: int, name: str) -> Artifact | None:
    """The artifact of that key, if it was stored."""
    query = select(Artifact).where(
        Artifact.run_id == run_id, Artifact.step == step, Artifact.revision == revision, Artifact.name == name
    )
    return session.exec(query).first()


def has(session: Session, run_id: str, step: str, revision: int, name: str) -> bool:
    """Whether the artifact of that key was stored."""
    query = select(Artifact.artifact_id).where(
        Artifact.run_id == run_id, Artifact.step == step, Artifact.revision == revision, Artifact.name == name
    )
    return session.exec(query).first() is not None


def reviews(session: Session, run_id: str) -> frozenset[tuple[str, int]]:
    """The reviews that were stored, as (task, round): `("review:strategy", 1)`."""
    query = select(Artifact.step, Artifact.revision).where(Artifact.run_id == run_id, Artifact.name == "review")
    return frozenset((step, revision) for step, revision in session.exec(query))


def put(
    session: Session,
    *,
    run_id: str,
    step: str,
    revision: int,
    name: str,
    body: dict[str, Any],
    sha256: str,
    produced_by: str,
    generated_by: str,
    now: datetime,
) -> tuple[Artifact, bool]:
    """Store an artifact unless one of its key stands already.

    Args:
        body: the artifact as JSON.
        sha256: hash of its canonical JSON.
        produced_by: the agent that made it.
        generated_by: the model it came from, or `playbook`.

    Returns:
        The artifact that stands, and whether it is the one given.
    """
    row = {
        "run_id": run_id,
        "step": step,
        "revision": revision,
        "name": name,
        "body": body,
        "sha256": sha256,
        "produced_by": produced_by,
        "generated_by": generated_by,
        "created_at": now,
    }
    created = insert_missing(session, Artifact, row, KEY)
    stored = get(session, run_id, step, revision, name)
    if stored is None:
        raise LookupError(f"artifact {run_id}/{step}/{revision}/{name} vanished")
    return stored, created


def of_step(session: Session, run_id: str, step: str, revision: int) -> list[Artifact]:
    """What a revision of a step has stored, in the order of storing."""
    query = select(Artifact).where(Artifact.run_id == run_id, Artifact.step == step, Artifact.revision == revision)
    return list(session.exec(query.order_by(col(Artifact.artifact_id))))


def current(session: Session, run_id: str, steps: Iterable[str] | None = None) -> list[Artifact]:
    """The artifacts of current revisions, in the order of storing; of some steps, or of everything.

    A step's current revision is that of its row; what has no such row, a review for example, counts with its highest
    revision.
    """
    query = select(Artifact).where(Artifact.run_id == run_id)
    if steps is not None:
        query = query.where(col(Artifact.step).in_(list(steps)))
    rows = list(session.exec(query.order_by(col(Artifact.artifact_id))))
    wanted: dict[str, int] = {}
    for row in rows:
        wanted[row.step] = max(row.revision, wanted.get(row.step, 0))
    of_rows = select(RunStep.step, RunStep.revision).where(RunStep.run_id == run_id, RunStep.status != "superseded")
    wanted |= dict(session.exec(of_rows).all())
    return [row for row in rows if row.revision == wanted[row.step]]


def hash_of(session: Session, run_id: str, steps: Iterable[str]) -> str:
    """One SHA-256 over the canonical JSON of all current artifacts of the steps.

    An approval is bound to that of its checkpoint's `hashed`; `brief` among them stands for the run's frozen brief.
    """
    bodies: dict[str, dict[str, Any]] = {step: {} for step in steps}
    for row in current(session, run_id, bodies):
        bodies[row.step][row.name] = row.body
    return sha256_of(bodies)


def producers(session: Session, run_id: str, steps: Iterable[str]) -> frozenset[str]:
    """Who made the current artifacts of the steps; they may not approve them."""
    return frozenset(row.produced_by for row in current(session, run_id, steps))


def fingerprint(session: Session, run_id: str) -> Fingerprint:
    """What a run holds, in order: equal fingerprints mean equal artifacts."""
    query = select(Artifact.step, Artifact.revision, Artifact.name, Artifact.sha256).where(Artifact.run_id == run_id)
    return tuple((step, revision, name, sha) for step, revision, name, sha in sorted(session.exec(query).all()))
