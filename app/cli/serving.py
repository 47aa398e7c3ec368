"""`gtm serve`: the agent endpoint and the page with the ventures."""

import sys
from typing import Annotated

import typer

from app.cli import output
from app.cli.door import door_of
from app.cli.ventures import Json


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", help="Address to bind to; anything but loopback needs GTM_AGENT_TOKEN.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8017,
    as_json: Json = False,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Answer the SOP's status command at POST /agents/gtm-strategist, and show ventures and reports at /."""
    from app import bootstrap
    from app.web.guards import is_loopback
    from app.web.server import create_app
    from app.web.serving import address, bind, check_exposure
    from app.web.serving import serve as run_server

    settings = door_of(context).settings
    check_exposure(settings, host)
    bootstrap.prepare_home(settings)
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

    run_server(app, listener, ready, with_parent=with_parent)


def _pid() -> int:
    import os

    return os.getpid()
