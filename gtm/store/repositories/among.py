"""A column among a list that the statement is given as one value.

SQLAlchemy writes the list of an `IN` out anew, value by value, each time a statement runs; over the fifty of a group
that takes longer than the database takes to look them up.
"""

import json
from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Integer, SQLColumnExpression, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: SQLColumnExpression[Any], name: str) -> ColumnElement[bool]:
    """Whether a column of numbers or text has one of the values of a list; none, where the list is empty.

    Args:
        column: what is looked for.
        name: of the parameter that is the list, a plain collection of values.
    """
    # As text of any length: on PostgreSQL a cast to the column's own would cut longer values off.
    of = cast(ColumnElement[Any], column).type
    return _Among(column, bindparam(name, type_=_Listed(of if isinstance(of, Integer) else Text())))


class _Listed(TypeDecorator[Collection[Any]]):
    """A list as one value: JSON on SQLite, an array on PostgreSQL.

    Args:
        of: what it is a list of.
    """

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.of))

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return json.dumps(values) if dialect.name == "sqlite" else values


class _Among(FunctionElement[bool]):
    inherit_cache = True
    name = "among"
    type = Boolean()

    def self_group(self, against: OperatorType | None = None) -> "_Among":
        """As it is: `= 1` behind it, as SQLAlchemy says on SQLite, would keep an index from being used."""
        return self


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    listed = f"SELECT value FROM json_each({compiler.process(values, **kw)})"  # noqa: S608 - a parameter's mark
    return f"{compiler.process(column, **kw)} IN ({listed})"


@compiles(_Among)
def _elsewhere(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} = ANY ({compiler.process(values, **kw)})"
