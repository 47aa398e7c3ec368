"""A real browser: it draws what it is given at the width it is told, runs nothing, and reaches nobody."""

import os
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gtm.connectors.chromium.schemas import TALLEST, ChromiumSettings
from gtm.connectors.chromium.service import ChromiumCamera, find_browser
from gtm.domain.errors import InvalidInput, Unavailable
from gtm.domain.proofing import Camera
from tests.unit.automation.test_sketches import sketches
from tests.unit.playbook.conftest import NAMES

BOX = (
    "<!doctype html><meta name=viewport content='width=device-width'>"
    "<style>body{{margin:0}}div{{height:{height}px;background:{colour}}}</style><div></div>"
)


@pytest.fixture(scope="module")
def program() -> Path:
    """A browser, or a skip; with GTM_TEST_REQUIRE_CHROMIUM=1 a failure."""
    found = find_browser()
    if found is None:
        if os.environ.get("GTM_TEST_REQUIRE_CHROMIUM") == "1":
            pytest.fail("GTM_TEST_REQUIRE_CHROMIUM=1, but there is no browser on PATH", pytrace=False)
        pytest.skip("there is no Chromium on PATH")
    return found


@pytest.fixture(scope="module")
def camera(program: Path) -> Iterator[ChromiumCamera]:
    with ChromiumCamera(ChromiumSettings(program=program)) as opened:
        yield opened


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return int(width), int(height)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_picture_is_as_wide_as_told_and_as_high_as_the_page(camera: Camera, width: int) -> None:
    for height in (50, 3000):
        # A page is at least as high as the window that it is laid out in.
        assert size(camera.shoot(BOX.format(height=height, colour="red"), width)) == (width, max(height, 400))


def test_the_same_page_gives_the_same_picture_and_another_page_another(camera: Camera) -> None:
    red, blue = (camera.shoot(BOX.format(height=900, colour=colour), 390) for colour in ("red", "blue"))
    assert red == camera.shoot(BOX.format(height=900, colour="red"), 390) != blue


def test_a_phone_lays_a_page_out_as_a_phone(camera: Camera) -> None:
    page = (
        '<!doctype html><meta name="viewport" content="width=device-width"><style>body{margin:0}'
        "div{height:1000px}@media(max-width:600px){div{height:2000px}}</style><div></div>"
    )
    assert [size(camera.shoot(page, width))[1] for width in (390, 1280)] == [2000, 1000]


def test_what_is_measured_by_the_window_does_not_grow_with_the_picture(camera: Camera) -> None:
    page = (
        "<!doctype html><meta name=viewport content='width=device-width'><style>body{margin:0}"
        "i{display:block;height:10vh;background:red}b{display:block;height:3000px;background:blue}</style><i></i><b></b>"
    )
    assert size(camera.shoot(page, 390)) == (390, 3040)


def test_scripts_do_not_run(camera: Camera) -> None:
    still = BOX.format(height=900, colour="red")
    grown = still + "<script>document.querySelector('div').style.height='5000px'</script>"
    grown += "<img src='x' onerror=\"document.body.style.padding='999px'\"><svg onload='document.body.remove()'></svg>"
    assert size(camera.shoot(grown, 390))[1] < 1500


def test_nothing_that_a_page_names_is_fetched(camera: Camera) -> None:
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    page = "<!doctype html><body style='margin:0'>"
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "example.com"):
        page += f"<img src='http://{host}/img'><link rel=stylesheet href='http://{host}/css'>"
        page += f"<iframe src='http://{host}/frame' height=100></iframe><video src='http://{host}/video'></video>"
        page += f"<style>@import 'http://{host}/import';i{{background:url(http://{host}/url)}}</style><i>x</i>"
        page += (
            f"<meta http-equiv=refresh content='0;url=http://{host}/refresh'><link rel=prefetch href='http://{host}/p'>"
        )
    camera.shoot(page, 390)
    time.sleep(0.3)
    camera.shoot(BOX.format(height=900, colour="red"), 390)
    server.shutdown()
    server.server_close()
    assert heard == []


