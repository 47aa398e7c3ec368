"""Whether the owner of a lease is known to be dead."""

import os
import subprocess
import sys

from crews.lease import is_dead, new_owner


def test_this_process_lives() -> None:
    assert not is_dead(new_owner())


def test_an_ended_process_of_this_machine_is_dead() -> None:
    code = "from crews.lease import new_owner; print(new_owner())"
    owner = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert is_dead(owner)


def test_a_process_id_that_was_given_away_again_is_dead() -> None:
    place, _pid, _started, salt = new_owner().rsplit("/", 3)
    assert is_dead(f"{place}/{os.getpid()}/1/{salt}")


def test_another_machine_cannot_be_judged() -> None:
    assert not is_dead("elsewhere:abcd:pid:[1]/1/1/ab")
    assert not is_dead("nonsense")
