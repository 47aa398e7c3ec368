"""Credentials, encrypted at rest; the rest of the application knows only their `vault://` references."""

import re
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from sqlmodel import Session

from gtm.domain.errors import InvalidInput, NotFound, StoreError
from gtm.store.repositories import vault as rows

_REFERENCE = re.compile(r"^vault://[A-Za-z0-9][A-Za-z0-9._-]*/[a-z0-9_-]+/[a-z0-9_-]+$")


class Vault:
    """Encrypts and decrypts the values behind references.

    Args:
        key: a Fernet key (32 bytes, URL-safe base64).

    Raises:
        StoreError: the key is not of that form.
    """

    def __init__(self, key: bytes) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise StoreError(
                "the vault's key is not a Fernet key", field="GTM_VAULT_KEY", hint="gtm doctor tells how to make one"
            ) from error

    def put(self, session: Session, ref: str, value: str, now: datetime) -> None:
        """Store a value under a reference, replacing an earlier one.

        Raises:
            InvalidInput: the reference has another form, or the value is empty.
        """
        if not _REFERENCE.match(ref):
            raise InvalidInput(
                "this is no vault reference", field="ref", value=ref, allowed="vault://venture/channel/name"
            )
        if not value:
            raise InvalidInput("an empty secret is not stored", field="value")
        token = self._fernet.encrypt(value.encode()).decode()
        rows.put_ciphertext(session, ref, token, now)

    def get(self, session: Session, ref: str) -> str:
        """The value behind a reference.

        Raises:
            NotFound: nothing is stored there.
            StoreError: it was encrypted with another key.
        """
        ciphertext = rows.get_ciphertext(session, ref)
        if ciphertext is None:
            raise NotFound("nothing is stored under this reference", field="ref", value=ref)
        try:
            return self._fernet.decrypt(ciphertext.encode()).decode()
        except InvalidToken as error:
            raise StoreError("this secret was encrypted with another key", field="GTM_VAULT_KEY", value=ref) from error


def references(session: Session, venture_id: str) -> frozenset[str]:
    """The references of a venture under which something is stored."""
    return frozenset(ref for ref in rows.references(session) if ref.startswith(f"vault://{venture_id}/"))


def new_key() -> bytes:
    """A fresh key."""
    return Fernet.generate_key()
