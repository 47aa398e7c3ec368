"""A run whose pages everybody can reach: its links lead to them, its guardrail takes them, and approvals bind them."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from gtm.domain.campaign import ContentPiece
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]
PUBLIC = "https://go.fleet.test"
PAGE = f"{PUBLIC}/p/fleet/fleet-webinar-funnel"


def pieces(scene: Scene) -> tuple[ContentPiece, ...]:
    content = scene.dossier().content
    assert content is not None
    return content.pieces


def to_page(scene: Scene) -> list[ContentPiece]:
    return [piece for piece in pieces(scene) if piece.cta_url.startswith(PUBLIC)]


@pytest.fixture
def served(sqlite_at: At) -> Scene:
    scene = sqlite_at("started:2.2").with_services(public_url=PUBLIC)
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint) == ("waiting_approval", "content")
    return scene


def test_invitations_and_reminders_lead_to_the_page_and_the_review_has_nothing_against_it(served: Scene) -> None:
    found = to_page(served)
    steps = {(p.segment_id, p.step) for p in found}
    assert {step for _, step in steps} == {1, 2, 3} and len(steps) == len(found) > 3
    for piece in found:
        assert piece.cta_url.partition("?")[0] == f"{PAGE}/{piece.segment_id}"
        assert {"utm_source", "utm_medium", "utm_campaign", "utm_content"} <= parse_qs(
            urlsplit(piece.cta_url).query
        ).keys()
    review = served.waiting().review
    assert review is not None and review.recommendation == "approve"


def test_what_was_approved_keeps_its_links_whatever_the_setting_says_later(served: Scene) -> None:
    before = pieces(served)
    served.approve()
    later = served.with_services(public_url=None)
    outcome = later.advance()
    assert (outcome.status, outcome.checkpoint) == ("waiting_approval", "campaigns")
    assert pieces(later) == before


def test_a_piece_that_is_made_anew_keeps_leading_to_the_page(served: Scene) -> None:
    from crews.piece_approvals import decide_pieces

    piece_id = "fleet-webinar-funnel/it-platform/1-invite"
    services, parts = served.services, {"ref": served.run_id, "role": "LEAD", "by": "ann"}
    decide_pieces(
        services.database, services.clock, services.stage, **parts, approve=False, pieces=[piece_id], comment="Shorter."
    )
    decide_pieces(services.database, services.clock, services.stage, **parts, approve=True, rest=True)
    assert served.advance().checkpoint == "content"
    again = next(p for p in pieces(served) if p.piece_id == piece_id)
    assert again.cta_url.startswith(f"{PAGE}/it-platform?")
