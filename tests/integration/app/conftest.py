"""A home with a store in which the ventures of examples/ stand, and the command line as a process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import ROOT, bootstrap
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
