"""Host and token, before any route."""

import asyncio
import base64
from typing import Any

import pytest
from pydantic import SecretStr

from app.web.guards import Guard, is_loopback

TOKEN = "0123456789abcdef"


def status_of(
    headers: dict[str, str], *, path: str = "/", hosts: tuple[str, ...] = (), token: str | None = None
) -> int:
    """The status that a request with these headers gets from a guarded application that answers 200."""
    sent: list[dict[str, Any]] = []

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    guard = Guard(application, hosts, SecretStr(token) if token else None)
    asyncio.run(guard(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize("host", ["127.0.0.1:8017", "localhost", "LOCALHOST:1", "[::1]:8017", "gtm.example.com"])
def test_known_hosts_pass(host: str) -> None:
    assert status_of({"Host": host}, hosts=("gtm.example.com",)) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::2]", "gtm.example.com@evil", "é"],
)
def test_other_hosts_are_misdirected(host: str) -> None:
    assert status_of({"Host": host}, hosts=("gtm.example.com",)) == 421


def test_without_host_nothing_is_answered() -> None:
    assert status_of({}) == 421


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (basic(TOKEN), 200),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer", 401),
        (TOKEN, 401),
        (basic("wrong"), 401),
        ("Basic !!!", 401),
        ("Digest x", 401),
        ("Bearer é", 401),
    ],
)
def test_the_token_is_compared(authorization: str, status: int) -> None:
    assert status_of({"Host": "localhost", "Authorization": authorization}, token=TOKEN) == status


def test_health_needs_no_token_but_a_known_host() -> None:
    assert status_of({"Host": "localhost"}, path="/healthz", token=TOKEN) == 200
    assert status_of({"Host": "evil.example"}, path="/healthz", token=TOKEN) == 421
    assert status_of({"Host": "localhost"}, path="/", token=TOKEN) == 401


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_what_is_reachable_from_here_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
