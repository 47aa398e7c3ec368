"""A text that won before is variant A of the next draft, with what it claims; the rest of the piece stays as it is."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.campaign import Claim, ContentElement, ContentPiece, Variant
from gtm.domain.winners import Winner
from gtm.playbook.winners import leads, told_elsewhere, winners_for, with_winner
from tests.unit.playbook.test_copy import FIRST

BRIEF, TEMPLATES, CONTENT = FIRST["fleet"]
PIECE = next(p for p in CONTENT.pieces if p.piece_id.endswith("1-problem"))


def winner(text: str = "One console for every laptop", **changes: Any) -> Winner:
    values: dict[str, Any] = {
        "campaign_type": "email_drip", "segment_id": PIECE.segment_id, "step": 1, "variable": "email_subject",
        "text": text, "metric": "opened", "sample": 200, "rate": Decimal("0.3"), "other_rate": Decimal("0.2"),
        "p_value": Decimal("0.0209"), "campaign_id": PIECE.campaign_id, "decided_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    return Winner.model_validate(values | changes)


def texts(piece: ContentPiece, variable: str = "email_subject") -> list[tuple[str, str]]:
    element = piece.element(variable)
    return [(one.label, one.text) for one in element.variants] if element else []


def test_a_new_text_leads_and_the_first_draft_is_tested_against_it() -> None:
    before = texts(PIECE)
    led = with_winner(PIECE, winner())
    assert texts(led) == [("A", "One console for every laptop"), ("B", before[0][1])]
    assert leads(led, winner()) and not leads(PIECE, winner())
    assert [e for e in led.elements if e.variable != "email_subject"] == [
        e for e in PIECE.elements if e.variable != "email_subject"
    ]


def test_the_second_version_that_won_changes_places() -> None:
    (_, first), (_, second) = texts(PIECE)
    led = with_winner(PIECE, winner(second.upper()))
    assert texts(led) == [("A", second.upper()), ("B", first)]
    assert with_winner(led, winner(second.upper())) == led


def test_where_another_element_is_under_test_the_winner_stands_alone() -> None:
    subject = ContentElement(variable="email_subject", variants=tuple(Variant(label=x, text="Same") for x in "AB"))
    others = tuple(e for e in PIECE.elements if e.variable != "email_subject")
    piece = PIECE.model_copy(update={"tested": "cta_text", "framework": "AIDA", "elements": (subject, *others)})
    led = with_winner(piece, winner("It won", framework="PAS"))
    assert {text for _, text in texts(led)} == {"It won"} and led.framework == "AIDA"
    body = piece.model_copy(update={"tested": "email_body"})
    assert with_winner(body, winner("It won", variable="email_body", framework="PAS")).framework == "PAS"


def test_what_it_claims_comes_along_and_what_nobody_says_any_more_goes() -> None:
    claim = Claim(text="every laptop", fact_id="pull-request")
    stale = Claim(text="words of a subject that is gone", fact_id="pull-request")
    led = with_winner(PIECE.model_copy(update={"claims": (*PIECE.claims, stale)}), winner(claims=(claim,)))
    assert claim in led.claims and stale not in led.claims


@pytest.mark.parametrize(
    "changes",
    [{"step": 2}, {"segment_id": "nobody"}, {"campaign_type": "webinar_funnel"}, {"variable": "page_headline"}],
)
def test_it_is_offered_at_its_own_place_alone(changes: dict[str, Any]) -> None:
    template = TEMPLATES.template(PIECE.template_id)
    assert template is not None and winners_for(PIECE, template, [winner()]) == (winner(),)
    assert winners_for(PIECE, template, [winner(**changes)]) == ()


def test_no_two_steps_of_a_sequence_say_it() -> None:
    other = next(p for p in CONTENT.pieces if (p.campaign_id, p.segment_id) == (PIECE.campaign_id, PIECE.segment_id)
                 and p.step == 2)  # fmt: skip
    said = texts(other)[0][1]
    assert told_elsewhere(CONTENT.pieces, PIECE, winner(f"{said}!"))
    assert not told_elsewhere(CONTENT.pieces, PIECE, winner(texts(PIECE)[1][1]))
