"""A room that resolves outside the checkout stops the start."""

import subprocess
import sys
from pathlib import Path

import app


def test_all_rooms_are_ours() -> None:
    assert app.foreign_room() == ""


def test_a_missing_room_is_named() -> None:
    assert "'no_such_room' is not to be found" in app.foreign_room(rooms=("no_such_room",))


def test_a_room_elsewhere_is_told_with_both_places(tmp_path: Path) -> None:
    told = app.foreign_room(root=tmp_path)
    assert str(tmp_path / "app") in told
    assert str(app.ROOT / "app") in told


def test_a_foreign_package_of_that_name_stops_the_command(tmp_path: Path) -> None:
    foreign = tmp_path / "agents"
    foreign.mkdir()
    (foreign / "__init__.py").write_text("")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.path.insert(1, {str(app.ROOT)!r}); " + (
        "import runpy; sys.argv = ['gtm', 'status']; runpy.run_module('app', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert str(foreign) in done.stderr and str(app.ROOT / "agents") in done.stderr
