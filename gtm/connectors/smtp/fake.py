"""A mail server on the loopback interface that keeps what it gets: for tests, demonstrations and the SOP's step 3.3."""

import asyncio
import email
import email.policy
import re
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from gtm.domain.clock import Clock, SystemClock

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class ReceivedEmail:
    """A message as it came over the wire, and when by the sink's clock."""

    received_at: datetime
    sender: str
    recipient: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        if not isinstance(parsed, EmailMessage):
            raise TypeError("the default policy parses into EmailMessage")
        return parsed

    @cached_property
    def message_id(self) -> str:
        """The Message-ID, with angle brackets; the headers alone are read for it."""
        return str(BytesHeaderParser().parsebytes(self.raw)["Message-ID"]).strip()


class SmtpSink:
    """A real SMTP server on 127.0.0.1 with a port of the system's choice. Use as a context manager.

    Args:
        clock: tells `received_at`; a virtual one in tests of waits.
        pace: seconds that it takes over a mail, as a server far away does.
    """

    def __init__(self, clock: Clock | None = None, *, pace: float = 0.0) -> None:
        self.clock = clock or SystemClock()
        self.pace = pace
        self._lock = Lock()
        self._received: list[ReceivedEmail] = []
        self._ids: set[str] = set()
        self._looked_up = 0
        self._attempts: Counter[str] = Counter()
        self._scripts: dict[str, list[tuple[int, int | None]]] = {}
        self._controller: Controller | None = None
        self.host, self.port = "127.0.0.1", 0

    def __enter__(self) -> "SmtpSink":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen."""
        self.port = _free_port()
        self._controller = Controller(_Handler(self), hostname=self.host, port=self.port, ready_timeout=10)
        self._controller.start()

    def stop(self) -> None:
        """Listen no more; what was received stays readable."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def answer(self, recipient: str, code: int, times: int | None = None) -> None:
        """Answer RCPT for a recipient with a refusal.

        Args:
            recipient: the address, in any case.
            code: 4xx for a failure that passes (451), 5xx for one that does not (550).
            times: how often, then mail is taken again; None for always.
        """
        with self._lock:
            self._scripts.setdefault(recipient.lower(), []).append((code, times))

    def attempts(self, recipient: str) -> int:
        """How often somebody tried to send to a recipient, refused or not."""
        with self._lock:
            return self._attempts[recipient.lower()]

    @property
    def received(self) -> Sequence[ReceivedEmail]:
        """Everything taken, in order."""
        with self._lock:
            return tuple(self._received)

    def received_by(self, recipient: str) -> Sequence[ReceivedEmail]:
        """Everything taken for one recipient, in order."""
        return tuple(one for one in self.received if one.recipient.lower() == recipient.lower())

    def was_accepted(self, message_id: str) -> bool | None:
        """Whether a message with this Message-ID was taken; see `gtm.connectors.base.DeliveryLookup`."""
        with self._lock:
            for one in self._received[self._looked_up :]:
                match = _MESSAGE_ID.search(one.raw)
                if match:
                    self._ids.add(match.group(1).decode("ascii", "replace"))
            self._looked_up = len(self._received)
            return message_id in self._ids

    def file_names(self) -> Sequence[str]:
        """The names under which `export` writes what was received, in the same order."""
        return tuple(_file_name(number, one.recipient) for number, one in enumerate(self.received, start=1))

    def export(self, folder: Path) -> list[Path]:
        """Write every message as an .eml file, numbered in order of arrival; the files' paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, one in zip(self.file_names(), self.received, strict=True):
            path = folder / name
            path.write_bytes(one.raw)
            paths.append(path)
        return paths

    def _refusal(self, recipient: str) -> int | None:
        with self._lock:
            self._attempts[recipient.lower()] += 1
            scripts = self._scripts.get(recipient.lower(), [])
            if not scripts:
                return None
            code, times = scripts[0]
            if times is not None:
                scripts[0] = (code, times - 1)
                if times <= 1:
                    scripts.pop(0)
            return code

    def _take(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        now = self.clock.now()
        with self._lock:
            self._received.extend(ReceivedEmail(now, sender, one, content) for one in recipients)


class _Handler:
    """What aiosmtpd calls."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names its hooks so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        code = self._sink._refusal(address)
        if code is not None:
            enhanced = "4.3.0" if code < 500 else "5.1.1"
            return f"{code} {enhanced} {'try again later' if code < 500 else 'no such mailbox'}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content: Any = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        if self._sink.pace:
            await asyncio.sleep(self._sink.pace)
        self._sink._take(envelope.mail_from or "", envelope.rcpt_tos, raw)
        return "250 taken"


def _file_name(number: int, recipient: str) -> str:
    local = "".join(c if c.isalnum() else "-" for c in recipient.split("@")[0])
    return f"{number:03d}-{local}.eml"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
