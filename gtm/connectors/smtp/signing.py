"""DKIM (RFC 6376): a signature over the headers that people and platforms go by, and over the whole body."""

import base64
import hashlib
import re
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gtm.connectors.smtp.schemas import DkimSettings
from gtm.domain.errors import InvalidInput

SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    # One-click unsubscribe counts only where these two are signed (RFC 8058, 4).
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
_SMALLEST_KEY = 1024
"""Bits; platforms take no signature by a shorter key (RFC 8301, 3.2)."""
_PADDING, _HASH = PKCS1v15(), SHA256()
_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_BLANKS = re.compile(rb"[ \t]+")
_RUNS = re.compile(rb"  +")
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
        fields = dict(map(_relaxed, _FIELD_END.split(head)))
        names = tuple(name for name in SIGNED if name in fields)
        written, hashed = _opening(self._settings.domain, self._settings.selector, names)
        digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest())
        covered = b"".join([fields[name] for name in names])
        signature = self._key.sign(b"".join((covered, hashed, digest, b"; b=")), _PADDING, _HASH)
        return b"".join((written, digest, b";\r\n\tb=", _folded(signature), b"\r\n", message))


@lru_cache(maxsize=64)
def _opening(domain: str, selector: str, names: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """The signature's own header up to the hash of the body, as it is written and in the form that is hashed; the same
    of all messages with the same headers."""
    # From stands there twice: a second one that is added on the way then breaks the signature (RFC 6376, 8.15).
    signed = b":".join((*names, b"from")).decode()
    written = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain};\r\n\ts={selector}; h={signed};\r\n\tbh="
    ).encode()
    return written, _relaxed(written)[1].removesuffix(b"\r\n")


def _folded(signature: bytes) -> bytes:
    text = base64.b64encode(signature)
    return b"\r\n\t".join([text[at : at + _LINE] for at in range(0, len(text), _LINE)])


def relaxed_body(body: bytes) -> bytes:
    """A body in the form that is hashed (RFC 6376, 3.4.4): white space in lines reduced, no empty lines at the end."""
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    body = _RUNS.sub(b" ", body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""


@lru_cache(maxsize=256)
def _relaxed(field: bytes) -> tuple[bytes, bytes]:
    """A field's name in lower case, and the whole of it in the form that is hashed (RFC 6376, 3.4.2); half of a mail's
    fields are those of the mail before it."""
    name, _, value = field.partition(b":")
    name = name.strip().lower()
    return name, b"%b:%b\r\n" % (name, _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" "))


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
