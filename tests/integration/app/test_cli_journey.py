"""One venture from its file to the handoff, through the command line alone."""

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
        "final": "exits.workflows_active",
        "channels": "utm_source",
        "triggers": "1 per lead",
        "tests": "Trigger fires on lead signup",
        "brief": "Fleet",
        "gates": "entry.segments",
        "approvals": STANDING.split()[0],
    }
    for what, word in words.items():
        assert word in show(what), what
        assert len(show(what, "--full")) >= len(show(what))
        assert json.loads(show(what, "--json"))["venture_id"] == "fleet"


def _is_handed_over_again(gtm: Any, report: Path) -> None:
    report.unlink()
    told = json.loads(gtm("handoff", "fleet", "--json").out)
    assert report.is_file()
    assert Path(told["folder"]) == report.parent
    assert "report.html" in told["files"] and len(told["manifest_sha256"]) == 64
