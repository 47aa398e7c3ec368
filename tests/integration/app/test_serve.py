"""The agent endpoint, served by a real process on loopback."""

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import bootstrap
from app.agent_probe import PATH, AgentProbe, AgentProcess, ask
from app.settings import Settings
from app.web.agent import MAX_BODY
from gtm.domain.brief import VentureBrief

TOKEN = "a-token-of-some-length"


@pytest.fixture
def agent(settings: Settings, fleet: VentureBrief) -> Iterator[str]:
    """The URL of an agent that knows Fleet."""
    with AgentProcess(bootstrap.child_environment(settings)) as process:
        yield process.start().url


def send(url: str, body: object, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with httpx.Client(trust_env=False) as client:
        return client.post(url + PATH, content=content, headers={"Content-Type": "application/json", **headers})


def get(url: str, **headers: str) -> httpx.Response:
    with httpx.Client(trust_env=False) as client:
        return client.get(url, headers=headers)


def problem_of(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert told["status"] == response.status_code
    assert {"type", "title", "detail"} <= set(told)
    return told


def test_the_agent_endpoint(agent: str, tmp_path: Path) -> None:
    """One process answers all of these: starting it is what costs."""
    _answers_the_sops_command(agent)
    _refuses_what_it_must(agent)
    _shows_pages(agent)
    _serves_packages_and_nothing_else(agent, tmp_path)
    _guards_its_host(agent)


def _answers_the_sops_command(agent: str) -> None:
    response = send(agent, {"command": "status", "venture_id": "fleet"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answered = response.json()
    assert list(answered)[:2] == ["status", "last_updated"]
    assert answered["status"] == "operational"
    assert answered["last_updated"].endswith("Z") and len(answered["last_updated"]) == 20
    assert response.elapsed.total_seconds() < 5
    assert send(agent, {"command": "pending"}).json() == {"status": "operational", "pending": []}
    assert get(agent + "/healthz").json() == {"status": "operational"}


def _refuses_what_it_must(agent: str) -> None:
    wanted = [
        (b"no json", 400),
        (b"[]", 400),
        ({}, 422),
        ({"command": "launch"}, 422),
        ({"command": "status"}, 422),
        ({"command": "status", "venture_id": "../fleet"}, 422),
        ({"command": "status", "venture_id": "nobody"}, 404),
        (b" " * (MAX_BODY + 1), 413),
    ]
    for body, status in wanted:
        assert problem_of(send(agent, body))["status"] == status, body
    assert problem_of(send(agent, b"command=status", **{"Content-Type": "text/plain"}))["status"] == 415
    assert problem_of(get(agent + PATH))["status"] == 405
    assert problem_of(get(agent + "/nowhere"))["status"] == 404
    allowed = problem_of(send(agent, {"command": "launch"}))["allowed"]
    assert "status" in allowed


def _endless() -> Iterator[bytes]:
    while True:
        yield b" " * 65536


def test_a_body_of_no_declared_length_is_cut_off(agent: str) -> None:
    with httpx.Client(trust_env=False, timeout=10) as client:
        try:
            response = client.post(agent + PATH, content=_endless(), headers={"Content-Type": "application/json"})
        except httpx.TransportError:
            return
    assert response.status_code == 413


def _shows_pages(agent: str) -> None:
    page = get(agent + "/")
    assert page.status_code == 200
    assert "Fleet" in page.text and "Nothing waits." in page.text
    assert "script-src" not in page.headers["content-security-policy"].replace("default-src 'none'", "")
    assert "/agents/gtm-strategist" in get(agent + "/docs").text
    document = get(agent + "/openapi.json").json()
    assert "post" in document["paths"][PATH]


def _serves_packages_and_nothing_else(agent: str, tmp_path: Path) -> None:
    package = tmp_path / "out" / "fleet"
    package.mkdir(parents=True)
    (package / "report.html").write_text("<h1>Fleet goes to market</h1>")
    (package / ".hidden").write_text("secret")
    (tmp_path / "out" / "outside").symlink_to(tmp_path / "home")
    served = get(agent + "/handoff/fleet/report.html")
    assert served.text == "<h1>Fleet goes to market</h1>"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert get(agent + "/handoff/fleet").text == served.text
    assert '<a href="/handoff/fleet/report.html">' in get(agent + "/").text
    for path in ("fleet/.hidden", "fleet/nothing", "outside/gtm.db", "%2e%2e/home/gtm.db", "..%2fhome%2fgtm.db", "%00"):
        assert get(f"{agent}/handoff/{path}").status_code == 404, path
    assert raw(agent, "GET /handoff/../../home/gtm.db HTTP/1.1").startswith("HTTP/1.1 404")
    with httpx.Client(trust_env=False) as client:
        assert client.put(f"{agent}/handoff/fleet/report.html", content=b"x").status_code == 405


def _guards_its_host(agent: str) -> None:
    rebound = problem_of(get(agent + "/", Host="evil.example"))
    assert rebound["status"] == 421
    port = agent.rsplit(":", 1)[1]
    assert get(agent + "/healthz", Host=f"localhost:{port}").status_code == 200
    assert raw(agent, "GET /healthz HTTP/1.1", host="").startswith("HTTP/1.1 4")


def raw(url: str, request_line: str, host: str = "127.0.0.1") -> str:
    """Send a request as it is written, dots and all; returns the first line of the answer."""
    port = int(url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{request_line}\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return connection.makefile().readline()


def test_a_token_is_asked_for(env: Mapping[str, str], fleet: VentureBrief) -> None:
    guarded = Settings.from_env({**env, "GTM_AGENT_TOKEN": TOKEN})
    with AgentProcess(bootstrap.child_environment(guarded)) as process:
        url = process.start().url
        command = {"command": "status", "venture_id": "fleet"}
        assert send(url, command).status_code == 401
        assert "Bearer" in send(url, command).headers["www-authenticate"]
        assert send(url, command, Authorization="Bearer wrong").status_code == 401
        assert send(url, command, Authorization=f"Bearer {TOKEN}").status_code == 200
        with httpx.Client(trust_env=False, auth=("anyone", TOKEN)) as browser:
            assert browser.get(url + "/").status_code == 200
        assert get(url + "/").status_code == 401
        assert get(url + "/healthz").status_code == 200
        assert ask(url, "fleet", TOKEN, 5).ok
        assert not ask(url, "fleet", None, 5).ok
        assert AgentProbe(url, process, TOKEN)("fleet").ok


def test_the_store_on_either_database_answers(database_url: str, env: Mapping[str, str], tmp_path: Path) -> None:
    import yaml

    from gtm.domain.clock import SystemClock
    from gtm.store.database import Database
    from gtm.store.repositories import ventures
    from tests.integration.app.conftest import FLEET

    database = Database(database_url)
    with database.write() as session:
        brief = VentureBrief.model_validate(yaml.safe_load(FLEET.read_bytes()))
        ventures.save_brief(session, brief, (), SystemClock().now())
    database.close()
    settings = Settings.from_env({**env, "GTM_DATABASE_URL": database_url})
    with AgentProcess(bootstrap.child_environment(settings)) as process:
        url = process.start().url
        answered = send(url, {"command": "status", "venture_id": "fleet"}).json()
        assert answered["status"] == "operational" and answered["steps_total"] == 9
        assert send(url, {"command": "status", "venture_id": "nobody"}).status_code == 404
        assert "Fleet" in get(url + "/").text
