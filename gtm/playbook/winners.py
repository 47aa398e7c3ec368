"""A text that won its test before, as variant A of the next draft: what is new is tested against it, as B.

Pure. Whether the piece still passes the checks is asked by who calls: a fact of then may be gone.
"""

from collections.abc import Sequence

from gtm.domain.campaign import CampaignTemplate, ContentElement, ContentPiece, Variant
from gtm.domain.winners import Winner
from gtm.playbook.copy_words import normal


def winners_for(piece: ContentPiece, template: CampaignTemplate, winners: Sequence[Winner]) -> tuple[Winner, ...]:
    """The winners of a piece's place: same type of campaign, segment, step, and an element that it has."""
    return tuple(
        winner
        for winner in winners
        if (winner.campaign_type, winner.segment_id, winner.step) == (template.type, piece.segment_id, piece.step)
        and piece.element(winner.variable) is not None
    )


def with_winner(piece: ContentPiece, winner: Winner) -> ContentPiece:
    """The piece with the winner as variant A of its element, and of the drafted versions as many others as there were.

    Where another element is under test, the winner is the one text of its own. Claims that no text makes any more go.

    Args:
        piece: a draft that has the element.
        winner: what won at this place.
    """
    elements = tuple(
        _led_by(element, winner.text, piece.tested) if element.variable == winner.variable else element
        for element in piece.elements
    )
    texts = [variant.text for element in elements for variant in element.variants]
    claims = dict.fromkeys((*piece.claims, *winner.claims))
    framework = winner.framework if winner.framework and piece.tested == winner.variable else piece.framework
    return piece.model_copy(
        update={
            "elements": elements,
            "claims": tuple(claim for claim in claims if any(claim.text in text for text in texts)),
            "framework": framework,
        }
    )


def leads(piece: ContentPiece, winner: Winner) -> bool:
    """Whether variant A of the piece's element is the winner."""
    element = piece.element(winner.variable)
    return element is not None and element.text("A") == winner.text


def told_elsewhere(pieces: Sequence[ContentPiece], piece: ContentPiece, winner: Winner) -> bool:
    """Whether another step of the same sequence says the same already: no two steps share a sentence."""
    wanted = normal(winner.text)
    return any(
        normal(variant.text) == wanted
        for other in pieces
        if (other.campaign_id, other.segment_id) == (piece.campaign_id, piece.segment_id) and other.step != piece.step
        for element in other.elements
        for variant in element.variants
    )


def _led_by(element: ContentElement, text: str, tested: str | None) -> ContentElement:
    labels = [variant.label for variant in element.variants]
    if tested not in (None, element.variable):
        return element.model_copy(update={"variants": tuple(Variant(label=label, text=text) for label in labels)})
    others = [variant.text for variant in element.variants if normal(variant.text) != normal(text)]
    texts = [text, *others][: len(labels)]
    shown = zip(labels, texts, strict=False)
    return element.model_copy(update={"variants": tuple(Variant(label=label, text=one) for label, one in shown)})
