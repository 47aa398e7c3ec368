"""A brief as thin and as odd as the gates allow goes from its file to the handoff; ids cannot meet on a disk."""

from collections.abc import Callable
from typing import Any

import pytest

from crews.runner import start_run
from gtm.domain.errors import InvalidInput
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]


def thin(body: dict[str, Any]) -> None:
    """The SOP's own form of id, a name with marks, one segment, three facts, one offer, a longer sequence wished."""
    body.update(id="VENTURE-XXX", name="Ben & Jerry's", segments=body["segments"][:1])
    told = [fact for fact in body["facts"] if fact["kind"] == "feature" and "Fleet" not in fact["text"]]
    body["facts"] = [fact | {"segments": []} for fact in told][:3]
    body["offers"] = [body["offers"][0] | {"name": "Demo", "cta": "book_demo"}]
    body["campaigns"] = [{"type": "email_drip", "steps": 7}, {"type": "social_ads"}, {"type": "landing_page"}]


def test_a_thin_brief_reaches_the_handoff(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    scene.load(thin)
    scene.run_id = start_run(scene.services, "VENTURE-XXX")
    outcome = scene.advance()
    while outcome.status == "waiting_approval":
        scene.approve()
        outcome = scene.advance()
    assert outcome.status == "completed", outcome
    folder = scene.services.out_dir / "VENTURE-XXX"
    assert (folder / "manifest.json").is_file()
    report = next(folder.glob("*.html")).read_text(encoding="utf-8")
    assert "Ben &amp; Jerry" in report and "Ben & Jerry" not in report


@pytest.mark.parametrize("other", ["Fleet", "FLEET"])
def test_an_id_that_differs_in_capitals_only_is_refused(sqlite_at: At, other: str) -> None:
    scene = sqlite_at("created")
    with pytest.raises(InvalidInput, match="cannot stand beside fleet") as refused:
        scene.load(lambda body: body.update(id=other))
    assert refused.value.field == "id" and refused.value.allowed and "fleet" in refused.value.hint
    scene.load(lambda body: body.update(name="Fleet again"))
