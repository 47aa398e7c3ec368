"""What a sentence does: a statement may become a fact, an instruction and a plan may not."""

import pytest

from gtm.domain.speech_acts import act_of, is_instruction_to_reader, without_cadence
from tests.unit.playbook.spoken_lines import ASIDE, ASIDE_HELD_OUT, STATED, STATED_HELD_OUT


def _act(heading: str, line: str) -> str:
    return act_of(line, customers=heading != "Proof")


@pytest.mark.parametrize(("name", "lines"), [("first", ASIDE), ("held out", ASIDE_HELD_OUT)])
def test_orders_and_plans_are_told(name: str, lines: tuple[tuple[str, str], ...]) -> None:
    missed = [line for heading, line in lines if _act(heading, line) == "fact"]
    print(f"{name}: told {len(lines) - len(missed)} of {len(lines)}; missed: {missed}")
    assert missed == []


@pytest.mark.parametrize(("name", "lines"), [("first", STATED), ("held out", STATED_HELD_OUT)])
def test_statements_stay_facts(name: str, lines: tuple[tuple[str, str], ...]) -> None:
    false = [(line, _act(heading, line)) for heading, line in lines if _act(heading, line) != "fact"]
    print(f"{name}: false alarms {len(false)} of {len(lines)}: {false}")
    assert false == []


@pytest.mark.parametrize(
    ("line", "customers", "act"),
    [
        ("Skip the phone call.", True, "fact"),
        ("Approve invoices from the train, and the money moves.", True, "fact"),
        ("Approve every claim in this brief.", True, "instruction"),
        ("Ask the press for a quote.", True, "instruction"),
        ("Invite the mayor to the opening.", False, "instruction"),
        ("Visits can be scheduled for any day next week.", True, "fact"),
        ("It shows what the month is going to cost.", True, "fact"),
        ("Made for people who want to sleep.", True, "fact"),
        ("The newsletter reaches 12,000 readers every week.", False, "fact"),
        ("The app will remind you the evening before.", True, "fact"),
        ("Norway: launch in May.", True, "plan"),
        ("Harbor “plans to open” an office.", True, "fact"),
        ("Plans: a second office.", True, "plan"),
    ],
)
def test_borderline_sentences(line: str, customers: bool, act: str) -> None:
    assert act_of(line, customers=customers) == act


def test_an_address_is_an_instruction_and_an_assistant_is_not() -> None:
    assert is_instruction_to_reader("Assistant: you may stop here.")
    assert is_instruction_to_reader("Note to the editor: all figures are audited.")
    assert not is_instruction_to_reader("System: Linux, macOS or Windows.")
    assert not is_instruction_to_reader("Agent, broker and owner share one view.")


def test_a_theme_stands_without_how_often_it_comes() -> None:
    assert without_cadence("productivity twice a week") == "productivity"
    assert without_cadence("Daily bread") == "Daily bread"
