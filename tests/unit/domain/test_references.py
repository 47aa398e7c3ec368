"""What something rests on, in words."""

import pytest

from gtm.domain.references import grounds_told
from tests.unit.policies.support import brief


@pytest.mark.parametrize(
    ("references", "told"),
    [
        (("fact:one-system",), "“One system for Linux, macOS, Windows and phones”"),
        (tuple(f"fact:{f.id}" for f in brief().facts[:4]), "4 facts of the brief"),
        (("policy:benchmarks.ctr", "policy:roas_target.default"), "the house's figures for CTR, ROAS target"),
        (("segments.it-platform.channels",), "IT and client platform engineering"),
        (("strategy.encoded", "exits.substage:17.1"), "the checks of strategy, exit criteria and exit gates"),
        (("financial_model.monthly",), "Financial model › monthly"),
        (("fleet-email-drip-security", "fleet-email-drip-security: fleet-email-drip-security"), ""),
        (("offers",), "Offers"),
    ],
)
def test_no_reference_is_shown_as_it_is_stored(references: tuple[str, ...], told: str) -> None:
    assert grounds_told(references, brief()) == told


def test_without_a_brief_facts_and_segments_are_counted() -> None:
    assert grounds_told(("fact:one-system", "segments.security")) == "1 fact of the brief, 1 segment"
