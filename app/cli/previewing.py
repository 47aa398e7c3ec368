"""`gtm preview`: every email, ad and page of a run as a browser draws it."""

from typing import Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import Json
from gtm.domain.errors import Unavailable

Ref = Annotated[str, typer.Argument(metavar="REF", help="A run's, venture's or approval's id.")]


def preview(context: typer.Context, ref: Ref, as_json: Json = False) -> None:
    """Draw every email, ad and page of a run at phone and desktop width; each is drawn once."""
    from app import bootstrap
    from crews.previews import draw
    from crews.stage17_gtm.handoff.gallery import write_gallery
    from gtm.store.dossier import load_dossier

    door = door_of(context)
    camera = bootstrap.camera(door.settings, asked=True)
    if camera is None:
        raise Unavailable(
            "there is no browser to draw previews with",
            field="GTM_CHROMIUM",
            allowed="the path of a Chromium browser",
            hint="apt-get install chromium, or set GTM_CHROMIUM",
        )
    run_id = door.run_id(ref)
    with door.database.read() as session:
        dossier = load_dossier(session, run_id)
    shown = output.on_terminal() and not as_json
    previews = draw(door.services, dossier, camera, _tell if shown else _silent)
    page = write_gallery(door.services, dossier, previews)
    if as_json:
        pictures = [{**p.shot.model_dump(), "path": p.path} for p in previews.pictures]
        output.emit({"run_id": run_id, "gallery": page, "pictures": pictures})
        return
    if shown:
        output.remark("")
    output.say(f"{len(previews.pictures)} pictures of run {run_id}.")
    output.say(f"Look at: {page}")
    if dossier.status == "completed":
        output.say(f"Next:    gtm handoff {dossier.venture_id} puts them into the package")


def _tell(done: int, wanted: int) -> None:
    import sys

    sys.stderr.write(f"\r{done} of {wanted}")
    sys.stderr.flush()


def _silent(_done: int, _wanted: int) -> None:
    pass
