"""Pictures of a run's copy: at review and handoff where a browser is set, honestly not rendered where none is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crews.finish import write_package
from crews.previews import NO_BROWSER, draw, folder_of, previews_of
from crews.stage17_gtm.handoff.gallery import write_gallery
from gtm.connectors.chromium.fake import FakeCamera
from gtm.domain.errors import Conflict
from gtm.store.models.previews import PreviewFile
from gtm.store.models.stages import Handoff
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]


def test_without_a_browser_the_report_says_so_and_nothing_is_drawn(sqlite_at: At, tmp_path: Path) -> None:
    scene = sqlite_at("completed").with_services(out_dir=tmp_path / "out")
    written = write_package(scene.services, scene.run_id).written
    assert not [path for path in written.files if path.endswith(".png")]
    report = (written.folder / "report.html").read_text()
    assert f"Not rendered: {NO_BROWSER}." in report and "<img" not in report
    assert scene.rows(PreviewFile) == []


def test_with_a_browser_the_package_holds_every_picture_and_the_report_shows_them(
    sqlite_at: At, tmp_path: Path
) -> None:
    camera = FakeCamera()
    scene = sqlite_at("completed").with_services(out_dir=tmp_path / "out", camera=camera)
    written = write_package(scene.services, scene.run_id).written
    pictures = [path for path in written.files if path.endswith(".png")]
    content = scene.dossier().content
    assert content is not None
    # Versions that differ in their subject alone look the same, and are drawn once.
    assert len(pictures) >= len(camera.shot) == len({*camera.shot}) >= 100
    assert len(pictures) > 4 * len(content.pieces)
    assert {re.sub(r".*-(390|1280)\.png$", r"\1", path) for path in pictures} == {"390", "1280"}
    assert not camera.open
    report = (written.folder / "report.html").read_text()
    assert f"Rendered by Chromium at 390 and 1280 pixels: {len(pictures)} pictures." in report
    shown = re.findall(r'<img src="([^"]+)" alt="([^"]+)" loading="lazy"', report)
    assert len(shown) > 40 and {src for src, _ in shown} <= set(pictures)
    drawn = len(camera.shot)
    again = write_package(scene.services, scene.run_id)
    assert not again.is_new and len(camera.shot) == drawn
    assert len(scene.rows(Handoff)) == 2


def test_a_browser_that_fails_holds_no_handoff_up_and_is_told(sqlite_at: At, tmp_path: Path) -> None:
    scene = sqlite_at("approved:final").with_services(out_dir=tmp_path / "out", camera=FakeCamera(broken=True))
    assert scene.advance().status == "completed"
    report = (tmp_path / "out" / "fleet" / "report.html").read_text()
    assert "Not rendered: the browser cannot be started." in report


def test_pictures_are_ready_when_the_content_is_to_be_reviewed(sqlite_at: At) -> None:
    camera = FakeCamera()
    scene = sqlite_at("approved:strategy").with_services(camera=camera)
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint) == ("waiting_approval", "content")
    assert len(scene.rows(PreviewFile)) == len(camera.shot) >= 100
    drawn = len(camera.shot)
    found = previews_of(scene.with_services(camera=None).services, scene.dossier())
    assert len(camera.shot) == drawn
    # No session is in the calendar before step 2.3.
    assert len(found.pictures) == found.wanted and found.why_not == ""


def test_what_was_asked_for_is_found_at_the_handoff_and_what_is_wanting_is_told(at: At, tmp_path: Path) -> None:
    scene = at("completed").with_services(out_dir=tmp_path / "out")
    drawn = draw(scene.services, scene.dossier(), FakeCamera())
    assert len(scene.rows(PreviewFile)) == len({p.path for p in drawn.pictures})
    gallery = write_gallery(scene.services, scene.dossier(), drawn)
    sources = re.findall(r'<img src="([^"]+)"', gallery.read_text())
    assert len(sources) == len(drawn.pictures)
    assert all((gallery.parent / source).is_file() for source in sources)
    drawn.pictures[0].path.unlink()
    found = previews_of(scene.services, scene.dossier())
    assert (len(found.pictures), found.wanted, found.why_not) == (drawn.wanted - 1, drawn.wanted, NO_BROWSER)
    written = write_package(scene.services, scene.run_id).written
    assert (
        f"{drawn.wanted - 1} of {drawn.wanted} pictures were rendered" in (written.folder / "report.html").read_text()
    )
    assert folder_of(scene.services) in drawn.pictures[0].path.parents


def test_a_run_without_content_has_no_pictures(sqlite_at: At) -> None:
    scene = sqlite_at("approved:strategy")
    with pytest.raises(Conflict, match="no content yet"):
        draw(scene.services, scene.dossier(), FakeCamera())
