"""A home with a store in which the ventures of examples/ stand, and the command line as a process."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from app import ROOT, bootstrap
from app.cli.root import app
from app.settings import Settings
from gtm.domain.brief import VentureBrief
from gtm.domain.clock import SystemClock
from gtm.store.database import Database
from gtm.store.repositories import ventures

FLEET = ROOT / "examples" / "ventures" / "fleet.yaml"


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def problem(self) -> dict[str, Any]:
        """The error as problem JSON."""
        told: dict[str, Any] = json.loads(self.err)
        return told


Gtm = Callable[..., Done]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path / "home"


@pytest.fixture
def env(home: Path, tmp_path: Path) -> dict[str, str]:
    """The variables of a command that lives in that home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GTM_", "OPENAI_"))}
    places = {"GTM_HOME": str(home), "GTM_OUT": str(tmp_path / "out")}
    # The language checkers take seconds and 430 MB a process; their own tests turn them on.
    return {**kept, **places, "GTM_PERSON": "ada", "GTM_PROOFREADING": "off"}


@pytest.fixture
def settings(env: Mapping[str, str]) -> Settings:
    """The settings that such a command reads."""
    return Settings.from_env(env)


@pytest.fixture
def gtm(env: dict[str, str]) -> Gtm:
    """Runs `gtm` as a process."""

    def run(*arguments: str, **variables: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**env, **variables},
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def here(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Gtm:
    """Runs `gtm` in this process, which is quicker; `stdin=` is what it reads."""
    from typer.testing import CliRunner

    from app.cli.root import app

    for name in [one for one in os.environ if one.startswith("GTM_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, stdin: bytes = b"", **variables: str) -> Done:
        told = CliRunner().invoke(app, list(arguments), input=stdin, env={**env, **variables})
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Done(told.exit_code, told.stdout, told.stderr)

    return run


@pytest.fixture
def store(settings: Settings) -> Iterator[Database]:
    """The home's store, opened and migrated."""
    database = bootstrap.open_store(settings)
    yield database
    database.close()


@pytest.fixture
def fleet(store: Database) -> VentureBrief:
    """Fleet's brief, stored."""
    brief = VentureBrief.model_validate(yaml.safe_load(FLEET.read_bytes()))
    with store.write() as session:
        ventures.save_brief(session, brief, (), SystemClock().now())
    return brief


@pytest.fixture(scope="session")
def waiting_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A home in which a run of Fleet waits at checkpoint `strategy`, and what the command told on its way."""
    folder = tmp_path_factory.mktemp("waiting")
    home = folder / "home"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GTM_", "OPENAI_"))}
    done = subprocess.run(
        [sys.executable, "-m", "app", "run", str(FLEET), "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            **kept,
            "GTM_HOME": str(home),
            "GTM_OUT": str(folder / "out"),
            "GTM_PERSON": "ada",
            "GTM_PROOFREADING": "off",
        },
        stdin=subprocess.DEVNULL,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def run_id(waiting_home: tuple[Path, list[dict[str, Any]]], home: Path) -> str:
    """That run, in a home of the test's own."""
    origin, events = waiting_home
    shutil.copytree(origin, home)
    return str(events[-1]["run_id"])


@pytest.fixture
def gtm_here(env: dict[str, str]) -> Callable[..., Result]:
    """Runs `gtm` within this process."""
    return lambda *arguments: CliRunner().invoke(app, list(arguments), env=env)
