"""A/B tests that tell something: versions differ in the element under test, and only there."""

from collections.abc import Iterator

from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault


def experiment_faults(piece: ContentPiece) -> Iterator[CopyFault]:
    """What keeps a piece's test from telling anything; a piece without an element under test has none."""
    if piece.tested is None:
        return

    def fault(element: str, why: str, repair: str, span: str = "") -> CopyFault:
        return CopyFault(
            check="content.variants", piece=piece.piece_id, element=element, why=why, repair=repair, span=span
        )

    tested = piece.element(piece.tested)
    if tested is None:
        yield fault(piece.tested, "the element under test is not there", "write it, or test another")
    elif len({_plain(variant.text) for variant in tested.variants}) < max(len(tested.variants), 2):
        yield fault(piece.tested, "the element under test has no two versions that differ", "write another version")
    for element in piece.elements:
        texts = {_plain(variant.text) for variant in element.variants}
        if element.variable != piece.tested and len(texts) > 1:
            yield fault(
                element.variable,
                f"it differs between the versions, and {piece.tested} is under test",
                "keep one version of it",
                element.variants[-1].text,
            )


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
