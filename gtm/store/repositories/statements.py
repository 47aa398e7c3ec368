"""The statements that several repositories need, in the words of both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Delete, Row, Update, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, SQLModel


def insert_missing(session: Session, model: type[SQLModel], row: Mapping[str, Any], keys: Sequence[str]) -> bool:
    """Insert a row unless one with the same keys stands already; whether it was inserted."""
    statement = _insert(session, model).values(**row).on_conflict_do_nothing(index_elements=list(keys))
    return session.exec(statement.returning(getattr(model, keys[0]))).first() is not None


def insert_many(
    session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> Sequence[Row[Any]]:
    """Insert rows in one statement, leaving out those whose keys stand already; the keys of those inserted."""
    if not rows:
        return []
    statement = _insert(session, model).on_conflict_do_nothing(index_elements=list(keys))
    return session.connection().execute(statement.returning(*(getattr(model, key) for key in keys)), rows).all()


def upsert(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Insert rows, or overwrite those with the same keys; rows that the session knows already follow."""
    for row in rows:
        changes = {name: value for name, value in row.items() if name not in keys}
        statement = _insert(session, model).values(**row)
        session.exec(statement.on_conflict_do_update(index_elements=list(keys), set_=changes))
    for known in [row for row in session.identity_map.values() if isinstance(row, model)]:
        session.refresh(known)


def insert_all(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement."""
    if rows:
        session.exec(_insert(session, model), params=rows)


def change(session: Session, statement: Update | Delete) -> int:
    """Run a conditional change; how many rows it hit. Those that the session knows already follow it."""
    return session.exec(statement.execution_options(synchronize_session="fetch")).rowcount


def remove(session: Session, model: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    """Delete the rows that meet the conditions; how many there were."""
    return change(session, delete(model).where(*conditions))


def _insert(session: Session, model: type[SQLModel]) -> Any:
    # Both dialects spell ON CONFLICT alike, but SQLAlchemy has no common construct for it.
    dialect = session.get_bind().dialect.name
    return (sqlite if dialect == "sqlite" else postgresql).insert(model)
