"""What a brief states outside its facts, as facts."""

import pytest

from gtm.domain.statements import fact_of, stated, without_stop
from tests.unit.policies.support import brief, with_


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Delivered by bicycle before 7 a.m.", "Delivered by bicycle before 7 a.m."),
        ("A loaf costs 6 EUR.", "A loaf costs 6 EUR"),
        ("Made by Acme Inc.", "Made by Acme Inc."),
        ("Sold in the U.S. ", "Sold in the U.S."),
        ("No stop", "No stop"),
    ],
)
def test_an_abbreviation_keeps_its_stop(text: str, plain: str) -> None:
    assert without_stop(text) == plain


def test_statements_stand_under_ids_of_their_own() -> None:
    found = {fact.id: fact for fact in stated(brief())}
    assert {"stated-product", "stated-value", "stated-differences", "stated-positioning"} <= set(found)
    assert all(fact_of(brief(), name) == fact for name, fact in found.items())
    assert found["stated-positioning"].text.startswith("Fleet is the open, cross-platform, GitOps-first")
    assert not {fact.id for fact in brief().facts} & set(found)


def test_a_barred_statement_is_none_and_a_price_without_a_figure_neither() -> None:
    fact = brief().facts[0]
    barred = fact.model_copy(update={"claimable": False, "text": "Fleet is built on osquery.", "short": "osquery"})
    told = with_(brief(), facts=(barred,))
    names = {f.id for f in stated(told)}
    assert "stated-differences" not in names and "stated-price" not in names


def test_a_profile_that_leans_on_another_is_left_out() -> None:
    names = {f.id for f in stated(brief())}
    assert "stated-profile-it-platform" in names and "stated-profile-security" not in names
