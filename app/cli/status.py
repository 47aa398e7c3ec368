"""`gtm status` and `gtm runs`. The first answers without CrewAI, and on SQLite without SQLAlchemy."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from gtm.store.status_sql import StatusSnapshot

Venture = Annotated[str | None, typer.Argument(metavar="[VENTURE]", help="Only this venture.")]


def status(context: typer.Context, venture_id: Venture = None, as_json: Json = False) -> None:
    """Tell where ventures stand."""
    door = door_of(context)
    snapshots = _snapshots(door, venture_id)
    now = door.clock.now()
    if as_json:
        shown = [_as_json(snapshot, now) for snapshot in snapshots]
        output.emit(shown[0] if venture_id else shown)
        return
    if not snapshots:
        output.say("No venture is loaded. Next: gtm venture load examples/ventures/fleet.yaml")
    for snapshot in snapshots:
        for line in _lines(snapshot, now):
            output.say(line)
    if snapshots and (told := _workers(door)):
        output.say(told)


def _snapshots(door: Door, venture_id: str | None) -> "list[StatusSnapshot]":
    from app.home import refuse_files
    from app.status_source import StoreSource
    from gtm.domain.errors import NotFound

    source = StoreSource(door.settings)
    try:
        path = door.settings.sqlite_path
        if path is not None and not path.exists():
            refuse_files(door.settings)
            if venture_id is None:
                return []
            raise NotFound(
                f"there is no venture {venture_id!r}", field="VENTURE", value=venture_id, hint="gtm venture load FILE"
            )
        source.prepare()
        return [source.snapshot(venture_id)] if venture_id else source.snapshots()
    finally:
        source.close()


def _workers(door: Door) -> str:
    """Who executes the active workflows; nothing where there are none."""
    from app.status_source import StoreSource

    source = StoreSource(door.settings)
    try:
        living, active = source.workers(door.clock.now())
    finally:
        source.close()
    if living:
        return f"workers: {living} alive"
    if not active:
        return ""
    standing = f"{counted(active, 'workflow')} in this store {agreed(active, 'is', 'are')} active"
    return f"workers: none alive, and {standing}; gtm worker starts one"


def _as_json(found: "StatusSnapshot", now: datetime) -> dict[str, object]:
    from app.standing import driven, driven_by, next_of

    told = {"driven": driven(found, now), "driven_by": driven_by(found, now), "next": next_of(found, now)}
    return {**found.as_json(), **told}


def _lines(found: "StatusSnapshot", now: datetime) -> list[str]:
    from app.standing import idle, next_of

    lines = [f"{found.name} ({found.venture_id}): {_state(found, now)}"]
    if found.run_id:
        working = ""
        if found.current_step and found.run_status == "running":
            working = f", {'stopped in' if idle(found, now) else 'working on'} {found.current_step}"
        lines.append(f"  run      {found.run_id}, {found.steps_done} of {found.steps_total} steps done{working}")
    if found.detail and not found.paused_since:
        lines.append(f"  detail   {found.detail}")
    if found.drafts:
        stays = f"{counted(found.drafts, 'approved workflow')} {agreed(found.drafts, 'stays a draft', 'stay drafts')}"
        lines.append(f"  draft    {stays}; gtm show {found.run_id} gates says why, then gtm workflow activate ID")
    if found.newer_brief:
        lines.append(f"  brief    a newer brief is loaded, which this run does not rest on: {_newer(found)}")
    lines.append(f"  changed  {output.day_and_time(found.last_updated)}")
    lines.append(f"  next     {next_of(found, now)}")
    return lines


def _newer(found: "StatusSnapshot") -> str:
    """How the newer brief comes to count."""
    if found.run_status == "completed":
        return f"gtm run {found.venture_id} begins one that does"
    return f"finish it, or stop it with gtm rollback {found.venture_id} --reason TEXT; the next run takes the brief up"


def _state(found: "StatusSnapshot", now: datetime) -> str:
    from app.standing import state_of

    if found.paused_since:
        return f"paused by a rollback since {output.day_and_time(found.paused_since)}: {found.paused_reason}"
    if found.recurse_to:
        return f"rolled back, goes back to stage {found.recurse_to}; no newer brief is loaded yet"
    return state_of(found, now)


def runs(context: typer.Context, venture_id: Venture = None, as_json: Json = False) -> None:
    """List runs, newest first."""
    from app.standing import is_idle
    from gtm.store.repositories import runs as repository
    from gtm.store.repositories import ventures

    door = door_of(context)
    with door.database.read() as session:
        if venture_id:
            ventures.require(session, venture_id)
        rows = repository.list_runs(session, venture_id)
    if as_json:
        output.emit(
            [
                {
                    "run_id": row.run_id,
                    "venture_id": row.venture_id,
                    "status": row.status,
                    "checkpoint": row.checkpoint,
                    "provider": row.provider,
                    "created_at": output.stamp(row.created_at),
                    "finished_at": output.stamp(row.finished_at) if row.finished_at else None,
                }
                for row in rows
            ]
        )
        return
    if not rows:
        output.say("No run yet. Next: gtm run examples/ventures/fleet.yaml")
    now = door.clock.now()
    for row in rows:
        idle = is_idle(row.status, row.lease_owner, row.lease_until, now)
        state = ("to be resumed" if idle else row.status.replace("_", " ")) + (
            f" ({row.checkpoint})" if row.checkpoint else ""
        )
        output.say(f"{row.run_id}  {row.venture_id:<20} {state:<30} {output.day_and_time(row.created_at)}")
