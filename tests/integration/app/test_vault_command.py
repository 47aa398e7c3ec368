"""`gtm vault` as a person uses it: a credential goes in, only its reference comes out."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

SECRET = "tok-3f9a-not-to-be-seen"
REF = "vault://fleet/linkedin/api-token"


def gtm(home: Path, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "GTM_HOME": str(home), "GTM_OUT": str(home / "out")}
    return subprocess.run(
        [sys.executable, "-m", "app", *args], input=stdin, capture_output=True, text=True, env=env, check=False
    )


def test_a_credential_is_stored_encrypted_and_only_its_reference_is_listed(tmp_path: Path) -> None:
    stored = gtm(tmp_path, "vault", "put", REF, stdin=f"{SECRET}\n")
    assert (stored.returncode, stored.stderr) == (0, "")
    listed = gtm(tmp_path, "vault", "list", "fleet")
    assert listed.stdout.strip() == REF and SECRET not in listed.stdout + stored.stdout
    with sqlite3.connect(tmp_path / "gtm.db") as store:
        (ciphertext,) = store.execute("SELECT ciphertext FROM vault_secrets").fetchone()
    assert SECRET not in ciphertext
    assert all(SECRET.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert (tmp_path / "vault.key").stat().st_mode & 0o077 == 0


def test_a_wrong_reference_or_an_empty_credential_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    wrong = gtm(tmp_path, "vault", "put", "linkedin-token", stdin=SECRET)
    assert wrong.returncode == 2 and "vault://venture/channel/name" in wrong.stderr and SECRET not in wrong.stderr
    empty = gtm(tmp_path, "vault", "put", REF, stdin="")
    assert empty.returncode == 2 and "empty" in empty.stderr
    assert "No credential" in gtm(tmp_path, "vault", "list", "fleet").stdout
