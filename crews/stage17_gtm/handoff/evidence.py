"""evidence/ and the test report: what was seen in step 3.3, with the files that show it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crews.stage17_gtm.handoff.configuration import json_bytes
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.rendering import markdown
from gtm.domain.workflow_report import SOP_TEST_CASES, TestCaseResult, WorkflowTestReport

REPORT_JSON = "test-report.json"
REPORT_MD = "test-report.md"

_EVIDENCE_NAMES = {
    "Trigger fires on lead signup": "Log entry in `workflow_executions`",
    "Email 1 sends correctly": "Test email received",
    "48h delay works": "Timestamp comparison",
    "Conditional logic (opened)": "Workflow path trace",
    "Conditional logic (not opened)": "Workflow path trace",
    "Error handling": "Error log entry",
}
"""What the SOP's table asks to see for each case."""


@dataclass(frozen=True)
class CaseRow:
    """One line of a test table; `asked` is the evidence that the SOP names, `files` are paths inside the package."""

    case: TestCaseResult
    asked: str
    files: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class TestTable:
    """One workflow's tests: the SOP's six cases first, then what else was tested."""

    __test__ = False

    workflow_id: str
    name: str
    report: WorkflowTestReport
    sop: tuple[CaseRow, ...]
    extra: tuple[CaseRow, ...]

    @property
    def rows(self) -> tuple[CaseRow, ...]:
        """All rows."""
        return self.sop + self.extra

    @property
    def complete(self) -> bool:
        """Whether all six SOP cases passed, with nothing left unmeasured."""
        return self.report.complete and not any(row.case.state == "noted" for row in self.sop)

    @property
    def verdict(self) -> str:
        """What the table comes to, in a sentence that hides nothing."""
        passed = sum(row.case.state == "passed" for row in self.sop)
        skipped = sum(row.case.state == "not_applicable" for row in self.sop)
        failed = sum(row.case.state == "failed" for row in self.rows)
        noted = [row.case.caveat for row in self.sop if row.case.state == "noted"]
        text = f"{passed} of {len(SOP_TEST_CASES)} SOP cases passed with {self.report.lead_count} test leads"
        text += f"; {len(noted)} noted: {'; '.join(dict.fromkeys(noted))}" if noted else ""
        text += f"; {skipped} did not apply to this workflow" if skipped else ""
        return text + (f"; {failed} failed." if failed else ".")


def evidence_files(context: Context, root: Path) -> dict[str, bytes]:
    """The evidence of this run's reports, by path inside the package; other runs' files stay where they are.

    Args:
        root: the evidence root that the reports' `evidence_dir` is relative to.
    """
    files: dict[str, bytes] = {}
    for report in context.dossier.tests.reports if context.dossier.tests else ():
        folder = _inside(root, report.evidence_dir)
        if folder is None or not folder.is_dir():
            continue
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            files[f"evidence/{report.workflow_id}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return files


def _inside(root: Path, relative: str) -> Path | None:
    folder = (root / relative).resolve()
    return folder if folder.is_relative_to(root.resolve()) else None


def test_tables(context: Context, files: dict[str, bytes]) -> tuple[TestTable, ...]:
    """One table a workflow, in the order of the reports.

    Args:
        files: the package so far; evidence that is not among them counts as missing.
    """
    names = {w.workflow_id: w.name for w in (context.dossier.workflows.workflows if context.dossier.workflows else ())}
    tables = []
    for report in context.dossier.tests.reports if context.dossier.tests else ():
        sop_names = [name for name, _ in SOP_TEST_CASES]
        rows = [_row(report, case, files) for case in report.cases]
        tables.append(
            TestTable(
                workflow_id=report.workflow_id,
                name=names.get(report.workflow_id, report.workflow_id),
                report=report,
                sop=tuple(row for row in rows if row.case.test_case in sop_names),
                extra=tuple(row for row in rows if row.case.test_case not in sop_names),
            )
        )
    return tuple(tables)


def _row(report: WorkflowTestReport, case: TestCaseResult, files: dict[str, bytes]) -> CaseRow:
    found: list[str] = []
    missing: list[str] = []
    for name in case.evidence:
        below = name.removeprefix(report.evidence_dir.rstrip("/") + "/").lstrip("/") if report.evidence_dir else name
        path = f"evidence/{report.workflow_id}/{below}"
        (found if path in files else missing).append(path)
    return CaseRow(case, _EVIDENCE_NAMES.get(case.test_case, ""), tuple(found), tuple(missing))


def report_files(context: Context, tables: tuple[TestTable, ...]) -> dict[str, bytes]:
    """test-report.json and test-report.md."""
    page = markdown("test-report.md.j2", tables=tables, venture=context.brief.name)
    return {REPORT_JSON: json_bytes(_document(context, tables)), REPORT_MD: page.encode()}


def _document(context: Context, tables: tuple[TestTable, ...]) -> dict[str, Any]:
    return {
        "venture_id": context.dossier.venture_id,
        "run_id": context.dossier.run_id,
        "workflows": [
            {
                "workflow_id": table.workflow_id,
                "revision": table.report.revision,
                "executed_at": table.report.executed_at.isoformat(),
                "passed": table.report.passed,
                "all_six_sop_cases_passed": table.complete,
                "test_leads": table.report.lead_count,
                "cases": [
                    {
                        **row.case.model_dump(mode="json", exclude={"evidence"}),
                        "not_measured": row.case.caveat,
                        "evidence": list(row.files),
                        "evidence_missing": list(row.missing),
                    }
                    for row in table.rows
                ],
                "cleanup": {**table.report.cleanup.model_dump(mode="json"), "clean": table.report.cleanup.clean},
            }
            for table in tables
        ],
    }
