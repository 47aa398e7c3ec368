"""smtplib's connection with a moment by which everything on it must have ended, however slowly a server drips."""

import smtplib
import socket
import time
from collections.abc import Callable
from typing import Any

CHUNK = 16_384


class _Lines:
    """Lines from a socket; smtplib reads a server's answers from it as from a file."""

    def __init__(self, sock: socket.socket, hurry: Callable[[], None]) -> None:
        self._sock = sock
        self._hurry = hurry
        self._held = b""

    def readline(self, limit: int) -> bytes:
        """The next line with its end, at most `limit` bytes; what is left where the server has gone.

        Raises:
            OSError: nothing came in time.
        """
        while (end := self._held.find(b"\n")) < 0 and len(self._held) < limit:
            self._hurry()
            came = self._sock.recv(CHUNK)
            if not came:
                break
            self._held += came
        size = min(limit, end + 1 if end >= 0 else len(self._held))
        line, self._held = self._held[:size], self._held[size:]
        return line

    def close(self) -> None:
        """Nothing is held but the socket, which smtplib closes."""


class _Timed:
    """Bounds each read and each piece that is written by what is left until the deadline.

    Attributes:
        deadline: by `time.monotonic`; None for the time-out of each answer alone.
    """

    deadline: float | None = None
    file: Any
    sock: Any
    timeout: Any

    def getreply(self) -> tuple[int, bytes]:
        """The server's next answer; see `smtplib.SMTP.getreply`."""
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock, self._hurry)
        answer: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        return answer

    def send(self, s: Any) -> None:
        """Write; see `smtplib.SMTP.send`."""
        for start in range(0, len(s), CHUNK):
            if self.sock is not None:
                self._hurry()
            super().send(s[start : start + CHUNK])  # type: ignore[misc]

    def _hurry(self) -> None:
        left = float(self.timeout) if self.deadline is None else min(self.timeout, self.deadline - time.monotonic())
        if left <= 0:
            raise TimeoutError("the time for it was over")
        self.sock.settimeout(left)


class TimedSmtp(_Timed, smtplib.SMTP):
    """`smtplib.SMTP` that keeps to a deadline."""


class TimedSmtpSsl(_Timed, smtplib.SMTP_SSL):
    """`smtplib.SMTP_SSL` that keeps to a deadline."""
