"""A brief as it is proposed from a document: every value with the place that carries it, and what is not there.

Nothing in it is invented: a field without a place in the document is missing, and a field of which the document says
two things is left out until a person says which holds.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from gtm.domain.base import Model
from gtm.domain.document import Document, DocumentKind, Span

Value = str | int | Decimal | bool
_STEP = re.compile(r"([a-z_]+)|\[(\d+)\]")

FindingCode = Literal["instruction", "left_out", "not_carried", "not_read", "two_readings", "remark", "model", "unfit"]


class Proposed(Model):
    """One value of the brief and the place in the document that carries it.

    Attributes:
        field: dotted, such as `segments[0].name`.
        value: as the brief holds it.
        span: where the document says so.
        by: who read it, `playbook` or a model's name.
        note: how it was read, where the words are not the value.
    """

    field: Annotated[str, Field(pattern=r"^[a-z_]+(?:\[\d+\]|\.[a-z_]+)*$")]
    value: Value
    span: Span
    by: str = "playbook"
    note: str = ""


class Contradiction(Model):
    """Two places of the document that cannot both hold."""

    field: str
    detail: str
    ask: str = ""
    spans: tuple[Span, ...] = ()


class Missing(Model):
    """What the brief needs and the document does not say.

    Attributes:
        ask: what to add, in a sentence.
        example: the form of it, as YAML.
        required: whether the brief cannot be loaded without it; else a gate of the run asks for it.
    """

    field: str
    ask: str
    example: str = ""
    required: bool = True


class DocumentFinding(Model):
    """Something in the document that a person should see before they confirm."""

    code: FindingCode
    detail: str
    span: Span | None = None


class Reading(Model):
    """What one reader took from a document, before it is judged as a whole."""

    facts: tuple[Proposed, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    findings: tuple[DocumentFinding, ...] = ()


class BriefProposal(Model):
    """A proposed brief with everything a person needs to confirm or mend it.

    Attributes:
        document: the file's name.
        sha256: of the file's bytes.
        by: who read it.
        facts: in the order of the brief.
    """

    document: str
    kind: DocumentKind
    sha256: str
    by: tuple[str, ...]
    facts: tuple[Proposed, ...]
    contradictions: tuple[Contradiction, ...] = ()
    missing: tuple[Missing, ...] = ()
    findings: tuple[DocumentFinding, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether a brief can be loaded from it as it is."""
        return not any(one.required for one in self.missing) and not any(f.code == "unfit" for f in self.findings)

    def data(self) -> dict[str, Any]:
        """The brief as far as it is proposed, in the form of its YAML."""
        return nested(self.facts)

    def value(self, field: str) -> Value | None:
        """What is proposed for a field."""
        return next((fact.value for fact in self.facts if fact.field == field), None)


def carried(facts: Iterable[Proposed], document: Document) -> tuple[Proposed, ...]:
    """The facts whose span holds: what it quotes stands at its place in the document, word for word."""
    return tuple(fact for fact in facts if document.holds(fact.span))


def nested(facts: Iterable[Proposed]) -> dict[str, Any]:
    """The values as mappings and lists; gaps of a list are closed up."""
    root: dict[str, Any] = {}
    for fact in facts:
        steps = [name or int(index) for name, index in _STEP.findall(fact.field)]
        place: dict[Any, Any] = root
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = fact.value
    closed: dict[str, Any] = _lists(root)
    return closed


def _lists(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_lists(value[key]) for key in sorted(value)]
    return {key: _lists(inner) for key, inner in value.items()}
