"""`gtm venture load|import|list|show`."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures_import import import_document
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from gtm.domain.brief import VentureBrief
    from gtm.domain.verdict import Finding
    from gtm.store.status_sql import StatusSnapshot

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Load and look at venture briefs.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who acts; default GTM_PERSON or your user name.")]


def load_brief(door: Door, path: Path, by: str | None) -> "tuple[VentureBrief, tuple[Finding, ...]]":
    """Read a brief's file into the store.

    Raises:
        NotFound: there is no such file.
        InvalidInput: the brief does not fit its schema.
    """
    from app import bootstrap
    from crews.intake import load_venture

    policies = door.configuration.policies
    data = bootstrap.read_input(path, policies.run.brief_bytes)
    return load_venture(door.database, door.clock, policies, data, path.name, f"person:{door.person(by)}")


@app.command("load")
def load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A venture brief in YAML; see examples/ventures.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Read a venture brief; refused with every error at once, or stored with its findings."""
    door = door_of(context)
    brief, findings = load_brief(door, file, by)
    found = _standing(door, brief.id)
    if as_json:
        output.emit(
            {
                "venture_id": brief.id,
                "name": brief.name,
                "findings": findings,
                "open_run": found.run_id if _is_open(found) else None,
                "counts_from_next_run": found.newer_brief,
            }
        )
        return
    output.say(f"{brief.name} is loaded as {brief.id}: {len(brief.segments)} segments, {len(brief.facts)} facts.")
    tell_findings(findings)
    tell_next(door, brief.id)


def tell_next(door: Door, venture_id: str) -> None:
    """What follows a brief that was just loaded, and whether a run under way rests on another."""
    tell_open_run(door, venture_id)
    output.say(f"Next: {_next(_standing(door, venture_id), door.clock.now())}")


def tell_open_run(door: Door, venture_id: str) -> None:
    """Say that a run which is under way does not rest on the brief that was just loaded."""
    found = _standing(door, venture_id)
    if found.newer_brief and _is_open(found):
        output.say(
            f"Run {found.run_id} rests on another brief, the one that it began with; this one counts from the next "
            f"run on. Finish the run, or stop it: gtm rollback {venture_id} --reason TEXT"
        )


def _standing(door: Door, venture_id: str) -> "StatusSnapshot":
    from gtm.store.status import status_snapshot

    return status_snapshot(door.database, venture_id)


def _is_open(found: "StatusSnapshot") -> bool:
    return found.run_status not in (None, "completed", "rolled_back")


def _next(found: "StatusSnapshot", now: datetime) -> str:
    """What follows a brief that was loaded: whatever the venture waits for, else its next run."""
    from app.standing import next_of

    if found.run_status == "blocked" and not found.open_rollbacks:
        # The brief that was just loaded may be what the gate asked for.
        return f"gtm resume {found.run_id}"
    waits = _is_open(found) or found.open_rollbacks or found.recurse_to
    return next_of(found, now) if waits else f"gtm run {found.venture_id}"


def tell_findings(findings: "Sequence[Finding]") -> None:
    """Findings by kind; assumptions only as a number, as the report lists them."""
    loud = [finding for finding in findings if finding.kind != "assumption"]
    quiet = len(findings) - len(loud)
    for finding in loud:
        output.say_wrapped(f"{finding.kind}: {finding.detail}" + (f" ({finding.ask})" if finding.ask else ""))
    if quiet:
        assumed = f"{counted(quiet, 'statement')} {agreed(quiet, 'is an assumption', 'are assumptions')}"
        output.say(f"  {assumed}; whoever approves sees each of them.")


app.command("import")(import_document)


@app.command("list")
def list_ventures(context: typer.Context, as_json: Json = False) -> None:
    """List the ventures that are loaded."""
    from gtm.store.repositories import ventures

    door = door_of(context)
    with door.database.read() as session:
        rows = [
            {
                "venture_id": row.venture_id,
                "name": row.name,
                "segment_type": row.segment_type,
                "paused": row.paused_at is not None,
                "loaded_at": output.stamp(row.updated_at),
            }
            for row in ventures.list_ventures(session)
        ]
    if as_json:
        output.emit(rows)
        return
    if not rows:
        output.say("No venture is loaded. Next: gtm venture load examples/ventures/fleet.yaml")
    for row in rows:
        paused = "  paused by a rollback" if row["paused"] else ""
        output.say(f"{row['venture_id']:<20} {row['name']:<24} {row['segment_type']:<16} {row['loaded_at']}{paused}")


@app.command("show")
def show(
    context: typer.Context,
    venture_id: Annotated[str, typer.Argument(metavar="ID", help="A venture's id.")],
    as_json: Json = False,
) -> None:
    """Show a venture's brief and what was found in it."""
    from gtm.domain.brief import VentureBrief
    from gtm.store.repositories import ventures

    door = door_of(context)
    with door.database.read() as session:
        brief = VentureBrief.model_validate(ventures.require(session, venture_id).brief)
        findings = ventures.findings(session, venture_id)
    if as_json:
        output.emit({"brief": brief, "findings": findings})
        return
    from app.cli.panels.brief import brief_panel

    output.console().print(brief_panel(brief, findings))
