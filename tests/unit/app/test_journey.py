"""One command's way with a run: when it approves by itself, when it never does, and how it ends."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import typer

import crews.runner
from app import INTERRUPTED
from app.cli import journey, output
from app.cli.journey import STANDING, Journey
from crews.outcome import Outcome
from gtm.domain.dossier import ApprovalRecord, UsageTotals
from gtm.domain.errors import AlreadyDecided, GtmError, LeaseHeld, StepFailed, VenturePaused
from gtm.domain.review import Review, ReviewedItem
from gtm.domain.verdict import Check, Verdict

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def record(
    role: str = "LEAD", recommends: str | None = "approve", status: str = "pending", grounds: tuple[str, ...] = ()
) -> ApprovalRecord:
    review = None
    if recommends:
        review = Review.model_validate(
            {
                "checkpoint": "strategy",
                "role": role,
                "checked": [ReviewedItem(subject="Budget", finding="It sums up.")],
                "risks": ["None of the figures is measured."],
                "recommendation": recommends,
                "reason": "Because of what was checked.",
                "grounds": grounds,
            }
        )
    return ApprovalRecord.model_validate(
        {
            "approval_id": "apr-1",
            "checkpoint": "strategy",
            "role": role,
            "round": 1,
            "status": status,
            "artifact_sha256": "a" * 64,
            "review": review,
            "requested_at": NOW,
        }
    )


WAITS = Outcome("run-1", "fleet", "waiting_approval", "strategy waits for LEAD", "strategy", "apr-1")
DONE = Outcome("run-1", "fleet", "completed", "stage 17 is completed", handoff="/out/fleet")


@dataclass
class Stand:
    """A run whose outcomes are written beforehand, and the decisions that were made."""

    outcomes: list[Outcome | BaseException]
    approval: ApprovalRecord = field(default_factory=record)
    decided: list[dict[str, Any]] = field(default_factory=list)
    refuse: GtmError | None = None

    def advance(self, _services: object, _run_id: str, _listener: object) -> Outcome:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def decide(self, _door: object, ref: str, role: str, by: str | None, **options: Any) -> ApprovalRecord:
        if self.refuse:
            raise self.refuse
        self.decided.append({"ref": ref, "role": role, **options})
        return self.approval.model_copy(update={"decided_by": f"person:{by}"})

    def dossier(self) -> Any:
        return SimpleNamespace(
            brief=SimpleNamespace(name="Fleet"),
            approvals=(self.approval,),
            steps=(),
            content=None,
            usage=UsageTotals(calls=3),
            venture_id="fleet",
            started_at=NOW,
            finished_at=None,
        )


Go = Callable[..., int]


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Iterator[Go]:
    """Drives a stand in a journey."""

    def drive(stand: Stand, roles: set[str] | None = None, *, as_json: bool = False) -> int:
        checkpoints = (SimpleNamespace(role="EXEC"), SimpleNamespace(role="LEAD"))
        stage = SimpleNamespace(stage=17, steps=(SimpleNamespace(id="3.3"),), checkpoints=checkpoints)
        services = SimpleNamespace(stage=stage, agent_probe=None)
        settings = SimpleNamespace(provider="playbook", model=None, debug=False)
        door: Any = SimpleNamespace(services=services, settings=settings)
        monkeypatch.setattr(crews.runner, "advance", stand.advance)
        monkeypatch.setattr(journey, "decide", stand.decide)
        door.dossier = lambda _run_id: stand.dossier()
        return Journey(door, "run-1", frozenset(roles or ()), "ada", as_json=as_json).go()

    yield drive


def test_without_instruction_it_stops_and_says_how_to_answer(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    stand = Stand([WAITS])
    assert go(stand) == 0
    told = capsys.readouterr().out
    assert "gtm approve run-1 --as LEAD --sha aaaaaaaaaaaaaaaa" in told
    assert "gtm reject run-1 --as LEAD" in told and "gtm resume run-1" in told
    assert stand.decided == []


def test_on_a_standing_instruction_it_approves_and_says_so(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    stand = Stand([WAITS, DONE])
    assert go(stand, {"LEAD"}) == 0
    assert stand.decided == [
        {"ref": "apr-1", "role": "LEAD", "approve": True, "shown": "a" * 64, "via": STANDING},
    ]
    told = capsys.readouterr().out
    assert "approved by itself as LEAD, on the standing instruction of ada" in told
    assert "/out/fleet" in told


@pytest.mark.parametrize(
    ("recommends", "grounds"),
    [
        ("reject", ()),
        ("reject", ("checks",)),
        ("reject", ("comment",)),
        ("reject", ("comment", "economics")),
        (None, ()),
    ],
)
def test_it_does_not_approve_what_somebody_has_to_look_at(
    recommends: str | None, grounds: tuple[str, ...], go: Go, capsys: pytest.CaptureFixture[str]
) -> None:
    stand = Stand([WAITS], record(recommends=recommends, grounds=grounds))
    assert go(stand, {"LEAD", "PLAN", "EXEC"}) == 0
    assert stand.decided == []
    told = capsys.readouterr().out
    assert "not approved by itself" in told and "Waiting:" in told


def test_an_objection_to_the_economics_alone_is_told_and_passed_over(
    go: Go, capsys: pytest.CaptureFixture[str]
) -> None:
    stand = Stand([WAITS, DONE], record(recommends="reject", grounds=("economics",)))
    assert go(stand, {"LEAD"}) == 0
    assert len(stand.decided) == 1
    told = capsys.readouterr().out
    assert "strategy: THE REVIEW ADVISED AGAINST IT: Because of what was checked." in told
    assert "approved by itself as LEAD against the review's advice, on the standing instruction of ada" in told


def test_what_was_approved_against_advice_stands_at_the_end_too(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    overruled = record(recommends="reject", grounds=("economics",), status="approved")
    assert go(Stand([DONE], overruled)) == 0
    assert "Against the review's advice: strategy: Because of what was checked." in capsys.readouterr().out


def test_an_instruction_for_one_role_is_none_for_another(go: Go) -> None:
    stand = Stand([WAITS], record(role="PLAN"))
    assert go(stand, {"LEAD"}) == 0
    assert stand.decided == []


def test_when_somebody_else_was_faster_the_run_goes_on(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    stand = Stand([WAITS, DONE], refuse=AlreadyDecided("grace approved it"))
    assert go(stand, {"LEAD"}) == 0
    assert "grace approved it" in capsys.readouterr().out


def test_a_gate_that_is_not_met_exits_with_1_and_what_to_fix(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    check = Check(name="entry.x", sop="Segments ranked", passed=False, detail="two are first", fix="rank them")
    blocked = Outcome("run-1", "fleet", "blocked", "recurse to stage 11", verdict=Verdict(policy="e", checks=(check,)))
    assert go(Stand([blocked])) == 1
    told = capsys.readouterr().err
    assert "Blocked: recurse to stage 11" in told and "two are first" in told and "rank them" in told


def test_an_interruption_is_resumable(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    assert go(Stand([KeyboardInterrupt()])) == INTERRUPTED
    assert "gtm resume run-1" in capsys.readouterr().err


def test_an_interruption_at_the_question_is_one_too(
    go: Go, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def abort(*_arguments: object) -> bool:
        raise typer.Abort

    monkeypatch.setattr(output, "can_ask", lambda: True)
    monkeypatch.setattr(journey, "ask", abort)
    assert go(Stand([WAITS])) == INTERRUPTED
    assert "Interrupted." in capsys.readouterr().err


@pytest.mark.parametrize("error", [StepFailed("2.2 could not be finished"), LeaseHeld("pid 7 drives it")])
def test_errors_go_to_the_one_handler(error: GtmError, go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(type(error)):
        go(Stand([error]))
    assert "gtm resume run-1" in capsys.readouterr().err


def test_a_run_that_was_rolled_back_is_not_to_be_resumed(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    over = Outcome("run-1", "fleet", "rolled_back", "this run was rolled back; begin a new one: gtm run fleet")
    assert go(Stand([over])) == 1
    told = capsys.readouterr()
    assert "gtm run fleet" in told.err and "gtm resume" not in told.err + told.out


def test_a_paused_venture_is_not_to_be_resumed(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(VenturePaused):
        go(Stand([VenturePaused("fleet is paused")]))
    assert "gtm resume" not in capsys.readouterr().err


def test_machines_get_one_object_a_line(go: Go, capsys: pytest.CaptureFixture[str]) -> None:
    assert go(Stand([WAITS, DONE]), {"LEAD"}, as_json=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["event"] == "outcome" and lines[-1]["status"] == "completed"
    assert any("standing instruction" in line.get("detail", "") for line in lines)
