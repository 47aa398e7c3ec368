"""Asking what became of a message, where somebody keeps what was delivered: a folder of messages, such as a Maildir."""

import os
import re
import sqlite3
import time
from pathlib import Path
from threading import Lock

from gtm.domain.errors import TransientFailure

_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_HEAD = 64 * 1024
QUICK_SECONDS = 0.1
"""A look through the folder that takes longer is followed by a rest of ten times its length, a minute at most: sends
are asked about when they are minutes old, and what is not there by then does not come within that minute."""
_TABLES = """
CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE folders (path TEXT PRIMARY KEY, changed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE below (folder TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (folder, path)) WITHOUT ROWID;
"""
_GRAIN_NS = 2_000_000_000
"""A file that comes within this of a folder's last change may leave no trace in the folder's time."""


class DeliveredFolder:
    """A folder, and those below it, into which the relay writes every message it took, each a file.

    Each file is read once, and what was read is kept in a file of the system's that goes with this process: memory does
    not grow with the archive. A folder that did not change since all of it was read is not listed again.

    Args:
        folder: the archive; a message that is not in it was not taken.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rests_until = 0.0
        self._lock = Lock()
        # An empty name is a private database on disk that SQLite removes by itself.
        self._known = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._known.executescript(_TABLES)

    def was_accepted(self, message_id: str) -> bool | None:
        """Whether a message with this Message-ID lies in the folder; see `DeliveryLookup`.

        Raises:
            TransientFailure: the folder cannot be read.
        """
        with self._lock:
            if not self._has("ids", "id", message_id) and time.monotonic() >= self._rests_until:
                self._look()
            return self._has("ids", "id", message_id)

    def _look(self) -> None:
        if not self._folder.is_dir():
            raise TransientFailure(f"there is no folder of delivered messages at {self._folder}")
        began = time.monotonic()
        self._known.execute("BEGIN")
        try:
            self._walk(str(self._folder))
        except OSError as error:
            raise TransientFailure(f"the delivered messages cannot be read: {error.strerror}") from error
        finally:
            # What was read stays known; a folder counts as read only once all of it was.
            self._known.execute("COMMIT")
        took = time.monotonic() - began
        self._rests_until = time.monotonic() + min(60.0, 10 * took) if took > QUICK_SECONDS else 0.0

    def _walk(self, top: str) -> None:
        pending = [top]
        while pending:
            folder = pending.pop()
            began, changed = time.time_ns(), os.stat(folder).st_mtime_ns  # noqa: PTH116 - no Path for each
            if not self._unchanged(folder, changed):
                whole = self._read_folder(folder)
                if whole and began - changed > _GRAIN_NS:
                    self._known.execute("INSERT OR REPLACE INTO folders VALUES (?, ?)", (folder, changed))
            pending += [path for (path,) in self._known.execute("SELECT path FROM below WHERE folder = ?", (folder,))]

    def _unchanged(self, folder: str, changed: int) -> bool:
        found = self._known.execute("SELECT changed FROM folders WHERE path = ?", (folder,)).fetchone()
        return found is not None and found[0] == changed

    def _read_folder(self, folder: str) -> bool:
        """Read the files of one folder that are new, and note the folders below; whether every file was a message."""
        whole = True
        self._known.execute("DELETE FROM below WHERE folder = ?", (folder,))
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    self._known.execute("INSERT INTO below VALUES (?, ?)", (folder, entry.path))
                elif entry.is_file() and not self._has("files", "path", entry.path):
                    whole = self._read(entry.path) and whole
        return whole

    def _read(self, path: str) -> bool:
        """Note a file's Message-ID; False for one that has none, or not yet."""
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - a million of them: no Path for each
                match = _ID.search(file.read(_HEAD).partition(b"\r\n\r\n")[0])
        except FileNotFoundError:
            # Moved since it was listed, as from `new` to `cur`; there it is found, as that folder changed.
            return False
        if match is None:
            return False
        self._known.execute("INSERT OR IGNORE INTO files VALUES (?)", (path,))
        self._known.execute("INSERT OR IGNORE INTO ids VALUES (?)", (match.group(1).decode("ascii", "replace"),))
        return True

    def _has(self, table: str, column: str, value: str) -> bool:
        query = f"SELECT 1 FROM {table} WHERE {column} = ?"  # noqa: S608 - both names are ours
        return self._known.execute(query, (value,)).fetchone() is not None
