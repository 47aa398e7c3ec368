"""A mail server that keeps what it takes in a folder, each message a file, before it says that it has taken it."""

import time
from collections.abc import Sequence
from pathlib import Path

from gtm.connectors.smtp.fake import SmtpSink


class Relay(SmtpSink):
    """What `GTM_MAIL_DELIVERED` asks of a relay, on the loopback interface.

    Args:
        folder: where the messages go; it is made.

    Attributes:
        taken: how many messages it has.
        pace: seconds that it takes over each message, one after the other.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._delivered = folder / "delivered"
        self._arriving = folder / "arriving"
        for one in (self._delivered, self._arriving):
            one.mkdir(parents=True, exist_ok=True)
        self.taken = 0
        self.pace = 0.0

    @property
    def folder(self) -> Path:
        """Where whole messages lie, and nothing else."""
        return self._delivered

    def _take(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        time.sleep(self.pace)
        super()._take(sender, recipients, content)
        name = f"{self.taken:08d}.eml"
        (self._arriving / name).write_bytes(content)
        (self._arriving / name).rename(self._delivered / name)
        self.taken += 1
