"""What pydantic found wrong, as sentences: where, what stands there, what is allowed."""

import re
import types
from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from gtm.domain.base import VENTURE_ID_PATTERN, Line, Slug
from gtm.domain.errors import shorten

SHOWN = 200
"""Faults that are listed; a file with more is not read line by line."""

_SLUG_PATTERN = next(meta.pattern for meta in get_args(Slug) if getattr(meta, "pattern", None))
_LINE_PATTERN = next(meta.pattern for meta in get_args(Line) if getattr(meta, "pattern", None))
_PATTERNS: Mapping[str, str] = {
    _SLUG_PATTERN: "lower-case letters, digits and hyphens, 1 to 63 characters, no hyphen at either end",
    VENTURE_ID_PATTERN: "letters, digits, hyphens, underscores and single dots between them, 1 to 63 characters",
    _LINE_PATTERN: "text on one line, without tabs",
    r"^[A-Z]{2}$": "two capital letters, such as US",
    r"^/[a-z0-9/_-]*$": "a path that starts with a slash, such as /demo",
    r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$": "a dotted name, such as entry.segments",
}

_PLAIN: Mapping[str, str] = {
    "int": "a whole number",
    "decimal": "a number",
    "float": "a number",
    "string_type": "text",
    "bool": "true or false",
    "date_": "a date such as 2026-01-31",
    "time_": "a time such as 09:30",
}
"""What pydantic's kinds of fault ask for, by how they begin."""


class Fault(BaseModel):
    """One fault: the dotted path, what is wrong, the value and what would be accepted."""

    path: str
    message: str
    value: str = ""
    allowed: str = ""

    def sentence(self) -> str:
        """The fault as a person reads it."""
        value = f" ({self.value})" if self.value else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        return f"{self.path}: {self.message}{value}{allowed}"


def faults_of(error: ValidationError, model: type[BaseModel]) -> tuple[Fault, ...]:
    """Every fault of a validation, in the order of the fields.

    Args:
        error: what pydantic raised.
        model: what was validated; unknown keys are told which keys there are.
    """
    entries = error.errors(include_url=False)
    found = (_fault(entry, model) for entry in entries if not _left_short(entry, entries))
    return tuple({(fault.path, fault.message): fault for fault in found}.values())


def _left_short(entry: Any, entries: Sequence[Any]) -> bool:
    """Whether a list is only too short because what stands in it is refused, which is told already."""
    place, given = tuple(entry["loc"]), entry.get("input")
    inside = any(tuple(one["loc"])[: len(place)] == place and one is not entry for one in entries)
    enough = isinstance(given, list | tuple) and len(given) >= entry.get("ctx", {}).get("min_length", 0)
    return entry["type"] == "too_short" and inside and enough


def plainly(error: ValidationError) -> tuple[str, ...]:
    """Each fault as pydantic words it, after its place, for a single row: `email: 'x' is no email address`."""
    found = error.errors(include_url=False, include_input=False)
    return tuple(f"{dotted(one['loc'])}: {one['msg'].removeprefix('Value error, ')}" for one in found)


def sentences(faults: Sequence[Fault]) -> tuple[str, ...]:
    """The faults as sentences; beyond 200 only their number is told."""
    told = [fault.sentence() for fault in faults[:SHOWN]]
    return (*told, f"and {len(faults) - SHOWN} more") if len(faults) > SHOWN else tuple(told)


