"""Whether the owner of a lease is known to be dead."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from crews.processes import between_steps, is_between_steps, is_dead, is_driven, new_owner, told


def test_this_process_lives() -> None:
    assert not is_dead(new_owner())


def test_an_ended_process_of_this_machine_is_dead() -> None:
    code = "from crews.processes import new_owner; print(new_owner())"
    owner = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert is_dead(owner)


def test_a_process_id_that_was_given_away_again_is_dead() -> None:
    place, _pid, _started, salt = new_owner().rsplit("/", 3)
    assert is_dead(f"{place}/{os.getpid()}/1/{salt}")


def test_another_machine_cannot_be_judged() -> None:
    assert not is_dead("elsewhere:abcd:pid:[1]/1/1/ab")
    assert not is_dead("nonsense")


def test_a_run_is_driven_while_a_living_process_holds_its_lease() -> None:
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    later, me = now + timedelta(seconds=30), new_owner()
    place, _pid, _started, salt = me.rsplit("/", 3)
    assert is_driven(me, later, now)
    assert is_driven("elsewhere/1/1/ab", later, now), "a process of another machine may live"
    assert not is_driven(me, now, now), "its lease has ended"
    assert not is_driven(f"{place}/{os.getpid()}/1/{salt}", later, now), "its process has ended"
    assert not is_driven(None, None, now)


def test_a_run_on_a_cluster_is_driven_though_one_of_its_processes_ended_or_none_is_at_work() -> None:
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    later, me = now + timedelta(seconds=30), new_owner("gtm-run-1")
    place, _pid, _started, salt = me.rsplit("/", 3)
    dead = f"{place}/{os.getpid()}/1/{salt}"
    assert is_dead(dead) and is_driven(dead, later, now), "the cluster has the step done by another process"
    assert is_driven(between_steps("gtm-run-1"), later, now)
    assert not is_driven(between_steps("gtm-run-1"), now, now), "nothing was heard of it for a lease"
    assert is_between_steps(between_steps("gtm-run-1"))
    assert not is_between_steps(me) and not is_dead(me)


def test_an_owner_is_told_in_words() -> None:
    assert told("box:ab12:pid:[1]/4711/99/beef") == "process 4711 on box"
    assert told("box:ab12:pid:[1]/4711/99/beef@gtm-run-1") == "Temporal, as gtm-run-1"
    assert told(between_steps("gtm-run-1")) == "Temporal, as gtm-run-1"
    assert told("somebody") == "somebody"
