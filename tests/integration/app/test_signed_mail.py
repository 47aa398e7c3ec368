"""A worker's mail is signed with a key that lies in the vault alone."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.bootstrap import dkim, open_store, open_vault
from app.settings import Settings
from gtm.domain.clock import SystemClock
from gtm.domain.errors import ConfigError, NotFound

REF = "vault://acme/email/dkim"
ENV = {"GTM_MAIL_FROM": "team@acme.test", "GTM_DKIM_SELECTOR": "s1", "GTM_DKIM_KEY": REF}


def test_the_key_comes_out_of_the_vault_and_is_shown_nowhere(tmp_path: Path) -> None:
    settings = Settings.from_env(ENV | {"GTM_HOME": str(tmp_path), "GTM_OUT": str(tmp_path / "out")})
    database = open_store(settings)
    with pytest.raises(NotFound):
        dkim(settings, database)
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    with database.write() as session:
        open_vault(settings).put(session, REF, pem, SystemClock().now())
    found = dkim(settings, database)
    assert found is not None and (found.domain, found.selector) == ("acme.test", "s1")
    assert found.private_key.get_secret_value() == pem
    assert "PRIVATE KEY" not in f"{found!r} {found.model_dump_json()}"
    database.close()


@pytest.mark.parametrize("missing", ["GTM_DKIM_SELECTOR", "GTM_DKIM_KEY"])
def test_half_a_setting_is_refused(missing: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({name: value for name, value in ENV.items() if name != missing})
    assert caught.value.field == missing


def test_without_a_key_mail_is_not_signed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    database = open_store(settings)
    assert dkim(settings, database) is None
    database.close()
