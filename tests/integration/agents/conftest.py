"""CrewAI's switches are set before any module here imports it; every test must leave no thread behind."""

import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import runtime

runtime.prepare(Path(tempfile.gettempdir()) / "gtm-strategist-tests")

with warnings.catch_warnings():
    # CrewAI's own import warns about its lazy sub-modules; the suite turns warnings into errors.
    warnings.simplefilter("ignore")
    import crewai  # noqa: F401

KEPT = "CrewAI"
"""How the threads are named that CrewAI keeps for the life of the process."""


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while (left := _left(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, [thread.name for thread in left]


def _left(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and not t.name.startswith(KEPT)]
