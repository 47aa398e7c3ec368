"""What a command tells to do next can be done: after a blocked gate, a rollback, and a brief that came during a run."""

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from tests.integration.app.conftest import FLEET

GtmHere = Callable[..., Result]


def _brief(folder: Path, *changes: tuple[str, str]) -> str:
    """Fleet's brief with changes, as a file."""
    text = FLEET.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "fleet.yaml"
    path.write_text(text)
    return str(path)


def _draft(folder: Path) -> str:
    """A brief that entry gate 1 refuses."""
    return _brief(folder, ("status: approved", "status: draft"))


def test_after_a_rollback_every_hint_names_the_next_run(run_id: str, gtm_here: GtmHere) -> None:
    gtm_here("rollback", "fleet", "--reason", "The figures do not hold")
    paused = gtm_here("resume", "fleet")
    assert "gtm rollback fleet --decide fix_and_retry --as LEAD" in paused.stderr
    assert f"gtm resume {run_id}" not in paused.stderr
    gtm_here("rollback", "fleet", "--decide", "fix_and_retry", "--as", "LEAD")
    for command in ("handoff", "resume"):
        told = gtm_here(command, "fleet")
        assert told.exit_code == 1, command
        assert "gtm run fleet" in told.stderr and "gtm resume" not in told.stderr + told.stdout, command
    assert json.loads(gtm_here("run", "fleet", "--json").stdout.splitlines()[-1])["checkpoint"] == "strategy"


def test_after_a_blocked_gate_the_mended_brief_is_resumed(tmp_path: Path, gtm_here: GtmHere) -> None:
    blocked = gtm_here("run", _draft(tmp_path))
    assert blocked.exit_code == 1 and "Blocked" in blocked.stderr
    assert "gates says what to mend; then gtm resume" in gtm_here("status", "fleet").stdout
    loaded = gtm_here("venture", "load", str(FLEET))
    run = json.loads(gtm_here("runs", "--json").stdout)[0]["run_id"]
    assert f"Next: gtm resume {run}" in loaded.stdout and "gtm run" not in loaded.stdout
    assert "begun with another brief" not in loaded.stdout
    assert json.loads(gtm_here("resume", "fleet", "--json").stdout.splitlines()[-1])["checkpoint"] == "strategy"


def test_a_brief_that_comes_during_a_run_is_told_and_not_silently_ignored(
    run_id: str, tmp_path: Path, gtm_here: GtmHere
) -> None:
    assert json.loads(gtm_here("status", "fleet", "--json").stdout)["newer_brief"] is False
    same = gtm_here("venture", "load", str(FLEET))
    assert "another brief" not in same.stdout and f"Next: gtm show {run_id} strategy" in same.stdout
    newer = _brief(tmp_path, ("name: Fleet\n", "name: Fleet Two\n"))
    loaded = gtm_here("venture", "load", newer)
    assert loaded.exit_code == 0
    told = f"Run {run_id} rests on another brief, the one that it began with; this one counts from the next run on."
    assert told in loaded.stdout
    assert "gtm rollback fleet --reason TEXT" in loaded.stdout
    machine = json.loads(gtm_here("venture", "load", newer, "--json").stdout)
    assert (machine["open_run"], machine["counts_from_next_run"]) == (run_id, True)
    status = gtm_here("status", "fleet").stdout
    assert "a newer brief is loaded, which this run does not rest on" in status
    assert json.loads(gtm_here("status", "fleet", "--json").stdout)["newer_brief"] is True
    again = gtm_here("run", newer)
    assert again.exit_code == 1 and told in again.stdout and f"gtm resume {run_id}" in again.stderr
