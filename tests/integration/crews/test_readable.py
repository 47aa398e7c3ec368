"""What a finished run shows to people: no identifier or placeholder as it is stored, no `1 workflows`."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from crews.runner import start_run
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]

ONE_OF_MANY = re.compile(r"(?<![\w.,:$%/-])1 ([a-z]+s)\b")
SINGULAR = frozenset({"was", "is", "has", "does", "stands", "holds", "sends", "passes", "times", "ms"})
"""What may follow a 1: a verb, `1 of 1 times`, milliseconds."""

RAW = (
    r"\(fact:", r"\(policy:", r"\bfact [a-z]+ [a-z]+, fact ", r"substage:", r"handoff\.dashboard_url", r"multi_touch",
    r"\{\{", r"\bit-platform\b(?![./-])", r"venture-xxx-email-drip[a-z-]*: ", r"\.opened_\d",
)  # fmt: skip


def one_segment(body: dict[str, Any]) -> None:
    """One segment, three facts, one offer, one session, one paid channel."""
    body.update(id="VENTURE-XXX", segments=body["segments"][:1])
    told = [fact for fact in body["facts"] if fact["kind"] == "feature"]
    body["facts"] = [fact | {"segments": []} for fact in told][:3]
    body["lead_scoring"] = None


@pytest.fixture
def shown(sqlite_at: At) -> str:
    """All that is written for people in one finished run: the report's text, the briefing, the reviews."""
    scene = sqlite_at("created")
    scene.load(one_segment)
    scene.run_id = start_run(scene.services, "VENTURE-XXX")
    outcome = scene.advance()
    while outcome.status == "waiting_approval":
        scene.approve()
        outcome = scene.advance()
    assert outcome.status == "completed", outcome
    folder = scene.services.out_dir / "VENTURE-XXX"
    page = re.sub(r"(?s)<(style|svg|code).*?</\1>", " ", (folder / "report.html").read_text(encoding="utf-8"))
    texts = [html.unescape(re.sub(r"<[^>]+>", " | ", page)), (folder / "sales-briefing.md").read_text(encoding="utf-8")]
    for record in scene.dossier().approvals:
        if record.review:
            texts += [record.review.reason, *record.review.risks, *(item.finding for item in record.review.checked)]
    return "\n".join(texts)


def test_what_people_read_is_words_and_grammar(shown: str) -> None:
    plurals = [match.group() for match in ONE_OF_MANY.finditer(shown) if match.group(1) not in SINGULAR]
    assert not plurals, plurals
    raw = [shown[max(0, m.start() - 40) : m.end() + 40] for pattern in RAW for m in re.finditer(pattern, shown)]
    assert not raw, raw[:10]
