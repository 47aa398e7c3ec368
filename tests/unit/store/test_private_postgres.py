"""The private PostgreSQL server of the tests says plainly when there is none to be had."""

from pathlib import Path

import pytest

from gtm.domain.errors import StoreError
from gtm.store import testing


def test_without_a_server_it_says_where_it_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "find_binaries", lambda: None)
    with pytest.raises(StoreError, match="neither on PATH nor under /usr/lib/postgresql"):
        testing.PrivatePostgres()


def test_binaries_on_the_path_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert testing.find_binaries() == tmp_path


def test_a_server_that_cannot_start_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "initdb").write_text("#!/bin/sh\necho 'no space left' >&2\nexit 1\n")
    (tmp_path / "postgres").touch()
    for name in ("initdb", "postgres"):
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(testing, "find_binaries", lambda: tmp_path)
    monkeypatch.setattr(testing, "_unprivileged", lambda: None)
    server = testing.PrivatePostgres()
    with pytest.raises(StoreError, match="initdb failed: no space left"), server:
        pass
    assert not server.folder.exists()
