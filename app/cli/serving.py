"""`gtm serve`: the agent endpoint and the page with the ventures."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import Json


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", help="Address to bind to; anything but loopback needs GTM_AGENT_TOKEN.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8017,
    worker: Annotated[
        bool | None,
        typer.Option(
            "--worker/--no-worker", help="Also execute workflows; by default when GTM_MAIL_URL names a mail server."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Answer the SOP's status command at POST /agents/gtm-strategist, and show ventures and reports at /."""
    from app import bootstrap
    from app.home import prepare_home
    from app.web.guards import is_loopback
    from app.web.server import create_app
    from app.web.serving import address, bind, check_exposure
    from app.web.serving import serve as run_server

    door = door_of(context)
    settings = door.settings
    check_exposure(settings, host)
    prepare_home(settings)
    listener = bind(host, port)
    url = address(listener)
    hosts = settings.allowed_hosts if is_loopback(host) else (*settings.allowed_hosts, host)
    app = create_app(settings.model_copy(update={"allowed_hosts": hosts}), bootstrap.status_source(settings))

    def ready() -> None:
        if as_json:
            output.emit({"url": url, "pid": _pid()})
        else:
            output.say(f"The agent answers at {url}/agents/gtm-strategist; open {url}/ in a browser. Ctrl-C stops it.")
        sys.stdout.flush()

    wanted = settings.mail_url is not None if worker is None else worker
    with embedded_worker(door) if wanted else nullcontext():
        run_server(app, listener, ready)


@contextmanager
def embedded_worker(door: Door) -> Iterator[None]:
    """A worker in a thread of this process, for as long as the block lasts.

    Raises:
        ConfigError: no mail server is configured.
    """
    import signal
    import threading

    from app.mailing import sending
    from app.upkeep import tasks_of
    from app.worker import WorkerProcess

    with sending(door.settings, door.configuration, door.database) as services:
        tasks = tasks_of(door.settings, door.configuration.policies, services)
        process = WorkerProcess(door.database, door.clock, services, embedded=True, tasks=tasks)
        thread = threading.Thread(target=process.run, name="worker", daemon=True)
        thread.start()
        # The server raises SIGTERM anew when it has closed; by default that would end the process before the worker.
        signal.signal(signal.SIGTERM, lambda _signal, _frame: process.stop())
        try:
            yield
        finally:
            process.stop()
            thread.join(timeout=60)


def _pid() -> int:
    import os

    return os.getpid()
