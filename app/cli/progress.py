"""How a run's progress is told: a live line on a terminal, plain lines to a file, JSON lines to a machine."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from app.cli import output
from crews.events import EventKind, RunEvent
from gtm.domain.dossier import UsageTotals

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

SIGNS: dict[EventKind, tuple[str, str]] = {
    "gate_passed": ("✓", "green"),
    "gate_failed": ("✗", "bold red"),
    "step_started": ("▸", "cyan"),
    "step_done": ("✓", "green"),
    "stand_in": ("!", "yellow"),
    "tool_refused": ("↻", "yellow"),
    "review_written": ("✓", "green"),
    "approval_requested": ("◆", "magenta"),
    "approval_decided": ("◆", "magenta"),
    "approval_voided": ("↺", "yellow"),
    "revision_opened": ("↺", "yellow"),
    "completed": ("✓", "bold green"),
    "handoff_written": ("✓", "bold green"),
    "failed": ("✗", "bold red"),
}
"""A sign and a style for each kind of event."""


class View(Protocol):
    """Tells of a run to whoever watches."""

    def listen(self, event: RunEvent) -> None:
        """Take one line of progress; called from the thread that drives the run."""

    def pause(self) -> None:
        """Leave the terminal to others until the next event."""

    def note(self, text: str) -> None:
        """A remark of the command itself."""


def view_for(*, as_json: bool) -> View:
    """The view that fits whoever reads."""
    if as_json:
        return JsonView()
    return LiveView(output.console()) if output.on_terminal() else PlainView()


class JsonView:
    """One JSON object a line."""

    def listen(self, event: RunEvent) -> None:
        """Print the event."""
        fields = {**asdict(event), "usage": event.usage, "at": event.at}
        output.emit({"event": fields.pop("kind"), **fields})

    def pause(self) -> None:
        """Nothing to leave."""

    def note(self, text: str) -> None:
        """Print the remark as an event of its own."""
        output.emit({"event": "note", "detail": text})


class PlainView:
    """One plain line an event, for logs."""

    def listen(self, event: RunEvent) -> None:
        """Print the event."""
        agent = f" [{event.agent}]" if event.agent else ""
        # The command that drives the run tells a failure in full, with what to do, once it has ended.
        detail = f": {_one_line(event.detail)}" if event.detail and event.kind != "failed" else ""
        kind = event.kind.replace("_", " ")
        print(f"{event.at.astimezone():%H:%M:%S}  {kind:<18} {name_of(event)}{agent}{detail}", flush=True)

    def pause(self) -> None:
        """Nothing to leave."""

    def note(self, text: str) -> None:
        """Print the remark."""
        print(text, flush=True)


class LiveView:
    """Lines that stay for what is done, and one moving line for what is under way.

    Args:
        console: where to draw.
        now: seconds that only grow, for the elapsed time.
    """

    def __init__(self, console: "Console", now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._now = now
        self._began = now()
        self._step_began = self._began
        self._current = ""
        self._agent = ""
        self._usage = UsageTotals()
        self._live: Live | None = None

    def listen(self, event: RunEvent) -> None:
        """Draw the event."""
        self._usage = event.usage
        if event.kind == "step_started":
            self._current, self._agent, self._step_began = name_of(event), event.agent, self._now()
            self._show()
            return
        if event.kind in ("step_done", "review_written", "failed", "approval_requested"):
            self._current = ""
        if event.kind == "failed":
            # The command tells it in full, with what to do, right below.
            self.pause()
            return
        self._console.print(self._line(event), soft_wrap=False)
        if event.kind in ("approval_requested", "handoff_written", "gate_failed"):
            self.pause()

    def pause(self) -> None:
        """Stop the moving line."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def note(self, text: str) -> None:
        """Print the remark in yellow, as it is meant to be seen."""
        self._console.print(text, style="yellow", markup=False)

    def _show(self) -> None:
        if self._live is None:
            from rich.live import Live

            self._live = Live(get_renderable=self._status, console=self._console, refresh_per_second=8, transient=True)
            self._live.start()

    def _line(self, event: RunEvent) -> "Text":
        from rich.text import Text

        sign, style = SIGNS[event.kind]
        line = Text.assemble(("  ", ""), (sign, style), " ", name_of(event))
        if event.agent and event.kind != "approval_requested":
            line.append(f"  {event.agent}", "cyan")
        # The review that an approval rests on is shown with the question.
        if event.detail and event.kind != "approval_requested":
            line.append(f"  {_one_line(event.detail)}", "dim")
        return line

    def _status(self) -> "Text":
        from rich.text import Text

        now = self._now()
        frame = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"[int(now * 8) % 10]
        line = Text("  ", overflow="ellipsis", no_wrap=True)
        if self._current:
            line.append(frame, "cyan").append(f" {self._current}")
            line.append(f"  {self._agent}", "cyan").append(f"  {seconds(now - self._step_began)}", "dim")
        else:
            line.append(frame, "dim").append(" working", "dim")
        line.append(f"   {seconds(now - self._began)} in all, {spent(self._usage)}", "dim")
        return line


def name_of(event: RunEvent) -> str:
    """A step with its number, else the title alone."""
    return f"{event.subject} {event.title}" if event.subject[:1].isdigit() else event.title or event.subject


def _one_line(text: str) -> str:
    return " ".join(text.split())


def seconds(count: float) -> str:
    """A duration as a person reads it."""
    if count < 60:
        return f"{count:.1f} s"
    minutes, rest = divmod(int(count), 60)
    return f"{minutes} min {rest:02d} s"


def spent(usage: UsageTotals) -> str:
    """Calls, tokens and money; an unknown price is said to be unknown."""
    house, tokens = usage.calls - usage.tried, usage.prompt_tokens + usage.completion_tokens
    if not usage.tried:
        return f"{house} calls of the embedded playbook, no tokens, no cost"
    calls = f"{usage.tried} model calls" + (
        f" tried, {usage.answered} answered" if usage.answered < usage.tried else ""
    )
    calls += f", {house} of the embedded playbook" if house else ""
    cost = "cost unknown" if usage.cost is None else f"${usage.cost:.4f}" if usage.cost else "$0.00"
    return f"{calls}, {tokens:,} tokens, {cost}"


def as_event(name: str, **fields: Any) -> dict[str, Any]:
    """A closing event in the shape of the others."""
    return {"event": name, **fields}
