"""A spam filter that says what it is told to say, and a real spamd of one's own for tests."""

import os
import shutil
import socket
import subprocess
import time
from decimal import Decimal
from types import TracebackType
from typing import Self

from gtm.connectors.spamassassin.client import SpamAssassinClient
from gtm.connectors.spamassassin.schemas import SpamAssassinSettings
from gtm.domain.errors import ConnectorError, Unavailable
from gtm.domain.proofing import SpamReport


class FakeSpamJudge:
    """Gives every message one report, but those with a word in them another.

    Args:
        spam_words: words that make a message spam.
    """

    def __init__(self, *spam_words: str) -> None:
        self._words = spam_words
        self.judged: list[bytes] = []

    def judge(self, message: bytes) -> SpamReport:
        """The report."""
        self.judged.append(message)
        found = any(word.encode() in message for word in self._words)
        score, rules = (Decimal("7.5"), ("SPAM_WORD",)) if found else (Decimal("-0.1"), ())
        return SpamReport(score=score, threshold=Decimal(5), rules=rules)


class PrivateSpamd:
    """A spamd on a free port of the loopback interface, without tests that need a network; a context manager.

    Args:
        seconds: how long it may take to be ready.
    """

    def __init__(self, seconds: float = 60.0) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self.settings = SpamAssassinSettings(host="127.0.0.1", port=_free_port())

    @staticmethod
    def program() -> str | None:
        """Where spamd is, if it is installed."""
        return shutil.which("spamd") or shutil.which("spamd", path="/usr/sbin:/usr/local/sbin")

    def __enter__(self) -> Self:
        """Start it.

        Raises:
            Unavailable: it is not installed, or is not ready in time.
        """
        program = self.program()
        if program is None:
            raise Unavailable("spamd is not installed", hint="apt-get install spamassassin spamd")
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        where = ["-i", self.settings.host, "-p", str(self.settings.port), "-A", self.settings.host]
        self._process = subprocess.Popen(  # noqa: S603 - a fixed program with fixed arguments
            [program, "-L", "-x", *where, *user, "--max-children=2"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        client, until = SpamAssassinClient(self.settings), time.monotonic() + self._seconds
        while time.monotonic() < until and self._process.poll() is None:
            try:
                client.ping()
            except ConnectorError:
                time.sleep(0.1)
            else:
                return self
        self.stop()
        raise Unavailable("spamd was not ready in time", value=self._seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.stop()

    def stop(self) -> None:
        """End it and its children."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
