"""Each check on 20 sentences with planted faults and 20 correct ones: recall and false alarms, printed and held."""

from collections.abc import Callable

import pytest

from gtm.policies.claims import claim_faults
from tests.unit.policies.planted import Entry, measured, piece_of, planted
from tests.unit.policies.support import brief


def _claims(entry: Entry) -> list[str]:
    return [fault.span for fault in claim_faults(piece_of(entry), brief(entry.get("venture", "fleet")))]


CHECKS: dict[str, tuple[Callable[[Entry], list[str]], int]] = {
    "claims": (_claims, 20),
}
"""The check → what it finds in an entry, and the least it must find of 20."""


@pytest.mark.parametrize("check", CHECKS)
def test_planted_faults_are_found_and_correct_sentences_are_left_alone(check: str) -> None:
    spans, least = CHECKS[check]
    outcome = measured(check, spans)
    print(outcome.told())
    assert outcome.false == ()
    assert outcome.found >= least, outcome.told()


@pytest.mark.parametrize("check", CHECKS)
def test_a_set_has_20_of_each(check: str) -> None:
    entries = planted(check)
    assert (len(entries["wrong"]), len(entries["right"])) == (20, 20)
