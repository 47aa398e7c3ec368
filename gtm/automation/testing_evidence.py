"""Writing down what a test run saw, as files that can be opened."""

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gtm.automation.testing_cases import turns
from gtm.automation.testing_gaps import gaps
from gtm.automation.testing_run import Journey, TestRun
from gtm.domain.workflow_report import TestCaseResult


def write_evidence(folder: Path, run: TestRun, http_calls: list[dict[str, Any]]) -> None:
    """Write the evidence of a run into an empty folder.

    Files: `workflow-executions.json` (rows as stored), `emails/*.eml` and `deliveries.json` (what the mail server
    took, and when), `timestamps.json` (every delay), `paths.json` (every lead's steps), `errors.json` (every failed
    try), `filters.json`, and `http-calls.json`.

    Args:
        folder: made anew; whatever stood there is removed.
        run: what was seen.
        http_calls: calls that http_request steps made.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    files = [path.relative_to(folder).as_posix() for path in run.sink.export(folder / "emails")]
    _write(folder, "workflow-executions.json", [_row(j.execution) for j in run.journeys if j.execution is not None])
    _write(
        folder,
        "deliveries.json",
        [
            {"file": file, "to": m.recipient, "message_id": m.message_id, "received_at": m.received_at}
            for file, m in zip(files, run.sink.received, strict=True)
        ],
    )
    _write(
        folder,
        "timestamps.json",
        [{**vars(gap), "deviation_ms": gap.deviation_ms} for gap in gaps(run)],
    )
    _write(folder, "paths.json", {"leads": [_path(j) for j in run.journeys], "turns": [vars(t) for t in turns(run)]})
    _write(folder, "errors.json", [line for j in run.journeys for line in _errors(run, j)])
    _write(folder, "filters.json", [{**vars(trial), "held": trial.held} for trial in run.filters])
    _write(folder, "http-calls.json", http_calls)


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """Write the report beside its evidence."""
    _write(folder, "report.json", report)


def with_files(folder: Path, root: Path, case: TestCaseResult) -> TestCaseResult:
    """The case with its evidence as paths relative to the evidence root."""
    paths = tuple((folder / name).relative_to(root).as_posix() for name in case.evidence)
    return case.model_copy(update={"evidence": paths})


def _path(journey: Journey) -> dict[str, Any]:
    return {
        "lead": journey.person.email,
        "habit": journey.person.habit,
        "segment": journey.person.lead.segment_id,
        "time_zone": journey.person.lead.time_zone,
        "skipped": journey.fired.skipped,
        "status": journey.state.status if journey.state else None,
        "opened": {f"email_{number}": at for number, at in journey.opened.items()},
        "steps": [_row(line) for line in journey.log],
        "emails": [_row(send) for send in journey.sends],
    }


def _errors(run: TestRun, journey: Journey) -> list[dict[str, Any]]:
    wrong = ("retry", "failed", "refused", "unknown", "manual")
    return [
        {**_row(line), "lead": journey.person.email, "attempts_at_the_wire": run.sink.attempts(journey.person.email)}
        for line in journey.log
        if line.outcome in wrong
    ]


def _row(row: BaseModel) -> dict[str, Any]:
    return row.model_dump()


def _write(folder: Path, name: str, content: object) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, default=_plain, sort_keys=False)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
