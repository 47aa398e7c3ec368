"""Pictures are taken once for each page and width, and what is not whole any more is taken again; on both databases."""

from pathlib import Path

import pytest

from gtm.automation.album import Album, Picture
from gtm.automation.sketches import Sketch
from gtm.connectors.chromium.fake import FakeCamera
from gtm.domain.errors import Unavailable
from gtm.store.database import Database

PAGES = [Sketch("c/s/1-a/A", "email", "<p>one"), Sketch("c/s/1-a/B", "email", "<p>two")]


def take(database: Database, folder: Path, camera: FakeCamera | None, pages: list[Sketch] = PAGES) -> list[Picture]:
    return list(Album(database, folder, camera).pictures(pages))


def test_each_page_is_drawn_once_a_width_and_found_again(database: Database, tmp_path: Path) -> None:
    camera = FakeCamera()
    assert Album(database, tmp_path, camera).is_empty
    first = take(database, tmp_path, camera)
    assert [(p.shot.key[-1], p.shot.width) for p in first] == [("A", 390), ("A", 1280), ("B", 390), ("B", 1280)]
    assert all(p.path.read_bytes().startswith(b"\x89PNG") for p in first)
    again = take(database, tmp_path, camera)
    assert again == first and len(camera.shot) == 4
    assert take(database, tmp_path, None) == first
    assert not Album(database, tmp_path).is_empty


def test_the_same_page_under_two_names_is_one_picture(database: Database, tmp_path: Path) -> None:
    camera = FakeCamera()
    twins = [PAGES[0], PAGES[0]._replace(key="c/s/2-b/A")]
    found = take(database, tmp_path, camera, twins)
    assert len(found) == 4 and len(camera.shot) == 2 and len({p.path for p in found}) == 2


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_file_that_is_not_what_was_written_is_drawn_again(database: Database, tmp_path: Path, harm: str) -> None:
    camera = FakeCamera()
    victim = take(database, tmp_path, camera)[0]
    whole = victim.path.read_bytes()
    victim.path.unlink()
    if harm == "changed":
        victim.path.write_bytes(whole + b"x")
    assert len(take(database, tmp_path, None)) == 3
    assert len(take(database, tmp_path, camera)) == 4
    assert victim.path.read_bytes() == whole and len(camera.shot) == 5
    assert not list(tmp_path.rglob(".new-*"))


def test_a_changed_page_is_another_picture(database: Database, tmp_path: Path) -> None:
    camera = FakeCamera()
    before = take(database, tmp_path, camera)[0]
    after = take(database, tmp_path, camera, [PAGES[0]._replace(html="<p>three")])[0]
    assert after.shot.key == before.shot.key and after.path != before.path and before.path.exists()


def test_what_was_drawn_before_a_browser_broke_down_is_kept(database: Database, tmp_path: Path) -> None:
    camera = FakeCamera()
    pictures = Album(database, tmp_path, camera).pictures(PAGES)
    next(pictures)
    camera.broken = True
    with pytest.raises(Unavailable):
        list(pictures)
    assert len(take(database, tmp_path, None)) == 1


def test_progress_is_told(database: Database, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    list(Album(database, tmp_path, FakeCamera()).pictures(PAGES, progress=lambda done, of: seen.append((done, of))))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
