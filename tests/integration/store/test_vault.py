"""Credentials at rest: what the store holds is of no use without the key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import InvalidInput, NotFound, StoreError
from gtm.store.database import Database
from gtm.store.models.stages import VaultSecret
from gtm.store.vault import Vault, new_key, references

REF = "vault://acme/linkedin/api-token"
SECRET = "tok-3f9a-0123456789-näïve"


@pytest.fixture
def vault() -> Vault:
    return Vault(new_key())


@pytest.fixture
def filled(database: Database, clock: VirtualClock, vault: Vault) -> Iterator[Database]:
    """A store with one credential."""
    with database.write() as session:
        vault.put(session, REF, SECRET, clock.now())
    yield database


def test_what_goes_in_comes_out(filled: Database, vault: Vault) -> None:
    with filled.read() as session:
        assert vault.get(session, REF) == SECRET


def test_the_store_holds_no_part_of_the_value(filled: Database) -> None:
    with filled.read() as session:
        row = session.get(VaultSecret, REF)
        assert row is not None
        ciphertext = row.ciphertext
    assert SECRET not in ciphertext and "3f9a" not in ciphertext
    assert len(ciphertext) > len(SECRET)


def test_nor_does_the_file(sqlite_database: Database, clock: VirtualClock, vault: Vault, tmp_path: Path) -> None:
    with sqlite_database.write() as session:
        vault.put(session, REF, SECRET, clock.now())
    for path in tmp_path.rglob("store.db*"):
        assert SECRET.encode() not in path.read_bytes()


def test_the_same_value_is_never_encrypted_alike(filled: Database, clock: VirtualClock, vault: Vault) -> None:
    with filled.write() as session:
        vault.put(session, "vault://acme/linkedin/second", SECRET, clock.now())
    with filled.read() as session:
        assert len({row.ciphertext for row in session.query(VaultSecret).all()}) == 2


def test_another_key_opens_nothing_and_says_why(filled: Database) -> None:
    with filled.read() as session, pytest.raises(StoreError, match="encrypted with another key") as error:
        Vault(new_key()).get(session, REF)
    assert SECRET not in str(error.value.as_problem())


def test_a_changed_ciphertext_opens_nothing(filled: Database, vault: Vault) -> None:
    with filled.write() as session:
        row = session.get(VaultSecret, REF)
        assert row is not None
        row.ciphertext = row.ciphertext[:-8] + "AAAAAAA="
        session.add(row)
    with filled.read() as session, pytest.raises(StoreError):
        vault.get(session, REF)


def test_a_later_value_replaces_the_earlier(filled: Database, clock: VirtualClock, vault: Vault) -> None:
    with filled.write() as session:
        vault.put(session, REF, "tok-new", clock.now())
    with filled.read() as session:
        assert vault.get(session, REF) == "tok-new"
        assert references(session, "acme") == {REF}


def test_references_are_a_ventures_own(filled: Database, clock: VirtualClock, vault: Vault) -> None:
    with filled.write() as session:
        vault.put(session, "vault://acme-two/email/password", "x", clock.now())
    with filled.read() as session:
        assert references(session, "acme") == {REF}
        assert references(session, "acme-two") == {"vault://acme-two/email/password"}
        assert references(session, "nobody") == frozenset()


def test_nothing_is_stored_under_an_unknown_reference(database: Database, vault: Vault) -> None:
    with database.read() as session, pytest.raises(NotFound):
        vault.get(session, REF)


@pytest.mark.parametrize(
    "ref", ["", "linkedin", "vault://acme/linkedin", "vault://acme/../x", "vault://_a/b/c", f"{REF}/more", f"x{REF}"]
)
def test_what_is_no_reference_is_refused(
    sqlite_database: Database, clock: VirtualClock, vault: Vault, ref: str
) -> None:
    with sqlite_database.write() as session, pytest.raises(InvalidInput) as error:
        vault.put(session, ref, SECRET, clock.now())
    assert error.value.allowed == "vault://venture/channel/name" and SECRET not in str(error.value.as_problem())


def test_an_empty_secret_is_not_stored(sqlite_database: Database, clock: VirtualClock, vault: Vault) -> None:
    with sqlite_database.write() as session, pytest.raises(InvalidInput, match="an empty secret"):
        vault.put(session, REF, "", clock.now())


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 44, "ä".encode() * 22, (b"AAEC" * 11)[:40]])
def test_a_key_of_another_form_is_refused_without_showing_it(key: bytes) -> None:
    with pytest.raises(StoreError, match="not a Fernet key") as error:
        Vault(key)
    assert error.value.value is None and error.value.field == "GTM_VAULT_KEY"
