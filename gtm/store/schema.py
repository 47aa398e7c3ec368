"""The schema and its versions: a new store is created at the newest one, an older store is migrated by Alembic.

Alembic is imported only when there is something to migrate; a store at the head costs one query. To write a new
migration after changing the models, run `python -m gtm.store.migrations "what changed"`.
"""

import zlib
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from gtm.domain.errors import StoreError
from gtm.store.database import Database

HEAD = "0007"
MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = zlib.crc32(b"gtm-strategist schema")
_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def head() -> str:
    """The revision that this code works with; a test holds it to the newest file in `migrations/versions`."""
    return HEAD


def current_revision(database: Database) -> str | None:
    """The store's revision, or None where no schema stands yet.

    Raises:
        StoreError: the database cannot be opened or read.
    """
    try:
        with database.engine.connect() as connection:
            return _revision(connection)
    except SQLAlchemyError as error:
        raise _unusable(database, error) from error


def upgrade(database: Database) -> None:
    """Bring the store to the head: nothing, a fresh schema, or the missing migrations, in one transaction.

    Any number of processes may call this on one new database at once: they queue on a lock, and the later ones
    find the work done.

    Raises:
        StoreError: the database cannot be opened or migrated, or is newer than this code.
    """
    if current_revision(database) == HEAD:
        return
    try:
        with database.write() as session:
            _upgrade_locked(session.connection())
    except SQLAlchemyError as error:
        raise _unusable(database, error) from error


def create_all(database: Database) -> None:
    """Create the schema of the models in an empty database and mark it as being at the head.

    Raises:
        StoreError: the database cannot be written.
    """
    try:
        with database.write() as session:
            connection = session.connection()
            _lock(connection)
            _create(connection)
    except SQLAlchemyError as error:
        raise _unusable(database, error) from error


def _upgrade_locked(connection: Connection) -> None:
    _lock(connection)
    revision = _revision(connection)
    if revision == HEAD:
        return
    if revision is None and not inspect(connection).has_table("ventures"):
        _create(connection)
        return
    if revision is None:
        raise StoreError(
            "the database holds tables of this name but no schema version",
            hint="point GTM_DATABASE_URL at an empty database, or restore the table alembic_version",
        )
    _migrate(connection, revision)


def _create(connection: Connection) -> None:
    from sqlmodel import SQLModel

    import gtm.store.models  # noqa: F401 (registers the tables)

    SQLModel.metadata.create_all(connection)
    _VERSION.create(connection, checkfirst=True)
    if connection.execute(select(_VERSION.c.version_num)).first() is None:
        connection.execute(insert(_VERSION).values(version_num=HEAD))


def _migrate(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    from gtm.store.migrations.config import alembic_config

    config = alembic_config(connection)
    try:
        ScriptDirectory.from_config(config).get_revision(revision)
    except CommandError as error:
        raise StoreError(
            f"the store is at schema {revision}, which this version does not know (it works with {HEAD})",
            hint="use the newer version that wrote this store",
        ) from error
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(select(_VERSION.c.version_num)).scalar()
    return revision


def _lock(connection: Connection) -> None:
    # On SQLite BEGIN IMMEDIATE is the lock.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _unusable(database: Database, error: SQLAlchemyError) -> StoreError:
    cause = getattr(error, "orig", None) or error
    return StoreError(
        f"the database cannot be used: {' '.join(str(cause).split())}",
        field="GTM_DATABASE_URL",
        value=database.engine.url.render_as_string(hide_password=True),
        hint="check that the server runs, the path can be written and the disk is not full",
    )
