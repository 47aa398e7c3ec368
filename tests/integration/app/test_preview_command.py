"""`gtm preview`: pictures and a page to look at them, or one clear word why not."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import bootstrap
from app.settings import Settings
from gtm.connectors.chromium.fake import FakeCamera
from gtm.store.database import Database
from tests.integration.app.conftest import Gtm
from tests.integration.app.published import RUN, publish


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> FakeCamera:
    """In place of a browser."""
    made = FakeCamera()
    monkeypatch.setattr(bootstrap, "camera", lambda _settings, *, asked=False: made if asked else None)
    return made


def test_every_piece_is_drawn_once_and_stands_on_one_page(
    here: Gtm, store: Database, settings: Settings, camera: FakeCamera
) -> None:
    publish(store)
    done = here("preview", "fleet", "--json")
    assert done.code == 0, done.err
    told: dict[str, Any] = json.loads(done.out)
    # Versions that differ in their subject alone look the same, and are drawn once.
    drawn = len(camera.shot)
    assert told["run_id"] == RUN and len(told["pictures"]) >= drawn > 100
    assert len({one["sha256"] for one in told["pictures"]}) <= drawn == len({*camera.shot})
    assert all(Path(one["path"]).is_file() for one in told["pictures"])
    page = Path(told["gallery"])
    assert page == settings.home.absolute() / "previews" / "fleet.html"
    assert page.read_text().count("<img ") == len(told["pictures"])
    again = here("preview", RUN)
    assert again.code == 0 and f"{len(told['pictures'])} pictures of run {RUN}." in again.out
    assert str(page) in again.out and len(camera.shot) == drawn


def test_without_a_browser_it_says_what_to_do(gtm: Gtm, store: Database, tmp_path: Path) -> None:
    done = gtm("preview", "fleet", "--json", PATH=str(tmp_path))
    assert (done.code, done.problem["field"]) == (1, "GTM_CHROMIUM")
    assert "no browser" in done.problem["detail"] and "apt-get install chromium" in done.problem["hint"]


def test_a_browser_that_is_none_is_told(here: Gtm, store: Database, tmp_path: Path) -> None:
    publish(store)
    done = here("preview", "fleet", GTM_CHROMIUM=str(tmp_path / "nothing"))
    assert done.code == 1 and "cannot be started" in done.err and "GTM_CHROMIUM" in done.err


def test_a_run_without_content_and_an_unknown_one_are_told(here: Gtm, run_id: str, camera: FakeCamera) -> None:
    assert here("preview", "nobody").code == 2
    done = here("preview", "fleet")
    assert done.code == 1 and "no content yet" in done.err and camera.shot == []