def test_no_file_of_this_machine_is_shown(camera: Camera, tmp_path: Path) -> None:
    (tmp_path / "there.html").write_text("<body style='background:black'>secret")
    page = "<!doctype html><body style='margin:0'><iframe src='file://{}' height=700 frameborder=0></iframe>"
    there, missing = (camera.shoot(page.format(tmp_path / name), 390) for name in ("there.html", "missing.html"))
    assert there == missing


def test_a_page_without_end_is_cut_off(camera: Camera) -> None:
    assert size(camera.shoot(BOX.format(height=TALLEST * 3, colour="red"), 390)) == (390, TALLEST)


@pytest.mark.parametrize("html", ["", "<", "\x00\ud800" * 3, "<b>" * 5000, "🚀" * 100_000])
def test_odd_pages_are_drawn_all_the_same(camera: Camera, html: str) -> None:
    assert size(camera.shoot(html, 390))[0] == 390


def test_widths_and_pages_out_of_range_are_refused(camera: Camera) -> None:
    for width in (0, -1, 10_001):
        with pytest.raises(InvalidInput, match="width"):
            camera.shoot("x", width)
    with pytest.raises(InvalidInput, match="too long"):
        camera.shoot("x" * 2_000_001, 390)


def test_a_page_that_cannot_be_laid_out_in_time_is_told_and_the_next_is_drawn(program: Path) -> None:
    with ChromiumCamera(ChromiumSettings(program=program, seconds=5)) as camera:
        with pytest.raises(Unavailable, match="no answer within 5 s"):
            camera.shoot("<table><td>" * 2000, 390)
        assert size(camera.shoot(BOX.format(height=900, colour="red"), 390)) == (390, 900)


def test_a_browser_that_was_killed_is_started_anew(program: Path) -> None:
    with ChromiumCamera(ChromiumSettings(program=program)) as camera:
        before = camera.shoot(BOX.format(height=900, colour="red"), 390)
        assert camera._client is not None
        os.killpg(camera._client._browser._pid, 9)
        assert camera.shoot(BOX.format(height=900, colour="red"), 390) == before
        folder, pid = camera._client._browser._folder, camera._client._browser._pid
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_check_says_which_browser_it_is(program: Path) -> None:
    status = ChromiumCamera(ChromiumSettings(program=program)).check()
    assert status.ready and "Chrom" in status.detail


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 0\n", "#!/bin/sh\necho no display >&2\nexit 1\n"])
def test_what_is_no_browser_is_told_as_such(tmp_path: Path, text: str) -> None:
    other = tmp_path / "browser"
    other.write_text(text)
    other.chmod(0o700)
    with pytest.raises(Unavailable, match="the browser ended") as refused:
        ChromiumCamera(ChromiumSettings(program=other)).shoot("x", 390)
    assert refused.value.field == "GTM_CHROMIUM"
    assert ("no display" in refused.value.detail) == ("display" in text)


def test_a_missing_and_a_silent_browser_are_told(tmp_path: Path) -> None:
    missing = ChromiumCamera(ChromiumSettings(program=tmp_path / "none"))
    with pytest.raises(Unavailable, match="cannot be started"):
        missing.shoot("x", 390)
    assert missing.check().state == "failing"
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o700)
    begun = time.monotonic()
    with pytest.raises(Unavailable, match=r"no answer within 0\.5 s"):
        ChromiumCamera(ChromiumSettings(program=silent, seconds=0.5)).shoot("x", 390)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("name", NAMES)
def test_what_a_venture_says_fits_a_phone_and_a_desktop(camera: Camera, name: str) -> None:
    """One piece of each kind: the picture is as wide as its window, and a phone's the taller one."""
    first = {one.kind: one for one in reversed(sketches(name))}
    assert set(first) == {"email", "ad", "page"}
    for sketch in first.values():
        (phone, tall), (desktop, low) = (size(camera.shoot(sketch.html, width)) for width in (390, 1280))
        assert (phone, desktop) == (390, 1280) and TALLEST > tall > low >= 400
