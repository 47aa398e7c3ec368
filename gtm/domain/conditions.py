"""Typed conditions over a lead's facts, shared by workflow steps and triggers.

Operators are those of domain.md: equals, not_equals, greater_than, less_than, contains, in_list. A fact that is
missing (None) satisfies `not_equals` and nothing else.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Model

Operator = Literal["equals", "not_equals", "greater_than", "less_than", "contains", "in_list"]
Scalar = bool | int | float | str
Facts = Mapping[str, Scalar | None]
FieldKind = Literal["text", "number", "boolean", "any"]

LEAD_FIELDS: Mapping[str, FieldKind] = {
    "email": "text",
    "first_name": "text",
    "last_name": "text",
    "company": "text",
    "role": "text",
    "segment_id": "text",
    "lead_source": "text",
    "status": "text",
    "score": "number",
    "time_zone": "text",
    "country": "text",
    "consent": "text",
}
"""Columns of `leads` that a condition may read, with their kind."""

EMAIL_FACT = re.compile(r"^email_([1-9]|10)_(sent|delivered|opened|clicked|failed)$")
ATTRIBUTE = re.compile(r"^attributes\.[a-z][a-z0-9_]{0,40}$")
_SYMBOLS: Mapping[Operator, str] = {
    "equals": "=",
    "not_equals": "!=",
    "greater_than": ">",
    "less_than": "<",
    "contains": "contains",
    "in_list": "in",
}


class Predicate(Model):
    """A field, an operator and what it is compared with.

    Attributes:
        field: a column of `leads`, `attributes.NAME`, or `email_N_opened` and its like.
        value: for every operator but in_list.
        values: for in_list.
    """

    field: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,60}$")]
    operator: Operator = "equals"
    value: Scalar | None = None
    values: tuple[Scalar, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether the facts satisfy it; a missing fact satisfies `not_equals` only."""
        return compare(self.operator, facts.get(self.field), self.value, self.values)

    def as_text(self) -> str:
        """The condition as the SOP writes it: `lead_source = 'website_signup'`, `email_1_opened = true`."""
        if self.operator == "in_list":
            return f"{self.field} in ({', '.join(_literal(v) for v in self.values)})"
        return f"{self.field} {_SYMBOLS[self.operator]} {_literal(self.value)}"

    def fault(self) -> str:
        """What is wrong with the condition in itself, or an empty text."""
        kind = field_kind(self.field)
        if kind is None:
            return f"there is no field {self.field!r}"
        if self.operator == "in_list":
            return "" if self.values else "in_list needs `values`"
        if self.value is None:
            return f"{self.operator} needs `value`"
        ordered = self.operator in ("greater_than", "less_than")
        if ordered and (kind not in ("number", "any") or number_of(self.value) is None):
            return f"{self.operator} compares numbers; {self.field} is {kind}"
        if kind == "boolean" and _boolean(self.value) is None:
            return f"{self.field} is true or false, not {self.value!r}"
        return ""


def field_kind(field: str) -> FieldKind | None:
    """The kind of a field that conditions may read; None for one that does not exist."""
    if EMAIL_FACT.match(field):
        return "boolean"
    if ATTRIBUTE.match(field):
        return "any"
    return LEAD_FIELDS.get(field)


def email_number_of(field: str) -> int | None:
    """N of `email_N_opened` and its like; None for other fields."""
    match = EMAIL_FACT.match(field)
    return int(match.group(1)) if match else None


def compare(operator: Operator, actual: Scalar | None, value: Scalar | None, values: Iterable[Scalar] = ()) -> bool:
    """Apply one operator; numbers compare as decimals, true and false also by name, texts exactly."""
    match operator:
        case "equals":
            return _same(actual, value)
        case "not_equals":
            return not _same(actual, value)
        case "in_list":
            return any(_same(actual, one) for one in values)
        case "contains":
            return actual is not None and value is not None and str(value).casefold() in str(actual).casefold()
        case "greater_than" | "less_than":
            left, right = number_of(actual), number_of(value)
            if left is None or right is None:
                return False
            return left > right if operator == "greater_than" else left < right


def satisfying(predicate: Predicate) -> Scalar | None:
    """A value of the field for which the predicate holds; test leads are made with it."""
    number = number_of(predicate.value)
    match predicate.operator:
        case "in_list":
            return predicate.values[0] if predicate.values else None
        case "greater_than":
            return int(number) + 1 if number is not None else None
        case "less_than":
            return int(number) - 1 if number is not None else None
        case "not_equals":
            return f"not-{predicate.value}" if number is None else int(number) + 1
        case _:
            return predicate.value


def _same(actual: Scalar | None, value: Scalar | None) -> bool:
    if actual is None or value is None:
        return False
    if isinstance(actual, bool) or isinstance(value, bool):
        left, right = _boolean(actual), _boolean(value)
        return left is not None and left == right
    if isinstance(actual, str) and isinstance(value, str):
        return actual == value
    number = number_of(actual)
    return number is not None and number == number_of(value)


def _boolean(value: Scalar | None) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def number_of(value: Scalar | None) -> Decimal | None:
    """A value as a number; None for what is none, truth values among it."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _literal(value: Scalar | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else str(value)
