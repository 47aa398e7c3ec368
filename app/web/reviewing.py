"""The page on which LEAD reads copy before deciding: one file with its pictures in it; it fetches and runs nothing."""

import base64
from itertools import groupby

from app.web.pages import template
from crews.content_review import ContentShown, PieceShown

STATES = ("approved", "rejected", "open")
MOST_PICTURE = 2_000_000
"""Bytes of a picture that is put into the page."""


def review_page(shown: ContentShown) -> str:
    """The page as HTML."""
    campaigns = [
        {"name": name, "pieces": list(pieces)}
        for name, pieces in groupby(sorted(shown.pieces, key=lambda one: one.campaign), key=lambda one: one.campaign)
    ]
    return template("review.html").render(
        venture=shown.dossier.brief.name,
        run_id=shown.dossier.run_id,
        record=shown.record,
        not_checked=shown.not_checked,
        pieces=shown.pieces,
        counts={state: shown.count(state) for state in STATES},
        campaigns=campaigns,
        pictures={one.piece.piece_id: _pictures(one) for one in shown.pieces},
    )


def _pictures(one: PieceShown) -> list[dict[str, str]]:
    found = []
    for shot, path in one.previews:
        if path.is_file() and path.stat().st_size <= MOST_PICTURE:
            data = base64.b64encode(path.read_bytes()).decode()
            alt = f"{shot.key} as a {shot.kind}, {shot.width} pixels wide"
            found.append({"src": f"data:image/png;base64,{data}", "alt": alt})
    return found
