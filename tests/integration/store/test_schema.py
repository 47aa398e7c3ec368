"""Bringing a store to the head: fresh, migrated, at once, and when it cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from gtm.domain.errors import ConfigError, StoreError
from gtm.store.database import Database, sqlite_url
from gtm.store.migrations.config import alembic_config
from gtm.store.schema import create_all, current_revision, head, upgrade

ROOT = Path(__file__).parents[3]
UPGRADE = """
import sys
from gtm.store.database import Database
from gtm.store.schema import upgrade
database = Database(sys.argv[1])
upgrade(database)
upgrade(database)
print("alembic" in sys.modules, "gtm.store.models" in sys.modules)
"""


def start(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", UPGRADE, url],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_new_store_is_made_without_alembic_and_one_at_the_head_even_without_the_models(
    empty_database_url: str,
) -> None:
    for expected in ("False True", "False False"):
        out, err = start(empty_database_url).communicate()
        assert (out.strip(), err) == (expected, "")


def test_processes_that_upgrade_one_new_store_at_once_all_succeed(empty_database_url: str) -> None:
    processes = [start(empty_database_url) for _ in range(3)]
    assert [process.communicate()[1] for process in processes] == [""] * 3
    assert [process.returncode for process in processes] == [0] * 3
    database = Database(empty_database_url)
    assert current_revision(database) == head()
    with database.read() as session:
        assert session.connection().execute(text("SELECT COUNT(*) FROM alembic_version")).scalar_one() == 1
    database.close()


def test_an_older_store_is_migrated(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert current_revision(database) is None
    with database.write() as session:
        command.stamp(alembic_config(session.connection()), "base")
    upgrade(database)
    assert current_revision(database) == head()
    assert inspect(database.engine).has_table("ventures")
    database.close()


def test_foreign_tables_beside_ours_do_no_harm(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.write() as session:
        session.connection().execute(text("CREATE TABLE somebody_elses (id INTEGER)"))
    upgrade(database)
    assert current_revision(database) == head()
    database.close()


def test_a_store_of_a_newer_version_is_left_alone(database: Database) -> None:
    with database.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="schema 9999, which this version does not know") as refused:
        upgrade(database)
    assert "newer version" in refused.value.hint
    with database.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head()})


def test_our_tables_without_a_version_are_left_alone(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.write() as session:
        session.connection().execute(text("CREATE TABLE ventures (id INTEGER)"))
    with pytest.raises(StoreError, match="no schema version"):
        upgrade(database)
    database.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all/store.db",
        "postgresql+psycopg://gtm:secret-word@127.0.0.1:1/gtm",
    ],
)
def test_a_database_that_cannot_be_opened_is_one_error_without_the_password(url: str) -> None:
    database = Database(url)
    with pytest.raises(StoreError, match="cannot be used") as refused:
        upgrade(database)
    assert "secret-word" not in str(refused.value.as_problem())
    database.close()


def test_a_file_that_is_no_database_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("a text " * 100)
    database = Database(sqlite_url(path))
    with pytest.raises(StoreError, match="not a database"):
        upgrade(database)
    assert path.read_text() == "a text " * 100


@pytest.mark.parametrize("url", ["mysql://localhost/x", "", "postgres"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        Database(url)


def test_create_all_twice_changes_nothing(database: Database) -> None:
    create_all(database)
    assert current_revision(database) == head()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    insert = text("INSERT INTO vault_secrets (ref, ciphertext, created_at) VALUES ('a', 'b', '2026-01-05 09:00:00')")
    with pytest.raises(RuntimeError, match="half-way"), database.write() as session:
        session.connection().execute(insert)
        raise RuntimeError("half-way")
    with database.read() as session:
        session.connection().execute(insert)
    with database.read() as session:
        assert session.connection().execute(text("SELECT COUNT(*) FROM vault_secrets")).scalar_one() == 0
