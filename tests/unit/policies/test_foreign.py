"""A venture's own name is no foreign language, in whatever letters it is written."""

import pytest

from gtm.policies.claims import known_names
from gtm.policies.foreign import foreign_spans
from tests.unit.policies.support import brief, with_


@pytest.mark.parametrize("name", ["李 & 王 🚀", "株式会社", "हिन्दी", "مخبز", "Żółć", "Ω", "Q 李"])
def test_a_name_in_other_letters_may_stand_in_copy(name: str) -> None:
    venture = with_(brief(), name=name)
    assert not list(foreign_spans(f"A scale under the bin is what {name} is.", known_names(venture)))


def test_letters_that_the_brief_does_not_hold_are_still_found() -> None:
    (found,) = foreign_spans("A scale under the bin is what 王 is.", known_names(with_(brief(), name="李")))
    assert found[2] == "letters of another script (Cjk)"
