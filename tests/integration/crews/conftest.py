"""Scenes of one walked run, on each database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from tests.integration.crews.scenes import Scene, Story, fleet_story, scene_at


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Fleet, walked from its brief to the handoff."""
    return fleet_story(tmp_path_factory.getbasetemp() / "fleet-story")


@pytest.fixture
def at(story: Story, database: Database, clock: VirtualClock, tmp_path: Path) -> Callable[..., Scene]:
    """Put a moment of the walk on a fresh store, once on each database."""
    return lambda name, **more: scene_at(story, name, database, clock, tmp_path, **more)


@pytest.fixture
def sqlite_at(story: Story, sqlite_database: Database, clock: VirtualClock, tmp_path: Path) -> Callable[..., Scene]:
    """Put a moment of the walk on a fresh SQLite store."""
    return lambda name, **more: scene_at(story, name, sqlite_database, clock, tmp_path, **more)