def dotted(loc: Sequence[int | str]) -> str:
    """`('segments', 2, 'id')` as `segments[2].id`; an empty place is `(top level)`."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "(top level)"


def _fault(entry: Any, model: type[BaseModel]) -> Fault:
    kind, context, loc = entry["type"], entry.get("ctx", {}), tuple(entry["loc"])
    value = entry.get("input")
    if kind == "extra_forbidden":
        keys = sorted(_keys_at(model, loc[:-1]))
        close = get_close_matches(str(loc[-1]), keys, n=1)
        meant = f", did you mean {close[0]}?" if close else ""
        return Fault(path=dotted(loc), message=f"unknown key{meant}", allowed=", ".join(keys))
    if kind == "missing":
        return Fault(path=dotted(loc), message="is missing")
    message, allowed = _told(kind, context, entry["msg"])
    if kind in ("model_type", "model_attributes_type"):
        allowed = _mapping(_models_at(model, loc), value)
    return Fault(path=dotted(loc), message=message, value=shown(value), allowed=allowed)


def shown(value: object) -> str:
    """A value as a file of YAML has it; empty for what is too long to show."""
    if isinstance(value, Mapping | list | tuple | BaseModel):
        return ""
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    if isinstance(value, Decimal | float) and not Decimal(value).is_finite():
        return ".nan" if Decimal(value).is_nan() else f"{'-' if value < 0 else ''}.inf"
    return shorten(repr(value) if isinstance(value, str) else str(value), 80)


def _mapping(models: Sequence[type[BaseModel]], value: object) -> str:
    """What to write in place of a bare value, where a mapping must stand that needs no more than its `value`."""
    for model in models:
        needed = {name for name, field in model.model_fields.items() if field.is_required()}
        if needed != {"value"} or isinstance(value, Mapping | list | tuple) or value is None:
            continue
        try:
            model.model_validate({"value": value})
        except ValidationError as error:
            inner = _fault(error.errors(include_url=False)[0], model)
            return f"a mapping; write {{value: …}}; {shown(value)} itself {inner.message}, allowed: {inner.allowed}"
        return f"a mapping; write {{value: {shown(value)}}}"
    return "a mapping of keys and values"


def _told(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, str]:
    match kind:
        case "literal_error" | "enum":
            return "is none of the words allowed", str(context.get("expected", ""))
        case "string_pattern_mismatch":
            pattern = str(context.get("pattern", ""))
            return "has not the form allowed", _PATTERNS.get(pattern, f"text matching {pattern}")
        case "union_tag_not_found":
            return "does not say which one it is", f"a mapping with a key {context.get('discriminator', '')}"
        case "union_tag_invalid":
            return f"has another {context.get('discriminator', '')} than those allowed", str(
                context.get("expected_tags", "")
            )
        case "value_error":
            return "is not accepted", re.sub(r"^Value error, ", "", message)
        case "finite_number":
            return "is not finite", "a finite number"
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return "is out of range", re.sub(r"^Input should be ", "", message)
        case "model_type" | "model_attributes_type" | "dict_type":
            return "has the wrong type", "a mapping of keys and values"
        case "tuple_type" | "list_type":
            return "has the wrong type", "a list"
        case "too_long" | "string_too_long":
            return "is too long", re.sub(r"^(?:String|Tuple|List) should have ", "", message)
        case "too_short" | "string_too_short":
            return "is too short", re.sub(r"^(?:String|Tuple|List) should have ", "", message)
        case _:
            plain = next((words for start, words in _PLAIN.items() if kind.startswith(start)), "")
            return "is not accepted", plain or re.sub(r"^Input should be ", "", message)


def _keys_at(model: type[BaseModel], loc: Sequence[int | str]) -> set[str]:
    """The keys that the models at a place have."""
    return {name for m in _models_at(model, loc) for name in m.model_fields}


def _models_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[type[BaseModel]]:
    """The models at a place; several where it may hold one of several."""
    models = [model]
    for part in loc:
        if isinstance(part, int):
            continue
        found = [
            inner for m in models if part in m.model_fields for inner in _models_in(m.model_fields[part].annotation)
        ]
        # The tag of a discriminated union is a part of the place and names no field, but the one model that is meant.
        models = found or [m for m in models if _is_tagged(m, part)] or models
    return models


def _is_tagged(model: type[BaseModel], tag: str) -> bool:
    annotations = [field.annotation for field in model.model_fields.values()]
    return any(get_origin(one) is Literal and get_args(one) == (tag,) for one in annotations)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, types.UnionType, tuple, list) or get_args(annotation):
        return [model for part in get_args(annotation) for model in _models_in(part)]
    return []
