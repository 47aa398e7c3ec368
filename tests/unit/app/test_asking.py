"""What counts as an answer at a checkpoint: the four words and their letters, and nothing that begins like one."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from rich.console import Console

import app.cli.panels
from app.cli import asking, output
from app.cli.asking import ALLOWED, answer_of
from tests.unit.app.test_journey import record


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a", "approve"),
        (" Approve\n", "approve"),
        ("R", "reject"),
        ("reject", "reject"),
        ("s", "show"),
        ("SHOW", "show"),
        ("l", "leave"),
        ("leave ", "leave"),
        ("actually, what is ROAS?", ""),
        ("aa", ""),
        ("approved?", ""),
        ("approve it", ""),
        ("raise the budget", ""),
        ("look", ""),
        ("", ""),
        ("  ", ""),
        ("y", ""),
    ],
)
def test_only_the_four_words_and_their_letters_are_answers(typed: str, meant: str) -> None:
    assert answer_of(typed) == meant


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The decisions that were written; panels are not drawn."""
    written: list[bool] = []
    monkeypatch.setattr(asking, "decide", lambda *_a, approve, **_k: written.append(approve))
    monkeypatch.setattr(app.cli.panels, "checkpoint_panel", lambda *_a, **_k: "the panel")
    monkeypatch.setattr(output, "console", lambda: Console(file=io.StringIO()))
    return written


def _ask(monkeypatch: pytest.MonkeyPatch, *typed: str) -> bool:
    answers = iter(typed)
    monkeypatch.setattr(typer, "prompt", lambda *_a, **_k: next(answers))
    configuration = SimpleNamespace(stage=SimpleNamespace(checkpoints=()))
    door: Any = SimpleNamespace(configuration=configuration, person=lambda by: by)
    dossier: Any = SimpleNamespace()
    return asking.ask(door, dossier, record(), "ada")


def test_a_question_that_begins_with_a_is_asked_again_and_decides_nothing(
    decided: list[bool], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ask(monkeypatch, "actually, what is ROAS?", "", "leave") is False
    assert decided == []
    told = capsys.readouterr().out
    assert told.count(f"Allowed: {ALLOWED}.") == 2 and "nothing is decided" in told


def test_the_word_approves(decided: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    assert _ask(monkeypatch, "Approve") is True
    assert decided == [True]
