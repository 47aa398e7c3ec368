"""A package is written as often as anybody likes: the same run gives the same package and one record."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from crews.finish import write_package
from gtm.store.models.runs import Run
from gtm.store.models.stages import Handoff
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]


def test_the_same_run_gives_the_same_package_and_one_record(at: At, tmp_path: Path) -> None:
    scene = at("completed")
    scene = scene.with_services(out_dir=tmp_path / "elsewhere")
    first = write_package(scene.services, scene.run_id)
    assert first.is_new and not first.written.existed
    rows = [row.handoff_id for row in scene.rows(Handoff)]
    touched = (first.written.folder / "report.html").stat().st_mtime_ns
    scene.clock.advance(timedelta(days=3))
    again = write_package(scene.services, scene.run_id)
    assert not again.is_new and again.written.existed
    assert (again.written.manifest_sha256, again.written.files) == (
        first.written.manifest_sha256,
        first.written.files,
    )
    assert (again.written.restored, again.written.removed) == ((), ())
    assert (first.written.folder / "report.html").stat().st_mtime_ns == touched
    assert [row.handoff_id for row in scene.rows(Handoff)] == rows
    (run,) = scene.rows(Run)
    assert (run.status, run.detail) == ("completed", "handed over")


def test_what_was_changed_on_disk_is_restored_and_named(sqlite_at: At, tmp_path: Path) -> None:
    scene = sqlite_at("completed").with_services(out_dir=tmp_path / "elsewhere")
    folder = write_package(scene.services, scene.run_id).written.folder
    page, rows = (folder / "report.html").read_bytes(), len(scene.rows(Handoff))
    (folder / "report.html").write_bytes(page + b"<!-- better figures -->")
    (folder / "calendar.ics").unlink()
    (folder / "templates" / "more.json").write_text("{}")
    (folder / "agent-api.md").unlink()
    (folder / "agent-api.md").symlink_to(folder / "report.html")
    again = write_package(scene.services, scene.run_id)
    assert again.written.restored == ("agent-api.md", "calendar.ics", "report.html")
    assert again.written.removed == ("templates/more.json",)
    assert (folder / "report.html").read_bytes() == page and not (folder / "agent-api.md").is_symlink()
    assert not again.is_new and len(scene.rows(Handoff)) == rows
    shutil.rmtree(folder)
    gone = write_package(scene.services, scene.run_id)
    assert not gone.is_new and not gone.written.existed and (folder / "report.html").read_bytes() == page
    assert len(scene.rows(Handoff)) == rows


def test_the_run_itself_hands_over_what_the_command_writes_again(sqlite_at: At) -> None:
    scene = sqlite_at("approved:final")
    assert scene.advance().status == "completed"
    (row,) = scene.rows(Handoff)
    scene.clock.advance(timedelta(hours=5))
    again = write_package(scene.services, scene.run_id)
    assert (again.written.manifest_sha256, str(again.written.folder)) == (row.manifest_sha256, row.path)
    assert not again.is_new and (again.written.restored, again.written.removed) == ((), ())
