"""Bounces and complaints out of files: one message, a folder of messages, or a Maildir.

A Maildir is read as its format says: what lies in `new`, or in `cur` without the mark of having been seen, is read, and
then lies in `cur` with that mark. A message that was read and could not be marked is read again, which changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from gtm.automation.feedback import Applied, apply_reports
from gtm.automation.pilots.replies import keep_reply, read_reply
from gtm.connectors.smtp.bounces import MAX_REPORT, read_report
from gtm.domain.base import Model
from gtm.domain.errors import InvalidInput
from gtm.store.database import Database

AT_A_TIME = 5_000
"""Messages of a Maildir that one look reads; the next look goes on."""
_SEEN = ":2,"


class Heeded(Model):
    """What messages came to.

    Attributes:
        messages: messages that were read.
        reports: of these, bounces and complaints; the others, such as out-of-office answers, change nothing.
        replies: of the others, answers of a pilot's readers, kept as feedback.
        too_long: messages that are longer than a report may be, and were not read.
        applied: what the reports changed.
        left: whether a Maildir holds more than one look reads.
    """

    messages: int = 0
    reports: int = 0
    replies: int = 0
    too_long: int = 0
    applied: Applied = Applied()
    left: bool = False

    def __add__(self, other: "Heeded") -> "Heeded":
        """Both together."""
        return Heeded(
            messages=self.messages + other.messages,
            reports=self.reports + other.reports,
            replies=self.replies + other.replies,
            too_long=self.too_long + other.too_long,
            applied=self.applied + other.applied,
            left=self.left or other.left,
        )


def is_maildir(folder: Path) -> bool:
    """Whether a folder is a Maildir: it has `new` and `cur`."""
    return (folder / "new").is_dir() and (folder / "cur").is_dir()


def heed_message(database: Database, raw: bytes, now: datetime) -> Heeded:
    """Heed one message: a report changes its sends, an answer to a pilot's mail is kept; all else changes nothing."""
    try:
        reports = read_report(raw)
    except InvalidInput:
        return Heeded(messages=1, too_long=1)
    if not reports:
        answer = read_reply(raw)
        if answer is None:
            return Heeded(messages=1)
        with database.write() as session:
            return Heeded(messages=1, replies=int(keep_reply(session, answer, now)))
    with database.write() as session:
        applied = apply_reports(session, reports, now)
    return Heeded(messages=1, reports=1, applied=applied)


def heed_folder(database: Database, folder: Path, now: datetime) -> Heeded:
    """Heed every file of a folder that is no Maildir; the files stay as they are."""
    total = Heeded()
    for path in sorted(one for one in folder.iterdir() if one.is_file()):
        total += heed_message(database, head_of(path), now)
    return total


def heed_maildir(database: Database, folder: Path, now: datetime, limit: int = AT_A_TIME) -> Heeded:
    """Heed what a Maildir holds that was not seen before, and mark it as seen.

    Raises:
        OSError: the folder cannot be read or written.
    """
    total = Heeded()
    for path in _unseen(folder):
        if total.messages >= limit:
            return total + Heeded(left=True)
        try:
            raw = head_of(path)
        except FileNotFoundError:
            # Another worker or mail program has moved it since it was listed.
            continue
        total += heed_message(database, raw, now)
        _mark_seen(folder, path)
    return total


def head_of(path: Path) -> bytes:
    """A message's bytes, at most one more than a report may have."""
    with path.open("rb") as file:
        return file.read(MAX_REPORT + 1)


def _unseen(folder: Path) -> Iterator[Path]:
    for path in sorted((folder / "new").iterdir()):
        if path.is_file() and not path.name.startswith("."):
            yield path
    for path in sorted((folder / "cur").iterdir()):
        if path.is_file() and not path.name.startswith(".") and "S" not in path.name.partition(_SEEN)[2]:
            yield path


def _mark_seen(folder: Path, path: Path) -> None:
    name, _, flags = path.name.partition(_SEEN)
    marked = "".join(sorted({*flags, "S"}))
    try:
        path.rename(folder / "cur" / f"{name}{_SEEN}{marked}")
    except FileNotFoundError:
        return
