"""`gtm run` and `gtm resume`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.door import Door, door_of
from app.cli.ventures import By, Json
from app.cli.working import EngineOption

ApproveAs = Annotated[
    list[str] | None,
    typer.Option(
        "--approve-as",
        metavar="ROLE",
        help="Approve by itself as LEAD, PLAN, EXEC or all, unless the review advises against; may be repeated.",
    ),
]


def run(
    context: typer.Context,
    target: Annotated[
        str, typer.Argument(metavar="FILE_OR_ID", help="A venture brief, or the id of a loaded venture.")
    ],
    approve_as: ApproveAs = None,
    by: By = None,
    engine: EngineOption = "rows",
    as_json: Json = False,
) -> None:
    """Take a venture through stage 17 up to what needs you; on a terminal you are asked at each checkpoint."""
    door = door_of(context)
    roles = roles_of(approve_as or [])
    if engine == "temporal":
        from app import bootstrap

        bootstrap.cluster(door.settings)
    venture_id = _venture(door, target, by, as_json)
    from app.cli.journey import Journey
    from crews.runner import start_run

    run_id = start_run(door.services, venture_id)
    if engine == "temporal":
        _hand_over(door, run_id, as_json=as_json)
        return
    raise typer.Exit(Journey(door, run_id, roles, by, as_json=as_json).go())


def resume(
    context: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="RUN_OR_VENTURE", help="A run's id, or a venture's for its latest run.")
    ],
    approve_as: ApproveAs = None,
    by: By = None,
    engine: EngineOption = "rows",
    as_json: Json = False,
) -> None:
    """Go on with a run: after an approval, an interruption, or once a gate's cause is mended."""
    door = door_of(context)
    roles = roles_of(approve_as or [])
    run_id = door.run_id(ref)
    if engine == "temporal":
        _hand_over(door, run_id, as_json=as_json)
        return
    from app.cli.journey import Journey

    raise typer.Exit(Journey(door, run_id, roles, by, as_json=as_json).go())


def _hand_over(door: Door, run_id: str, *, as_json: bool) -> None:
    """Have a cluster drive a run: its steps are taken by whichever `gtm worker --engine temporal` is free."""
    from app import bootstrap
    from app.cli import output

    cluster = bootstrap.cluster(door.settings)
    from app.temporal.engine import start_crew_run
    from crews.lease import announce

    workflow_id = start_crew_run(cluster, run_id)
    announce(door.database, door.clock, run_id, door.configuration.policies.run.lease_seconds, workflow_id)
    told = (
        f"{run_id} is driven on Temporal as {workflow_id}. Look: gtm status, gtm pending; answer: gtm approve {run_id}"
    )
    output.result({"event": "handed_over", "run_id": run_id, "workflow_id": workflow_id}, told, as_json=as_json)


def roles_of(named: list[str]) -> frozenset[str]:
    """The roles that may be approved as without asking.

    Raises:
        InvalidInput: there is no such role.
    """
    from typing import get_args

    from gtm.domain.errors import InvalidInput
    from gtm.domain.vocabulary import Role

    roles: set[str] = set()
    for name in (part.strip() for entry in named for part in entry.split(",")):
        if name.lower() == "all":
            roles |= set(get_args(Role))
        elif name.upper() in get_args(Role):
            roles.add(name.upper())
        else:
            raise InvalidInput(
                "there is no such role", field="--approve-as", value=name, allowed=", ".join([*get_args(Role), "all"])
            )
    return frozenset(roles)


def _venture(door: Door, target: str, by: str | None, as_json: bool) -> str:
    """The venture that is meant: a brief's file is loaded first."""
    path = Path(target)
    if not (path.suffix in (".yaml", ".yml", ".json") or "/" in target or path.is_file()):
        return target
    from app.cli import output
    from app.cli.ventures import load_brief, tell_findings, tell_open_run

    brief, findings = load_brief(door, path, by)
    if not as_json:
        output.say(f"{brief.name} is loaded as {brief.id} from {path}.")
        tell_findings(findings)
        tell_open_run(door, brief.id)
    return brief.id
