"""The webhook door over HTTP: sizes, types, signatures, and the token that it does not ask for."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from app import bootstrap
from app.agent_probe import AgentProcess
from app.settings import Settings
from gtm.domain.clock import SystemClock
from gtm.domain.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, secret_ref, sign
from gtm.domain.workflow import TriggerDefinition
from gtm.store.database import Database
from gtm.store.models.automation import LeadRow
from gtm.store.repositories import automation
from tests.integration.automation.surroundings import drip

SECRET = "a secret of the sender's"


@pytest.fixture
def door(env: Mapping[str, str], settings: Settings, store: Database) -> Iterator[str]:
    """The address of a webhook that is ready, at a server that asks everybody else for a token."""
    now = SystemClock().now()
    form = TriggerDefinition(trigger_id="form", type="webhook", workflow_id="acme-drip")
    vault = bootstrap.open_vault(settings)
    with store.write() as session:
        automation.save_workflow(session, drip(), run_id="run-1", revision=1, now=now)
        automation.save_trigger(session, form, venture_id="acme", run_id="run-1", revision=1, now=now)
        automation.activate_workflow(session, "acme-drip", now)
        vault.put(session, secret_ref("acme", "form"), SECRET, now)
    guarded = Settings.from_env({**env, "GTM_AGENT_TOKEN": "a-token-of-some-length"})
    with AgentProcess(bootstrap.child_environment(guarded)) as process:
        yield process.start().url + "/webhooks/form"


def post(url: str, body: bytes, **headers: str) -> httpx.Response:
    timestamp = str(int(time.time()))
    signed = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: sign(SECRET, timestamp, body)}
    with httpx.Client(trust_env=False, timeout=20) as client:
        return client.post(url, content=body, headers={"Content-Type": "application/json", **signed, **headers})


def refused(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert told["status"] == response.status_code and told["detail"]
    return told


def test_the_door(door: str, store: Database) -> None:
    """One process answers all of these: starting it is what costs."""
    body = json.dumps({"email": "ada@example.test"}).encode()
    assert refused(post(door, body, **{SIGNATURE_HEADER: "sha256=" + "0" * 64}))["status"] == 401
    assert refused(post(door, body, **{TIMESTAMP_HEADER: "1"}))["status"] == 401
    assert refused(post(door, b"no json"))["status"] == 400
    assert refused(post(door, b'{"email": "nobody"}'))["findings"][0].startswith("email: ")
    assert refused(post(door, body, **{"Content-Type": "text/plain"}))["status"] == 415
    assert refused(post(door.replace("form", "nobody"), body))["status"] == 404
    assert _twenty_megabytes(door) == 413
    assert _rows(store) == 0
    taken = post(door, body)
    assert taken.status_code == 202 and taken.json()["created"] and taken.json()["execution_id"].startswith("exec-")
    same = {name: taken.request.headers[name] for name in (TIMESTAMP_HEADER, SIGNATURE_HEADER)}
    assert refused(post(door, body, **same))["status"] == 409
    again = post(door, b'{"email":"ada@example.test"}')
    assert again.status_code == 200 and again.json()["skipped"] == "duplicate"
    assert _rows(store) == 1
    document = httpx.get(door.replace("/webhooks/form", "/openapi.json"), auth=("x", "a-token-of-some-length")).json()
    assert "post" in document["paths"]["/webhooks/{trigger_id}"]


def _rows(store: Database) -> int:
    from sqlmodel import select

    with store.read() as session:
        return len(session.exec(select(LeadRow)).all())


def _twenty_megabytes(url: str) -> int:
    """Announced, it is refused before a byte of it is read; the sender may find the connection closed."""
    try:
        return post(url, b" " * 20_000_000).status_code
    except httpx.TransportError:
        return _announced(url)


def _announced(url: str) -> int:
    import socket

    host, port = url.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        head = f"POST /webhooks/form HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: 20000000\r\n\r\n".encode())
        return int(connection.makefile().readline().split()[1])
