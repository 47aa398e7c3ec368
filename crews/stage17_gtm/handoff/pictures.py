"""Pictures of the copy in the package, as a browser drew it on a phone and on a desktop."""

from collections.abc import Iterable
from dataclasses import dataclass

from crews.previews import Previews
from crews.stage17_gtm.handoff.context import Context
from gtm.automation.album import DESKTOP, PHONE, Picture
from gtm.domain.campaign import ContentPiece
from gtm.domain.proofing import Shot

FOLDER = "previews"
_WORDS = {"email": "The email", "ad": "The ad", "page": "The page", "message": "The text"}


@dataclass(frozen=True)
class Drawn:
    """One variant of a piece as it was drawn.

    Attributes:
        what: such as `The email, version A`.
        phone: path of its picture in the package; empty where there is none.
        desktop: as `phone`.
    """

    what: str
    phone: str
    desktop: str


def picture_path(shot: Shot) -> str:
    """Where a picture stands in the package: `previews/CAMPAIGN/SEGMENT-STEP-a-email-390.png`."""
    campaign, segment, step, label = shot.key.split("/")
    return f"{FOLDER}/{campaign}/{segment}-{step}-{label.lower()}-{shot.kind}-{shot.width}.png"


def picture_files(previews: Previews) -> dict[str, bytes]:
    """The pictures by path.

    Raises:
        OSError: one cannot be read.
    """
    return {picture_path(picture.shot): picture.path.read_bytes() for picture in previews.pictures}


def drawn(pictures: Iterable[Picture], piece: ContentPiece) -> tuple[Drawn, ...]:
    """A piece's variants as they were drawn, mail before page; empty where none was."""
    found: dict[tuple[str, str], dict[int, str]] = {}
    for picture in pictures:
        shot = picture.shot
        if shot.key.rpartition("/")[0] == piece.piece_id:
            found.setdefault((shot.kind, shot.key[-1]), {})[shot.width] = picture_path(shot)
    return tuple(
        Drawn(f"{_WORDS[kind]}, version {label}", paths.get(PHONE, ""), paths.get(DESKTOP, ""))
        for (kind, label), paths in sorted(found.items())
    )


def told(context: Context) -> str:
    """How many pictures there are, or why there are none: a sentence for the report."""
    previews = context.previews
    if not previews.pictures:
        return f"Not rendered: {previews.why_not}." if previews.why_not else "Not rendered."
    number = len(previews.pictures)
    if previews.why_not:
        return f"{number} of {previews.wanted} pictures were rendered; the others were not: {previews.why_not}."
    return f"Rendered by Chromium at {PHONE} and {DESKTOP} pixels: {number} pictures."
