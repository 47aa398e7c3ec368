"""Signed webhooks: what such a request must be before its person is taken. Pure: nothing is read or kept here.

The sender signs the request's timestamp, a dot, and its body, with HMAC-SHA256 under a secret that the vault holds as
`vault://VENTURE/webhook/TRIGGER`; it sends both in headers. A timestamp that is more than five minutes off is
refused, and so is a signature that has come before: together no recorded request can be sent again.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from gtm.domain.base import Model
from gtm.domain.errors import SignatureRefused

TIMESTAMP_HEADER = "X-GTM-Timestamp"
SIGNATURE_HEADER = "X-GTM-Signature"
MAX_BODY = 64 * 1024
"""Bytes a webhook's body may have."""
WINDOW = timedelta(minutes=5)
"""How far a request's timestamp may be off."""

_DIGITS = re.compile(r"^[0-9]{1,12}$")
_SIGNATURE = re.compile(r"^sha256=([0-9a-f]{64})$")


class Signed(Model):
    """A request as it came to a trigger's address; nothing about it is checked yet.

    Attributes:
        trigger_id: the trigger that the address names.
        timestamp: the header.
        signature: the header.
        body: at most `MAX_BODY` bytes.
    """

    trigger_id: str
    timestamp: str
    signature: str
    body: bytes


def secret_ref(venture_id: str, trigger_id: str) -> str:
    """Where the vault keeps a trigger's secret."""
    return f"vault://{venture_id}/webhook/{trigger_id}"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature header of a request, as its sender computes it."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def verify(secret: str, timestamp: str, signature: str, body: bytes, now: datetime) -> str:
    """Check a request's timestamp and signature; the signature's digits, which no second request may bring.

    Args:
        secret: the trigger's.
        timestamp: the header: whole seconds since 1970.
        signature: the header: `sha256=` and 64 hex digits.
        body: as it came.
        now: the aware moment.

    Raises:
        SignatureRefused: a header is missing or malformed, the signature is another, or the timestamp too far off.
    """
    if not _DIGITS.match(timestamp):
        raise SignatureRefused(
            "the request has no usable timestamp", field=TIMESTAMP_HEADER, allowed="whole seconds since 1970"
        )
    match = _SIGNATURE.match(signature)
    # The comparison takes the same time for every wrong signature, also for one of another form.
    same = hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode(errors="replace"))
    if match is None or not same:
        raise SignatureRefused(
            "the signature does not fit timestamp and body", field=SIGNATURE_HEADER, allowed="sha256=64 hex digits"
        )
    off = abs(int(timestamp) - now.timestamp())
    if off > WINDOW.total_seconds():
        raise SignatureRefused(
            f"the timestamp is {off:.0f} s off", field=TIMESTAMP_HEADER, allowed=f"at most {WINDOW.seconds} s"
        )
    return match.group(1)
