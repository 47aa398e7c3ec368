"""What a field of a lead may hold, whichever door it comes through: a form, a webhook, a file, a workflow's step."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

TEXT_LENGTH = 200
"""Characters of a name, a company, a role, a source."""
STATUS_LENGTH = 40
SEGMENT_LENGTH = 63
SCORE = 1_000_000
"""A score lies between minus this and this."""
ATTRIBUTE_LENGTH = 1_000
"""Characters of a text among a lead's own attributes."""
MESSAGE = "message"
"""The attribute that holds what somebody wrote with a page's form."""
ATTRIBUTES = 50
"""How many attributes of its own a lead may have."""
WHOLE = 2**53
"""Whole numbers among the attributes lie between minus this and this: beyond, JSON readers disagree on them."""

_HIDDEN = frozenset(("Cc", "Cs", "Zl", "Zp"))
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def storable(text: str) -> str:
    """The text, if it is one line without control characters.

    Raises:
        ValueError: it has line breaks of any kind, control characters, marks that turn the direction of writing, or
            half of a surrogate pair.
    """
    if text.isascii() and text.isprintable():
        return text
    if any(character in _TURNS or unicodedata.category(character) in _HIDDEN for character in text):
        raise ValueError("has line breaks, control characters or half of a surrogate pair")
    return text


Short = Annotated[str, Field(max_length=TEXT_LENGTH), AfterValidator(storable)]
Status = Annotated[str, Field(min_length=1, max_length=STATUS_LENGTH), AfterValidator(storable)]
SegmentRef = Annotated[str, Field(max_length=SEGMENT_LENGTH), AfterValidator(storable)]
Score = Annotated[int, Field(ge=-SCORE, le=SCORE)]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
AttributeText = Annotated[str, Field(max_length=ATTRIBUTE_LENGTH), AfterValidator(storable)]
WholeNumber = Annotated[int, Field(ge=-WHOLE, le=WHOLE)]
Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e300, le=1e300)]
Attribute = bool | WholeNumber | Finite | AttributeText
