"""CrewAI's switches before anything imports it, and one undisturbed run as a process, made once for all workers."""

import fcntl
import json
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from agents import runtime
from tests.acceptance.support.processes import EXAMPLES, Finished, Home

runtime.prepare(Path(tempfile.gettempdir()) / "gtm-strategist-tests")

with warnings.catch_warnings():
    # CrewAI's own import warns about its lazy sub-modules; the suite turns warnings into errors.
    warnings.simplefilter("ignore")
    import crewai  # noqa: F401

VENTURE = "fleet"


@dataclass(frozen=True)
class Reference:
    """A whole run of Fleet that nothing disturbed.

    Attributes:
        home: where it stands; to be read, or copied.
        finished: what the command said.
        seconds: how long it took, from its start to its end.
        ended: when it ended, in seconds since the epoch.
    """

    home: Home
    finished: Finished
    seconds: float
    ended: float

    @property
    def store(self) -> Path:
        """Its SQLite file."""
        return self.home.state / "gtm.db"


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Reference:
    """`gtm run fleet.yaml --approve-as all --json`, run once even when several workers ask."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    home = Home(shared / "reference")
    told = shared / "reference.json"
    with (shared / "reference.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            shutil.rmtree(home.folder, ignore_errors=True)
            began = time.monotonic()
            done = home.run("run", str(EXAMPLES / f"{VENTURE}.yaml"), "--approve-as", "all", "--json")
            seconds = time.monotonic() - began
            told.write_text(json.dumps({**vars(done), "seconds": seconds, "ended": time.time()}))
    kept = json.loads(told.read_text())
    finished = Finished(kept["code"], kept["out"], kept["err"])
    return Reference(home, finished, kept["seconds"], kept["ended"])


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Home], Home]:
    """Copies a home, so that a test may go on from where another stopped."""

    def copy(home: Home) -> Home:
        shutil.copytree(home.folder, tmp_path / "copy")
        return Home(tmp_path / "copy", home.variables)

    return copy
