"""Lanes: so many at a time, in order, and nothing begun once one of them broke."""

import threading
import time
from functools import partial
from typing import Any

import pytest

from gtm.automation.actions.base import Done
from gtm.automation.actions.lanes import Lanes
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
        outcomes = [lanes.go(partial(work, number)) for number in range(9)]
        assert [outcome().outcome.detail for outcome in outcomes] == [str(number) for number in range(9)]
        assert outcomes[0]().outcome.detail == "0"
    assert most == count


def test_what_comes_first_is_begun_first() -> None:
    begun: list[int] = []

    def work(number: int) -> Done:
        begun.append(number)
        return done("")

    with Lanes(NO_LOOKS, 1) as lanes:
        for outcome in [lanes.go(partial(work, number)) for number in range(20)]:
            outcome()
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
        assert first().outcome.detail == "a"
        with pytest.raises(Killed):
            third()
        second()
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


def test_without_work_no_thread_is_started() -> None:
    before = threading.active_count()
    with Lanes(NO_LOOKS, 4):
        assert threading.active_count() == before
