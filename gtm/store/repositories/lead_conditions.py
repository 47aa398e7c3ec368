"""Conditions over leads as SQL, for those that mean exactly the same there as `gtm.domain.conditions.compare` does."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR

from sqlalchemy import ColumnElement, false, true
from sqlmodel import col

from gtm.domain.conditions import EMAIL_FACT, LEAD_FIELDS, Predicate, Scalar, number_of
from gtm.store.models.automation import LeadRow

_LARGEST = 2**31 - 1


def as_sql(conditions: Sequence[Predicate]) -> list[ColumnElement[bool]] | None:
    """The conditions over columns of `leads`; None when one of them has to be judged in Python.

    A lead's own attributes, `contains` (which folds case as no database does) and comparisons between text and number
    are left to Python.
    """
    clauses = [_clause(one) for one in conditions]
    found = [clause for clause in clauses if clause is not None]
    return found if len(found) == len(clauses) else None


def _clause(predicate: Predicate) -> ColumnElement[bool] | None:
    if EMAIL_FACT.match(predicate.field):
        # Before a lead enters, nothing is known of an email: a missing fact satisfies `not_equals` and nothing else.
        return true() if predicate.operator == "not_equals" else false()
    kind = LEAD_FIELDS.get(predicate.field)
    if kind == "text":
        return _text_clause(predicate)
    return _number_clause(predicate) if kind == "number" else None


def _text_clause(predicate: Predicate) -> ColumnElement[bool] | None:
    column: ColumnElement[str] = getattr(LeadRow, predicate.field)
    match predicate.operator:
        case "equals":
            return None if not _plain(predicate.value) else _named(column, [predicate.value])
        case "not_equals":
            return None if not _plain(predicate.value) else ~_named(column, [predicate.value])
        case "in_list":
            return _named(column, predicate.values) if all(map(_plain, predicate.values)) else None
        case _:
            return None


def _named(column: ColumnElement[str], values: Sequence[Scalar | None]) -> ColumnElement[bool]:
    """An empty text is a missing fact, which equals nothing."""
    return column.in_([value for value in values if value])


def _plain(value: Scalar | None) -> bool:
    return isinstance(value, str) and "\x00" not in value and value.isprintable()


def _number_clause(predicate: Predicate) -> ColumnElement[bool] | None:
    column = col(getattr(LeadRow, predicate.field))
    given = predicate.values if predicate.operator == "in_list" else (predicate.value,)
    numbers = [number_of(value) for value in given]
    sound = [number for number in numbers if number is not None and abs(number) < _LARGEST]
    if len(sound) < len(numbers):
        return None
    whole = [int(number) for number in sound if number == number.to_integral_value()]
    match predicate.operator:
        case "equals" | "in_list":
            return column.in_(whole)
        case "not_equals":
            return ~column.in_(whole)
        case "greater_than":
            return column > int(sound[0].to_integral_value(ROUND_FLOOR))
        case "less_than":
            return column < int(sound[0].to_integral_value(ROUND_CEILING))
        case _:
            return None
