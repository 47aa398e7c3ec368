"""A column among a list that is one value, on both databases."""

from collections.abc import Collection

import pytest
from sqlalchemy import select
from sqlmodel import col

from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from gtm.store.models.automation import Suppression
from gtm.store.models.deliveries import DeliveryCount
from gtm.store.repositories.among import among

ADDRESSES = ("a@acme.test", 'it\'s "b"@acme.test', "ß\\@acme.test", "17")
_BY_TEXT = select(col(Suppression.email)).where(among(col(Suppression.email), "addresses"))
_BY_NUMBER = select(col(DeliveryCount.scope)).where(among(col(DeliveryCount.sent), "numbers"))


@pytest.fixture
def filled(database: Database, clock: VirtualClock) -> Database:
    with database.write() as session:
        for number, email in enumerate(ADDRESSES):
            session.add(Suppression(venture_id="acme", email=email, reason="asked", created_at=clock.now()))
            session.add(DeliveryCount(scope=email, day=clock.now().date(), sent=number))
    return database


@pytest.mark.parametrize("wanted", [ADDRESSES[:2], [], {ADDRESSES[2], "nobody"}, {ADDRESSES[3]: 1}, ["x" * 5000]])
def test_rows_of_a_list_of_texts_are_found(filled: Database, wanted: Collection[str]) -> None:
    with filled.read() as session:
        found = session.connection().execute(_BY_TEXT, {"addresses": wanted}).scalars().all()
    assert sorted(found) == sorted(set(wanted) & set(ADDRESSES))


@pytest.mark.parametrize("wanted", [[0, 3], (), {2, 99}])
def test_rows_of_a_list_of_numbers_are_found(filled: Database, wanted: Collection[int]) -> None:
    with filled.read() as session:
        found = session.connection().execute(_BY_NUMBER, {"numbers": wanted}).scalars().all()
    assert sorted(found) == sorted(ADDRESSES[number] for number in wanted if number < len(ADDRESSES))


def test_a_list_longer_than_a_statement_takes_parameters(filled: Database) -> None:
    with filled.read() as session:
        wanted = [*map(str, range(70_000))]
        assert session.connection().execute(_BY_TEXT, {"addresses": wanted}).scalars().all() == ["17"]


def test_sqlite_uses_an_index_for_it(sqlite_database: Database) -> None:
    """There a comparison of the whole with 1, which SQLAlchemy says of its own accord, would keep it from that."""
    with sqlite_database.read() as session:
        compiled = str(_BY_TEXT.where(col(Suppression.venture_id) == "acme").compile(sqlite_database.engine))
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ("[]", "acme")).all()
    assert "SEARCH suppression_list" in plan[0][3] and "email=?" in plan[0][3]
