"""A piece as a reader of one variant gets it, how it was made, and how long a text may be."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from gtm.domain.base import canonical_json
from gtm.domain.campaign import ContentElement, ContentPiece, Making, Slot, Variable, Variant


def element(variable: str, *texts: str) -> ContentElement:
    return ContentElement(
        variable=variable, variants=tuple(Variant(label="ABCDE"[n], text=text) for n, text in enumerate(texts))
    )


def piece(**changes: Any) -> ContentPiece:
    given: dict[str, Any] = {
        "piece_id": "drip/it/1-problem",
        "campaign_id": "drip",
        "template_id": "drip",
        "segment_id": "it",
        "step": 1,
        "elements": (element("subject", "S-A", "S-B", "S-C"), element("body", "B-A", "B-B")),
        "cta": "book_demo",
        "cta_url": "https://example.test/demo",
        "generated_by": "playbook",
        "prompt_version": "1",
    }
    return ContentPiece(**given | changes)


@pytest.mark.parametrize(
    ("tested", "label", "expected"),
    [
        (None, "A", {"subject": "S-A", "body": "B-A"}),
        (None, "B", {"subject": "S-B", "body": "B-B"}),
        (None, "C", {"subject": "S-C", "body": "B-A"}),
        ("subject", "A", {"subject": "S-A", "body": "B-A"}),
        ("subject", "B", {"subject": "S-B", "body": "B-A"}),
        ("subject", "C", {"subject": "S-C", "body": "B-A"}),
        ("body", "B", {"subject": "S-A", "body": "B-B"}),
        ("body", "E", {"subject": "S-A", "body": "B-A"}),
        ("preheader", "B", {"subject": "S-A", "body": "B-A"}),
    ],
)
def test_a_variant_differs_in_the_tested_element_alone(
    tested: str | None, label: str, expected: dict[str, str]
) -> None:
    assert piece(tested=tested).composed(label) == expected


def test_a_piece_of_before_reads_as_it_did() -> None:
    old = piece().model_dump(mode="json", exclude={"tested", "framework", "made"})
    again = ContentPiece.model_validate(old)
    assert (again.tested, again.framework, again.made) == (None, "", None)


def test_how_a_piece_was_made_survives_the_store_to_the_last_decimal() -> None:
    made = Making(model="gpt", seed=2**63 - 1, prompt_tokens=900, completion_tokens=80, cost=Decimal("0.00012345"))
    told = canonical_json(piece(made=made))
    assert ContentPiece.model_validate_json(told).made == made and made.attempts == 1


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"cost": -1}, {"prompt_tokens": -1}, {"seed": 2**63}])
def test_a_making_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Making.model_validate({"model": "gpt"} | wrong)


def test_copy_and_slots_hold_an_article_and_no_more() -> None:
    assert len(Variant(label="A", text="x" * 20_000).text) == len(Slot(name="body", text="x" * 20_000).text)
    for model, name in ((Variant, "label"), (Slot, "name")):
        with pytest.raises(ValidationError):
            model.model_validate({name: "A" if model is Variant else "body", "text": "x" * 20_001})


def test_a_variable_is_a_text_unless_it_says_otherwise() -> None:
    given: dict[str, Any] = {"name": "when", "filled_by": "content", "purpose": "a day", "max_characters": 20}
    assert Variable(**given).type == "text" and Variable(**given, type="date").type == "date"
    with pytest.raises(ValidationError):
        Variable(**given, type="colour")
