"""smtplib's connection with a moment by which everything on it must have ended, however slowly a server drips."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gtm.connectors.lookups import Lookups, dial

CHUNK = 16_384
_LONGEST = 4096
_SINGLE = re.compile(rb"[2-5][0-9][0-9] [^\n]*\n\Z")
"""An answer of one line, as most are."""
OWN_NAME_SECONDS = 2.0
"""How long the name of this machine is looked for; a server takes its address as well (RFC 5321, 4.1.3)."""
_OWN_NAME = Lookups(lambda *_: (socket.getfqdn(),), left_alone=2)


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

    def put_back(self, line: bytes) -> None:
        """Have a line read once more."""
        self._held = line + self._held

    def close(self) -> None:
        """Nothing is held but the socket, which smtplib closes."""


class _Timed:
    """Bounds each read and each piece that is written by what is left until the deadline, from the first packet on.

    Args:
        where: smtplib's own arguments.
        deadline: by `time.monotonic`; None for the time-out of each answer alone.
        options: smtplib's own arguments.
    """

    deadline: float | None
    file: Any
    sock: Any
    timeout: Any
    has_extn: Callable[[str], bool]

    def __init__(self, *where: Any, deadline: float | None = None, **options: Any) -> None:
        # smtplib connects and reads the greeting in its constructor.
        self.deadline = deadline
        super().__init__(*where, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """A connection; smtplib's own looks the name up without end. See `gtm.connectors.lookups.dial`."""
        connection = dial(host, port, self.left())
        # A TLS handshake that follows takes no longer than that in all.
        connection.settimeout(self.left())
        return connection

    def getreply(self) -> tuple[int, bytes]:
        """The server's next answer; see `smtplib.SMTP.getreply`, which takes longer over the usual single line."""
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock, self._hurry)
        if self.file is not None:
            line = self.file.readline(_LONGEST)
            if _SINGLE.match(line):
                return int(line[:3]), line[4:-1].strip(b" \t\r\n")
            self.file.put_back(line)
        answer: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        return answer

    def send(self, s: Any) -> None:
        """Write; see `smtplib.SMTP.send`."""
        for start in range(0, len(s), CHUNK):
            if self.sock is not None:
                self._hurry()
            super().send(s[start : start + CHUNK])  # type: ignore[misc]

    def ask(self, commands: Sequence[str]) -> Iterator[tuple[int, bytes]]:
        """Say commands and tell the server's answer to each as it comes: to all of them at once where the server takes
        that (RFC 2920), else one after the other, each once the answer before it is taken.

        Args:
            commands: one line each, without its end.
        """
        at_once = self.pipelines
        if at_once:
            self.send("".join(f"{command}\r\n" for command in commands).encode("ascii"))
        for command in commands:
            if not at_once:
                self.send(f"{command}\r\n".encode("ascii"))
            yield self.getreply()

    @property
    def pipelines(self) -> bool:
        """Whether the server takes commands before it has answered those before them."""
        return bool(self.has_extn("pipelining"))

    def hand_over(self, message: bytes) -> tuple[int, bytes]:
        """A message to a server that waits for it after DATA, and the answer to it. As `smtplib.SMTP.data`, which looks
        at each character for dots.

        Args:
            message: with CRLF line ends.
        """
        self.send(stuffed(message))
        return self.getreply()

    def left(self) -> float:
        """Seconds until the deadline, at most those for one answer.

        Raises:
            TimeoutError: it is over.
        """
        left = float(self.timeout) if self.deadline is None else min(self.timeout, self.deadline - time.monotonic())
        if left <= 0:
            raise TimeoutError("the time for it was over")
        return left

    def _hurry(self) -> None:
        self.sock.settimeout(self.left())


def stuffed(message: bytes) -> bytes:
    """A message as it follows DATA: a dot that begins a line is doubled, one alone ends it (RFC 5321, 4.5.2)."""
    # To look first takes a fifth of the time of a replacement that finds nothing.
    doubled = message.replace(b"\r\n.", b"\r\n..") if b"\r\n." in message else message
    first, last = (b"." if doubled.startswith(b".") else b""), (b"" if doubled.endswith(b"\r\n") else b"\r\n")
    return b"".join((first, doubled, last, b".\r\n"))


def own_name(sock: socket.socket, seconds: float) -> str:
    """What this side calls itself: the machine's full name, or where it has none, or none in time, its address.

    As smtplib finds it, whose look-up has no end.

    Args:
        sock: the connection, whose own address it is.
        seconds: how long this may take; the name is looked for no longer than `OWN_NAME_SECONDS`.
    """
    try:
        (name,) = _OWN_NAME.addresses("", 0, min(seconds, OWN_NAME_SECONDS))
    except OSError:
        name = ""
    if "." in name and name.isascii():
        return name
    address = str(sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


class TimedSmtp(_Timed, smtplib.SMTP):
    """`smtplib.SMTP` that keeps to a deadline."""


class TimedSmtpSsl(_Timed, smtplib.SMTP_SSL):
    """`smtplib.SMTP_SSL` that keeps to a deadline."""

    context: ssl.SSLContext
    _host: str

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(super()._get_socket(host, port, timeout), server_hostname=self._host)
