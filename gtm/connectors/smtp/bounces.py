"""What a refusal means, by its enhanced status code (RFC 3463), and what reports of bounces and complaints say.

Pure. A policy refusal (5.7.x) says something about the sender, never that the mailbox is dead: who suppresses the
address for it loses a customer over a missing DKIM record.
"""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from typing import Literal

from gtm.domain.errors import InvalidInput, shorten

BounceKind = Literal["transient", "mailbox", "policy", "permanent"]

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"^(?:[\w-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+?)>?\s*$")
_SENDERS_FAULT = frozenset({7, 8, 9})
"""X.1.7 to X.1.9 are about the sender's own address, not the recipient's."""
_DISABLED = (2, 1)
"""X.2.1: the mailbox is there and takes no mail any more."""
MAX_REPORT = 1_000_000
"""Bytes of a report that are read; a longer one is refused."""


@dataclass(frozen=True)
class Refusal:
    """A classified answer.

    Attributes:
        kind: `transient` may pass; `mailbox` is dead; `policy` says no to the sender; `permanent` is anything else.
        code: the enhanced status code, empty where the server gave none.
    """

    kind: BounceKind
    code: str = ""


@dataclass(frozen=True)
class BounceReport:
    """A delivery status notification (RFC 3464) about one recipient of one message."""

    recipient: str
    refusal: Refusal
    message_id: str
    diagnostic: str


@dataclass(frozen=True)
class ComplaintReport:
    """A feedback report (RFC 5965): the recipient called the message spam; an empty recipient was redacted."""

    recipient: str
    kind: str
    message_id: str


def classify(code: int, answer: str) -> Refusal:
    """What a server's refusal means.

    Args:
        code: the SMTP reply code, 400-599.
        answer: its text, which usually begins with an enhanced status code. Where that contradicts the reply code, the
            reply code decides whether it may pass (RFC 5321, 4.2.1).
    """
    match = _ENHANCED.search(answer)
    enhanced = match.group(0) if match else ""
    if 400 <= code < 500:
        return Refusal("transient", enhanced)
    if match is None or match.group(1) != "5":
        return Refusal("permanent", enhanced)
    return Refusal(_lasting(int(match.group(2)), int(match.group(3))), enhanced)


def _lasting(subject: int, detail: int) -> BounceKind:
    if subject == 7:
        return "policy"
    if (subject == 1 and detail not in _SENDERS_FAULT) or (subject, detail) == _DISABLED:
        return "mailbox"
    return "permanent"


def read_report(raw: bytes) -> tuple[BounceReport | ComplaintReport, ...]:
    """What a report that came back by mail says; empty for a message that is no report (an out-of-office, for one).

    Args:
        raw: the whole message.

    Raises:
        InvalidInput: it is longer than a report may be.
    """
    if len(raw) > MAX_REPORT:
        raise InvalidInput("this message is too long for a report", field="message", value=f"{len(raw)} bytes")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or message.get_content_type() != "multipart/report":
        return ()
    original = _original_id(message)
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            return tuple(_bounces(part, original))
        if part.get_content_type() == "message/feedback-report":
            return (_complaint(part, original),)
    return ()


def _bounces(part: Message, original: str) -> list[BounceReport]:
    found = []
    for block in _blocks(part):
        action = block.get("action", "").lower()
        recipient = _address(block.get("final-recipient", "") or block.get("original-recipient", ""))
        if not recipient or action not in ("failed", "delayed"):
            continue
        status, diagnostic = block.get("status", ""), block.get("diagnostic-code", "")
        refusal = classify(450 if action == "delayed" or status.startswith("4") else 550, status)
        found.append(BounceReport(recipient, refusal, original, shorten(diagnostic, 300)))
    return found


def _complaint(part: Message, original: str) -> ComplaintReport:
    fields: dict[str, str] = {}
    for block in _blocks(part):
        fields |= block
    recipient = _address(fields.get("original-rcpt-to", ""))
    return ComplaintReport(recipient, fields.get("feedback-type", "abuse").lower(), original)


def _blocks(part: Message) -> list[dict[str, str]]:
    """The groups of fields in a report's machine-readable part; read as text, as its MIME comes broken in many ways."""
    payload = part.get_payload()
    texts = [_written(block) for block in payload] if isinstance(payload, list) else [str(payload)]
    groups = re.split(r"\r?\n\s*\r?\n", "\n\n".join(texts))
    return [fields for group in groups if (fields := _fields(group))]


def _written(block: object) -> str:
    """A group as it came: fields that no standard allows cannot be written anew, as `str` would."""
    if not isinstance(block, Message):
        return str(block)
    fields = "\n".join(f"{name}: {value}" for name, value in block.raw_items())
    text = f"{fields}\n\n{block.get_payload()}" if isinstance(block.get_payload(), str) else fields
    return text.encode(errors="surrogateescape").decode(errors="replace")


def _fields(group: str) -> dict[str, str]:
    lines = re.sub(r"\r?\n[ \t]+", " ", group).splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _address(text: str) -> str:
    match = _ADDRESS.match(text.strip())
    return match.group(1).lower() if match else ""


def _original_id(message: EmailMessage) -> str:
    """The Message-ID of the message that the report is about, from the copy that comes with it."""
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            match = re.search(r"^Message-ID:\s*(<[^<>\s]+>)", _text(part), re.IGNORECASE | re.MULTILINE)
            if match:
                return match.group(1)
    return ""


def _text(part: Message) -> str:
    payload = part.get_payload()
    return "\n".join(_written(one) for one in payload) if isinstance(payload, list) else str(payload)
