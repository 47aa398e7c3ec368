"""Who drives a run: a living owner keeps it, a dead one loses it at once, a silent one when its time is up."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from crews.lease import announce, lease
from crews.processes import between_steps, new_owner
from crews.runner import take_step
from gtm.domain.errors import LeaseHeld, NotFound
from gtm.store.models.runs import Run
from gtm.store.repositories import runs
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]
SECONDS = 120


def owner_of(scene: Scene) -> str | None:
    (run,) = scene.rows(Run)
    return None if run.lease_owner is None else str(run.lease_owner)


def claimed(scene: Scene, owner: str) -> None:
    scene.write(lambda s: runs.claim_lease(s, scene.run_id, owner, scene.clock.now(), SECONDS))


@pytest.fixture(scope="module")
def dead() -> str:
    """The name of a process of this machine that has ended."""
    code = "from crews.processes import new_owner; print(new_owner())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_lease_is_held_for_the_block_and_given_back(at: At) -> None:
    scene = at("created")
    with lease(scene.database, scene.clock, scene.run_id, SECONDS) as owner:
        assert owner_of(scene) == owner
        (run,) = scene.rows(Run)
        assert run.lease_until == scene.clock.now() + timedelta(seconds=SECONDS)
    assert owner_of(scene) is None


def test_it_is_given_back_after_an_error_too(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    with pytest.raises(RuntimeError), lease(scene.database, scene.clock, scene.run_id, SECONDS):
        raise RuntimeError("the power is out")
    assert owner_of(scene) is None


def test_a_living_owner_keeps_it(at: At) -> None:
    scene = at("created")
    living = new_owner()
    claimed(scene, living)
    with pytest.raises(LeaseHeld) as error, lease(scene.database, scene.clock, scene.run_id, SECONDS):
        raise AssertionError("two drive one run")
    assert error.value.value == living == owner_of(scene)
    with pytest.raises(LeaseHeld):
        scene.advance()
    assert scene.events == [] and owner_of(scene) == living


def test_a_dead_owner_loses_it_at_once(at: At, dead: str) -> None:
    scene = at("created")
    claimed(scene, dead)
    with lease(scene.database, scene.clock, scene.run_id, SECONDS) as owner:
        assert owner_of(scene) == owner != dead
    assert owner_of(scene) is None


def test_a_run_goes_on_where_its_dead_owner_left_it(sqlite_at: At, dead: str) -> None:
    scene = sqlite_at("started:1.3")
    claimed(scene, dead)
    assert scene.advance().checkpoint == "strategy"


def test_an_owner_that_cannot_be_looked_at_keeps_it_until_its_time_is_up(at: At) -> None:
    scene = at("created")
    claimed(scene, "other-host:1234abcd:pid:[1]/7/1/ab")
    scene.clock.advance(timedelta(seconds=SECONDS - 1))
    with pytest.raises(LeaseHeld), lease(scene.database, scene.clock, scene.run_id, SECONDS):
        raise AssertionError("too early")
    scene.clock.advance(timedelta(seconds=1))
    with lease(scene.database, scene.clock, scene.run_id, SECONDS) as owner:
        assert owner_of(scene) == owner


def test_work_that_takes_long_renews_it(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    with lease(scene.database, scene.clock, scene.run_id, 1):
        scene.clock.advance(timedelta(minutes=5))
        until = scene.clock.now() + timedelta(seconds=1)
        give_up = time.monotonic() + 10
        while scene.rows(Run)[0].lease_until != until:
            assert time.monotonic() < give_up
            time.sleep(0.02)


def test_an_owner_that_lost_it_takes_nothing_from_the_next(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    with lease(scene.database, scene.clock, scene.run_id, SECONDS) as owner:
        scene.write(lambda s: runs.take_over(s, scene.run_id, owner, "somebody else", scene.clock.now(), SECONDS))
    assert owner_of(scene) == "somebody else"


def test_no_such_run(sqlite_at: At) -> None:
    scene = sqlite_at("created")
    with pytest.raises(NotFound), lease(scene.database, scene.clock, "run-0", SECONDS):
        raise AssertionError("there is nothing to drive")


def test_a_workflow_on_a_cluster_keeps_the_run_in_its_name_and_keeps_nobody_from_it(at: At) -> None:
    scene = at("created")
    with lease(scene.database, scene.clock, scene.run_id, SECONDS, "gtm-run-1") as owner:
        assert owner_of(scene) == owner and owner.endswith("@gtm-run-1")
    assert owner_of(scene) == between_steps("gtm-run-1")
    (run,) = scene.rows(Run)
    assert run.lease_until == scene.clock.now() + timedelta(seconds=SECONDS)
    with lease(scene.database, scene.clock, scene.run_id, SECONDS) as owner:
        assert owner_of(scene) == owner
        announce(scene.database, scene.clock, scene.run_id, SECONDS, "gtm-run-1")
        assert owner_of(scene) == owner
    assert owner_of(scene) is None
    announce(scene.database, scene.clock, scene.run_id, SECONDS, "gtm-run-1")
    assert owner_of(scene) == between_steps("gtm-run-1")


def test_a_step_on_a_cluster_leaves_the_run_with_it_until_it_ends(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:final")
    take_step(scene.services, scene.run_id, "gtm-run-1")
    assert owner_of(scene) == between_steps("gtm-run-1")
    scene.approve()
    while (outcome := take_step(scene.services, scene.run_id, "gtm-run-1")) is None:
        if scene.rows(Run)[0].status != "completed":
            assert owner_of(scene) == between_steps("gtm-run-1")
    assert outcome.status == "completed"
    assert owner_of(scene) is None
