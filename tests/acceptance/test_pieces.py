"""LEAD decides copy piece by piece: one is rejected and made anew with the comment, the others stay byte for byte."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from crews.piece_approvals import PiecesDecided, decide_pieces
from gtm.domain.errors import (
    AlreadyDecided,
    ArtifactChanged,
    Conflict,
    Forbidden,
    InvalidInput,
    NotWaiting,
)
from tests.acceptance.support.processes import Home
from tests.acceptance.support.runs import Walk, services_in
from tests.acceptance.support.stores import rows

REJECTED = "fleet-landing-page/it-platform/1-page"
COMMENT = "Shorter, please."


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the copy of Fleet waits for LEAD."""
    folder = tmp_path_factory.mktemp("copy")
    services = services_in(folder)
    Walk.of(services, "fleet").to("content")
    services.database.close()
    return folder


@pytest.fixture
def home(waiting: Path, tmp_path: Path) -> Home:
    """A copy of it."""
    shutil.copytree(waiting, tmp_path / "copy")
    return Home(tmp_path / "copy")


def walk_in(home: Home) -> Walk:
    """Its run, in this process."""
    return Walk(services_in(home.folder), rows(home.state / "gtm.db", "SELECT run_id FROM runs")[0]["run_id"])


def decide(walk: Walk, approve: bool, *pieces: str, **changes: object) -> PiecesDecided:
    """Decide pieces as LEAD."""
    services = walk.services
    asked: dict[str, Any] = {"ref": walk.run_id, "role": "LEAD", "by": "ann", "comment": "" if approve else COMMENT}
    return decide_pieces(
        services.database,
        services.clock,
        services.stage,
        approve=approve,
        pieces=pieces,
        **asked | changes,
    )


def stored(home: Home) -> dict[str, str]:
    """The pieces of the newest copy, as the bytes that the store holds."""
    found = rows(
        home.state / "gtm.db",
        "SELECT body FROM artifacts WHERE step = '2.2' AND name = 'content' ORDER BY revision DESC LIMIT 1",
    )
    body = json.loads(found[0]["body"])
    return {piece["piece_id"]: json.dumps(piece, ensure_ascii=False) for piece in body["pieces"]}


def test_one_piece_is_rejected_and_made_anew_and_the_others_stay_byte_for_byte(home: Home) -> None:
    before = stored(home)
    rejected = home.run(
        "reject", "fleet", "--as", "LEAD", "--by", "ann", "--piece", REJECTED, "--comment", COMMENT, "--json"
    )
    assert rejected.code == 0, rejected.err
    assert len(json.loads(rejected.out)["open"]) == len(before) - 1
    whole = home.run("approve", "fleet", "--as", "LEAD", "--by", "ann", "--json")
    assert whole.problem["code"] == "conflict" and "--rest" in whole.problem["hint"]
    said = home.run("pending", "fleet")
    assert "--rest (1 piece is rejected; made anew once the other" in said.out
    again = home.run("resume", walk_in(home).run_id)
    assert "--rest (1 piece is rejected" in again.out and "--sha" not in again.out
    rest = home.run("approve", "fleet", "--as", "LEAD", "--by", "ann", "--rest", "--json")
    assert rest.code == 0, rest.err
    assert (json.loads(rest.out)["status"], json.loads(rest.out)["open"]) == ("rejected", [])
    walk = walk_in(home)
    assert walk.advance().checkpoint == "content"
    after = stored(home)
    assert after.keys() == before.keys()
    assert {piece_id for piece_id in after if after[piece_id] != before[piece_id]} == {REJECTED}
    step = walk.dossier().step("2.2")
    assert step is not None and (step.revision, step.comments) == (2, (f"piece {REJECTED}: {COMMENT}",))
    review = next(a for a in walk.dossier().approvals if a.status == "pending").review
    assert review is not None and any(COMMENT in item.finding for item in review.checked)
    last = decide(walk, True, REJECTED)  # the others' approvals hold
    assert (last.record.status, last.record.round, last.open) == ("approved", 2, ())
    assert walk.advance().checkpoint == "campaigns"
    walk.services.database.close()


