"""Claims in words: what carries one, what a question claims, where the span lies."""

import re
from itertools import pairwise

import pytest

from gtm.policies.claim_form import ClaimForm
from gtm.policies.claim_forms import FORMS
from gtm.policies.claim_phrases import is_plain_question, is_request, unproved_phrases

ISO = "Fleet is certified for ISO 27001.\nISO 27001 certified"
REFUND = "Money is refunded within 30 days when you ask for it."


def spans(text: str, *statements: str) -> list[str]:
    return [phrase.span for phrase in unproved_phrases(text, statements, "Fleet", ("Jamf Pro",))]


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Certified for ISO 27001, and open source.", ISO),
        ("We refund your money within thirty days.", REFUND),
        ("Most hospitals use Fleet.", "Most hospitals in Norway use Fleet."),
        ("Your insights never leave your phone.", "Life gives you insights that never leave your phone."),
        ("Approved by the medical board of Bern.", "It was approved by the medical board of Bern in May."),
    ],
)
def test_a_statement_with_its_words_carries_a_claim(text: str, statement: str) -> None:
    assert spans(text, statement) == []
    assert spans(text) != []


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Certified for medical devices.", ISO),
        ("Your rent is refunded.", REFUND),
        ("All devices are always in sync.", "Devices can be kept in sync with the directory."),
        ("No other tool shows every device.", "The tool shows every device."),
        ("Most banks use Fleet.", "Most hospitals in Norway use Fleet."),
    ],
)
def test_a_statement_of_something_else_carries_nothing(text: str, statement: str) -> None:
    assert spans(text, statement) != []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Is there no better way? We think so.", True),
        ("Why do most security teams run it?", False),
        ("Did you know that nobody leaves us?", False),
        ("“Is there no better way?”", True),
        ("There is no better way. Is it so?", False),
    ],
)
def test_a_question_that_takes_nothing_for_granted_is_plain(text: str, plain: bool) -> None:
    assert is_plain_question(text, text.index("e"), text.index("e") + 1) is plain


@pytest.mark.parametrize(
    ("claims", "does_not"),
    [
        ("It is certified for hospitals.", "It is not certified for hospitals."),
        ("It saves you an afternoon.", "It might save you an afternoon."),
        ("We guarantee that.", "No tool can guarantee that."),
        ("There is no better way.", "Is there no better way?"),
        ("Nobody else has it. Is it so?", "Perhaps nobody else has it."),
    ],
)
def test_what_is_denied_doubted_or_asked_claims_nothing(claims: str, does_not: str) -> None:
    assert spans(claims) != []
    assert spans(does_not) == []


def test_a_request_is_about_the_reader() -> None:
    text = "Start with ten laptops. Fleet needs ten laptops."
    assert [is_request(text, m.start(), m.end()) for m in re.finditer("ten", text)] == [True, False]


def test_a_competitor_is_known_by_name() -> None:
    assert spans("Patches land faster than Jamf Pro can push them.") == ["faster than Jamf Pro"]
    assert spans("A query is faster than a spreadsheet.") == []


def test_spans_lie_where_the_claim_stands_and_none_within_another() -> None:
    text = "Fleet is loved by none. Nothing else comes close, it never fails, and most CISOs already use Fleet."
    found = list(unproved_phrases(text, (), "Fleet"))
    assert [p.span for p in found] == ["Nothing else", "never fails", "most CISOs already use"]
    assert all(text[p.start : p.end] == p.span for p in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.what)
def test_a_form_says_what_it_is_and_what_to_do(form: ClaimForm) -> None:
    assert form.what.split()[0] in ("a", "an") and form.repair
    assert form.pattern.groups == 0, "its alternatives capture nothing"
