"""Speaks the protocol of spamd (SPAMC/1.5): one message a connection, the answer's headers and body."""

import re
import socket
from decimal import Decimal

from gtm.connectors.lookups import dial
from gtm.connectors.spamassassin.schemas import SpamAssassinSettings
from gtm.domain.errors import PermanentFailure, TransientFailure, shorten
from gtm.domain.proofing import SpamReport

_STATUS = re.compile(r"^SPAMD/[\d.]+ (\d+) (\S+)")
_SPAM = re.compile(r"^Spam:\s*\S+\s*;\s*(-?\d+(?:\.\d+)?)\s*/\s*(-?\d+(?:\.\d+)?)", re.I | re.M)
_RULE = re.compile(r"[A-Z][A-Z0-9_]+")
LIMIT_BYTES = 1_000_000
"""Of an answer; it holds rule names only."""


class SpamAssassinClient:
    """Asks a daemon.

    Args:
        settings: where it is.
    """

    def __init__(self, settings: SpamAssassinSettings) -> None:
        self._settings = settings

    def ping(self) -> None:
        """Ask whether it lives.

        Raises:
            ConnectorError: it does not answer, or not as a spamd does.
        """
        _checked(self._exchange(b"PING SPAMC/1.5\r\n\r\n"))

    def symbols(self, message: bytes) -> SpamReport:
        """Score, threshold and rule names of a whole message.

        Raises:
            TransientFailure: the daemon cannot be reached, does not answer in time or is busy.
            PermanentFailure: what answered is no spamd, or it refused.
        """
        head = f"SYMBOLS SPAMC/1.5\r\nContent-length: {len(message)}\r\n\r\n".encode()
        headers, body = _checked(self._exchange(head + message))
        match = _SPAM.search(headers)
        if match is None:
            raise PermanentFailure("the spam filter gave no score", value=shorten(headers))
        return SpamReport(
            score=Decimal(match.group(1)), threshold=Decimal(match.group(2)), rules=tuple(_RULE.findall(body))
        )

    def _exchange(self, request: bytes) -> str:
        where = f"{self._settings.host}:{self._settings.port}"
        try:
            with dial(self._settings.host, self._settings.port, self._settings.seconds) as connection:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                return _read(connection).decode("utf-8", "replace")
        except OSError as error:
            raise TransientFailure(
                f"the spam filter at {where} gave no answer: {error}",
                field="GTM_SPAMD",
                value=where,
                hint="start spamd there, or leave GTM_SPAMD away",
            ) from error


def _read(connection: socket.socket) -> bytes:
    parts, length = [], 0
    while length < LIMIT_BYTES and (part := connection.recv(65536)):
        parts.append(part)
        length += len(part)
    return b"".join(parts)


def _checked(answer: str) -> tuple[str, str]:
    """Headers and body of an answer that says yes."""
    match = _STATUS.match(answer)
    if match is None:
        raise PermanentFailure("what answered is no spamd", field="GTM_SPAMD", value=shorten(answer))
    if match.group(1) != "0":
        kind = (
            TransientFailure if match.group(2) in ("EX_TEMPFAIL", "EX_UNAVAILABLE", "EX_TIMEOUT") else PermanentFailure
        )
        raise kind(f"the spam filter refused the message: {match.group(2)}")
    headers, _, body = answer.partition("\r\n\r\n")
    return headers, body