def test_a_piece_is_decided_once_in_a_round_and_the_other_is_told(home: Home) -> None:
    walk = walk_in(home)

    def answer(name: str) -> str:
        try:
            return decide(walk, name == "ann", REJECTED, by=name).decisions[0].decided_by
        except AlreadyDecided as error:
            return f"told: {error.detail}"

    with ThreadPoolExecutor(2) as pool:
        told, won = sorted(pool.map(answer, ("ann", "bob")), reverse=True)
    assert won.startswith("person:") and f"by {won}" in told
    assert len(rows(home.state / "gtm.db", "SELECT * FROM content_decisions")) == 1
    walk.services.database.close()


@pytest.mark.parametrize(
    ("pieces", "changes", "error", "words"),
    [
        ((REJECTED,), {"role": "PLAN"}, Forbidden, "decided by LEAD"),
        ((REJECTED,), {"by": " "}, InvalidInput, "somebody who makes it"),
        ((REJECTED,), {"comment": " "}, InvalidInput, "what must change"),
        ((REJECTED,), {"comment": "x" * 2001}, InvalidInput, "too long"),
        ((REJECTED,), {"shown_sha256": "0" * 64}, ArtifactChanged, "nothing is decided"),
        (("a/b/1-c",), {}, InvalidInput, "no piece a/b/1-c"),
        ((), {}, InvalidInput, "no piece is named"),
    ],
)
def test_a_decision_that_may_not_be_writes_nothing(
    home: Home, pieces: tuple[str, ...], changes: dict[str, object], error: type[Exception], words: str
) -> None:
    walk = walk_in(home)
    with pytest.raises(error, match=words):
        decide(walk, False, *pieces, **changes)
    assert rows(home.state / "gtm.db", "SELECT * FROM content_decisions") == []
    walk.services.database.close()


def test_only_copy_is_decided_piece_by_piece(home: Home) -> None:
    walk = walk_in(home)
    walk.approve()
    with pytest.raises(NotWaiting):
        decide(walk, True, REJECTED)
    assert walk.advance().checkpoint == "campaigns"
    with pytest.raises(InvalidInput, match="decided as a whole"):
        decide(walk, True, REJECTED, role="PLAN")
    walk.services.database.close()


def test_a_rejection_of_everything_makes_everything_anew(home: Home) -> None:
    walk, before = walk_in(home), stored(home)
    decide(walk, False, REJECTED)
    with pytest.raises(Conflict):
        walk.approve()
    walk.reject("Friendlier.", "2.2")
    assert walk.advance().checkpoint == "content"
    after = stored(home)
    assert sum(after[piece_id] != before[piece_id] for piece_id in before) > len(before) / 2
    walk.services.database.close()


def test_the_page_shows_variants_beside_each_other_and_what_was_decided(home: Home) -> None:
    walk = walk_in(home)
    decide(walk, False, REJECTED)
    walk.services.database.close()
    page = home.folder / "review.html"
    written = home.run("content", "review", "fleet", "--out", str(page))
    assert written.code == 0, written.err
    html = page.read_text()
    assert html.count("<article>") == len(stored(home))
    assert "<h4>A</h4>" in html and "<h4>B</h4>" in html
    assert f"Asked: {COMMENT}" in html and "rejected by ann" in html
    assert "<script" not in html and "http-equiv" not in html
    told = home.run("show", "fleet", "content")
    assert f"asked: {COMMENT}" in told.out and "rejected by ann in round 1" in told.out
    pending = home.run("pending", "--json")
    (row,) = json.loads(pending.out)
    assert (row["pieces"], row["pieces_open"]) == (len(stored(home)), len(stored(home)) - 1)
