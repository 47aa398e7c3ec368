"""`gtm worker`: a process that executes workflows."""

import signal
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import Json
from gtm.domain.errors import InvalidInput

if TYPE_CHECKING:
    from app.worker import Engine, Worked, WorkerProcess
    from gtm.automation.ports import Services


SHORTEST_LEASE, LONGEST_LEASE = 10, 300
"""Seconds; the longest is the store's (`gtm.store.repositories.claims`), which would take a longer one for lost."""

EngineOption = Annotated[
    Literal["rows", "temporal"],
    typer.Option("--engine", help="Who hands out work: the rows alone, or a Temporal cluster (GTM_TEMPORAL_ADDRESS)."),
]


def worker(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
    poll: Annotated[float, typer.Option("--poll", min=0.05, max=60, help="Seconds of rest when nothing is due.")] = 1.0,
    sink: Annotated[
        bool, typer.Option("--sink", help="Keep all mail on this machine, in a local sink; written to GTM_HOME/mail.")
    ] = False,
    keep_days: Annotated[
        int | None,
        typer.Option(
            "--keep-days", min=1, max=3650, help="Days for which ended enrolments keep their log; default by policies."
        ),
    ] = None,
    lease: Annotated[
        int,
        typer.Option(
            "--lease",
            help="Seconds for which a claim holds without a word, 10 to 300; others then take it over.",
        ),
    ] = 120,
    engine: EngineOption = "rows",
    as_json: Json = False,
) -> None:
    """Execute workflows: send what is due, fire schedules, keep the store tidy. Several may run at once; Ctrl-C or
    SIGTERM ends one gracefully."""
    from app.mailing import sending
    from app.upkeep import tasks_of
    from app.worker import WorkerProcess

    holds = _lease(lease)
    door = door_of(context)
    with sending(door.settings, door.configuration, door.database, sink=sink) as services:
        process = WorkerProcess(
            door.database,
            door.clock,
            services,
            poll_seconds=poll,
            lease=holds,
            engine=_temporal(door, services, holds) if engine == "temporal" else None,
            tasks=tasks_of(door.settings, door.configuration.policies, services, keep_days),
        )
        done = process.once() if once else _until_told(door, process, sink=sink)
    door.database.close()
    told = f"{done.name} ended after {done.moved} steps."
    output.result({"event": "stopped", **done.model_dump()}, told, as_json=as_json)


def _lease(seconds: int) -> timedelta:
    """How long a claim is to hold.

    Raises:
        InvalidInput: shorter than a worker needs to say that it lives, or longer than any claim can hold.
    """
    if not SHORTEST_LEASE <= seconds <= LONGEST_LEASE:
        raise InvalidInput(
            f"no claim can hold for {seconds} seconds",
            field="--lease",
            value=seconds,
            allowed=f"{SHORTEST_LEASE} to {LONGEST_LEASE}",
            hint="leave it out for 120 seconds",
        )
    return timedelta(seconds=seconds)


def _temporal(door: Door, services: "Services", lease: timedelta) -> "Engine":
    """The engine on a cluster, which takes steps of crew runs as well."""
    from app import bootstrap

    cluster = bootstrap.cluster(door.settings)
    from app.temporal.engine import TemporalEngine

    return TemporalEngine(door.database, door.clock, services, cluster, crew=door.services, lease=lease)


def _until_told(door: Door, process: "WorkerProcess", *, sink: bool) -> "Worked":
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: process.stop())
    info = process.info
    where = "into a local sink" if sink else "by the configured mail server"
    started = {"event": "started", "name": info.name, "pid": info.pid, "mail": "sink" if sink else "server"}
    told = f"{info.name} works and sends {where}. Ctrl-C ends it."
    return process.run(lambda: output.result(started, told, as_json=door.as_json))
