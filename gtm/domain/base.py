"""The one base of all domain models, and the field types they share."""

import hashlib
import json
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Model(BaseModel):
    """A frozen value: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _cents(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("an amount is a finite number")
    if abs(value) >= 10**15:
        raise ValueError("an amount is below 1,000,000,000,000,000")
    if value != value.quantize(Decimal("0.01")):
        raise ValueError("an amount has at most two decimals")
    return value.quantize(Decimal("0.01"))


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
"""An identifier that is safe in paths, URLs and e-mail headers: lower case, digits, hyphens, 1-63 characters."""

VENTURE_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$"
"""Letters, digits, hyphens, underscores and single dots between them: no path can be made of it."""

VentureId = Annotated[str, StringConstraints(pattern=VENTURE_ID_PATTERN, min_length=1, max_length=63)]
"""A venture's own id, such as the SOP's `VENTURE-XXX`; what is derived from it takes `id_key`."""

_ONE_LINE = r"^[^\r\n\t]*$"

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE)]
"""A name or label: one line, never empty."""

MaybeLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_ONE_LINE)]
"""A label that may be left out."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""A sentence or paragraph: never empty."""

LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
"""Copy as long as an article, or the markup of a slot: never empty."""

Amount = Annotated[Decimal, AfterValidator(_cents), Field(ge=0)]
"""US dollars, to the cent, never negative."""

Share = Annotated[Decimal, Field(ge=0, le=1)]
"""A proportion in 0-1."""


def is_venture_id(text: str) -> bool:
    """Whether a text has the form of a venture's id."""
    return len(text) <= 63 and re.fullmatch(VENTURE_ID_PATTERN.strip("^$"), text) is not None


def id_key(venture_id: str) -> str:
    """A venture's id as other identifiers hold it: `VENTURE-XXX` is `venture-xxx`, dots and underscores are hyphens.

    It is a `Slug`, and lower case as campaign links demand (SOP step 1.2). No two ventures of a store share one, so
    that neither their campaigns nor their folders can meet on a disk that ignores case.
    """
    return re.sub(r"[._]", "-", venture_id.lower()).strip("-")


def identifier(*parts: str) -> str:
    """The parts as one `Slug`; one that would be longer than 63 characters ends in a hash, so that it stays unique."""
    text = "-".join(parts)
    if len(text) <= 63:
        return text
    return f"{text[:54].rstrip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces; models in JSON mode. Hashes are taken of this."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def drawn(text: str) -> int:
    """A number of 64 bits, drawn by a hash: the same for the same text always, and evenly spread over texts."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def sha256_of(value: Any) -> str:
    """SHA-256, in hex, of the value's canonical JSON; an approval is bound to this."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
