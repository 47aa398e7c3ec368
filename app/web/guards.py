"""What every request must pass before a route sees it: the host it names, and the token where one is set.

A browser can be led to a loopback address under a foreign name (DNS rebinding); its Host header then gives it away.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.problems import problem

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
OPEN_PATHS = frozenset({"/healthz"})
OPEN_PREFIXES = ("/t/", "/webhooks/", "/p/")
"""Links and pictures in mails, webhooks, and campaigns' pages: those who ask have no token of ours. Addresses of the
first and bodies of the second are signed; the last are for everybody."""


def is_loopback(host: str) -> bool:
    """Whether an address to bind to is reachable from this machine alone."""
    return host in ("localhost", "::1") or host.startswith("127.")


class Guard:
    """Pure ASGI, so that it costs next to nothing.

    Args:
        app: what it guards.
        hosts: names by which the server may be addressed, without port; loopback names are always among them.
        token: a bearer token that every request but the health check must carry; None for none.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = (), token: SecretStr | None = None) -> None:
        self._app = app
        self._hosts = LOOPBACK | {_bracketed(host) for host in hosts}
        self._token = token.get_secret_value().encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = authorization = b""
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
            elif name == b"authorization":
                authorization = value
        name = host.decode("latin-1").lower()
        if _without_port(name) not in self._hosts:
            refusal = problem(
                421, f"This server does not answer for the host {name[:100]!r}.", allowed=sorted(self._hosts)
            )
            await refusal(scope, receive, send)
        elif self._token and not _open(scope["path"]) and not self._knows(authorization):
            headers = {"WWW-Authenticate": 'Bearer realm="gtm", Basic realm="gtm"'}
            await problem(401, "This endpoint needs its bearer token.", headers=headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _knows(self, authorization: bytes) -> bool:
        """Whether the header carries the token, as bearer or, for a browser, as the password of Basic."""
        scheme, _, value = authorization.partition(b" ")
        offered = value.strip()
        if scheme.lower() == b"basic":
            try:
                offered = base64.b64decode(offered, validate=True).partition(b":")[2]
            except (binascii.Error, ValueError):
                return False
        elif scheme.lower() != b"bearer":
            return False
        return hmac.compare_digest(offered, self._token or b"")


def _open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()
