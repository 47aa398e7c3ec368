"""The three servers of `webhook_rate`: ours, n8n and Node-RED, each a process that takes the same webhook."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from app import bootstrap
from app.settings import Settings
from benchmarks.conditions import ROOT, own_environment
from benchmarks.engine_store import VENTURE, one_field
from gtm.domain.webhook import secret_ref
from gtm.domain.workflow import TriggerDefinition
from gtm.store.database import Database
from gtm.store.repositories import automation

WORKFLOW, TRIGGER = "bench-form", "bench-form-sent"
SECRET = "the secret of the benchmark's form"
HOST = "127.0.0.1"

START_SECONDS = 120.0
"""How long a server may take until it answers; n8n migrates its new database first."""
END_SECONDS = 60.0

_PATH = "bench"
_PERSON = {"email": "owner@example.com", "firstName": "Ada", "lastName": "Lovelace", "password": "Owner-of-1-bench"}
_MAIL = {
    "GTM_MAIL_URL": f"smtp+plain://{HOST}:9",
    "GTM_MAIL_FROM": "team@bench.test",
    "GTM_MAIL_UNSUBSCRIBE_URL": "https://bench.test/unsubscribe",
}
"""The embedded worker starts where a mail server is named; the benchmark's workflow sends no mail."""


@dataclass(frozen=True)
class Server:
    """A server that takes webhooks.

    Attributes:
        name: for people.
        url: of the webhook.
        pid: of its first process.
        ended: how many executions have ended well, as its store tells; None where nothing is stored, and an execution
            has ended when its answer is there.
    """

    name: str
    url: str
    pid: int
    ended: Callable[[], int] | None


@contextmanager
def ours(folder: Path) -> Iterator[Server]:
    """`gtm serve` with its embedded worker; the workflow writes one field of the lead and ends."""
    env = own_environment(folder, **_MAIL)
    settings = Settings.from_env(env)
    database = bootstrap.open_store(settings)
    _configure(database, settings)
    database.close()
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--worker", "--json"]
    with _process(command, env, folder / "gtm.log", told=True) as (process, line):
        store = settings.sqlite_path
        assert store is not None
        count = "SELECT count(*) FROM enrolments WHERE finished_at IS NOT NULL"
        url = f"{json.loads(line)['url']}/webhooks/{TRIGGER}"
        yield Server("gtm serve", url, process.pid, _counter(store, count))


def _configure(database: Database, settings: Settings) -> None:
    now = datetime.now(UTC)
    trigger = TriggerDefinition(trigger_id=TRIGGER, type="webhook", workflow_id=WORKFLOW)
    vault = bootstrap.open_vault(settings)
    with database.write() as session:
        automation.save_workflow(session, one_field(WORKFLOW, TRIGGER), run_id="bench", revision=1, now=now)
        automation.save_trigger(session, trigger, venture_id=VENTURE, run_id="bench", revision=1, now=now)
        automation.activate_workflow(session, WORKFLOW, now)
        vault.put(session, secret_ref(VENTURE, TRIGGER), SECRET, now)


@contextmanager
def n8n(script: Path, node: str, folder: Path, *, lazy: bool = False) -> Iterator[Server]:
    """n8n in regular mode with its SQLite database and its own defaults: every execution is stored.

    By default it makes an isolated engine for expressions for every execution, also where none is evaluated.

    Args:
        script: n8n's own start script.
        node: the interpreter.
        folder: where it may keep its data.
        lazy: make that engine only when an expression asks for it.
    """
    port = _free_port()
    env = os.environ | {
        "N8N_PORT": str(port),
        "N8N_LISTEN_ADDRESS": HOST,
        "N8N_USER_FOLDER": str(folder),
        "N8N_RUNNERS_BROKER_PORT": str(_free_port()),
        "N8N_SECURE_COOKIE": "false",
        "N8N_DIAGNOSTICS_ENABLED": "false",
        "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
        "N8N_TEMPLATES_ENABLED": "false",
        "N8N_PERSONALIZATION_ENABLED": "false",
        "N8N_COMMUNITY_PACKAGES_ENABLED": "false",
        "N8N_LOG_LEVEL": "warn",
        "NODE_ENV": "production",
        "N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE": "true" if lazy else "false",
    }
    base = f"http://{HOST}:{port}"
    with _process([node, str(script), "start"], env, folder / "n8n.log") as (process, _):
        _wait(f"{base}/healthz/readiness", process, folder / "n8n.log")
        _publish(base)
        url = f"{base}/webhook/{_PATH}"
        # The webhook is registered some time after its activation was answered.
        _wait(url, process, folder / "n8n.log", method="POST")
        count = "SELECT count(*) FROM execution_entity WHERE status = 'success'"
        store = folder / ".n8n" / "database.sqlite"
        yield Server("n8n, lazy" if lazy else "n8n", url, process.pid, _counter(store, count))


