"""The vault and its key, out of a variable or a file that only its owner may read."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.home import PRIVATE_FILE, private_folder
from app.settings import Settings
from gtm.domain.errors import ConfigError

if TYPE_CHECKING:
    from gtm.store.vault import Vault


def vault_key_file(settings: Settings) -> Path:
    """Where the vault's key is kept when no variable holds it."""
    return settings.home / "vault.key"


def open_vault(settings: Settings) -> "Vault":
    """The vault, with the key of GTM_VAULT_KEY or of the key file, which is made when it is missing.

    Raises:
        ConfigError: the key file is open to others, or cannot be read or made.
        StoreError: the key is not of a key's form.
    """
    from gtm.store.vault import Vault

    if settings.vault_key is not None:
        return Vault(settings.vault_key.get_secret_value().encode())
    return Vault(vault_key(settings))


def vault_key(settings: Settings) -> bytes:
    """The key of the key file, which is made when it is missing.

    Raises:
        ConfigError: the file is open to others, or cannot be read or made.
    """
    from gtm.store.vault import new_key

    path = vault_key_file(settings)
    try:
        private_folder(path.parent)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        except FileExistsError:
            return _kept_key(path)
        with os.fdopen(descriptor, "wb") as file:
            key = new_key()
            file.write(key)
            return key
    except OSError as error:
        raise ConfigError(
            f"the vault's key file {path} cannot be used: {error.strerror}", field="GTM_VAULT_KEY", value=str(path)
        ) from error


def _kept_key(path: Path) -> bytes:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise ConfigError(
            f"the vault's key file {path} can be read by others",
            field="GTM_VAULT_KEY",
            value=oct(path.stat().st_mode & 0o777),
            allowed="0o600",
            hint=f"chmod 600 {path}",
        )
    return path.read_bytes().strip()
