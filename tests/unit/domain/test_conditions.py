"""Operators on typed facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.conditions import Operator, Predicate, Scalar, satisfying


@pytest.mark.parametrize(
    ("operator", "actual", "value", "expected"),
    [
        ("equals", "website", "website", True),
        ("equals", "website", "Website", False),
        ("equals", True, "true", True),
        ("equals", 1, True, False),
        ("equals", "80", 80, True),
        ("equals", None, "x", False),
        ("not_equals", None, "x", True),
        ("greater_than", 81, 80, True),
        ("greater_than", 80, 80, False),
        ("greater_than", None, 80, False),
        ("greater_than", "nan", 80, False),
        ("less_than", 0.1, 0.2, True),
        ("contains", "Head of IT", "it", True),
        ("contains", None, "it", False),
    ],
)
def test_operators(operator: Operator, actual: Scalar | None, value: Scalar, expected: bool) -> None:
    assert Predicate(field="role", operator=operator, value=value).holds({"role": actual}) is expected


def test_in_list_takes_any_of_its_values() -> None:
    predicate = Predicate(field="country", operator="in_list", values=("US", "DE"))
    assert predicate.holds({"country": "DE"})
    assert not predicate.holds({"country": "FR"})
    assert predicate.as_text() == "country in ('US', 'DE')"


def test_texts_are_those_of_the_sop() -> None:
    assert Predicate(field="lead_source", value="website_signup").as_text() == "lead_source = 'website_signup'"
    assert Predicate(field="email_1_opened", value=True).as_text() == "email_1_opened = true"
    assert Predicate(field="score", operator="greater_than", value=80).as_text() == "score > 80"


@given(
    st.sampled_from(["equals", "not_equals", "greater_than", "less_than"]),
    st.one_of(st.integers(-1000, 1000), st.text(min_size=1, max_size=20)),
)
def test_a_test_lead_can_be_made_for_every_sound_condition(operator: Operator, value: int | str) -> None:
    field = "score" if isinstance(value, int) else "company"
    predicate = Predicate(field=field, operator=operator, value=value)
    if predicate.fault():
        return
    assert predicate.holds({field: satisfying(predicate)})
