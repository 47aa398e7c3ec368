"""What is written for people and for pipes: each fact once, and no blanks behind a line."""

import io
import sys

import pytest
from rich.table import Table

from app.cli import output
from gtm.domain.errors import InvalidInput


def test_a_single_fault_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    fault = "colour: unknown key"
    output.report(InvalidInput(f"x.yaml is not accepted: {fault}", findings=(fault,)), as_json=False)
    assert capsys.readouterr().err.count(fault) == 1


def test_several_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    output.report(InvalidInput("x.yaml is not accepted: 2 faults", findings=("one", "two")), as_json=False)
    assert capsys.readouterr().err.count("  - ") == 2


def test_nothing_stands_behind_a_line_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    rows = Table("Step", "State", box=None)
    rows.add_row("1.1 Encode GTM Strategy", "done")
    rows.add_row("1.2", "")
    output.console().print(rows)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3 and all(line == line.rstrip() for line in lines)
