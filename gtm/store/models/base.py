"""Column types, names of constraints and small helpers that every table shares."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    column,
    event,
)
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; what comes back is aware on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment is aware of its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal of fixed scale: NUMERIC on PostgreSQL, decimal text on SQLite, which has no exact decimals."""

    precision = 14
    places = 2
    impl = Numeric(precision, places)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(self.precision + 6))
        return dialect.type_descriptor(Numeric(self.precision, self.places))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = value.quantize(Decimal(1).scaleb(-self.places))
        return str(exact) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).quantize(Decimal(1).scaleb(-self.places))


class Money(Exact):
    """Dollars to the cent."""

    cache_ok = True


class Cost(Exact):
    """Dollars to eight decimals: what one model call costs is far below a cent."""

    precision = 18
    places = 8
    impl = Numeric(precision, places)
    cache_ok = True


class Score(Exact):
    """A share in 0-1 to four decimals."""

    precision = 5
    places = 4
    impl = Numeric(precision, places)
    cache_ok = True


Json = JSON(none_as_null=True)

Counting = SmallInteger().with_variant(Integer(), "postgresql")
"""A count that may pass 32767: four bytes on PostgreSQL; on SQLite every integer takes as many bytes as it needs."""


def created_with(target: Table | MetaData, statements: Mapping[str, Iterable[str]]) -> None:
    """Have a database's own statements (triggers, views) carried out when a table, or the whole schema, is created.

    Args:
        target: the table, or the metadata of all of them.
        statements: by the dialect's name.
    """
    for dialect, texts in statements.items():
        for text in texts:
            # SQLAlchemy fills % in, and annotates nothing here.
            made = DDL(text.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(target, "after_create", made.execute_if(dialect=dialect))


def one_of(table: str, name: str, values: Iterable[str]) -> CheckConstraint:
    """The check that a column holds one of a closed vocabulary's words, or NULL where the column allows it."""
    return CheckConstraint(column(name).in_(sorted(values)), name=f"ck_{table}_{name}")


def new_id(prefix: str) -> str:
    """A fresh random identifier such as `run-3f9a1c…`; 80 bits."""
    return f"{prefix}-{secrets.token_hex(10)}"
