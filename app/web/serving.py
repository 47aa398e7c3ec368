"""Running the web door: bind, say where, answer until told to stop."""

import socket
import sys
import threading
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from app.settings import Settings
from app.web.guards import is_loopback
from gtm.domain.errors import ConfigError, UsageError


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        UsageError: the address cannot be bound.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"{host} port {port} cannot be bound: {getattr(error, 'strerror', None) or error}",
            field="--host and --port",
            value=f"{host}:{port}",
            hint="choose another port, or 0 for any free one",
        ) from error
    listener.listen(1024)
    return listener


def address(listener: socket.socket) -> str:
    """The URL under which a socket answers."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_exposure(settings: Settings, host: str) -> None:
    """Refuse to listen beyond this machine without a token.

    Raises:
        ConfigError: names the variable to set.
    """
    if not is_loopback(host) and settings.agent_token is None:
        raise ConfigError(
            f"listening on {host} lets other machines in, and no token is set",
            field="GTM_AGENT_TOKEN",
            allowed="at least 16 printable characters without blanks",
            hint="set GTM_AGENT_TOKEN, or keep --host 127.0.0.1 behind a proxy",
        )


class _Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(app: FastAPI, listener: socket.socket, ready: Callable[[], None], *, with_parent: bool = False) -> None:
    """Answer requests until interrupted.

    Args:
        app: the application.
        listener: a bound socket.
        ready: called once requests are answered.
        with_parent: stop when standard input closes, so that a parent that dies leaves nothing behind.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config, ready)
    if with_parent:
        threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _stop_at_end_of_input(server: uvicorn.Server) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    server.should_exit = True
