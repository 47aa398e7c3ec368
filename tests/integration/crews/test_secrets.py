"""No API key and no credential is ever written down: not in the store, the evidence, the logs or the handoff."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.testing import OpenAIServer, Reply
from agents.testing_brain import HouseBrain
from gtm.domain.errors import ModelUnavailable
from gtm.store.vault import Vault, new_key
from tests.integration.crews.scenes import Scene, impatient
from tests.integration.crews.test_guardrails import live

At = Callable[..., Scene]
API_KEY = "sk-planted-4f1d9c7be2a8460f"
SECRET = "linkedin-token-planted-77c0ffee"
REF = "vault://fleet/linkedin/api-token"


def written(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, SQLite's own log included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told(scene: Scene) -> str:
    """Everything that the run told its listener."""
    return "\n".join(repr(event) for event in scene.events)


def put_secret(scene: Scene) -> Vault:
    vault = Vault(new_key())
    scene.write(lambda s: vault.put(s, REF, SECRET, scene.clock.now()))
    return vault


def test_a_finished_run_has_written_neither_key_nor_credential(
    sqlite_at: At, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """From the last approvals to the handoff on a live model, over a store that holds a credential."""
    caplog.set_level(logging.DEBUG)
    with OpenAIServer(HouseBrain(), api_key=API_KEY) as server:
        scene = sqlite_at("approved:automation", evidence=True).with_services(models=live(server, api_key=API_KEY))
        vault = put_secret(scene)
        assert scene.advance().checkpoint == "final"
        scene.approve()
        assert scene.advance().status == "completed"
        assert server.counts.completions > 0
        sent = json.dumps([exchange.request for exchange in server.log])
    files = written(tmp_path)
    assert {"store.db"} <= set(files) and any(name.startswith("out/fleet/") for name in files)
    for secret in (API_KEY, SECRET):
        assert [name for name, data in files.items() if secret.encode() in data] == []
        assert secret not in sent and secret not in told(scene) and secret not in caplog.text
    assert REF.encode() in files["store.db"] + files.get("store.db-wal", b"")
    with scene.database.read() as session:
        assert vault.get(session, REF) == SECRET


def test_a_server_that_quotes_the_key_does_not_get_it_written(sqlite_at: At, tmp_path: Path) -> None:
    quoting = Reply.error(401, f"Incorrect API key provided: {API_KEY}.")
    with OpenAIServer(HouseBrain(broken={"1.1": quoting})) as server:
        scene = sqlite_at("created").with_services(models=live(server, api_key=API_KEY))
        with pytest.raises(ModelUnavailable, match=r"Incorrect API key provided: \*\*\*") as error:
            scene.advance()
    assert API_KEY not in repr(error.value) + str(error.value.as_problem()) + told(scene)
    assert [name for name, data in written(tmp_path).items() if API_KEY.encode() in data] == []


def test_a_model_that_echoes_the_key_does_not_get_it_stored(sqlite_at: At, tmp_path: Path) -> None:
    """An answer of the server is no place for the key either: it is taken out on arrival."""
    echo = Reply.say(f"My key is {API_KEY}.")
    with OpenAIServer(HouseBrain(broken={"1.3": echo})) as server:
        scene = sqlite_at("started:1.3")
        policies = impatient(scene.services.policies)
        scene = scene.with_services(models=live(server, api_key=API_KEY), policies=policies)
        assert scene.advance().checkpoint == "strategy"
        sent = json.dumps([exchange.request for exchange in server.log])
    assert API_KEY not in sent and API_KEY not in told(scene)
    assert [name for name, data in written(tmp_path).items() if API_KEY.encode() in data] == []


def test_the_settings_do_not_show_the_key(sqlite_at: At) -> None:
    with OpenAIServer(HouseBrain()) as server:
        scene = sqlite_at("created").with_services(models=live(server, api_key=API_KEY))
        assert API_KEY not in repr(scene.services) + str(scene.services.models.model_dump())
