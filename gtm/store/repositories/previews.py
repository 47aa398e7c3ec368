"""Queries on pictures of copy, by the hash of the HTML that they show and the width that it was drawn at."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from gtm.store.models.previews import PreviewFile
from gtm.store.repositories.statements import upsert

Place = tuple[str, int]
"""The hash of an HTML text, and a width in pixels."""

_AT_A_TIME = 500


def any_taken(session: Session) -> bool:
    """Whether there is a picture at all."""
    return session.exec(select(PreviewFile.width).limit(1)).first() is not None


def find(session: Session, hashes: Collection[str]) -> dict[Place, PreviewFile]:
    """The pictures of these HTML texts, at every width."""
    asked = sorted(hashes)
    found: dict[Place, PreviewFile] = {}
    for start in range(0, len(asked), _AT_A_TIME):
        some = asked[start : start + _AT_A_TIME]
        for row in session.exec(select(PreviewFile).where(col(PreviewFile.html_sha256).in_(some))):
            found[row.html_sha256, row.width] = row
    return found


def save(session: Session, html_sha256: str, width: int, *, sha256: str, path: str, now: datetime) -> None:
    """Note a picture, in place of an earlier one of the same."""
    row = {"html_sha256": html_sha256, "width": width, "sha256": sha256, "path": path, "made_at": now}
    upsert(session, PreviewFile, [row], ["html_sha256", "width"])