def _publish(base: str) -> None:
    """Make the owner, a key, and the workflow; activate it."""
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        _took(client.post("/rest/owner/setup", json=_PERSON))
        scopes = ["workflow:create", "workflow:activate", "workflow:read", "workflow:update"]
        asked = {"label": "bench", "scopes": scopes, "expiresAt": None}
        key = _took(client.post("/rest/api-keys", json=asked)).json()["data"]["rawApiKey"]
        headers = {"X-N8N-API-KEY": key}
        made = _took(client.post("/api/v1/workflows", json=_n8n_workflow(), headers=headers)).json()
        _took(client.post(f"/api/v1/workflows/{made['id']}/activate", headers=headers))


def _n8n_workflow() -> dict[str, object]:
    webhook = {
        "name": "Webhook",
        "type": "n8n-nodes-base.webhook",
        "typeVersion": 2.1,
        "position": [0, 0],
        "webhookId": "b5f8d1f2-5a4e-4e0d-9a57-0c1f4d9f6a11",
        "parameters": {"httpMethod": "POST", "path": _PATH, "responseMode": "onReceived", "options": {}},
    }
    field = {"id": "status", "name": "status", "value": "contacted", "type": "string"}
    mark = {
        "name": "Mark",
        "type": "n8n-nodes-base.set",
        "typeVersion": 3.4,
        "position": [220, 0],
        "parameters": {"assignments": {"assignments": [field]}, "includeOtherFields": True, "options": {}},
    }
    return {
        "name": "bench",
        "nodes": [webhook, mark],
        "connections": {"Webhook": {"main": [[{"node": "Mark", "type": "main", "index": 0}]]}},
        "settings": {"executionOrder": "v1"},
    }


@contextmanager
def node_red(script: Path, node: str, folder: Path) -> Iterator[Server]:
    """Node-RED: http in, change, http response; it stores nothing.

    Args:
        script: Node-RED's own start script.
        node: the interpreter.
        folder: where it may keep its data.
    """
    port = _free_port()
    settings = {"uiHost": HOST, "uiPort": port, "flowFile": "flows.json", "telemetry": {"enabled": False}}
    settings["logging"] = {"console": {"level": "error"}}
    (folder / "settings.js").write_text(f"module.exports = {json.dumps(settings)};\n")
    (folder / "flows.json").write_text(json.dumps(_flow()))
    command = [node, str(script), "--userDir", str(folder), "--settings", str(folder / "settings.js")]
    with _process(command, os.environ, folder / "node-red.log") as (process, _):
        url = f"http://{HOST}:{port}/{_PATH}"
        _wait(url, process, folder / "node-red.log", method="POST")
        yield Server("Node-RED", url, process.pid, None)


def _flow() -> list[dict[str, object]]:
    mark = {"t": "set", "p": "payload.status", "pt": "msg", "to": "contacted", "tot": "str"}
    nodes: list[dict[str, object]] = [
        {"id": "in", "type": "http in", "url": f"/{_PATH}", "method": "post", "wires": [["mark"]]},
        {"id": "mark", "type": "change", "rules": [mark], "wires": [["out"]]},
        {"id": "out", "type": "http response", "statusCode": "", "headers": {}, "wires": []},
    ]
    # What has no place on the sheet is taken for configuration.
    return [{"id": "tab", "type": "tab", "label": "bench"}, *({"z": "tab", "x": 1, "y": 1} | node for node in nodes)]


@contextmanager
def _process(
    command: Sequence[str], env: Mapping[str, str], log: Path, *, told: bool = False
) -> Iterator[tuple[subprocess.Popen[bytes], bytes]]:
    """A process for as long as the block lasts; with `told`, and the line that it says when it is ready."""
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if told else out,
            stderr=out,
        ) as process,
    ):
        try:
            line = process.stdout.readline() if process.stdout is not None else b""
            if told and not line:
                raise RuntimeError(_broke(process, log))
            yield process, line
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, *, method: str = "GET") -> None:
    until = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=5) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                if client.request(method, url).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
    raise RuntimeError(_broke(process, log))


def _broke(process: subprocess.Popen[bytes], log: Path) -> str:
    fate = "does not answer" if process.poll() is None else f"exited with {process.returncode}"
    return f"{process.args!r} {fate}: {log.read_text(errors='replace')[-2000:]}"


def _took(response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise RuntimeError(f"{response.request.url} answered {response.status_code}: {response.text[:500]}")
    return response


def _counter(store: Path, query: str) -> Callable[[], int]:
    """Counts in somebody's SQLite file, without writing to it."""

    def count() -> int:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            return int(connection.execute(query).fetchone()[0])

    return count


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
