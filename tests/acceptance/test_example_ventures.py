"""All three example ventures run to the handoff without a key; one of them as a process, as the README says."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from app.bootstrap import read_configuration
from gtm.domain.dossier import Dossier
from gtm.store import sop_queries
from gtm.store.database import Database, sqlite_url
from gtm.store.dossier import load_dossier
from tests.acceptance.conftest import VENTURE, Reference
from tests.acceptance.support.processes import EXAMPLES
from tests.acceptance.support.runs import Walk, services_in

CHECKPOINTS = {"strategy": "LEAD", "content": "LEAD", "campaigns": "PLAN", "automation": "EXEC", "final": "LEAD"}
STEPS = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3"]


@pytest.mark.parametrize("name", sorted({path.stem for path in EXAMPLES.glob("*.yaml")} - {VENTURE}))
def test_a_venture_reaches_the_handoff_in_this_process(name: str, tmp_path: Path) -> None:
    services = services_in(tmp_path)
    walk = Walk.of(services, name)
    outcome = walk.to_end()
    assert outcome.status == "completed", outcome
    _is_handed_over(walk.dossier(), services.database, Path(outcome.handoff))
    assert walk.kinds()[-1] == "handoff_written"
    assert "failed" not in walk.kinds()
    services.database.close()


def test_a_venture_reaches_the_handoff_as_a_process(reference: Reference) -> None:
    assert reference.finished.code == 0, reference.finished.err
    outcome = reference.finished.outcome
    assert outcome["status"] == "completed"
    assert reference.finished.err == ""
    database = Database(sqlite_url(reference.store))
    with database.read() as session:
        dossier = load_dossier(session, outcome["run_id"])
    _is_handed_over(dossier, database, Path(outcome["handoff"]))
    assert outcome["usage"]["calls"] == dossier.usage.calls > len(STEPS)
    assert {a.decided_via for a in dossier.approvals} == {"standing instruction --approve-as"}
    database.close()
    assert sorted(path.name for path in reference.home.folder.iterdir()) == ["home", "out"]


def test_a_process_ends_when_its_work_is_done(reference: Reference) -> None:
    """CrewAI's telemetry, left on, would hold an offline process for ten seconds at its exit."""
    last = max(datetime.fromisoformat(event["at"]) for event in reference.finished.events if "at" in event)
    assert reference.ended - last.timestamp() < 6


def test_no_venture_reads_like_another(reference: Reference, tmp_path: Path) -> None:
    """A reader must find that the plan for Fleet is about Fleet."""
    report = (Path(reference.finished.outcome["handoff"]) / "report.html").read_text()
    others = [yaml.safe_load(path.read_text())["name"] for path in EXAMPLES.glob("*.yaml") if path.stem != VENTURE]
    assert report.count("Fleet") > 20
    assert [name for name in others if name in report and name != "Life"] == []
    for placeholder in ("lorem ipsum", "TODO", "{{", "}}", "VENTURE-XXX", "your company"):
        assert placeholder not in report


def _is_handed_over(dossier: Dossier, database: Database, handoff: Path) -> None:
    assert dossier.status == "completed"
    assert dossier.finished_at is not None
    assert [(s.step, s.revision, s.status) for s in dossier.steps] == [(step, 1, "done") for step in STEPS]
    assert {s.generated_by for s in dossier.steps} == {"playbook"}
    assert [(a.checkpoint, a.role, a.round, a.status) for a in dossier.approvals] == [
        (checkpoint, role, 1, "approved") for checkpoint, role in CHECKPOINTS.items()
    ]
    assert all(a.review and a.review.checked and a.review.generated_by == "playbook" for a in dossier.approvals)
    stage = read_configuration().stage
    judged = {verdict.policy for verdict in dossier.verdicts}
    assert {gate.policy for gate in (*stage.entry_gates, *stage.exit_gates)} <= judged
    assert [check for verdict in dossier.verdicts for check in verdict.failures] == []
    usage = dossier.usage
    assert (usage.attempts, usage.prompt_tokens, usage.completion_tokens, usage.cost) == (0, 0, 0, 0)
    _store_says_so(database, dossier.venture_id)
    _package_is_whole(handoff, dossier)


def _store_says_so(database: Database, venture_id: str) -> None:
    with database.read() as session:
        for query in (sop_queries.CAMPAIGNS_CONFIGURED, sop_queries.WORKFLOWS_ACTIVE):
            assert session.connection().execute(text(query), {"venture_id": venture_id}).all()
        one = session.connection().execute(
            text("SELECT status FROM stage_tracking WHERE venture_id = :venture AND stage = 17"),
            {"venture": venture_id},
        )
        assert one.scalars().all() == ["completed"]
        for table in ("leads", "email_sends", "enrolments", "step_log"):
            assert session.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
        disabled = "SELECT count(*) FROM workflow_triggers WHERE enabled = false"
        assert session.connection().execute(text(disabled)).scalar() == 0


def _package_is_whole(handoff: Path, dossier: Dossier) -> None:
    manifest: Mapping[str, Any] = json.loads((handoff / "manifest.json").read_text())
    assert manifest["venture_id"] == dossier.venture_id
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    there = {path.relative_to(handoff).as_posix() for path in handoff.rglob("*") if path.is_file()}
    assert set(listed) <= there
    assert there - set(listed) <= {"manifest.json", "SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((handoff / name).read_bytes()).hexdigest() == digest, name
    assert {"report.html", "calendar.ics"} <= there
