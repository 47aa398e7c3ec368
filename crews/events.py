"""What a run tells while it goes on; the CLI draws it, `--json` prints it, tests collect it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm.domain.dossier import UsageTotals

EventKind = Literal[
    "gate_passed",
    "gate_failed",
    "step_started",
    "step_done",
    "stand_in",
    "tool_refused",
    "review_written",
    "approval_requested",
    "approval_decided",
    "approval_voided",
    "revision_opened",
    "completed",
    "handoff_written",
    "failed",
]


@dataclass(frozen=True)
class RunEvent:
    """One line of progress.

    Attributes:
        kind: what happened.
        at: when, UTC.
        subject: gate name, step id or checkpoint id.
        title: the same for a person.
        agent: which agent it concerns, if one.
        detail: a sentence with the figures.
        usage: totals of the run so far.
        data: details for machines.
    """

    kind: EventKind
    at: datetime
    subject: str
    title: str
    agent: str = ""
    detail: str = ""
    usage: UsageTotals = field(default_factory=UsageTotals)
    data: dict[str, Any] = field(default_factory=dict)


Listener = Callable[[RunEvent], None]


def ignore(_event: RunEvent) -> None:
    """A listener for those who do not listen."""
