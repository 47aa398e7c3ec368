"""DKIM (RFC 6376): a signature over the headers that people and platforms go by, and over the whole body."""

import base64
import hashlib
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gtm.connectors.smtp.schemas import DkimSettings
from gtm.domain.errors import InvalidInput

SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    # One-click unsubscribe counts only where these two are signed (RFC 8058, 4).
    "list-unsubscribe",
    "list-unsubscribe-post",
)
_SMALLEST_KEY = 1024
"""Bits; platforms take no signature by a shorter key (RFC 8301, 3.2)."""
_BLANKS = re.compile(rb"[ \t]+")
_RUNS = (b" " * 8, b" " * 3)
"""Long runs of blanks, as HTML is indented with, taken in fewer passes over the body."""
_LINE = 72


class Signer:
    """Signs messages with rsa-sha256, relaxed in header and body; the key is read once.

    Args:
        settings: domain, selector and key.

    Raises:
        InvalidInput: the key cannot be used; says nothing of what it is.
    """

    def __init__(self, settings: DkimSettings) -> None:
        self._settings = settings
        self._key = _key(settings)

    def signed(self, message: bytes) -> bytes:
        """The message with a DKIM-Signature header in front.

        Args:
            message: with CRLF line ends, as it goes over the wire.
        """
        head, _, body = message.partition(b"\r\n\r\n")
        fields = dict(_fields(head))
        names = [name for name in SIGNED if name.encode() in fields]
        # From stands there twice: a second one that is added on the way then breaks the signature (RFC 6376, 8.15).
        opening = (
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={self._settings.domain};\r\n"
            f"\ts={self._settings.selector}; h={':'.join([*names, 'from'])};\r\n"
            f"\tbh={_base64(hashlib.sha256(relaxed_body(body)).digest())};\r\n\tb="
        ).encode()
        covered = b"".join(fields[name.encode()] + b"\r\n" for name in names)
        ((_, own),) = _fields(opening)
        signature = _base64(self._key.sign(covered + own, PKCS1v15(), SHA256()))
        folded = "\r\n\t".join(signature[at : at + _LINE] for at in range(0, len(signature), _LINE))
        return opening + folded.encode() + b"\r\n" + message


def relaxed_body(body: bytes) -> bytes:
    """A body in the form that is hashed (RFC 6376, 3.4.4): white space in lines reduced, no empty lines at the end."""
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    for blanks in _RUNS:
        if blanks in body:
            body = body.replace(blanks, b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", b"\r\n").removesuffix(b" ")
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Names in lower case, each with its whole field in the form that is hashed (RFC 6376, 3.4.2)."""
    found = []
    for field in re.split(rb"\r\n(?![ \t])", head):
        name, _, value = field.partition(b":")
        name = name.strip().lower()
        found.append((name, name + b":" + _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")))
    return found


def _key(settings: DkimSettings) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(settings.private_key.get_secret_value().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _SMALLEST_KEY:
        raise InvalidInput(
            "the DKIM key cannot be used",
            field="dkim.private_key",
            allowed=f"an RSA private key of at least {_SMALLEST_KEY} bits in PEM form, without a password",
            hint=f"store the key of {settings.selector}._domainkey.{settings.domain} in the vault anew",
        )
    return key


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
