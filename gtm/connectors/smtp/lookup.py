"""Asking what became of a message, where somebody keeps what was delivered: a folder of messages, such as a Maildir."""

import re
from pathlib import Path
from threading import Lock

from gtm.domain.errors import TransientFailure

_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_HEAD = 64 * 1024


class DeliveredFolder:
    """A folder, and those below it, into which the relay writes every message it took, each a file.

    Each file is read once: the folder is asked for many messages in a row.

    Args:
        folder: the archive; a message that is not in it was not taken.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[Path] = set()
        self._ids: set[str] = set()
        self._lock = Lock()

    def was_accepted(self, message_id: str) -> bool | None:
        """Whether a message with this Message-ID lies in the folder; see `DeliveryLookup`.

        Raises:
            TransientFailure: the folder cannot be read.
        """
        with self._lock:
            if message_id not in self._ids:
                self._look()
            return message_id in self._ids

    def _look(self) -> None:
        if not self._folder.is_dir():
            raise TransientFailure(f"there is no folder of delivered messages at {self._folder}")
        try:
            for path in self._folder.rglob("*"):
                if path not in self._read and path.is_file():
                    with path.open("rb") as file:
                        match = _ID.search(file.read(_HEAD).partition(b"\r\n\r\n")[0])
                    if match:
                        self._read.add(path)
                        self._ids.add(match.group(1).decode("ascii", "replace"))
        except OSError as error:
            raise TransientFailure(f"the delivered messages cannot be read: {error.strerror}") from error
