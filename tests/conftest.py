"""What every test stands on: no network but loopback, no outside settings, a virtual clock, a store on each side."""

# ruff: noqa: E402 (the environment is set before anything of the project or of crewai is imported)

import os
import tempfile

for _name in [n for n in os.environ if n.startswith(("OPENAI_", "GTM_", "ANTHROPIC_"))]:
    if not _name.startswith("GTM_TEST_"):
        del os.environ[_name]
os.environ |= {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    "OTEL_SDK_DISABLED": "true",
    "ANONYMIZED_TELEMETRY": "false",
    "HF_HUB_OFFLINE": "1",
    "NO_COLOR": "1",
}
os.environ.setdefault("CREWAI_STORAGE_DIR", f"{tempfile.gettempdir()}/gtm-tests-crewai-{os.getuid()}")

import ipaddress
import itertools
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gtm.domain.clock import VirtualClock
    from gtm.store.database import Database

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_counter = itertools.count(1)


class NetworkForbidden(RuntimeError):
    """A test reached for something beyond this machine."""


def _is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _close_the_door() -> None:
    plain = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}

    def guard(name: str) -> Any:
        def guarded(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1]
            if self.family != socket.AF_UNIX and isinstance(address, tuple) and not _is_local(address[0]):
                raise NetworkForbidden(f"a test tried to reach {address[0]}:{address[1]}")
            return plain[name](self, *arguments)

        return guarded

    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None and not _is_local(host) and not _is_address(host):
            raise NetworkForbidden(f"a test tried to look up {host!r}")
        return look_up(host, *arguments, **options)

    for name in plain:
        setattr(socket.socket, name, guard(name))
    socket.getaddrinfo = guarded_look_up


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True


_close_the_door()


@pytest.fixture
def clock() -> "VirtualClock":
    """A clock that stands at Monday 5 January 2026, 09:00 UTC."""
    from gtm.domain.clock import VirtualClock

    return VirtualClock(START)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and nothing in it, to be copied."""
    from gtm.store.database import Database, sqlite_url
    from gtm.store.schema import create_all

    path = tmp_path_factory.mktemp("template") / "store.db"
    database = Database(sqlite_url(path))
    create_all(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The admin URL of a PostgreSQL server: GTM_TEST_POSTGRES_URL, else a private cluster, else a skip."""
    from gtm.domain.errors import StoreError
    from gtm.store.testing import PrivatePostgres

    if given := os.environ.get("GTM_TEST_POSTGRES_URL"):
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    try:
        server = PrivatePostgres().__enter__()
    except StoreError as error:
        if os.environ.get("GTM_TEST_REQUIRE_POSTGRES") == "1":
            pytest.fail(f"GTM_TEST_REQUIRE_POSTGRES=1, but {error}", pytrace=False)
        pytest.skip(f"{error} (set GTM_TEST_POSTGRES_URL, or install a server)")
    yield server.url()
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database with the schema and nothing in it, to be copied."""
    from gtm.store.database import Database
    from gtm.store.schema import create_all
    from gtm.store.testing import create_database, drop_database

    name = f"gtm_template_{os.getpid()}"
    create_database(postgres_server, name)
    database = Database(_with_name(postgres_server, name))
    create_all(database)
    database.close()
    yield name
    if "GTM_TEST_POSTGRES_URL" in os.environ:
        drop_database(postgres_server, name)


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite store."""
    from gtm.store.database import sqlite_url

    path = tmp_path / "store.db"
    shutil.copyfile(sqlite_template, path)
    return sqlite_url(path)


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: str, postgres_template: str) -> Iterator[list[str]]:
    """Databases with the schema that no test uses at the moment; they are emptied between tests, not made anew."""
    from gtm.store.testing import drop_database

    free: list[str] = []
    yield free
    # A private cluster goes as a whole.
    for url in free if "GTM_TEST_POSTGRES_URL" in os.environ else ():
        drop_database(postgres_server, _name_of(url))


@pytest.fixture
def postgres_store(postgres_server: str, postgres_template: str, postgres_pool: list[str]) -> Iterator[str]:
    """The URL of a PostgreSQL store with nothing in it."""
    from psycopg.errors import InsufficientPrivilege

    from gtm.store.testing import create_database, drop_database, empty_tables

    if postgres_pool:
        url = postgres_pool.pop()
    else:
        name = f"gtm_test_{os.getpid()}_{next(_counter)}"
        create_database(postgres_server, name, postgres_template)
        url = _with_name(postgres_server, name)
    yield url
    try:
        empty_tables(url)
        postgres_pool.append(url)
    except InsufficientPrivilege:
        drop_database(postgres_server, _name_of(url))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh store with the schema made, once on each database."""
    url: str = request.getfixturevalue(f"{request.param}_store")
    return url


@pytest.fixture
def database(database_url: str, clock: "VirtualClock") -> Iterator["Database"]:
    """A fresh store with the schema made, once on each database."""
    from gtm.store.database import Database

    opened = Database(database_url, clock)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_store: str, clock: "VirtualClock") -> Iterator["Database"]:
    """A fresh SQLite store, for tests to which the kind of database makes no difference."""
    from gtm.store.database import Database

    opened = Database(sqlite_store, clock)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any schema, once on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    from gtm.store.testing import create_database, drop_database

    server = request.getfixturevalue("postgres_server")
    name = f"gtm_test_{os.getpid()}_{next(_counter)}"
    create_database(server, name)
    yield _with_name(server, name)
    drop_database(server, name)


def _name_of(url: str) -> str:
    from sqlalchemy.engine import make_url

    return str(make_url(url).database)


def _with_name(url: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)
