"""A proposed brief as YAML to be edited: beside each value where it was taken from, and what is still to be added."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from gtm.domain.brief import VentureBrief
from gtm.domain.brief_proposal import BriefProposal, Missing
from gtm.domain.document import Span
from gtm.domain.errors import shorten

_ORDER = {name: index for index, name in enumerate(VentureBrief.model_fields)}


def brief_yaml(proposal: BriefProposal) -> str:
    """The YAML of a proposal; `gtm venture load` takes it once nothing required is missing.

    Args:
        proposal: what was read.
    """
    return "\n".join((*_head(proposal), *_Writer(proposal).lines())) + "\n"


def _head(proposal: BriefProposal) -> Iterator[str]:
    yield f"# Proposed from {comment(proposal.document)} (SHA-256 {proposal.sha256[:16]}…) by {', '.join(proposal.by)}."
    yield "# After each value: where the document says so. Lines with `# add` name what it does not say."
    for one in proposal.contradictions:
        yield f"# contradiction: {comment(one.detail)}" + (f" {comment(one.ask)}" if one.ask else "")
        for span in one.spans:
            yield f"#   {cited(span)}"


def comment(text: str, limit: int = 160) -> str:
    """A text as a comment may hold it: one line, nothing unseen."""
    return shorten("".join(c if c.isprintable() else " " for c in text), limit)


def cited(span: Span, limit: int = 90) -> str:
    """A place and what stands there, for a comment or a terminal."""
    return f"{comment(span.where, 80)}: “{comment(span.quote, limit)}”"


class _Writer:
    def __init__(self, proposal: BriefProposal) -> None:
        self._data = proposal.data()
        self._spans = {fact.field: fact.span for fact in proposal.facts}
        self._cited: Span | None = None
        self._missing: dict[str, list[Missing]] = defaultdict(list)
        for one in proposal.missing:
            self._missing[self._home(one.field)].append(one)

    def lines(self) -> Iterator[str]:
        yield from self._mapping(self._data, "", "")

    def _home(self, field: str) -> str:
        """The nearest mapping that is there, in which the missing field would stand."""
        known = {""} | {field[:end] for field in self._spans for end in _ends(field)}
        while field:
            cut = max(field.rfind("."), 0)
            field = field[:cut]
            if field in known:
                return field
        return ""

    def _mapping(self, value: Mapping[str, Any], path: str, indent: str) -> Iterator[str]:
        keys = sorted(value, key=lambda key: _ORDER.get(key, 0)) if not path else list(value)
        for key in keys:
            yield from self._entry(f"{indent}{key}:", value[key], f"{path}.{key}".lstrip("."), indent)
        for one in self._missing.get(path, ()):
            need = "" if one.required else ", asked for at the entry gate"
            yield f"{indent}# add {one.field}: {comment(one.ask)}{need}; such as  {comment(one.example)}"

    def _entry(self, head: str, value: Any, path: str, indent: str) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield head
            yield from self._mapping(value, path, indent + "  ")
        elif isinstance(value, list):
            yield head
            for index, item in enumerate(value):
                yield from self._item(item, f"{path}[{index}]", indent + "  ")
        elif isinstance(value, str) and "\n" in value:
            yield f"{head} |-{self._cite(path)}"
            yield from (f"{indent}  {line}" for line in value.split("\n"))
        else:
            yield f"{head} {scalar(value)}{self._cite(path)}"

    def _item(self, item: Any, path: str, indent: str) -> Iterator[str]:
        if not isinstance(item, Mapping):
            yield f"{indent}- {scalar(item)}{self._cite(path)}"
            return
        lines = list(self._mapping(item, path, indent + "  "))
        yield f"{indent}- {lines[0].strip()}"
        yield from lines[1:]

    def _cite(self, path: str) -> str:
        """The place of a value, unless the line above has named it."""
        span, before = self._spans.get(path), self._cited
        self._cited = span or before
        return f"  # {cited(span, 60)}" if span and span != before else ""


def _ends(field: str) -> Iterator[int]:
    return (n for n, c in enumerate(field) if c in ".[")


def scalar(value: Any) -> str:
    """A plain value as YAML: text always in quotes, so that nothing in it can mean anything."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
