"""A private PostgreSQL server for tests and benchmarks: own directory, own socket, gone at the end."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
from psycopg import sql

from gtm.domain.errors import StoreError

START_SECONDS = 60
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def find_binaries() -> Path | None:
    """Where `initdb` and `postgres` are: on PATH, else the newest under /usr/lib/postgresql; None when nowhere."""
    found = shutil.which("postgres")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    return next((c for c in candidates if (c / "initdb").exists() and (c / "postgres").exists()), None)


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


class PrivatePostgres:
    """A throw-away cluster behind a unix socket, without durability; a context manager.

    The server refuses to run as root, so root starts it as `postgres` or `nobody`. It dies with its parent on Linux.

    Args:
        durable: write to disk as a server does that is there to stay.

    Raises:
        StoreError: there are no server binaries, or the server does not come up within a minute.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._settings = _SETTINGS | (_DURABLE if durable else {})
        binaries = find_binaries()
        if binaries is None:
            raise StoreError("there is no PostgreSQL server here: neither on PATH nor under /usr/lib/postgresql")
        self.folder = Path(tempfile.mkdtemp(prefix="gtm-pg-"))
        self._binaries = binaries
        self._account = _unprivileged()
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PrivatePostgres":
        try:
            self._initialise()
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, name: str = "postgres") -> str:
        """The SQLAlchemy URL of a database of this cluster."""
        return f"postgresql+psycopg://postgres@/{name}?host={quote(str(self.folder))}"

    def restart(self, down: Callable[[], object]) -> None:
        """Shut the server down, which breaks every connection off, do something, and start it again on its files."""
        self._shut_down()
        down()
        self._start()

    def stop(self) -> None:
        """Shut the server down and remove its files."""
        self._shut_down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _shut_down(self) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None

    def _initialise(self) -> None:
        if self._account is not None:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        command = [str(self._binaries / "initdb"), "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust"]
        command += ["-E", "UTF8", "--no-locale", "--no-sync"]
        done = subprocess.run(  # noqa: S603 (a fixed command)
            command, capture_output=True, text=True, check=False, cwd=self.folder, user=self._uid, group=self._gid
        )
        if done.returncode:
            raise StoreError(f"initdb failed: {' '.join(done.stderr.split())}")

    def _start(self) -> None:
        command = [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(  # noqa: S603 (a fixed command)
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                user=self._uid,
                group=self._gid,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self._await_ready()

    def _await_ready(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
                return
            except psycopg.OperationalError as error:
                ended = self._server is not None and self._server.poll() is not None
                if ended or time.monotonic() > give_up:
                    said = (self.folder / "log").read_text(errors="replace")[-500:]
                    raise StoreError(f"PostgreSQL did not start: {' '.join(said.split()) or error}") from error
                time.sleep(0.02)

    @property
    def _uid(self) -> int | None:
        return self._account.pw_uid if self._account else None

    @property
    def _gid(self) -> int | None:
        return self._account.pw_gid if self._account else None


def create_database(admin_url: str, name: str, template: str | None = None) -> None:
    """Create a database on the server of `admin_url`, as a copy of `template` where one is given."""
    if template is None:
        _administer(admin_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _administer(admin_url, statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(admin_url: str, name: str) -> None:
    """Drop a database, closing whatever is still connected to it."""
    _administer(admin_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def empty_tables(url: str) -> None:
    """Remove every row of a database, also of the audit log, and begin its counters anew; the schema stays.

    Far quicker than a new database. Whatever is still connected to it is disconnected.

    Raises:
        psycopg.errors.InsufficientPrivilege: the user is no superuser, whom alone triggers and foreign keys let pass.
    """
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        connection.execute("SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences")


def _administer(admin_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(admin_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(statement)


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StoreError("PostgreSQL refuses to run as root, and there is neither an account `postgres` nor `nobody`")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
