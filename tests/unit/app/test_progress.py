"""What is told of a run, in three manners."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from app.cli.progress import JsonView, LiveView, PlainView, seconds, spent
from crews.events import RunEvent
from gtm.domain.dossier import UsageTotals

USAGE = UsageTotals(
    calls=3, tried=3, answered=3, attempts=4, prompt_tokens=1200, completion_tokens=300, cost=Decimal("0.0123")
)
DONE = RunEvent(
    "step_done", datetime(2026, 1, 5, 9, tzinfo=UTC), "1.3", "Allocate Budgets", "LEAD", "0.4 s,\nplaybook", USAGE
)


def test_plain_lines_have_one_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    PlainView().listen(DONE)
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert "step done" in told and "1.3 Allocate Budgets [LEAD]: 0.4 s, playbook" in told


def test_json_lines_carry_everything(capsys: pytest.CaptureFixture[str]) -> None:
    JsonView().listen(DONE)
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["subject"], event["agent"]) == ("step_done", "1.3", "LEAD")
    assert event["usage"]["cost"] == "0.0123"
    assert event["at"] == "2026-01-05T09:00:00+00:00"


def test_the_live_view_shows_step_agent_time_tokens_and_cost() -> None:
    written = io.StringIO()
    now = [0.0]
    view = LiveView(Console(file=written, force_terminal=True, width=160, no_color=True), now=lambda: now[0])
    view.listen(RunEvent("step_started", DONE.at, "1.3", "Allocate Budgets", "LEAD", usage=USAGE))
    now[0] = 75.0
    moving = view._status().plain
    view.listen(DONE)
    view.pause()
    for part in ("1.3 Allocate Budgets", "LEAD", "1 min 15 s", "3 model calls", "1,500 tokens", "$0.0123"):
        assert part in moving
    assert "✓ 1.3 Allocate Budgets" in written.getvalue()


def test_a_failure_is_left_to_the_command_that_tells_it_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    failed = RunEvent("failed", DONE.at, "model-error", "The model cannot be used", detail="HTTP 401 from the server")
    written = io.StringIO()
    LiveView(Console(file=written, width=160)).listen(failed)
    assert written.getvalue() == ""
    PlainView().listen(failed)
    told = capsys.readouterr().out
    assert "The model cannot be used" in told and "HTTP 401" not in told
    JsonView().listen(failed)
    assert "HTTP 401" in capsys.readouterr().out


def test_text_of_a_model_is_never_markup() -> None:
    written = io.StringIO()
    view = LiveView(Console(file=written, width=160))
    view.listen(RunEvent("tool_refused", DONE.at, "1.3", "[bold]refused[/bold]", detail="[/nope] [link=x]"))
    assert "[bold]refused[/bold]" in written.getvalue() and "[/nope]" in written.getvalue()


@pytest.mark.parametrize(
    ("count", "text"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 00 s"), (3671, "61 min 11 s")]
)
def test_durations(count: float, text: str) -> None:
    assert seconds(count) == text


def test_an_unknown_price_is_not_zero() -> None:
    assert "cost unknown" in spent(USAGE.model_copy(update={"cost": None}))
    assert spent(UsageTotals(calls=5)) == "5 calls of the embedded playbook, no tokens, no cost"


def test_calls_that_nobody_answered_are_told_apart_and_cost_nothing() -> None:
    usage = UsageTotals(calls=66, tried=14, answered=0, attempts=42, cost=Decimal(0))
    assert spent(usage) == "14 model calls tried, 0 answered, 52 of the embedded playbook, 0 tokens, $0.00"
