"""Lanes: so many at a time, in order, and nothing begun once one of them broke."""

import threading
import time
from functools import partial
from typing import Any

import pytest

from gtm.automation.actions.base import Done
from gtm.automation.actions.lanes import AT_ONCE, PATIENCE, Lanes, outcomes
from gtm.domain.enrolment import Succeeded

NO_LOOKS: Any = None


def done(name: str) -> Done:
    return Done(Succeeded(detail=name))


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_at_a_time_as_there_are_lanes_and_each_outcome_is_its_own(count: int) -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def work(number: int) -> Done:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1
        return done(str(number))

    with Lanes(NO_LOOKS, count) as lanes:
        tasks = [lanes.go(partial(work, number)) for number in range(9)]
        assert [one.outcome.detail for one in outcomes(tasks)] == [str(number) for number in range(9)]
        assert tasks[0].outcome().outcome.detail == "0"
    assert most == count


def test_what_comes_first_is_begun_first() -> None:
    begun: list[int] = []

    def work(number: int) -> Done:
        begun.append(number)
        return done("")

    with Lanes(NO_LOOKS, 1) as lanes:
        for task in [lanes.go(partial(work, number)) for number in range(20)]:
            task.outcome()
    assert begun == list(range(20))


def test_nothing_is_begun_after_one_of_them_broke() -> None:
    begun: list[str] = []

    def work(name: str) -> Done:
        begun.append(name)
        if name == "breaks":
            raise Killed
        return done(name)

    with pytest.raises(Killed), Lanes(NO_LOOKS, 1) as lanes:
        first, second, third = [lanes.go(partial(work, name)) for name in ("a", "breaks", "b")]
        assert first.outcome().outcome.detail == "a"
        with pytest.raises(Killed):
            third.outcome()
        second.outcome()
    assert begun == ["a", "breaks"]


def test_nothing_is_begun_after_the_worker_broke_and_what_is_under_way_is_waited_for() -> None:
    begun, ended = list[int](), list[int]()
    under_way, goes_on = threading.Event(), threading.Event()

    def work(number: int) -> Done:
        begun.append(number)
        under_way.set()
        goes_on.wait(5)
        ended.append(number)
        return done("")

    with pytest.raises(ZeroDivisionError), Lanes(NO_LOOKS, 1) as lanes:
        for number in range(3):
            lanes.go(partial(work, number))
        under_way.wait(5)
        threading.Timer(0.05, goes_on.set).start()
        raise ZeroDivisionError
    assert begun == ended == [0]


def test_what_is_done_soon_is_told_together_and_what_needed_no_lane_in_its_place() -> None:
    ended: list[int] = []

    def work(number: int) -> Done:
        ended.append(number)
        return done(str(number))

    with Lanes(NO_LOOKS, 1) as lanes:
        tasks = [done("none") if number == 3 else lanes.go(partial(work, number)) for number in range(AT_ONCE + 2)]
        told = outcomes(tasks)
        assert next(told).outcome.detail == "0"
        assert len(ended) >= AT_ONCE - 1
        assert [one.outcome.detail for one in told][:4] == ["1", "2", "none", "4"]


def test_a_slow_one_keeps_what_was_done_before_it_back_for_a_moment_only() -> None:
    goes_on = threading.Event()

    def work(number: int) -> Done:
        if number == 1:
            goes_on.wait(60)
        return done(str(number))

    with Lanes(NO_LOOKS, 1) as lanes:
        told = outcomes([lanes.go(partial(work, number)) for number in range(3)])
        began = time.monotonic()
        assert next(told).outcome.detail == "0"
        assert PATIENCE / 2 < time.monotonic() - began < 30
        goes_on.set()
        assert [one.outcome.detail for one in told] == ["1", "2"]


def test_what_was_done_before_one_broke_is_told() -> None:
    def work(number: int) -> Done:
        if number == 2:
            raise Killed
        return done(str(number))

    told: list[str] = []
    with pytest.raises(Killed), Lanes(NO_LOOKS, 1) as lanes:
        for one in outcomes([lanes.go(partial(work, number)) for number in range(4)]):
            told.append(one.outcome.detail)
    assert told == ["0", "1"]


def test_without_work_no_thread_is_started() -> None:
    before = threading.active_count()
    with Lanes(NO_LOOKS, 4):
        assert threading.active_count() == before
