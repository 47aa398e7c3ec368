"""Looking a message up in a relay's archive: exact, while memory and work stay small however large the archive is."""

import os
import time
import tracemalloc
from pathlib import Path

import pytest

from gtm.connectors.smtp.lookup import DeliveredFolder
from gtm.domain.errors import TransientFailure


def put(folder: Path, name: str, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"Subject: x\r\nMessage-ID: <k%d@acme.test>\r\n\r\nHi\r\n" % number)


def settle(*folders: Path) -> None:
    """As if the folders had been left alone for an hour."""
    for folder in folders:
        os.utime(folder, (time.time() - 3600,) * 2)


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    for number in range(3_000):
        put(tmp_path / f"d{number % 3}", str(number), number)
    tracemalloc.start()
    found = DeliveredFolder(tmp_path)
    assert found.was_accepted("<k2999@acme.test>") is True
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
    assert found.was_accepted("<other@acme.test>") is False


def test_an_archive_that_did_not_change_is_not_listed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "new", "1", 1)
    settle(tmp_path / "new", tmp_path)
    found = DeliveredFolder(tmp_path)
    assert found.was_accepted("<k2@acme.test>") is False
    listed: list[str] = []
    whole = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or whole(path))
    assert found.was_accepted("<k2@acme.test>") is False and listed == []
    put(tmp_path / "new", "2", 2)
    assert found.was_accepted("<k2@acme.test>") is True and listed == [str(tmp_path / "new")]
    put(tmp_path / "later", "3", 3)
    assert found.was_accepted("<k3@acme.test>") is True


def test_a_message_that_was_not_whole_yet_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"Subject: x\r\n")
    settle(tmp_path)
    found = DeliveredFolder(tmp_path)
    assert found.was_accepted("<k1@acme.test>") is False
    put(tmp_path, "1", 1)
    settle(tmp_path)
    assert found.was_accepted("<k1@acme.test>") is True


def test_a_file_that_moves_from_new_to_cur_stays_known(tmp_path: Path) -> None:
    put(tmp_path / "new", "1", 1)
    put(tmp_path / "cur", "0", 0)
    found = DeliveredFolder(tmp_path)
    assert found.was_accepted("<k1@acme.test>") is True
    (tmp_path / "new" / "1").rename(tmp_path / "cur" / "1:2,S")
    assert found.was_accepted("<k1@acme.test>") is True
    with pytest.raises(TransientFailure):
        DeliveredFolder(tmp_path / "gone").was_accepted("<k1@acme.test>")
