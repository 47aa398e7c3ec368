"""Which decisions on pieces hold in a later round."""

from datetime import UTC, datetime
from typing import Any

from gtm.domain.base import sha256_of
from gtm.domain.campaign import ContentElement, ContentPiece, Variant
from gtm.domain.piece_decisions import PieceDecision, standing
from gtm.domain.rework import on_pieces, on_the_whole, said_of


def piece(text: str = "Hello", name: str = "1-problem") -> ContentPiece:
    return ContentPiece(
        piece_id=f"drip/depots/{name}", campaign_id="drip", template_id="drip", segment_id="depots", step=1,
        elements=(ContentElement(variable="email_body", variants=(Variant(label="A", text=text),)),),
        cta="book_demo", cta_url="https://acme.example", generated_by="playbook", prompt_version="1",
    )  # fmt: skip


def decided(of: ContentPiece, **changes: Any) -> PieceDecision:
    given: dict[str, Any] = {
        "approval_id": "apr-1", "round": 1, "revision": 1, "piece_id": of.piece_id, "sha256": sha256_of(of),
        "context_sha256": "c", "decision": "approved", "decided_by": "person:ann", "decided_via": "cli",
        "decided_at": datetime(2026, 1, 5, tzinfo=UTC),
    }  # fmt: skip
    return PieceDecision(**given | changes)


def test_an_approval_holds_as_long_as_the_piece_and_all_it_rests_on_stay() -> None:
    one = piece()
    assert standing([one], [decided(one)], "apr-2", "c").keys() == {one.piece_id}
    assert standing([piece("Other")], [decided(one)], "apr-2", "c") == {}
    assert standing([one], [decided(one)], "apr-2", "another budget") == {}


def test_a_rejection_holds_in_its_own_round_only_and_ends_an_earlier_approval() -> None:
    one = piece()
    rejected = decided(one, decision="rejected", comment="Shorter.")
    assert standing([one], [rejected], "apr-1", "c")[one.piece_id].decision == "rejected"
    assert standing([one], [rejected], "apr-2", "c") == {}
    later = decided(one, decision="rejected", approval_id="apr-2", round=2)
    assert standing([one], [decided(one), later], "apr-3", "c") == {}


def test_what_nobody_decided_is_open() -> None:
    one, two = piece(), piece(name="2-proof")
    assert standing([one, two], [decided(one)], "apr-1", "c").keys() == {one.piece_id}


def test_comments_on_pieces_and_on_the_whole_are_told_apart() -> None:
    one = said_of({"drip/depots/1-problem": "Shorter: half.", "drip/depots/2-proof": "Say why.\nAnd how."})
    again = said_of({"drip/depots/1-problem": "Still too long."})
    assert on_pieces(["All warmer.", one, again]) == {
        "drip/depots/1-problem": ("Shorter: half.", "Still too long."),
        "drip/depots/2-proof": ("Say why.\nAnd how.",),
    }
    assert on_the_whole(["All warmer.", one, again, "piece by piece: no"]) == ("All warmer.", "piece by piece: no")
