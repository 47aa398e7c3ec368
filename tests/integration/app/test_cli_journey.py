"""One venture from its file to the handoff, through the command line alone."""

import hashlib
import json
from pathlib import Path
from typing import Any

from sqlalchemy import text
from typer.testing import CliRunner

from app.cli.journey import STANDING
from app.cli.root import app
from app.settings import Settings
from gtm.store.database import Database


def test_from_brief_to_handoff(gtm: Any, env: dict[str, str], settings: Settings, tmp_path: Path) -> None:
    done = gtm("run", "examples/ventures/fleet.yaml", "--approve-as", "all", "--by", "ada")
    assert done.code == 0, done.err
    assert "As you told it (--approve-as)" in done.out
    assert done.out.count("approved by itself as") == 5
    assert "\x1b" not in done.out
    report = tmp_path / "out" / "fleet" / "report.html"
    assert report.is_file() and f"Report:  {report}" in done.out
    assert _decisions(settings) == [(role, "approved", "person:ada", STANDING) for role in _ROLES]
    _can_be_looked_at(env)
    _is_handed_over_again(gtm, report)
    again = gtm("resume", "fleet", "--json")
    assert again.code == 0 and json.loads(again.out.splitlines()[-1])["status"] == "completed"


_ROLES = ["LEAD", "LEAD", "PLAN", "EXEC", "LEAD"]


def _decisions(settings: Settings) -> list[tuple[str, ...]]:
    database = Database(settings.database)
    with database.read() as session:
        query = "SELECT role, status, decided_by, decided_via FROM approvals ORDER BY requested_at"
        rows = session.connection().execute(text(query)).all()
    database.close()
    return [tuple(row) for row in rows]


def _can_be_looked_at(env: dict[str, str]) -> None:
    def show(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["show", "fleet", *arguments], env=env)
        assert done.exit_code == 0, (arguments, done.stderr)
        return done.stdout

    overview = show()
    assert "completed" in overview and "3.3 Complete Testing" in overview
    words = {
        "content": "Brand voice",
        "campaigns": "Ad flight",
        "automation": "Clean-up",
        "final": "Exit gate: Workflows Active",
        "channels": "utm_source",
        "triggers": "1 per lead",
        "tests": "Trigger fires on lead signup",
        "brief": "Fleet",
        "gates": "Entry gate: Segments Identified",
        "approvals": STANDING.split()[0],
    }
    for what, word in words.items():
        assert word in show(what), what
        assert len(show(what, "--full")) >= len(show(what))
        assert json.loads(show(what, "--json"))["venture_id"] == "fleet"


def _is_handed_over_again(gtm: Any, report: Path) -> None:
    def handed_over() -> dict[str, Any]:
        told: dict[str, Any] = json.loads(gtm("handoff", "fleet", "--json").out)
        return told

    manifest = (report.parent / "manifest.json").read_bytes()
    whole = handed_over()
    assert Path(whole["folder"]) == report.parent
    assert "report.html" in whole["files"] and whole["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()
    assert (whole["recorded"], whole["restored"], whole["removed"]) == ("before", [], [])
    page = report.read_bytes()
    report.unlink()
    (report.parent / "agent-api.md").write_text("changed by hand")
    (report.parent / "notes.txt").write_text("a stranger")
    mended = handed_over()
    assert mended["manifest_sha256"] == whole["manifest_sha256"]
    assert (mended["recorded"], mended["restored"]) == ("before", ["agent-api.md", "report.html"])
    assert mended["removed"] == ["notes.txt"] and not (report.parent / "notes.txt").exists()
    assert report.read_bytes() == page and (report.parent / "manifest.json").read_bytes() == manifest
    assert "whole on disk" in gtm("handoff", "fleet").out
