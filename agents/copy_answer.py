"""What a model returns for a piece of copy, and the piece that the core makes of it."""

from typing import Annotated

from pydantic import Field

from gtm.domain.base import LongText, Model, Slug, Text
from gtm.domain.campaign import Claim, ContentElement, ContentPiece, Variant

LABELS = "ABCDE"


class ElementCopy(Model):
    """One element as a model returns it: the variable and its versions, A first; one unless it is under test."""

    variable: Text
    variants: Annotated[tuple[LongText, ...], Field(min_length=1, max_length=5)]


class ClaimCopy(Model):
    """A statement and the id of the fact that carries it."""

    text: Text
    fact_id: Slug


class PieceCopy(Model):
    """What a model returns for one piece."""

    elements: tuple[ElementCopy, ...]
    claims: tuple[ClaimCopy, ...]


def assembled(draft: ContentPiece, copy: PieceCopy, model: str) -> ContentPiece:
    """The piece with a model's texts; links, ids and the call to action stay the core's."""
    return draft.model_copy(
        update={
            "elements": tuple(
                ContentElement(
                    variable=element.variable,
                    variants=tuple(
                        Variant(label=label, text=text) for label, text in zip(LABELS, element.variants, strict=False)
                    ),
                )
                for element in copy.elements
            ),
            "claims": tuple(Claim(text=claim.text, fact_id=claim.fact_id) for claim in copy.claims),
            "generated_by": model or draft.generated_by,
        }
    )
