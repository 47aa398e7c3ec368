"""What is wrong with a database that did not answer, in a few true words."""

import sqlite3

from sqlalchemy.exc import InterfaceError, OperationalError

from gtm.domain.errors import shorten

STORE_TROUBLE = (OperationalError, InterfaceError)
"""The store cannot do it now, whatever it was asked for; the same may go well later."""

_OF_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "the database is busy",
    sqlite3.SQLITE_LOCKED: "the database is busy",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_READONLY: "the database may not be written",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
}
_OF_POSTGRES = {
    "53100": "the disk of the database's server is full",
    "53200": "the database's server has no memory left",
    "53300": "the database takes no more connections",
    "40P01": "two transactions waited for each other",
}
_GONE = "the database cannot be reached"


def trouble_of(error: OperationalError | InterfaceError) -> str:
    """The trouble, and in brackets what the database itself said."""
    cause = error.orig
    return f"{_name(cause)} ({shorten(str(cause), 300)})"


def _name(cause: BaseException | None) -> str:
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        return _OF_SQLITE.get(code & 0xFF, "the database failed") if code is not None else "the database failed"
    state = getattr(cause, "sqlstate", None)
    # Without a state no server has answered; class 08 and 57 are broken connections and a server that goes down.
    if state is None or state[:2] in ("08", "57"):
        return _GONE
    return _OF_POSTGRES.get(state, "the database failed")
