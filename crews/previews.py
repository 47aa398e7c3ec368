"""Pictures of a run's copy: drawn when somebody asks for them, and at review and handoff where a browser is set."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crews.services import Services
from crews.stage17_gtm.tester import session_facts
from gtm.automation.album import Album, Picture
from gtm.automation.sketches import Sketch, Sketches
from gtm.domain.dossier import Dossier
from gtm.domain.errors import Conflict, GtmError
from gtm.domain.proofing import Camera
from gtm.store.dossier import load_dossier

_LOG = logging.getLogger(__name__)

NO_BROWSER = "no browser was set (GTM_CHROMIUM), and nobody asked for them (gtm preview)"


@dataclass(frozen=True)
class Previews:
    """The pictures of a run.

    Attributes:
        pictures: those there are, in the order of the content.
        wanted: how many there would be, each piece in every variant at phone and desktop width; 0 where nobody counted.
        why_not: why some or all are wanting, as a phrase; empty when none is.
    """

    pictures: tuple[Picture, ...] = ()
    wanted: int = 0
    why_not: str = ""


def sketches_of(services: Services, dossier: Dossier) -> list[Sketch]:
    """Everything of a run that a picture can be taken of.

    Raises:
        Conflict: the run has no content yet.
        NotFound, UnknownVariable, TemplateRefused: see `Sketches.all`.
    """
    if dossier.templates is None or dossier.content is None:
        raise Conflict(f"run {dossier.run_id} has no content yet", hint=f"gtm resume {dossier.run_id}")
    sketches = Sketches(
        dossier.brief,
        dossier.templates,
        dossier.content,
        mail_layout=services.mail_layout,
        layouts=services.layouts,
        sessions=session_facts(dossier),
    )
    return list(sketches.all())


def folder_of(services: Services) -> Path:
    """Where pictures are kept."""
    return services.state_dir / "previews"


def draw(
    services: Services,
    dossier: Dossier,
    camera: Camera,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Previews:
    """The pictures of a run, drawn where they are not there yet; the camera is closed.

    Raises:
        Conflict: the run has no content yet.
        GtmError: a piece cannot be drawn, or the browser cannot be started or does not answer.
        OSError: the disk refused.
    """
    sketches = sketches_of(services, dossier)
    album = Album(services.database, folder_of(services), camera)
    try:
        found = tuple(album.pictures(sketches, progress=progress))
    finally:
        camera.close()
    return Previews(found, wanted=len(found))


def previews_of(services: Services, dossier: Dossier) -> Previews:
    """The pictures of a run as far as they are to be had: a browser that fails holds nothing up, and is told.

    Without a browser those that were drawn before are found; where none ever was, nothing is even looked at.
    """
    if dossier.content is None:
        return Previews(why_not="there is no content")
    if services.camera is not None:
        try:
            return draw(services, dossier, services.camera)
        except (GtmError, OSError) as error:
            why = error.detail if isinstance(error, GtmError) else str(error)
            _LOG.warning("previews of %s were not drawn: %s", dossier.run_id, why)
            return Previews(why_not=why)
    album = Album(services.database, folder_of(services))
    if album.is_empty:
        return Previews(why_not=NO_BROWSER)
    sketches = sketches_of(services, dossier)
    found, wanted = tuple(album.pictures(sketches)), 2 * len(sketches)
    return Previews(found, wanted, why_not=NO_BROWSER if len(found) < wanted else "")


def drawn_before(services: Services, dossier: Dossier) -> tuple[Picture, ...]:
    """The pictures of a run that are there already; none is taken."""
    album = Album(services.database, folder_of(services))
    if dossier.content is None or album.is_empty:
        return ()
    return tuple(album.pictures(sketches_of(services, dossier)))


def draw_for_review(services: Services, run_id: str) -> None:
    """Have the pictures of a run ready for whoever reviews its content, where a browser is set."""
    if services.camera is not None:
        with services.database.read() as session:
            dossier = load_dossier(session, run_id)
        previews_of(services, dossier)
