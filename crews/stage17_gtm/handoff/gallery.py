"""One page with every picture of a run beside each other, for whoever reviews its content before the handoff."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crews.previews import Previews, folder_of
from crews.services import Services
from crews.stage17_gtm.handoff.rendering import html
from gtm.automation.album import PHONE, Picture
from gtm.domain.base import id_key
from gtm.domain.dossier import Dossier

_SHOWN = {PHONE: 390}
_WIDE = 760
"""Pixels at which a desktop's picture is shown; a click shows it whole."""


def write_gallery(services: Services, dossier: Dossier, previews: Previews) -> Path:
    """Write the page beside the pictures, in place of the venture's earlier one.

    Args:
        services: the application's parts.
        dossier: the run.
        previews: its pictures.

    Raises:
        OSError: the disk refused.
    """
    folder = folder_of(services)
    path = folder / f"{id_key(dossier.venture_id)}.html"
    page = html(
        "gallery.html",
        name=dossier.brief.name,
        run_id=dossier.run_id,
        number=len(previews.pictures),
        campaigns=[(_campaign(dossier, key), rows) for key, rows in _by_campaign(dossier, previews.pictures, folder)],
    )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def _campaign(dossier: Dossier, campaign_id: str) -> str:
    campaigns = dossier.templates.campaigns if dossier.templates else ()
    return next((c.name for c in campaigns if c.campaign_id == campaign_id), campaign_id)


def _by_campaign(
    dossier: Dossier, pictures: Iterable[Picture], folder: Path
) -> list[tuple[str, list[tuple[str, list[dict[str, Any]]]]]]:
    """Campaigns, their pieces by segment and step, and each piece's pictures: phones first, A before B."""
    segments = {segment.id: segment.name for segment in dossier.brief.segments}
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for picture in sorted(pictures, key=lambda one: (one.shot.kind, one.shot.width)):
        campaign, segment, step, label = picture.shot.key.split("/")
        number, _, name = step.partition("-")
        piece = f"{number}. {name.replace('-', ' ')} · {segments.get(segment, segment)}"
        shot = picture.shot
        what = f"{shot.kind}, version {label}, {'phone' if shot.width == PHONE else 'desktop'}"
        one = {
            "what": what,
            "path": picture.path.relative_to(folder).as_posix(),
            "shown": _SHOWN.get(shot.width, _WIDE),
        }
        found.setdefault(campaign, {}).setdefault(piece, []).append(one)
    return [(campaign, sorted(pieces.items())) for campaign, pieces in sorted(found.items())]
