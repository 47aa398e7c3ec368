"""`gtm show` and `gtm handoff`."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import Json
from gtm.domain.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from crews.finish import Package
    from gtm.domain.dossier import ApprovalRecord, Dossier

MOST_NAMES = 10
"""Files that are named to a person before the others are only counted."""

Ref = Annotated[str, typer.Argument(metavar="REF", help="A run's, venture's or approval's id.")]


def show(
    context: typer.Context,
    ref: Ref,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[WHAT]",
            help="A checkpoint (strategy, content, campaigns, automation, final) with its review, or an artifact.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every piece and every calendar entry.")] = False,
    as_json: Json = False,
) -> None:
    """Show a run, or one part of it: at a checkpoint the review beside the artifact."""
    door = door_of(context)
    dossier = door.dossier(door.run_id(ref))
    if what is None and any(record.approval_id == ref for record in dossier.approvals):
        what = next(record.checkpoint for record in dossier.approvals if record.approval_id == ref)
    folder = _package_of(door, dossier) if what is None else ""
    if as_json:
        whole = {**dossier.model_dump(mode="json"), "state": _state(door, dossier), "handoff": folder}
        output.emit(whole if what is None else _as_json(dossier, what))
        return
    from app.cli.panels import PARTS, checkpoint_panel
    from app.cli.panels.overview import overview_panel

    console = output.console()
    stage = door.configuration.stage
    if what is None:
        console.print(overview_panel(dossier, stage, _state(door, dossier), _whereabouts(folder, dossier.venture_id)))
        return
    _require(dossier, what)
    record = _newest(dossier, what)
    if what == "content" and dossier.content is not None:
        from app.cli.panels import content_panel
        from crews.content_review import content_shown

        console.print(
            content_panel(content_shown(door.services, dossier.run_id), stage, width=console.width, full=full)
        )
    elif record is not None:
        console.print(checkpoint_panel(dossier, record, stage, width=console.width, full=full))
    else:
        part = PARTS[what]
        console.print(part.draw(dossier, stage, full))
        if part.below:
            console.print(part.below(dossier, stage, full))


def _state(door: Door, dossier: "Dossier") -> str:
    """The run's state as `gtm status` tells it."""
    from app.standing import run_state
    from gtm.store.repositories import runs

    with door.database.read() as session:
        row = runs.require(session, dossier.run_id)
    return run_state(row.status, row.checkpoint, row.lease_owner, row.lease_until, door.clock.now())


def _package_of(door: Door, dossier: "Dossier") -> str:
    """The folder of the run's handoff package; empty before it is written."""
    from gtm.store.repositories import stages

    with door.database.read() as session:
        recorded = stages.handoff_of(session, dossier.run_id)
    return recorded.path if recorded else ""


def _whereabouts(folder: str, venture_id: str) -> str:
    """Where a package lies, for a person; empty where there is none."""
    if not folder:
        return ""
    report = Path(folder) / "report.html"
    again = f"gtm handoff {venture_id} writes it again"
    return f"{report}" if report.is_file() else f"{folder} (its report is not there any more; {again})"


def _newest(dossier: "Dossier", checkpoint: str) -> "ApprovalRecord | None":
    rounds = [record for record in dossier.approvals if record.checkpoint == checkpoint]
    return max(rounds, key=lambda record: record.round, default=None)


def _require(dossier: "Dossier", what: str) -> None:
    """Refuse what is unknown or not made yet.

    Raises:
        InvalidInput: there is nothing of that name.
        Conflict: it is not made yet.
    """
    from app.cli.panels import PARTS

    if what not in PARTS:
        raise InvalidInput("there is no such part", field="WHAT", value=what, allowed=", ".join(PARTS))
    if not any(getattr(dossier, field) for field in PARTS[what].fields):
        raise Conflict(f"run {dossier.run_id} has nothing to show under {what} yet", hint=f"gtm show {dossier.run_id}")


def _as_json(dossier: "Dossier", what: str) -> dict[str, object]:
    from app.cli.panels import PARTS

    _require(dossier, what)
    record = _newest(dossier, what)
    shown: dict[str, object] = {"run_id": dossier.run_id, "venture_id": dossier.venture_id}
    if record is not None:
        shown["approval"] = record
    return {**shown, **{field: getattr(dossier, field) for field in PARTS[what].fields}}


def handoff(context: typer.Context, ref: Ref, as_json: Json = False) -> None:
    """Write a completed run's handoff package again from the store; what was changed on disk is restored."""
    door = door_of(context)
    run_id = door.run_id(ref)
    dossier = door.dossier(run_id)
    if dossier.status != "completed":
        raise Conflict(
            f"run {run_id} is not completed ({dossier.status.replace('_', ' ')}); it has no handoff yet",
            hint=f"gtm run {dossier.venture_id}" if dossier.status == "rolled_back" else f"gtm resume {run_id}",
        )
    from crews.finish import write_package

    package = write_package(door.services, run_id)
    if as_json:
        output.emit(_package_json(run_id, package))
        return
    result = package.written
    output.say(f"{result.folder}")
    output.say(f"  report   {result.folder / 'report.html'}")
    output.say(f"  files    {_by_folder(result.files)}; --json names each")
    output.say(f"  SHA-256 of the manifest: {result.manifest_sha256}")
    for line in _package_lines(package):
        output.say(line)


def _by_folder(files: Sequence[str]) -> str:
    """How many files there are in all, and in each folder of the package."""
    folders = Counter(name.partition("/")[0] if "/" in name else "" for name in files)
    told = ", ".join(
        f"{number} in {folder}" if folder else f"{number} at the top" for folder, number in folders.items()
    )
    return f"{len(files)}: {told}"


def _package_json(run_id: str, package: "Package") -> dict[str, object]:
    result = package.written
    return {
        "run_id": run_id,
        "folder": result.folder,
        "manifest_sha256": result.manifest_sha256,
        "files": list(result.files),
        "recorded": "now" if package.is_new else "before",
        "restored": list(result.restored),
        "removed": list(result.removed),
    }


def _package_lines(package: "Package") -> list[str]:
    """What became of the package that stood there."""
    result = package.written
    if package.is_new:
        return ["This package is new and now on record; an earlier record of the venture is superseded."]
    if not result.existed:
        return ["This package was on record and not on disk; it is written again."]
    if not result.restored and not result.removed:
        return ["This package is on record and whole on disk; nothing was changed."]
    lines = ["This package is on record; what had changed on disk is restored:"]
    return lines + _first("restored", result.restored) + _first("removed", result.removed)


def _first(what: str, names: Sequence[str]) -> list[str]:
    """A line for each of the first files, and one that counts the others."""
    label = f"  {what + ':':<9} "
    more = [f"{label}{len(names) - MOST_NAMES} more; --json names each"] if len(names) > MOST_NAMES else []
    return [f"{label}{name}" for name in names[:MOST_NAMES]] + more
