"""Scenes of one walked run, on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gtm.domain.clock import VirtualClock
from gtm.store.database import Database, sqlite_url
from tests.integration.crews.scenes import FIRST, Bench, Scene, Story, fleet_story, scene_at


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


@pytest.fixture(scope="session")
def standing(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """Moments of the walk on SQLite that tests share which store nothing: refusals."""
    made: dict[str, Bench] = {}
    databases: list[Database] = []

    def stand(name: str) -> Bench:
        if name not in made:
            folder = tmp_path_factory.mktemp("standing")
            clock = VirtualClock(FIRST)
            databases.append(Database(sqlite_url(folder / "store.db"), clock))
            made[name] = scene_at(story, name, databases[-1], clock, folder).bench()
        return made[name]

    yield stand
    for database in databases:
        database.close()
