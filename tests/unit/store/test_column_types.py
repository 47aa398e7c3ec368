"""Money, costs and moments keep their exact value through both dialects."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable
from sqlmodel import SQLModel

import gtm.store.models  # noqa: F401 (registers the tables)
from gtm.store.models.base import Cost, Exact, Money, Score, UtcDateTime, new_id

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]
both = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


@both
@given(value=st.decimals(min_value="-999999999999.99", max_value="999999999999.99", places=2))
def test_money_comes_back_to_the_cent(dialect: Dialect, value: Decimal) -> None:
    assert Money().process_result_value(Money().process_bind_param(value, dialect), dialect) == value


@both
@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [(Money(), "1.239", "1.24"), (Cost(), "0.000012345", "0.00001234"), (Score(), "0.81249", "0.8125")],
)
def test_each_scale_is_kept(dialect: Dialect, kind: Exact, value: str, stored: str) -> None:
    assert str(kind.process_bind_param(Decimal(value), dialect)) == stored
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


@both
@given(
    moment=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    hours=st.integers(min_value=-12, max_value=14),
)
def test_a_moment_comes_back_aware_and_equal(dialect: Dialect, moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    stored = UtcDateTime().process_bind_param(aware, dialect)
    back = UtcDateTime().process_result_value(stored, dialect)
    assert back == aware
    assert back is not None and back.tzinfo is UTC


@both
def test_a_moment_without_a_zone_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="aware of its zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 5), dialect)  # noqa: DTZ001


def test_ids_are_random_and_named() -> None:
    first, second = new_id("run"), new_id("run")
    assert first.startswith("run-")
    assert len(first) == 24
    assert first != second


def test_money_is_an_exact_number_on_postgresql_and_text_on_sqlite() -> None:
    table = SQLModel.metadata.tables["campaigns"]
    assert "budget NUMERIC(14, 2)" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert "budget VARCHAR(20)" in str(CreateTable(table).compile(dialect=sqlite.dialect()))


def test_no_column_of_ours_is_a_float_for_money() -> None:
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            if column.name in ("budget", "spend", "revenue", "cost"):
                assert isinstance(column.type, Exact), f"{table.name}.{column.name}"


def test_every_constraint_has_a_name_that_postgresql_keeps_whole() -> None:
    for table in SQLModel.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
            assert len(str(constraint.name)) <= 63
