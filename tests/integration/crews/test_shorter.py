"""“Shorter, please.” on a piece: it says the same in fewer words, and the review tells by how much, or why not."""

from collections.abc import Callable

import pytest

from crews.piece_approvals import decide_pieces
from gtm.domain.campaign import ContentPiece
from gtm.domain.dossier import Dossier
from gtm.playbook.effects.of_copy import word_count
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]
PAGE = "fleet-landing-page/it-platform/1-page"
PIECES = (
    PAGE,
    "fleet-landing-page/security/1-page",
    "fleet-email-drip/it-platform/1-problem",
    "fleet-webinar-funnel/security/1-invite",
)


def pieces_of(dossier: Dossier) -> dict[str, ContentPiece]:
    assert dossier.content is not None
    return {piece.piece_id: piece for piece in dossier.content.pieces}


def texts(piece: ContentPiece, part: str) -> set[str]:
    return {v.text for e in piece.elements if part in e.variable for v in e.variants}


def asked_for(scene: Scene, *pieces: str) -> Scene:
    """The run after these pieces were rejected, and the rest approved."""
    parts = {"ref": scene.run_id, "role": "LEAD", "by": "ann"}
    services = scene.services
    decide_pieces(
        services.database,
        services.clock,
        services.stage,
        **parts,
        approve=False,
        pieces=list(pieces),
        comment="Shorter, please.",
    )
    decide_pieces(services.database, services.clock, services.stage, **parts, approve=True, rest=True)
    assert scene.advance().checkpoint == "content"
    return scene


def told(scene: Scene) -> list[str]:
    review = scene.waiting().review
    assert review is not None
    return [item.finding for item in review.checked if item.subject == "What the last comment asked for"]


def test_pieces_get_shorter_and_keep_what_they_say(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:content")
    before = pieces_of(scene.dossier())
    after = pieces_of(asked_for(scene, *PIECES).dossier())
    for piece_id in PIECES:
        assert word_count(after[piece_id]) < word_count(before[piece_id]), piece_id
        counts = f"{word_count(after[piece_id])} words in all versions now, {word_count(before[piece_id])} before"
        assert f"Done: {counts}" in " ".join(told(scene)), piece_id
    for piece_id in PIECES[:2]:
        old, new = before[piece_id], after[piece_id]
        for part in ("feature_1", "feature_2", "hero"):
            assert texts(new, part) == texts(old, part), part
        assert texts(old, "feature_3") and not texts(new, "feature_3")
    review = scene.waiting().review
    assert review is not None and review.recommendation == "approve"
    assert {k: p for k, p in after.items() if k not in PIECES} == {k: p for k, p in before.items() if k not in PIECES}


@pytest.mark.parametrize("width", [3, 2])
def test_a_page_with_two_features_is_served_like_one_with_three(sqlite_at: At, width: int) -> None:
    from app.bootstrap import html_layouts
    from gtm.automation.campaign_page import CampaignPages

    scene = sqlite_at("waiting:content")
    dossier = (asked_for(scene, PAGE) if width == 2 else scene).dossier()
    assert dossier.templates is not None and dossier.content is not None
    pages = CampaignPages(dossier.brief, dossier.templates, dossier.content, html_layouts().page)
    html = pages.preview(pieces_of(dossier)[PAGE], "A")
    assert html.count("<section><h2") == width and "{{" not in html
